"""Ways by a check of callers that no credential is needed for: a rehearsal under each condition.

A check refuses somebody under every setting, and whatever anybody may send. Where some setting,
or a header that anyone can write, leaves no path on which a bad credential is refused, there is a
way by.
"""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from msgspec import Struct, field

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


class Deed(Struct, frozen=True, eq=False):
    """What a call does when the credential is bad, as far as every scene has it the same."""

    at_once: tuple[Given, ...] = ()
    """It verifies or refuses; nothing else counts then."""
    entered: tuple[Function, ...] = ()
    """It enters functions of the repository."""
    outside: tuple[Given, ...] = ()
    """It enters none, and this is what a library may do."""


class Strangers:
    """Rehearses checks with callers that have no credential."""

    def __init__(self, follower: Follower, refuses: Refuses) -> None:
        self.follower = follower
        self.refuses = refuses
        self._conditions = Conditions(follower)
        self._known: dict[tuple[Function, bool], WayBy | None] = {}
        self._deeds: dict[tuple[ast.Call, Function], Deed] = {}
        self._below: dict[tuple[Function, int], frozenset[ast.AST]] = {}

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
        within: dict[str, set[ast.AST]] = defaultdict(set)
        for one in open_ones:
            within[one.key] |= {one.within} if one.within else set()
        check = _Check(self, within, depended)
        for told in _scenes(open_ones):
            scene = _Scene(check, told, {**known, **_by_node(open_ones, told)})
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

    def entered(self, call: ast.Call, function: Function) -> tuple[Function, ...]:
        """Functions of the repository that a call enters by its own name."""
        if is_given(call.func, function):
            return ()
        return tuple(one for one in self.follower.functions(call.func, function) if one.node)

    def below(self, function: Function, depth: int) -> frozenset[ast.AST]:
        """The functions that a rehearsal of one, so deep, may go through, itself among them."""
        key = (function, depth)
        if (known := self._below.get(key)) is None:
            found: set[ast.AST] = {function.node} if function.node else set()
            for call in function.calls if depth < MAX_DEPTH else ():
                for one in self.deed(call, function).entered:
                    found |= self.below(one, depth + 1)
            known = self._below[key] = frozenset(found)
        return known

    def deed(self, call: ast.Call, function: Function) -> Deed:
        """Give what a call does: asked once, however many scenes it is played in."""
        key = (call, function)
        if (known := self._deeds.get(key)) is None:
            known = self._deeds[key] = self._deed(call, function)
        return known

    def _deed(self, call: ast.Call, function: Function) -> Deed:
        name = last_name(call.func)
        if verifier := self._verifier(call, function):
            if verifier.endswith(ANSWERING):
                return Deed(at_once=(Given(False),))
            raised = "ValueError" if "google" in verifier else "InvalidTokenError"
            return Deed(at_once=(Given(raises=raised),))
        if name == "abort":
            return Deed(at_once=(Given(raises="?"),))
        if self.refuses(call):
            return Deed(at_once=(Given(Refused(), met=(call,) if name == "close" else ()),))
        entered = self.entered(call, function)
        return Deed(entered=entered, outside=() if entered else _outside(call, function))

    def _verifier(self, call: ast.Call, function: Function) -> str:
        if is_given(call.func, function):
            return ""
        names = self.follower.dotted(call.func, function)
        return next((one for one in names if one in VERIFIERS), "")


def _needed(test: ast.expr) -> list[ast.expr]:
    """`key and ...`: each part has to be something."""
    return test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]


class _Check(Struct, frozen=True, eq=False):
    """What all scenes of one check have in common."""

    strangers: Strangers
    within: Mapping[str, set[ast.AST]]
    """The functions that each condition stands in."""
    depended: bool
    ends: dict[tuple[Function, int, frozenset[tuple[str, bool]]], tuple[Given, ...] | None] = (
        field(default_factory=dict)
    )
    """What entering a function gives, how deep below the check and under what is told of it and
    of what it enters: most scenes tell nothing of most functions. None for too many paths."""


class _Scene:
    """One rehearsal: what each condition is, and what calls do when the credential is bad."""

    def __init__(
        self, check: _Check, told: Mapping[str, bool], by_node: Mapping[ast.AST, object]
    ) -> None:
        self._of = check.strangers
        self._check = check
        self._told = told
        self._by_node = by_node

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
            lambda call, path: self._does(call, path, function, depth), self._by_node
        )
        return rehearsal.paths(node.body, names)

    def _stops(self, path: Path) -> bool:
        if path.how is How.RAISES:
            return True
        if path.met:
            return True
        return not self._check.depended and _says_no(path.value)

    def _does(self, call: ast.Call, path: Path, function: Function, depth: int) -> Sequence[Given]:
        deed = self._of.deed(call, function)
        if deed.at_once:
            return deed.at_once
        if isinstance(call.func, ast.Name) and isinstance(path.names.get(call.func.id), Refused):
            return (Given(met=(call,)),)  # `await response(scope, receive, send)`
        if deed.entered:
            return self._enters(deed.entered, function, depth)
        return deed.outside

    def _enters(
        self, entered: tuple[Function, ...], function: Function, depth: int
    ) -> Sequence[Given]:
        if depth >= MAX_DEPTH or entered[0] is function:
            return (Given(raises="?"), Given())
        return tuple([one for it in entered for one in self._ended(it, depth + 1)])

    def _ended(self, entered: Function, depth: int) -> tuple[Given, ...]:
        below = self._of.below(entered, depth)
        told = (
            one for one in self._told.items() if not self._check.within[one[0]].isdisjoint(below)
        )
        key = (entered, depth, frozenset(told))
        known = self._check.ends
        if key not in known:
            try:
                known[key] = outcomes(self._paths(entered, depth))
            except TooManyPaths:
                known[key] = None
        ends = known[key]
        if ends is None:
            raise TooManyPaths
        return ends


def _outside(call: ast.Call, function: Function) -> tuple[Given, ...]:
    """A library that is handed something of the caller's may refuse it."""
    is_known = last_name(call.func) in HARMLESS
    if is_known or not _takes_something(call, function):
        return ()
    return (Given(raises=_caught_around(call, function) or "?"), Given())


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
