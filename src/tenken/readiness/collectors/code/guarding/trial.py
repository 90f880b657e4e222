"""A rehearsal of a guard that finds something: is the call refused, or made all the same?

The guard's call is given the answer that a text deserves which should be stopped. Then every path
from the function in which both are reached is walked: where no path refuses, or where all of them
do the same whatever the guard found, it stops nothing.
"""

import ast
from collections.abc import Mapping, Sequence

from tenken.readiness.collectors.code.guarding.known import LOGGERS, RECORDERS
from tenken.readiness.collectors.code.models.retrying.around import Link
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import (
    argument,
    last_name,
    written,
)
from tenken.readiness.collectors.rehearsal.acting import (
    How,
    Path,
    Rehearsal,
    TooManyPaths,
    outcomes,
)
from tenken.readiness.collectors.rehearsal.folding import Folding, Given, calls_in
from tenken.readiness.collectors.rehearsal.surroundings import constants
from tenken.readiness.collectors.rehearsal.values import BUILTINS, OPEN
from tenken.readiness.facts.code import GuardWeakness

TEXT = "When is the wage of my last shift paid out?"
"""What an ordinary user writes: neither empty nor endless."""
MAX_DEPTH = 4
VERDICTS: Mapping[str, tuple[tuple[object, ...], tuple[object, ...]]] = {
    "scan_prompt": ((OPEN, {"first": True}, {"first": 0.0}),
                    (OPEN, {"first": True, "found": False}, {"first": 0.0, "found": 1.0})),
    "scan_output": ((OPEN, {"first": True}, {"first": 0.0}),
                    (OPEN, {"first": True, "found": False}, {"first": 0.0, "found": 1.0})),
    "scan": ((OPEN, True, 0.0), (OPEN, False, 1.0)),
    "analyze": ((), (OPEN,)),
}  # fmt: skip
"""What guards say of a text that is fine, and of one that is not, by the method that asks."""


class Trial:
    """Rehearses functions with a guard's answer in hand."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def weakness(
        self, guard: Sequence[Link], model: Sequence[Link], *, before: bool
    ) -> GuardWeakness | None:
        """Say why a guard stops nothing between two ways down; None where it does, or may."""
        found, home, asks = _between(guard, model)
        if home is None or not isinstance(found, ast.Call):
            return None
        says: tuple[object, object] = VERDICTS.get(last_name(found.func), (OPEN, OPEN))
        fine, bad = (_Stage(self._follower, guard, asks, verdict=verdict) for verdict in says)
        try:
            passed, refused = fine.of(home), bad.of(home)
        except TooManyPaths:
            return None
        asked = [one for one in refused if found in one.met]
        if refused and not asked:
            return GuardWeakness.RESULT_UNUSED
        if bad.verdict is OPEN or not asked:
            return None
        upside_down = before and not any(asks in one.met for one in passed)
        if bad.handed != fine.handed and not upside_down:
            return None
        if before:
            on = all(_goes_on(one, found, asks) for one in asked)
        else:
            raises = any(one.how is How.RAISES for one in asked)
            on = not raises and outcomes(refused) == outcomes(passed)
        return GuardWeakness.RESULT_UNUSED if on else None

    def cleans(self, guard: Sequence[Link], model: Sequence[Link]) -> bool:
        """What goes on is the text that the guard gives back, and not the one it was given."""
        found, home, node = _between(guard, model)
        says = VERDICTS.get(last_name(found.func)) if isinstance(found, ast.Call) else None
        if home is None or says is None:
            return False
        stages = [
            _Stage(self._follower, guard, node, verdict=(text, *says[1][1:]))
            for text in ("as it was", "cleaned")
        ]
        try:
            ends = [outcomes(one.of(home)) for one in stages]
        except TooManyPaths:
            return True
        return ends[0] != ends[1] or stages[0].handed != stages[1].handed


def _between(
    guard: Sequence[Link], model: Sequence[Link]
) -> tuple[ast.AST, Function | None, ast.AST]:
    """The guard's call, the nearest function in which both are reached, and its way to a model."""
    reached = {link.scope: link.node for link in model}
    home = next((link.scope for link in guard if link.scope in reached), None)
    return guard[0].node, home, reached.get(home, guard[0].node) if home else guard[0].node


def _goes_on(path: Path, guard: ast.AST, model: ast.AST) -> bool:
    return model in path.met[path.met.index(guard) :]


class _Stage:
    """One rehearsal: what the guard says, and where the model is asked."""

    def __init__(
        self, follower: Follower, guard: Sequence[Link], model: ast.AST, *, verdict: object
    ) -> None:
        self._follower = follower
        self._guard = guard[0]
        self._chain = {link.scope for link in guard}
        self._model = model
        self._depth = 0
        self.verdict = verdict
        self.handed: set[str] = set()
        """What calls that nobody can look into are given."""

    def of(self, function: Function, given: Mapping[str, object] | None = None) -> list[Path]:
        """Walk a function; what it is given as text is what users write."""
        node = function.node
        if node is None or isinstance(node, ast.Lambda):
            return []
        names = constants(function) | {one.arg: OPEN for one in function.parameters}
        if function is self._guard.scope:
            names |= dict.fromkeys(set(_texts(self._guard.node)) & set(names), TEXT)
        names |= {name: value for name, value in (given or {}).items() if value is not OPEN}
        paths = Rehearsal(lambda call, path: self._told(call, path, function)).paths(
            node.body, names
        )
        self.handed |= {one for path in paths for one in path.kept}
        return paths

    def _told(self, call: ast.Call, path: Path, scope: Function) -> Sequence[Given]:
        if call is self._guard.node:
            looked_at = [path.names.get(name, OPEN) for name in _texts(call)]
            is_text = not looked_at or looked_at[-1] in (OPEN, TEXT)
            return (Given(self.verdict, met=(call,) if is_text else ()),)
        if call is self._model:
            self._note(call, path)
            return (Given(met=(call,)),)
        if (setting := _of_environment(call)) is not None:
            return (setting,)
        for function in self._follower.functions(call.func, scope)[:1]:
            if self._depth < MAX_DEPTH and function.node is not None:
                return self._entered(function, call, path)
        self._note(call, path)
        return ()

    def _entered(self, function: Function, call: ast.Call, path: Path) -> Sequence[Given]:
        self._depth += 1
        try:
            paths = self.of(function, _handed(function, call, path))
        finally:
            self._depth -= 1
        found = outcomes(paths)
        if function in self._chain or any(one.raises for one in found):
            return found
        return ()

    def _note(self, call: ast.Call, path: Path) -> None:
        if last_name(call.func) not in {*LOGGERS, *RECORDERS, *BUILTINS}:
            folding = Folding({**path.names})
            given = [_written(one, folding) for one in call.args]
            given += [_written(one.value, folding) for one in call.keywords]
            self.handed.add(f"{call.lineno} {given!r}")


def _texts(call: ast.AST) -> list[str]:
    """The names that the guard is handed, what it looks at last."""
    given = call.args if isinstance(call, ast.Call) else []
    return [one.id for one in given if isinstance(one, ast.Name)]


def _handed(function: Function, call: ast.Call, path: Path) -> dict[str, object]:
    """What a call gives to the parameters of a function, as far as it is written."""
    names = [one.arg for one in function.parameters if one.arg not in {"self", "cls"}]
    folding = Folding({**path.names})
    return {
        name: _written(node, folding)
        for at, name in enumerate(names)
        if (node := argument(call, name, at)) is not None
    }


def _written(node: ast.expr, folding: Folding) -> object:
    """A value; calls but for Python's own are asked about where they stand."""
    own = (isinstance(one.func, ast.Attribute) or last_name(one.func) in BUILTINS
           for one in calls_in(node))  # fmt: skip
    return folding.of(node) if all(own) else OPEN


def _of_environment(call: ast.Call) -> Given | None:
    """A variable that nobody has set: its default, or nothing."""
    if written(call.func) not in {"os.getenv", "os.environ.get", "getenv", "environ.get"}:
        return None
    default = argument(call, "default", 1)
    return Given(Folding({}).of(default) if default is not None else None)
