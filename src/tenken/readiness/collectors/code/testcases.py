"""Tests and evaluation code: what they really check, and whether they ever call a model."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from tenken.pattern import Pattern
from tenken.readiness.collectors.code.models.calls import Calls
from tenken.readiness.collectors.python.modules import Function, Module
from tenken.readiness.collectors.python.syntax import last_name, texts_in, written
from tenken.readiness.collectors.python.walking import same, walk
from tenken.readiness.collectors.rehearsal.acting import How, Path, Rehearsal, TooManyPaths
from tenken.readiness.collectors.rehearsal.folding import Given
from tenken.readiness.collectors.rehearsal.surroundings import constants
from tenken.readiness.collectors.rehearsal.values import OPEN
from tenken.readiness.facts.code import Assertion, TestCase

MOCKS = frozenset({"patch", "Mock", "MagicMock", "AsyncMock", "mocker", "monkeypatch",
    "FakeListLLM", "respx_mock",
                   "FakeChatModel", "FakeListChatModel", "responses", "httpx_mock", "stub",
                   "FakeLLM"})  # fmt: skip
MODEL_WORDS = ("openai", "anthropic", "llm", "genai", "gemini", "chat", "completion", "bedrock",
    "vertex", "model",
               "client", "claude", "gpt")  # fmt: skip
BROWSERS = frozenset({"page", "browser", "context", "live_server", "driver", "selenium", "sb"})
"""Fixtures that drive a running application from outside."""
ANSWERS = ("message", "response", "answer", "reply", "chat")
MAX_DEPTH = 5
SKIPS = frozenset({"pytest.skip", "pytest.xfail", "self.skipTest"})
SKIPPED = "Skipped"
TELLING = ("skip", "xfail", "parametrize(")
MARKED = "pytest.mark.other"
"""Stands for a mark that neither skips a test nor takes its effect away."""
ALWAYS_LEFT = Pattern(r"\bxfail\b|skipif\((True|1)\b|parametrize\([^()]*, (\[\]|\(\))\)")
"""Marks of a test that is left out, or whose failure is taken for success."""
NEEDED = Pattern(r"skipif\(not os\.(?:getenv|environ\.get)\('([A-Za-z_0-9]+)'\)")
"""The variable without which a test leaves itself out."""


def tests(modules: Iterable[Module], calls: Calls) -> Iterator[TestCase]:
    """Give the test functions of test modules.

    What matters is whether any of them can fail: once one can, the others are not rehearsed.
    """
    reach = Reach(calls)
    proven = False
    for module in modules:
        checking = _checking(module)
        for function in module.functions:
            short = function.name.rpartition(".")[2]
            if short.startswith("test") and isinstance(
                function.node, ast.FunctionDef | ast.AsyncFunctionDef
            ):
                found = _assertion(function.node, function, checking)
                if found is Assertion.REAL and not proven:
                    fails = _can_fail(function.node, function, checking)
                    found = Assertion.REAL if fails else Assertion.CONSTANT
                case = _case(function, function.node, found, reach)
                proven = proven or (found is Assertion.REAL and not (case.skipped or case.needs))
                yield case
        reach.forget(module)


def _case(
    function: Function,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    assertion: Assertion,
    reach: "Reach",
) -> TestCase:
    decorators = tuple(_decorators(function))
    marks = [_written_out(one) for one in decorators]
    skip = next((text for text in marks if "skip" in text), "")
    return TestCase(
        place=function.module.place(node), name=function.name,
            assertion=assertion,
        skipped=(bool(skip) and "skipif" not in skip)
        or any(ALWAYS_LEFT.search(text) for text in marks) or _is_module_skipped(function.module),
        needs=next((found[1] or "" for text in marks if (found := NEEDED.search(text))), ""),
        skipped_without_key="skipif" in skip and "KEY" in skip.upper(),
        mocks_model=_mocks(function, node), calls_model=reach(function),
        drives_application=_drives(function, node),
        marks=tuple(_mark(one) for one, text in zip(decorators, marks, strict=True)
                    if "mark." in text),
    )  # fmt: skip


def _written_out(node: ast.expr) -> str:
    """A decorator as text; of one that is no mark and speaks of nothing we ask, nothing."""
    if written(node.func if isinstance(node, ast.Call) else node).startswith("pytest.mark."):
        said = any(word in one for one in texts_in(node) for word in TELLING)
        if not said and not any(_is_hollow(one) for one in walk(node)):
            return MARKED
    return ast.unparse(node)


def _is_hollow(node: ast.AST) -> bool:
    return isinstance(node, ast.List | ast.Tuple) and not node.elts


def _checking(module: Module) -> frozenset[Function]:
    """The functions of a module in which something is asserted."""
    asserts = module.kinds[ast.Assert]
    around = {above for one in asserts for above in module.above(one)}
    return frozenset(one for one in module.functions if one.node in around)


def _can_fail(
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    function: Function,
    checking: frozenset[Function],
) -> bool:
    """Some path through it ends in a failed check; `if False`, `suppress` and `skip` end none."""
    names = {one.name.rpartition(".")[2] for one in checking}

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


def _assertion(node: ast.AST, function: Function, checking: frozenset[Function]) -> Assertion:
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
    if found is Assertion.NONE and _checks_below(function, checking):
        return Assertion.REAL
    return found


def _is_constant(test: ast.expr) -> bool:
    match test:
        case ast.Constant():
            return True
        case ast.UnaryOp(operand=inner):
            return _is_constant(inner)
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            return same(left, right) or (_is_constant(left) and _is_constant(right))
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


def _checks_below(function: Function, checking: frozenset[Function]) -> bool:
    """A check in a function of the same module that the test calls."""
    names = {last_name(call.func) for call in function.calls}
    return any(one.name.rpartition(".")[2] in names for one in checking if one is not function)


def _mocks(function: Function, node: ast.AST) -> bool:
    parameters = {one.arg for one in function.parameters}
    names = {last_name(call.func) for call in function.calls} | parameters
    names |= {last_name(one) for one in function.decorators}
    if not names & MOCKS:
        return False
    return any(_speaks_of_models(one) for one in texts_in(node))


@lru_cache(maxsize=8192)
def _speaks_of_models(text: str) -> bool:
    said = text.lower()
    return any(word in said for word in MODEL_WORDS)


def _drives(function: Function, node: ast.AST) -> bool:
    """It walks through a browser and checks something that looks like an answer."""
    if not {one.arg for one in function.parameters} & BROWSERS:
        return False
    checks = (one.test for one in walk(node) if isinstance(one, ast.Assert))
    return any(word in ast.unparse(test).lower() for test in checks for word in ANSWERS)


class Reach:
    """Whether a function, or what it calls in the repository, calls a model.

    What a function calls is looked up once: many tests lead through the same few functions.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._inner: dict[Function, tuple[Function, ...] | None] = {}

    def __call__(self, function: Function) -> bool:
        """Follow it as far as tests usually go."""
        return self._reaches(function, 0, set())

    def forget(self, module: Module) -> None:
        """Let go of a module that was asked about; most of a repository's code is its tests."""
        for function in module.functions:
            self._inner.pop(function, None)
        self._calls.forget(module)

    def _reaches(self, function: Function, depth: int, seen: set[Function]) -> bool:
        if depth > MAX_DEPTH or function in seen:
            return False
        seen.add(function)
        inner = self._called(function)
        return inner is None or any(self._reaches(one, depth + 1, seen) for one in inner)

    def _called(self, function: Function) -> tuple[Function, ...] | None:
        """Give the functions that it calls; None where it calls a model."""
        if function not in self._inner:
            self._inner[function] = self._look(function)
        return self._inner[function]

    def _look(self, function: Function) -> tuple[Function, ...] | None:
        found: dict[Function, None] = {}
        for call in function.calls:
            if self._calls.used(call, function):
                return None
            found.update(dict.fromkeys(self._calls.entered(call, function)))
        return tuple(found)
