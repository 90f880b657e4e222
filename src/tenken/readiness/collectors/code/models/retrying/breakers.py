"""Circuit breakers of the application's own: a class that counts failures, opens and refuses."""

import ast
from collections.abc import Iterator, Sequence

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.collectors.code.models.idle import MOST_FAILURES
from tenken.readiness.collectors.code.models.retrying.around import BREAKERS, Around, Link
from tenken.readiness.collectors.python.callers import Mention
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Class, Function, Module
from tenken.readiness.collectors.python.syntax import last_name, number
from tenken.readiness.collectors.python.walking import Shape, walk
from tenken.readiness.facts.calls import Idle, Wrapping
from tenken.readiness.facts.tree import Role

CLOCKS = frozenset({"time", "monotonic", "now", "utcnow", "perf_counter", "time_ns"})
LEAVING = (ast.Raise, ast.Return, ast.Continue, ast.Break)
OWN = "own"


class Breaker(Struct, frozen=True, eq=False):
    """A class that is one, and the methods by which it counts and refuses."""

    of: Class
    counting: tuple[Function, ...]
    refusing: tuple[Function, ...]


class Breakers:
    """Finds the breakers that stand around a call, of a library or of the repository."""

    def __init__(self, follower: Follower, around: Around) -> None:
        self._follower = follower
        self._around = around
        self._found: tuple[Breaker, ...] | None = None

    def around(self, links: Sequence[Link]) -> Iterator[Wrapping]:
        """Give each breaker that the call runs in, or that is asked before and told after it."""
        yield from self._around.wrappings(links, BREAKERS)
        for one in self._all():
            place = next((at for link in links for at in self._places(one, link)), None)
            if place is not None:
                yield Wrapping(library=OWN, place=place, idle=self._idle(one, links))

    def _all(self) -> tuple[Breaker, ...]:
        if self._found is None:
            served = (one for one in self._follower.project.loaded if one.role is Role.PRODUCTION)
            self._found = tuple(found for module in served for found in _breakers(module))
        return self._found

    def _places(self, one: Breaker, link: Link) -> Iterator[Place]:
        if _holder(link.scope) is one.of:
            if link.scope in one.counting and link.scope in one.refusing:
                yield link.scope.module.place(link.node)
            return
        told = any(
            mention.scope is link.scope and _is_of_error(mention)
            for method in one.counting
            for mention in self._follower.callers.of(method)
        )
        for method in one.refusing if told else ():
            for mention in self._follower.callers.of(method):
                if mention.scope is link.scope and _stops_before(mention, link.node, method):
                    yield link.scope.module.place(mention.node)

    def _idle(self, one: Breaker, links: Sequence[Link]) -> Idle | None:
        """Built anew for each call it forgets; a threshold that high is never reached."""
        makers = [
            mention
            for mention in self._follower.callers.named(one.of.name.rpartition(".")[2])
            if mention.call is not None and last_name(mention.node) == one.of.name
        ]
        scopes = {link.scope for link in links if link.scope.node is not None}
        if any(mention.scope in scopes and _is_kept_here(mention) for mention in makers):
            return Idle.PER_CALL
        numbers = (
            number(node)
            for mention in makers
            if mention.call is not None
            for node in (*mention.call.args, *(it.value for it in mention.call.keywords))
        )
        return Idle.TOO_HIGH if any(it and it > MOST_FAILURES for it in numbers) else None


def _is_kept_here(mention: Mention) -> bool:
    """`breaker = Breaker()` in the function itself: nobody else has it."""
    above = mention.scope.module.parents.get(mention.call) if mention.call is not None else None
    return isinstance(above, ast.Assign) and all(isinstance(it, ast.Name) for it in above.targets)


def _holder(scope: Function) -> Class | None:
    """The class of a method, also of a function inside one."""
    inside: Function | None = scope
    while inside is not None:
        if inside.owner is not None:
            return inside.owner
        inside = inside.outer
    return None


def _breakers(module: Module) -> Iterator[Breaker]:
    for name in module.shape.answer(_counting_classes):
        of = module.classes.get(name)
        if of is None:
            continue
        told = _Told(of.node)
        methods = tuple(of.methods.values())
        counting = tuple(one for one in methods if told.counts(one))
        refusing = tuple(one for one in methods if told.refuses(one))
        if counting and refusing:
            yield Breaker(of, counting, refusing)


def _counting_classes(shape: Shape) -> tuple[str, ...]:
    """Classes with a figure that begins at nothing: the others need no closer look."""
    owners = {
        one.owner if one.owner is not None else shape.functions[one.scope].owner
        for one in shape.bindings
        if isinstance(one.value, ast.Constant) and one.value.value == 0
    }
    found = (shape.classes[one] for one in owners if one is not None)
    return tuple(one.name for one in found if len(one.node.body) > 1)


class _Told:
    """What the text of a class tells of it."""

    def __init__(self, node: ast.ClassDef) -> None:
        nodes = list(walk(node))
        counters = {
            one.target.attr
            for one in nodes
            if isinstance(one, ast.AugAssign)
            and isinstance(one.op, ast.Add)
            and isinstance(one.target, ast.Attribute)
        }
        opening = [
            one for one in nodes if isinstance(one, ast.If) and _is_reached(one.test, counters)
        ]
        self.counters = counters if opening and _has_clock(nodes) else set[str]()
        self.states = {
            target.attr
            for one in opening
            for part in one.body
            for node in walk(part)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Attribute)
        }

    def counts(self, method: Function) -> bool:
        """Some failure is counted in it."""
        return method.node is not None and any(
            isinstance(one, ast.AugAssign)
            and isinstance(one.target, ast.Attribute)
            and one.target.attr in self.counters
            for one in walk(method.node)
        )

    def refuses(self, method: Function) -> bool:
        """Where it is open, it says no or raises, until some time has gone by."""
        if method.node is None or not self.counters:
            return False
        return any(map(self._denies, walk(method.node)))

    def _denies(self, node: ast.AST) -> bool:
        """`if self.state == "open": raise`, or `return now() - self.opened > self.timeout`."""
        if isinstance(node, ast.If) and self._speaks_of_state(node.test):
            return any(_says_no(part) for it in (*node.body, *node.orelse) for part in walk(it))
        told = node.value if isinstance(node, ast.Return) else None
        return isinstance(told, ast.Compare | ast.BoolOp) and self._speaks_of_state(told)

    def _speaks_of_state(self, test: ast.expr) -> bool:
        return any(
            isinstance(one, ast.Attribute) and one.attr in self.states for one in walk(test)
        )


def _is_reached(test: ast.expr, counters: set[str]) -> bool:
    """`self.failures >= self.threshold`."""
    return any(
        isinstance(one, ast.Compare)
        and isinstance(one.ops[0], ast.GtE | ast.Gt)
        and isinstance(one.left, ast.Attribute)
        and one.left.attr in counters
        for one in walk(test)
    )


def _has_clock(nodes: Sequence[ast.AST]) -> bool:
    """It holds two times against each other."""
    clock = any(isinstance(one, ast.Call) and last_name(one.func) in CLOCKS for one in nodes)
    return clock and any(
        isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub | ast.Add) for one in nodes
    )


def _says_no(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise):
        return True
    return (
        isinstance(node, ast.Return)
        and isinstance(node.value, ast.Constant)
        and node.value.value is False
    )


def _is_of_error(mention: Mention) -> bool:
    """The failure is told where the call's error arrives."""
    return any(
        isinstance(above, ast.ExceptHandler) for above in mention.scope.module.above(mention.node)
    )


def _stops_before(mention: Mention, node: ast.AST, method: Function) -> bool:
    """It is asked before the call, and its no ends the way there."""
    if mention.call is None or mention.call.lineno >= getattr(node, "lineno", 0):
        return False
    module = mention.scope.module
    for above in module.above(mention.call):
        if isinstance(above, ast.If) and any(part is mention.call for part in walk(above.test)):
            denied = isinstance(above.test, ast.UnaryOp) or _is_raised(method)
            return denied and isinstance(above.body[-1], LEAVING)
        if isinstance(above, ast.stmt):
            return _is_raised(method)
    return False


def _is_raised(method: Function) -> bool:
    return method.node is not None and any(isinstance(one, ast.Raise) for one in walk(method.node))
