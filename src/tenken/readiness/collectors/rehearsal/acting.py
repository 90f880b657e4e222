"""What a function does from its first line to its end, on every path that its text allows.

A rehearsal: certain calls are told what they do (a guard finds something, a check fails), and the
paths that follow are walked over the syntax tree. Nothing of the code is ever run.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field

from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.collectors.rehearsal.folding import (
    Answers,
    Folding,
    Given,
    Names,
    Thrown,
    Told,
    bind,
)
from tenken.readiness.collectors.rehearsal.values import OPEN, elements, held_against, truth_of

MAX_PATHS = 300
MAX_TURNS = 4
"""Turns of a loop over known elements that are walked."""
BROAD = frozenset({"", "Exception", "BaseException"})

PARENTS: Mapping[str, frozenset[str]] = {
    "ValidationError": frozenset({"ValueError"}),
    "JSONDecodeError": frozenset({"ValueError"}),
    "KeyError": frozenset({"LookupError"}),
    "InvalidTokenError": frozenset({"PyJWTError", "JWTError", "JoseError", "InvalidTokenError"}),
}
"""What else an error is, by name."""


class TooManyPaths(Exception):
    """More paths than are worth walking: nothing is claimed."""


class How(StrEnum):
    """How a path ends."""

    FALLS = "falls"
    """It comes to the end of the body."""
    RETURNS = "returns"
    RAISES = "raises"
    LEAVES_LOOP = "leaves_loop"


class Path(Struct):
    """One way through a body, as far as it was walked."""

    names: Names
    met: list[ast.AST] = field(default_factory=list)
    """The calls of interest in the order in which they were made."""
    how: How = How.FALLS
    value: object = None
    """What it returns."""
    raised: str = ""
    """The name of the error it raises."""
    kept: list[str] = field(default_factory=list)
    """What is put into attributes, where nobody follows it."""
    settled: dict[ast.AST, Given] = field(default_factory=dict)
    """Which of several things a call does on this path."""

    @property
    def goes_on(self) -> bool:
        return self.how is How.FALLS

    def fork(self) -> "Path":
        """Another path that has done the same so far."""
        return Path(
            names={**self.names}, met=[*self.met], how=self.how, value=self.value,
            raised=self.raised, kept=[*self.kept], settled={**self.settled},
        )  # fmt: skip


Watch = Callable[[ast.Call, Path], Sequence[Given]]
"""Asked of every call on a path what it may do; empty where that is open."""


class Forked(Exception):
    """A call may do several things: the path parts here."""

    def __init__(self, call: ast.Call, ways: Sequence[Given]) -> None:
        super().__init__()
        self.call = call
        self.ways = ways


class Rehearsal:
    """Walks the paths through bodies of statements."""

    def __init__(self, watch: Watch | None = None, told: Told | None = None) -> None:
        self._watch = watch
        self._told = told

    def paths(self, body: Sequence[ast.stmt], names: Names) -> list[Path]:
        """Give every path through a body; raises `TooManyPaths`."""
        return self._block(body, [Path(names={**names})])

    def _block(self, body: Sequence[ast.stmt], paths: list[Path]) -> list[Path]:
        for statement in body:
            after: list[Path] = []
            for path in paths:
                after += self._step(statement, path) if path.goes_on else [path]
            if len(after) > MAX_PATHS:
                raise TooManyPaths
            paths = after
        return paths

    def _step(self, statement: ast.stmt, path: Path) -> list[Path]:
        try:
            return self._acted(statement, path)
        except Thrown as thrown:
            return [_ended(path, How.RAISES, raised=thrown.kind)]
        except Forked as forked:
            found: list[Path] = []
            for way in forked.ways:
                taken = path.fork()
                taken.settled[forked.call] = way
                found += self._step(statement, taken)
            return found

    def _acted(self, statement: ast.stmt, path: Path) -> list[Path]:  # noqa: C901, PLR0912 - one case per syntax
        match statement:
            case ast.Return(value=value):
                return [_ended(path, How.RETURNS, value=self._fold(value, path))]
            case ast.Raise(exc=error):
                return [_ended(path, How.RAISES, raised=_name(error) or path.raised or "?")]
            case ast.If(test=test, body=body, orelse=other):
                return self._branch(self._fold(test, path), body, other, path)
            case ast.Assert(test=test):
                return self._asserted(self._fold(test, path), path)
            case ast.Assign(targets=targets, value=value):
                held = self._fold(value, path)
                for target in targets:
                    bind(target, held, path.names)
                    if isinstance(target, ast.Attribute):
                        path.kept.append(f"{target.attr} {held!r}")
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                bind(target, self._fold(value, path), path.names)
            case ast.AugAssign(target=target, value=value):
                self._fold(value, path)
                bind(target, OPEN, path.names)
            case ast.Expr(value=value):
                self._fold(value, path)
            case (
                ast.For(target=target, iter=over, body=body, orelse=other)
                | ast.AsyncFor(target=target, iter=over, body=body, orelse=other)
            ):
                return self._block(other, self._looped(over, target, body, path))
            case ast.While(test=test, body=body):
                return self._while(test, body, path)
            case ast.Try():
                return self._tried(statement, path)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                return self._within(items, body, path)
            case ast.Break() | ast.Continue():
                return [_ended(path, How.LEAVES_LOOP)]
            case ast.Match(subject=subject, cases=cases):
                return self._matched(self._fold(subject, path), cases, path)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                path.names[name] = OPEN
            case _:
                pass
        return [path]

    def _fold(self, node: ast.expr | None, path: Path) -> object:
        return Folding(path.names, self._answers(path), self._told).of(node)

    def _answers(self, path: Path) -> Answers | None:
        watch = self._watch
        if watch is None:
            return None

        def told(call: ast.Call, _names: Names) -> Given | None:
            known = path.settled.get(call)
            ways = (known,) if known is not None else watch(call, path)
            if len(ways) > 1:
                raise Forked(call, ways)
            path.met += ways[0].met if ways else ()
            return ways[0] if ways else None

        return told

    def _branch(
        self, test: object, body: Sequence[ast.stmt], other: Sequence[ast.stmt], path: Path
    ) -> list[Path]:
        truth = truth_of(test)
        if truth is None:
            return [*self._block(body, [path.fork()]), *self._block(other, [path])]
        return self._block(body if truth else other, [path])

    def _asserted(self, test: object, path: Path) -> list[Path]:
        truth = truth_of(test)
        failed = [_ended(path.fork(), How.RAISES, raised="AssertionError")] if not truth else []
        return [*failed, path] if truth is not False else failed

    def _matched(self, subject: object, cases: Sequence[ast.match_case], path: Path) -> list[Path]:
        """Each case that may be taken, up to the one that certainly is."""
        found: list[Path] = []
        for case in cases:
            taken = self._takes(case.pattern, subject, path)
            if case.guard is not None and taken is not False:
                taken = None
            if taken is not False:
                found += self._block(case.body, [path.fork()])
            if taken:
                return found
        return [*found, path]

    def _takes(self, pattern: ast.pattern, subject: object, path: Path) -> bool | None:
        """Whether a pattern fits; None where that is open."""
        match pattern:
            case ast.MatchAs(pattern=None):
                return True
            case ast.MatchValue(value=value):
                return truth_of(held_against(ast.Eq(), subject, self._fold(value, path)))
            case ast.MatchSingleton(value=value):
                return truth_of(held_against(ast.Is(), subject, value))
            case ast.MatchOr(patterns=patterns):
                taken = [self._takes(one, subject, path) for one in patterns]
                return True if True in taken else (None if None in taken else False)
            case _:
                return None

    # ---------------------------------------------------------------- loops

    def _looped(
        self, over: ast.expr, target: ast.expr, body: Sequence[ast.stmt], path: Path
    ) -> list[Path]:
        items = elements(self._fold(over, path))
        if items is not None and len(items) <= MAX_TURNS:
            return self._turned(items, target, body, path)
        once = path.fork()
        bind(target, OPEN, once.names)
        _forget(body, once.names)
        after = self._block(body, [once])
        _forget(body, path.names)
        return [*map(_past_loop, after), path]

    def _turned(
        self, items: Iterable[object], target: ast.expr, body: Sequence[ast.stmt], path: Path
    ) -> list[Path]:
        paths, left = [path], []
        for item in items:
            for one in paths:
                bind(target, item, one.names)
            after = self._block(body, paths)
            left += [one for one in after if not one.goes_on]
            paths = [one for one in after if one.goes_on]
        return [*paths, *map(_past_loop, left)]

    def _while(self, test: ast.expr, body: Sequence[ast.stmt], path: Path) -> list[Path]:
        truth = truth_of(self._fold(test, path))
        if truth is False:
            return [path]
        once = path.fork()
        _forget(body, once.names)
        after = [_past_loop(one) for one in self._block(body, [once])]
        _forget(body, path.names)
        return after if truth else [*after, path]

    # --------------------------------------------------------------- errors

    def _tried(self, statement: ast.Try, path: Path) -> list[Path]:
        done: list[Path] = []
        for one in self._block(statement.body, [path]):
            if one.how is How.RAISES:
                done += self._handled(statement.handlers, one)
            else:
                done += self._block(statement.orelse, [one]) if one.goes_on else [one]
        return self._finally(statement.finalbody, done)

    def _handled(self, handlers: Sequence[ast.ExceptHandler], path: Path) -> list[Path]:
        taken: list[Path] = []
        for handler in handlers:
            catches = _catches(handler.type, path.raised)
            if catches is not False:
                inside = path.fork()
                inside.how = How.FALLS
                if handler.name:
                    inside.names[handler.name] = OPEN
                taken += self._block(handler.body, [inside])
            if catches:
                return taken
        return [*taken, path]

    def _finally(self, body: Sequence[ast.stmt], paths: list[Path]) -> list[Path]:
        if not body:
            return paths
        found: list[Path] = []
        for path in paths:
            how, value = path.how, path.value
            path.how = How.FALLS
            for one in self._block(body, [path]):
                if one.goes_on:
                    one.how, one.value = how, value
                found.append(one)
        return found

    def _within(
        self, items: Sequence[ast.withitem], body: Sequence[ast.stmt], path: Path
    ) -> list[Path]:
        for item in items:
            self._fold(item.context_expr, path)
            if item.optional_vars is not None:
                bind(item.optional_vars, OPEN, path.names)
        kinds = [kind for item in items for kind in _suppressed(item.context_expr)]
        found: list[Path] = []
        for one in self._block(body, [path]):
            if one.how is How.RAISES and any(_catches(kind, one.raised) for kind in kinds):
                one.how = How.FALLS
            found.append(one)
        return found


def outcomes(paths: Iterable[Path]) -> tuple[Given, ...]:
    """Give what a call of the body does, each different thing once."""
    found: dict[str, Given] = {}
    for path in paths:
        value = path.value if path.how is How.RETURNS else None
        raises = path.raised if path.how is How.RAISES else ""
        met = tuple(path.met)
        found.setdefault(f"{value!r} {raises} {met!r}", Given(value, raises, met))
    return tuple(found.values())


def _ended(path: Path, how: How, *, value: object = None, raised: str = "") -> Path:
    path.how, path.value, path.raised = how, value, raised
    return path


def _past_loop(path: Path) -> Path:
    if path.how is How.LEAVES_LOOP:
        path.how = How.FALLS
    return path


def _forget(body: Sequence[ast.stmt], names: Names) -> None:
    """What a loop binds is open: nobody knows how often it turned."""
    for part in body:
        for node in walk(part):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names[node.id] = OPEN


def _name(node: ast.expr | None) -> str:
    match node:
        case ast.Call(func=inner):
            return _name(inner)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _suppressed(node: ast.expr) -> Iterator[ast.expr]:
    """The errors of `contextlib.suppress(...)`."""
    if isinstance(node, ast.Call) and _name(node.func) == "suppress":
        yield from node.args


def _catches(kind: ast.expr | None, raised: str) -> bool | None:
    """Whether a handler takes an error; None where one may be a kind of the other."""
    kinds = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    names = {_name(one) for one in kinds}
    if names & BROAD or raised in names or names & PARENTS.get(raised, frozenset()):
        return True
    return None
