"""Ways by a check of callers that no credential is needed for: a rehearsal under each condition.

A check refuses somebody under every setting, and whatever anybody may send. Where some setting,
or a header that anyone can write, leaves no path on which a bad credential is refused, there is a
way by.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from msgspec import Struct

from tenken.readiness.collectors.code.trust.admitting import ANSWERING, VERIFIERS
from tenken.readiness.collectors.code.trust.believing import CONVERSIONS
from tenken.readiness.collectors.code.trust.conditions import (
    Condition,
    Conditions,
    Kind,
    is_given,
)
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.collectors.rehearsal.acting import (
    How,
    Path,
    Rehearsal,
    TooManyPaths,
    outcomes,
)
from tenken.readiness.collectors.rehearsal.folding import Given
from tenken.readiness.collectors.rehearsal.surroundings import constants
from tenken.readiness.collectors.rehearsal.values import BUILTINS, OPEN, Fields, Open
from tenken.readiness.facts.code import Auth

MAX_CONDITIONS = 10
MAX_PAIRED = 6
MAX_DEPTH = 3
PASSING_ON = frozenset({"call_next", "app", "get_response", "getLogger", "print", "exception"})
"""Calls that hand a request on, or tell of it; none of them refuses."""
HARMLESS = CONVERSIONS | PASSING_ON | BUILTINS.keys()
Refuses = Callable[[ast.AST], bool]


class WayBy(Struct, frozen=True, eq=False):
    """What lets everybody by, and how it is told."""

    auth: Auth
    node: ast.AST


class Refused(Open):
    """A response that says no."""


class Strangers:
    """Rehearses checks with callers that have no credential."""

    def __init__(self, follower: Follower, refuses: Refuses) -> None:
        self.follower = follower
        self.refuses = refuses
        self._conditions = Conditions(follower)
        self._known: dict[tuple[Function, bool], WayBy | None] = {}

    def way_by(self, function: Function, *, depended: bool) -> WayBy | None:
        """Give the first way by; what a dependency gives back refuses nobody, only errors do."""
        # A function stands below several routes, and is asked for each check that it leads to.
        key = (function, depended)
        if key not in self._known:
            self._known[key] = self._way_by(function, depended=depended)
        return self._known[key]

    def _way_by(self, function: Function, *, depended: bool) -> WayBy | None:
        found = list(self._all_conditions(function, depended=depended, depth=0))
        known: dict[ast.AST, object] = {
            one.node: one.value for one in found if one.kind is Kind.NOBODY
        }
        open_ones = [one for one in found if one.kind is not Kind.NOBODY]
        for told in _scenes(open_ones):
            scene = _Scene(self, {**known, **_by_node(open_ones, told)}, depended=depended)
            stops = scene.refuses_somebody(function)
            if stops is None:
                return None
            if not stops:
                return _way(told, open_ones, function)
        return None

    def switch_around(self, function: Function, refusal: ast.AST) -> WayBy | None:
        """A setting without which a refusal is not reached, whatever else may stop a request."""
        below = refusal
        for above in function.module.above(refusal):
            if above is function.node:
                return None
            if isinstance(above, ast.If) and below in above.body:
                for part in _needed(above.test):
                    if self._conditions.is_setting(part, function):
                        return WayBy(Auth.OPTIONAL, above)
            below = above
        return None

    def _all_conditions(
        self, function: Function, *, depended: bool, depth: int
    ) -> Iterator[Condition]:
        """Those of the function and of what it calls in the repository."""
        yield from self._conditions.of(function, depended=depended)
        for call in function.calls if depth < MAX_DEPTH else ():
            for entered in self.entered(call, function):
                if entered is not function:
                    yield from self._all_conditions(entered, depended=False, depth=depth + 1)

    def entered(self, call: ast.Call, function: Function) -> list[Function]:
        """Functions of the repository that a call enters by its own name."""
        if is_given(call.func, function):
            return []
        return [one for one in self.follower.functions(call.func, function) if one.node]


def _needed(test: ast.expr) -> list[ast.expr]:
    """`key and ...`: each part has to be something."""
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]


class _Scene:
    """One rehearsal: what each condition is, and what calls do when the credential is bad."""

    def __init__(
        self, strangers: Strangers, told: Mapping[ast.AST, object], *, depended: bool
    ) -> None:
        self._of = strangers
        self._told = told
        self._depended = depended
        self._ends: dict[tuple[Function, int], tuple[Given, ...] | None] = {}
        """What entering a function gives; None where it has too many paths."""

    def refuses_somebody(self, function: Function) -> bool | None:
        """Whether any path stops a caller; None where there are too many to walk."""
        try:
            return any(map(self._stops, self._paths(function, 0)))
        except TooManyPaths:
            return None

    def _paths(self, function: Function, depth: int) -> list[Path]:
        node = function.node
        if node is None or isinstance(node, ast.Lambda):
            raise TooManyPaths
        names = constants(function) | {one.arg: OPEN for one in function.parameters}
        rehearsal = Rehearsal(
            lambda call, path: self._does(call, path, function, depth), self._told
        )
        return rehearsal.paths(node.body, names)

    def _stops(self, path: Path) -> bool:
        if path.how is How.RAISES:
            return True
        if path.met:
            return True
        return not self._depended and _says_no(path.value)

    def _does(self, call: ast.Call, path: Path, function: Function, depth: int) -> Sequence[Given]:
        name = last_name(call.func)
        if verifier := self._verifier(call, function):
            if verifier.endswith(ANSWERING):
                return (Given(False),)
            return (Given(raises="ValueError" if "google" in verifier else "InvalidTokenError"),)
        if name == "abort":
            return (Given(raises="?"),)
        if self._of.refuses(call):
            return (Given(Refused(), met=(call,) if name == "close" else ()),)
        if isinstance(call.func, ast.Name) and isinstance(path.names.get(name), Refused):
            return (Given(met=(call,)),)  # `await response(scope, receive, send)`
        if entered := self._of.entered(call, function):
            return self._enters(entered, function, depth)
        return self._outside(call, function)

    def _enters(self, entered: list[Function], function: Function, depth: int) -> Sequence[Given]:
        if depth >= MAX_DEPTH or entered[0] is function:
            return (Given(raises="?"), Given())
        return tuple([one for it in entered for one in self._ended(it, depth + 1)])

    def _ended(self, entered: Function, depth: int) -> tuple[Given, ...]:
        key = (entered, depth)
        if key not in self._ends:
            try:
                self._ends[key] = tuple(outcomes(self._paths(entered, depth)))
            except TooManyPaths:
                self._ends[key] = None
        ends = self._ends[key]
        if ends is None:
            raise TooManyPaths
        return ends

    def _outside(self, call: ast.Call, function: Function) -> Sequence[Given]:
        """A library that is handed something of the caller's may refuse it."""
        is_known = last_name(call.func) in HARMLESS
        if is_known or not _takes_something(call, function):
            return ()
        return (Given(raises=_caught_around(call, function) or "?"), Given())

    def _verifier(self, call: ast.Call, function: Function) -> str:
        if is_given(call.func, function):
            return ""
        names = self._of.follower.dotted(call.func, function)
        return next((one for one in names if one in VERIFIERS), "")


def _scenes(found: Sequence[Condition]) -> Iterator[Mapping[str, bool]]:
    """Nothing told, then each condition alone, then two of them; settings go first."""
    settings_first = sorted(found, key=_order)
    keys = list(dict.fromkeys(one.key for one in settings_first))[:MAX_CONDITIONS]
    yield {}
    for key in keys:
        yield from ({key: truth} for truth in (True, False))
    for one, other in combinations(keys, 2) if len(keys) <= MAX_PAIRED else ():
        yield from ({one: a, other: b} for a in (True, False) for b in (True, False))


def _order(one: Condition) -> bool:
    """Settings go first: they are what is told."""
    return one.kind is Kind.ANYBODY


def _by_node(found: Iterable[Condition], told: Mapping[str, bool]) -> dict[ast.AST, object]:
    return {
        one.node: _value(one, is_so=told[one.key] is not one.negated)
        for one in found
        if one.key in told
    }


def _value(condition: Condition, *, is_so: bool) -> object:
    """A comparison comes to yes or no; anything else is something, or nothing."""
    if isinstance(condition.node, ast.Compare):
        return is_so
    return Fields({condition.key: OPEN}) if is_so else condition.value


def _way(told: Mapping[str, bool], found: Iterable[Condition], function: Function) -> WayBy | None:
    chosen = sorted((one for one in found if one.key in told), key=_order)
    if function.node is None:
        return None
    if not chosen:
        return WayBy(Auth.ADMITS, function.node)
    by_setting = any(one.kind is Kind.SETTING for one in chosen)
    return WayBy(Auth.OPTIONAL if by_setting else Auth.ADMITS, chosen[0].node)


def _says_no(value: object) -> bool:
    if isinstance(value, Refused):
        return True
    return isinstance(value, tuple) and any(
        one in {401, 403} for one in value if isinstance(one, int)
    )


def _takes_something(call: ast.Call, function: Function) -> bool:
    """A parameter, or what was made of one, is handed over; constants and settings are not."""
    given = {one.arg for one in function.parameters} - {"self", "cls"} | function.assigned.keys()
    return any(isinstance(part, ast.Name) and (part.id in given or "request" in part.id)
               for part in walk(call))  # fmt: skip


def _caught_around(call: ast.Call, function: Function) -> str:
    """What a `try` around the call catches: its author knows what the library raises."""
    below: ast.AST = call
    for above in function.module.above(call):
        if above is function.node:
            return ""
        if isinstance(above, ast.Try) and below in above.body:
            for handler in above.handlers:
                kind = handler.type
                first = kind.elts[0] if isinstance(kind, ast.Tuple) else kind
                return last_name(first) if first is not None else "Exception"
        below = above
    return ""
