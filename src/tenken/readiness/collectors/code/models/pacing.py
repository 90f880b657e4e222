"""Rate limiters of the application's own: objects that count calls over time and hold some back.

One that is asked about a caller (`allow(user)`) counts visitors and is left to others.
"""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.code.models.retrying.around import Around, Link
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Class, Function
from tenken.readiness.collectors.python.syntax import last_name, own_nodes
from tenken.readiness.collectors.python.values import Instance
from tenken.readiness.collectors.python.walking import walk
from tenken.readiness.facts.calls import Idle, Wrapping

CLOCKS = frozenset({"time", "monotonic", "perf_counter", "now", "utcnow"})
MEMOS = frozenset({"cache", "lru_cache", "cached"})
AMOUNTS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
"""More or less of something; whether something is there at all limits nothing."""
LEAVING = (ast.Return, ast.Raise, ast.Continue)


class Pacing:
    """Finds them before a call."""

    def __init__(self, follower: Follower, around: Around) -> None:
        self._follower = follower
        self._around = around

    def of(self, links: tuple[Link, ...]) -> Iterator[Wrapping]:
        """Give those that a call waits for, or is not made without."""
        for link in links:
            line = getattr(link.node, "lineno", 0)
            for call in link.scope.calls:
                asked = isinstance(call.func, ast.Attribute) and call.lineno < line
                if asked and not (call.args or call.keywords) and self._holds(call, link):
                    yield self._told(call, link, links[0].scope)

    def _told(self, call: ast.Call, link: Link, home: Function) -> Wrapping:
        base = call.func.value if isinstance(call.func, ast.Attribute) else call.func
        made = [
            one for one in self._follower.values(base, link.scope) if isinstance(one, Instance)
        ]
        anew = any(one.scope is not None and _is_built_anew(one.scope) for one in made)
        return Wrapping(
            library=made[0].of.name if made else last_name(base),
            place=link.scope.module.place(call),
            idle=Idle.PER_CALL if anew else None,
            bypassed=self._around.passing_by(home, link.scope),
        )

    def _holds(self, call: ast.Call, link: Link) -> bool:
        """It sleeps or raises by itself, or its answer decides whether the call is made."""
        for function in self._follower.functions(call.func, link.scope):
            if function.owner is None or not _counts_over_time(function.owner, function):
                continue
            if _waits_or_raises(function):
                return True
            if _says_no(function) and _decides(call, link):
                return True
        return False


def _counts_over_time(of: Class, asked: Function) -> bool:
    """Its methods read a clock, and the one that is asked compares an amount with a limit."""
    calls = (call for method in of.methods.values() for call in method.calls)
    reads = any(last_name(call.func) in CLOCKS for call in calls)
    compared = (one for one in own_nodes(asked) if isinstance(one, ast.Compare))
    return reads and any(isinstance(part, AMOUNTS) for one in compared for part in one.ops)


def _waits_or_raises(function: Function) -> bool:
    sleeps = any(last_name(call.func) in {"sleep", "wait"} for call in function.calls)
    return sleeps or any(isinstance(one, ast.Raise) for one in own_nodes(function))


def _says_no(function: Function) -> bool:
    answers = {one.value for one in function.returns if isinstance(one, ast.Constant)}
    return False in answers and (True in answers or len(function.returns) > len(answers))


def _decides(call: ast.Call, link: Link) -> bool:
    """`if not limiter.allow(): return`, or a flag that a later test leaves by."""
    test = _test_around(call, link.scope)
    if test is None:
        return False
    if any(isinstance(one, LEAVING) for one in test.body):
        return True
    flags = {
        target.id
        for one in test.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    line = getattr(link.node, "lineno", 0)
    return any(
        isinstance(one, ast.If)
        and test.lineno < one.lineno < line
        and flags & {part.id for part in walk(one.test) if isinstance(part, ast.Name)}
        and any(isinstance(part, LEAVING) for part in one.body)
        for one in own_nodes(link.scope)
    )


def _test_around(call: ast.Call, scope: Function) -> ast.If | None:
    """The `if` whose test asks, and holds where the answer is no."""
    below: ast.AST = call
    denied = False
    for above in scope.module.above(call):
        if isinstance(above, ast.If):
            return above if below is above.test and denied else None
        if isinstance(above, ast.stmt):
            return None
        denied = denied or (isinstance(above, ast.UnaryOp) and isinstance(above.op, ast.Not))
        below = above
    return None


def _is_built_anew(scope: Function) -> bool:
    """Built each time a function runs: it remembers nothing of the calls before."""
    if scope.node is None or scope.name.endswith("__init__"):
        return False
    memo = any(last_name(one) in MEMOS for one in scope.decorators)
    return not memo and not any(isinstance(one, ast.Global) for one in own_nodes(scope))
