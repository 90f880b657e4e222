"""Whether code refuses a text that is too long, on the way from a route inwards."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.code.branches import closed_by
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import last_name, number, own_nodes
from tenken.readiness.collectors.python.taint import Taint
from tenken.readiness.collectors.python.values import Literal
from tenken.readiness.collectors.python.walking import walk

LONGEST = 1_000_000
"""A text that may be longer than this has no bound: no model takes it."""
ANSWERS = frozenset({"JSONResponse", "Response", "jsonify"})
MAX_DEPTH = 4
MAX_SEEN = 80


class Lengths:
    """Looks for `if len(text) > most: raise` about what a request brought."""

    def __init__(self, follower: Follower, taint: Taint) -> None:
        self._follower = follower
        self._taint = taint

    def refused(self, door: Function) -> bool:
        """Tell whether a text of any length is stopped in the route or in what it calls."""
        return any(
            self._refuses(node, function)
            for function in self._reached(door)
            for node in own_nodes(function)
            if isinstance(node, ast.If)
        )

    def _reached(self, door: Function) -> Iterator[Function]:
        seen = {door}
        level = [door]
        for _ in range(MAX_DEPTH):
            yield from level
            called = dict.fromkeys(
                inner
                for one in level
                for call in one.calls
                if not _is_swallowed(call, one)
                for inner in self._follower.functions(call.func, one)
            )
            level = [one for one in called if one not in seen]
            seen.update(level)
            if len(seen) > MAX_SEEN:
                return

    def _refuses(self, node: ast.If, function: Function) -> bool:
        if not _stops(node) or _is_swallowed(node, function):
            return False
        if closed_by(node.body[0], function, self._follower) is not None:
            return False
        return any(self._is_too_long(one, function) for one in _alternatives(node.test))

    def _is_too_long(self, test: ast.expr, function: Function) -> bool:
        match test:
            case ast.Compare(
                left=ast.Call(func=ast.Name("len"), args=[text]),
                ops=[ast.Gt() | ast.GtE()],
                comparators=[most],
            ):
                origin = self._taint.origin(text, function)
                return bool(origin and origin.from_route) and self._is_bound(most, function)
            case _:
                return False

    def _is_bound(self, node: ast.expr, function: Function) -> bool:
        """Not a figure so large that it lets everything by."""
        if (written := number(node)) is not None:
            return 0 < written <= LONGEST
        values = self._follower.values(node, function)
        return all(isinstance(one, Literal) and _is_figure(one.value) for one in values)


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float) and 0 < value <= LONGEST


def _is_swallowed(node: ast.AST, function: Function) -> bool:
    """A `try` around it goes on as if nothing had been raised: `except ValueError: pass`."""
    below = node
    for above in function.module.above(node):
        if above is function.node:
            return False
        if isinstance(above, ast.Try) and below in above.body:
            leaves = (ast.Raise, ast.Return, ast.Continue)
            if any(
                not any(isinstance(one, leaves) for part in handler.body for one in walk(part))
                for handler in above.handlers
            ):
                return True
        below = above
    return False


def _alternatives(test: ast.expr) -> Iterator[ast.expr]:
    """Each is enough by itself: `not text or len(text) > 2000`."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        for one in test.values:
            yield from _alternatives(one)
    else:
        yield test


def _stops(node: ast.If) -> bool:
    """The branch ends by raising, or by an answer that says it was refused."""
    last = node.body[-1]
    if isinstance(last, ast.Raise):
        return True
    return isinstance(last, ast.Return) and any(
        isinstance(one, ast.Call) and last_name(one.func) in ANSWERS for one in walk(last)
    )
