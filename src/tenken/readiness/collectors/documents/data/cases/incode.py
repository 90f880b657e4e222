"""Reads cases that are written in code: a list of objects that say what is expected."""

import ast
import re
from collections.abc import Iterator

from tenken.pattern import Pattern
from tenken.readiness.collectors.documents.data.cases.rows import (
    EXPECTED_START,
    INPUTS,
    LONGEST_VALUE,
    Row,
)
from tenken.readiness.facts.tree import Entry, Role
from tenken.remembered import remembered

CASES_PATH = Pattern(r"(?i)(golden|(^|[/_.-])evals?([/_.-]|$)|evaluat(ions?|ors?)|scenario)")
FEWEST = 3
SORTS = re.compile(r"(?i)^(edge|corner|failure|adversarial|regression|attack|jailbreak)")
"""A category that tells what sort of case it is, and not what it is about."""
NAMES = re.compile(r"^(id|name|title|case_id|label|tags?|category|difficulty)$")
"""On keys of a syntax tree: what a case is called, and no input."""


def may_hold_cases(entry: Entry) -> bool:
    """Code of an evaluation or a file of scenarios; tests of the code itself are none."""
    return entry.role is Role.PRODUCTION and bool(CASES_PATH.search(entry.path))


@remembered
def rows_in_code(text: str) -> tuple[Row, ...]:
    """Give the cases of every list whose entries say what is expected of them."""
    if "expected" not in text:
        return ()
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    return tuple(
        row
        for node in module.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.List)
        for row in _cases(node.value)
    )


def _cases(node: ast.List) -> tuple[Row, ...]:
    rows = tuple(_row(one) for one in node.elts)
    told = [one for one in rows if one is not None and one.says_expected and one.has(INPUTS)]
    return tuple(told) if len(told) >= FEWEST and len(told) == len(rows) else ()


def _row(node: ast.expr) -> Row | None:
    values = {key.lower(): text for key, value in _fields(node) if (text := _said(value))}
    if not values:
        return None
    if not any(key in values for key in INPUTS):
        asked = {
            key: text
            for key, text in values.items()
            if not (NAMES.match(key) or key.startswith(EXPECTED_START))
        }
        values["input"] = max(asked.values(), key=len, default="")
    if SORTS.match(values.get("category", "")):
        values.setdefault("kind", values["category"])
    return Row(node.lineno, {key: text for key, text in values.items() if text})


def _fields(node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value, value
        case ast.Call(keywords=keywords):
            yield from ((one.arg, one.value) for one in keywords if one.arg)
        case _:
            return


def _said(node: ast.expr) -> str:
    """The texts that are written in a value, whatever holds them."""
    texts = (
        str(part.value)
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and part.value not in {None, ""}
    )
    return ",".join(texts)[:LONGEST_VALUE]
