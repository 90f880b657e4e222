"""Tests and evaluation code: what they really check, and whether they ever call a model."""

import ast
from collections.abc import Iterator, Sequence

from tenken.pattern import Pattern
from tenken.readiness.collectors.code.models.calls import Calls
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import last_name, written
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.collectors.rehearsal.acting import How, Path, Rehearsal, TooManyPaths
from tenken.readiness.collectors.rehearsal.folding import Given
from tenken.readiness.collectors.rehearsal.surroundings import constants
from tenken.readiness.collectors.rehearsal.values import OPEN
from tenken.readiness.facts.code import Assertion, EvaluationCode, TestCase

MOCKS = frozenset({"patch", "Mock", "MagicMock", "AsyncMock", "mocker", "monkeypatch",
    "FakeListLLM", "respx_mock",
                   "FakeChatModel", "FakeListChatModel", "responses", "httpx_mock", "stub",
                   "FakeLLM"})  # fmt: skip
MODEL_WORDS = ("openai", "anthropic", "llm", "genai", "gemini", "chat", "completion", "bedrock",
    "vertex", "model",
               "client", "claude", "gpt")  # fmt: skip
EVALUATION_WORDS = frozenset(
    {"eval", "evals", "evaluate", "evaluation", "evaluator", "evaluators", "evaluations"}
)
SCORES = ("score", "accuracy", "precision", "recall", "f1", "rouge", "bleu", "faithfulness",
    "relevance", "exact_match",
          "metric", "judge", "similarity", "correct", "grade")  # fmt: skip
BROWSERS = frozenset({"page", "browser", "context", "live_server", "driver", "selenium", "sb"})
"""Fixtures that drive a running application from outside."""
ANSWERS = ("message", "response", "answer", "reply", "chat")
MAX_DEPTH = 5
SKIPS = frozenset({"pytest.skip", "pytest.xfail", "self.skipTest"})
SKIPPED = "Skipped"
ALWAYS_LEFT = Pattern(r"\bxfail\b|skipif\((True|1)\b|parametrize\([^()]*, (\[\]|\(\))\)")
"""Marks of a test that is left out, or whose failure is taken for success."""
NEEDED = Pattern(r"skipif\(not os\.(?:getenv|environ\.get)\('([A-Za-z_0-9]+)'\)")
"""The variable without which a test leaves itself out."""


def tests(reading: Reading, calls: Calls) -> Iterator[TestCase]:
    """Give the test functions of test modules."""
    for module in reading.elsewhere:
        if module.role.value != "test":
            continue
        for function in module.functions:
            short = function.name.rpartition(".")[2]
            if short.startswith("test") and isinstance(
                function.node, ast.FunctionDef | ast.AsyncFunctionDef
            ):
                yield _case(function, function.node, calls)


def _case(
    function: Function, node: ast.FunctionDef | ast.AsyncFunctionDef, calls: Calls
) -> TestCase:
    marks = [ast.unparse(one) for one in _decorators(function)]
    skip = next((text for text in marks if "skip" in text), "")
    assertion = _assertion(node, function)
    if assertion is Assertion.REAL and not _can_fail(node, function):
        assertion = Assertion.CONSTANT
    return TestCase(
        place=function.module.place(node), name=function.name,
            assertion=assertion,
        skipped=(bool(skip) and "skipif" not in skip)
        or any(ALWAYS_LEFT.search(text) for text in marks) or _is_module_skipped(function.module),
        needs=next((found[1] or "" for text in marks if (found := NEEDED.search(text))), ""),
        skipped_without_key="skipif" in skip and "KEY" in skip.upper(),
        mocks_model=_mocks(function, node), calls_model=_reaches(function, calls, 0, set()),
        drives_application=_drives(function, node),
        marks=tuple(_mark(one) for one in _decorators(function) if "mark." in ast.unparse(one)),
    )  # fmt: skip


def _can_fail(node: ast.FunctionDef | ast.AsyncFunctionDef, function: Function) -> bool:
    """Some path through it ends in a failed check; `if False`, `suppress` and `skip` end none."""
    names = {
        one.name.rpartition(".")[2]
        for one in function.module.functions
        if one.node is not None and any(isinstance(it, ast.Assert) for it in walk(one.node))
    }

    def told(call: ast.Call, _path: Path) -> Sequence[Given]:
        if written(call.func) in SKIPS:
            return (Given(raises=SKIPPED),)
        if _checks(call) or last_name(call.func) in names:
            return (Given(), Given(raises="AssertionError"))
        return ()

    given: dict[str, object] = {one.arg: OPEN for one in function.parameters}
    try:
        paths = Rehearsal(told).paths(node.body, constants(function) | given)
    except TooManyPaths:
        return True
    return any(one.how is How.RAISES and one.raised != SKIPPED for one in paths)


def _is_module_skipped(module: Module) -> bool:
    """`pytest.skip(..., allow_module_level=True)`, `raise SkipTest` or `__test__ = False`."""
    for node in module.tree.body:
        match node:
            case ast.Expr(value=ast.Call(func=called)) if written(called) == "pytest.skip":
                return True
            case ast.Raise(exc=ast.expr() as error) if "SkipTest" in ast.unparse(error):
                return True
            case ast.Assign(targets=[ast.Name(id="__test__")], value=ast.Constant(value=False)):
                return True
            case _:
                pass
    return False


def _mark(node: ast.expr) -> str:
    target = node.func if isinstance(node, ast.Call) else node
    return written(target).rpartition(".")[2]


def _decorators(function: Function) -> Iterator[ast.expr]:
    yield from function.decorators
    if function.owner is not None:
        yield from function.owner.node.decorator_list
    for assigned in function.module.top.assigned.get("pytestmark", ()):
        yield assigned.value


def _assertion(node: ast.AST, function: Function) -> Assertion:
    """Real as soon as one check depends on something; constants and `x == x` check nothing."""
    found = Assertion.NONE
    for one in walk(node):
        if isinstance(one, ast.Assert):
            if not _is_constant(one.test):
                return Assertion.REAL
            found = Assertion.CONSTANT
        elif isinstance(one, ast.Call) and _checks(one):
            if not (one.args and all(isinstance(part, ast.Constant) for part in one.args)):
                return Assertion.REAL
            found = Assertion.CONSTANT
    if found is Assertion.NONE and _checks_below(function):
        return Assertion.REAL
    return found


def _is_constant(test: ast.expr) -> bool:
    match test:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=inner):
            return _is_constant(inner)
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            return ast.dump(left) == ast.dump(right) or (
                _is_constant(left) and _is_constant(right)
            )
        case ast.Compare(left=left, comparators=comparators):
            return _is_constant(left) and all(_is_constant(one) for one in comparators)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(isinstance(one, ast.Constant) and one.value for one in values)
        case _:
            return False


def _checks(call: ast.Call) -> bool:
    name = last_name(call.func)
    if written(call.func).startswith("AgentEvaluator."):
        return True  # the evaluator of google.adk raises where a score is below its threshold
    return name.startswith("assert") or name in {
        "raises",
        "fail",
        "expect",
        "warns",
        "approx",
        "assert_that",
    }


def _checks_below(function: Function) -> bool:
    """A check in a function of the same module that the test calls."""
    names = {last_name(call.func) for call in function.calls}
    return any(
        one.name.rpartition(".")[2] in names
        and any(isinstance(part, ast.Assert) for part in walk(one.node))
        for one in function.module.functions
        if one is not function and one.node is not None
    )


def _mocks(function: Function, node: ast.AST) -> bool:
    parameters = {one.arg for one in function.parameters}
    names = {last_name(call.func) for call in function.calls} | parameters
    names |= {last_name(one) for one in function.decorators}
    if not names & MOCKS:
        return False
    text = ast.unparse(node).lower()
    return any(word in text for word in MODEL_WORDS)


def _drives(function: Function, node: ast.AST) -> bool:
    """It walks through a browser and checks something that looks like an answer."""
    if not {one.arg for one in function.parameters} & BROWSERS:
        return False
    checks = (one.test for one in ast.walk(node) if isinstance(one, ast.Assert))
    return any(word in ast.unparse(test).lower() for test in checks for word in ANSWERS)


def _reaches(function: Function, calls: Calls, depth: int, seen: set[Function]) -> bool:
    """The test's own code, or what it calls in the repository, calls a model."""
    if depth > MAX_DEPTH or function in seen:
        return False
    seen.add(function)
    for call in function.calls:
        if calls.used(call, function):
            return True
        for inner in calls.entered(call, function):
            if _reaches(inner, calls, depth + 1, seen):
                return True
    return False


def evaluations(reading: Reading, calls: Calls) -> Iterator[EvaluationCode]:
    """Give the modules that say they evaluate."""
    for module in (*reading.production, *reading.elsewhere):
        parts = set(
            module.path.lower().removesuffix(".py").replace("-", "_").replace("/", "_").split("_")
        )
        if parts & EVALUATION_WORDS and len(module.functions) > 1:
            yield _evaluation(module, calls)


def _evaluation(module: Module, calls: Calls) -> EvaluationCode:
    reaches = any(_reaches(function, calls, 0, set()) for function in module.functions)
    text = ast.unparse(module.tree).lower() if len(module.functions) < 400 else ""
    posts = "post(" in text and ("http" in text or "url" in text)
    exits = any(
        (isinstance(node, ast.Call) and last_name(node.func) in {"exit", "SystemExit"})
        or isinstance(node, ast.Assert)
        for node in walk(module.tree)
    )
    return EvaluationCode(
        path=module.path, calls_model=True if reaches else (None if posts else False),
        scores=any(word in text for word in SCORES),
            has_threshold=exits and any(word in text for word in ("threshold", "min_", ">=", "<")),
    )  # fmt: skip
