"""Data sets that an evaluation keeps in its own code."""

import ast

CASE_WORDS = ("case", "scenario", "golden", "dataset", "question", "quer", "example", "sample")
FEWEST_CASES = 3
ANSWERED = frozenset({
    "transcript", "response", "actual", "actual_output", "model_output", "mock_response",
    "completion", "llm_output", "generated",
})  # fmt: skip
"""Keys under which a case carries what a model is to have said."""


def holds_cases(name: str, value: ast.expr) -> bool:
    """`SCENARIOS = [{...}, {...}, {...}]`."""
    listed = value.elts if isinstance(value, ast.List | ast.Tuple) else ()
    rows = [one for one in listed if isinstance(one, ast.Dict | ast.Call | ast.Tuple)]
    is_set = any(word in name.lower() for word in CASE_WORDS)
    return is_set and len(rows) >= FEWEST_CASES and len(rows) == len(listed)


def are_answered(value: ast.expr) -> bool:
    """Each case has its answer written beside it."""
    rows = value.elts if isinstance(value, ast.List | ast.Tuple) else ()
    return bool(rows) and all(ANSWERED & set(_keys(one)) for one in rows)


def _keys(row: ast.expr) -> list[str]:
    match row:
        case ast.Dict(keys=keys):
            return [str(one.value) for one in keys if isinstance(one, ast.Constant)]
        case ast.Call(keywords=keywords):
            return [one.arg for one in keywords if one.arg]
        case _:
            return []
