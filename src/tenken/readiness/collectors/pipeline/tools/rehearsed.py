"""A rehearsal of an evaluation: is there any way in which bad answers end it in a failure?

Scores that are the same for every answer, thresholds that nothing falls below and checks in code
that nobody reaches all come out alike: no path ends in a failure. What a model answers is open.
"""

import ast
import copy
from collections.abc import Iterator, Sequence

from tenken.readiness.collectors.pipeline.commands.python_source import dotted
from tenken.readiness.collectors.pipeline.tools.statuses import unwrapped
from tenken.readiness.collectors.rehearsal.acting import (
    How,
    Path,
    Rehearsal,
    TooManyPaths,
    outcomes,
)
from tenken.readiness.collectors.rehearsal.folding import Folding, Given
from tenken.readiness.collectors.rehearsal.values import OPEN, Fields, Open

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
EXITS = frozenset({"sys.exit", "exit", "quit", "os._exit"})
GOOD_END = "SystemExit: 0"
SKIPS = frozenset({"pytest.skip", "pytest.xfail", "pytest.exit", "unittest.SkipTest"})
SKIPPING = ("skip", "xfail")
PARSED = frozenset({"parse_args", "parse_known_args"})
ASSERTING = ("AgentEvaluator.evaluate", "AgentEvaluator.evaluate_eval_set")
"""Evaluators of libraries that fail by themselves where a score is below its criterion."""
MAX_DEPTH = 4


def can_fail(module: ast.Module, stops: Sequence[int], begun: Sequence[str] = ()) -> bool | None:
    """Tell whether a module can end in a failure; None where that is not followed to its end.

    `stops` are the lines on which it looks as if it did, `begun` what another file calls of it.
    """
    script = _Script(module)
    others = [ast.parse(line).body for line in begun]
    try:
        ends = [end for root in (*script.roots(), *others) for end in script.ends(root)]
    except (TooManyPaths, RecursionError):
        return None
    if any(_is_failure(one) for one in ends):
        return True
    return False if all(script.is_known(line) for line in stops) else None


def _is_failure(path: Path) -> bool:
    return path.how is How.RAISES and path.raised != GOOD_END


class _Script:
    """A module that is run: its own lines, its tests, its commands."""

    def __init__(self, module: ast.Module) -> None:
        module = _exits_called(module)
        self._module = module
        self._functions = {it.name: it for it in module.body if isinstance(it, FunctionNode)}
        self._entered: list[FunctionNode] = []
        self._stack: list[str] = []
        self._options = Fields(dict(_options(module)))
        self._names: dict[str, object] = {}

    def roots(self) -> Iterator[Sequence[ast.stmt]]:
        """The bodies that are run from outside; the module's own lines come first."""
        yield self._module.body
        for node in _tests(self._module):
            self._entered.append(node)
            if not _is_skipped(node):
                yield node.body
        for node in self._functions.values():
            if node.decorator_list and node not in self._entered:
                self._entered.append(node)
                yield node.body

    def ends(self, body: Sequence[ast.stmt]) -> list[Path]:
        """Every end of a body; the names of the module are known to its functions."""
        is_module = body is self._module.body
        names: dict[str, object] = {**self._names}
        if is_module:
            names["__name__"] = "__main__"
        paths = Rehearsal(self._told).paths(body, names)
        if is_module:
            self._names = _shared(paths)
        return paths

    def is_known(self, line: int) -> bool:
        """The line stands where the rehearsal came, or where nothing leads."""
        around = list(_around(line, self._module))
        if not around:
            return True
        outer = min(around, key=lambda it: it.lineno)
        if isinstance(outer, ast.ClassDef):
            return all(it in self._entered for it in around if isinstance(it, FunctionNode))
        return outer in self._entered or not _is_mentioned(outer.name, self._module)

    def _told(self, call: ast.Call, path: Path) -> Sequence[Given]:
        name = dotted(call.func)
        last = name.rpartition(".")[2]
        if name in EXITS:
            return tuple(self._ended(call, path))
        if name in SKIPS or name == "pytest.importorskip":
            return (Given(raises=GOOD_END),) if name in SKIPS else ()
        asserts = last.startswith("assert") or name.endswith(ASSERTING)
        if asserts or last in {"fail", "expect", "check_call"}:
            return (Given(), Given(raises="AssertionError"))
        if last in PARSED:
            return (Given((self._options, OPEN) if last == "parse_known_args" else self._options),)
        if name in {"os.getenv", "os.environ.get", "getenv"} and len(call.args) == 2:
            return (Given(Folding({}).of(call.args[1])),)
        function = self._functions.get(name)
        return self._run(function, call, path) if function is not None else ()

    def _ended(self, call: ast.Call, path: Path) -> Iterator[Given]:
        """What an exit does; a function of the script that gives the status is walked through."""
        inner = unwrapped(call.args[0]) if call.args else None
        known = isinstance(inner, ast.Call) and self._functions.get(dotted(inner.func))
        ways = self._run(known, inner, path) if known and isinstance(inner, ast.Call) else ()
        if not ways:
            yield Given(raises=_exit(call, path))
        for way in ways:
            good = not isinstance(way.value, Open) and not way.value
            yield Given(raises=way.raises or (GOOD_END if good else "SystemExit"), met=way.met)

    def _run(self, function: FunctionNode, call: ast.Call, path: Path) -> Sequence[Given]:
        if function.name in self._stack or len(self._stack) >= MAX_DEPTH:
            return ()
        self._entered.append(function)
        self._stack.append(function.name)
        names: dict[str, object] = {**self._names}
        if not self._names:
            names |= path.names
        given = function.args
        every = (*given.posonlyargs, *given.args, *given.kwonlyargs)
        names |= {one.arg: OPEN for one in every}
        for parameter, node in zip(every, call.args, strict=False):
            if not any(isinstance(part, ast.Call) for part in ast.walk(node)):
                names[parameter.arg] = Folding({**path.names}).of(node)
        try:
            return outcomes(Rehearsal(self._told).paths(function.body, names))
        finally:
            self._stack.pop()


class _Exits(ast.NodeTransformer):
    """`raise SystemExit(main())` as `sys.exit(main())`."""

    def visit_Raise(self, node: ast.Raise) -> ast.stmt:
        match node.exc:
            case ast.Call(func=ast.Name(id="SystemExit"), args=args, keywords=[]):
                name = ast.parse("sys.exit", mode="eval").body
                return ast.copy_location(ast.Expr(ast.copy_location(
                    ast.Call(name, args, []), node)), node)  # fmt: skip
            case _:
                return node


def _exits_called(module: ast.Module) -> ast.Module:
    """The module with one way to exit; the tree it was made of is shared, and stays as it is."""
    raised = any(
        isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        and dotted(node.exc.func) == "SystemExit"
        for node in ast.walk(module)
    )  # fmt: skip
    return _Exits().visit(copy.deepcopy(module)) if raised else module


def _exit(call: ast.Call, path: Path) -> str:
    """`sys.exit(0)` and `sys.exit()` end well; what cannot be told may end either way."""
    value = Folding({**path.names}).of(call.args[0]) if call.args else None
    if any(isinstance(part, ast.Call) for node in call.args for part in ast.walk(node)):
        value = OPEN
    return GOOD_END if not isinstance(value, Open) and not value else "SystemExit"


def _shared(paths: Sequence[Path]) -> dict[str, object]:
    """The names on which all paths through the module agree."""
    if not paths:
        return {}
    first = paths[0].names
    return {
        name: value
        for name, value in first.items()
        if all(repr(one.names.get(name, OPEN)) == repr(value) for one in paths)
    }


def _tests(module: ast.Module) -> Iterator[FunctionNode]:
    for node in module.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for one in inner:
            if isinstance(one, FunctionNode) and one.name.startswith("test"):
                yield one


def _is_skipped(node: FunctionNode) -> bool:
    """A mark leaves it out whatever happens, or takes its failure for success."""
    for mark in node.decorator_list:
        name = dotted(mark.func if isinstance(mark, ast.Call) else mark).rpartition(".")[2]
        if name in SKIPPING or (name == "skipif" and _says_yes(mark)):
            return True
    return False


def _says_yes(mark: ast.expr) -> bool:
    match mark:
        case ast.Call(args=[ast.Constant(value=value), *_]):
            return bool(value)
        case _:
            return False


def _options(module: ast.Module) -> Iterator[tuple[str, object]]:
    """What options of the command line hold when nobody gives them."""
    for node in ast.walk(module):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="add_argument"),
                args=[ast.Constant(value=str() as name), *_],
            ):
                stated = {it.arg: it.value for it in node.keywords}
                default = Folding({}).of(stated["default"]) if "default" in stated else OPEN
                yield name.lstrip("-").replace("-", "_"), default
            case _:
                pass


def _around(line: int, module: ast.Module) -> Iterator[FunctionNode | ast.ClassDef]:
    """The functions and classes that hold a line."""
    for node in ast.walk(module):
        if isinstance(node, FunctionNode | ast.ClassDef) and node.lineno <= line <= (
            node.end_lineno or node.lineno
        ):
            yield node


def _is_mentioned(name: str, module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        for node in ast.walk(module)
    )
