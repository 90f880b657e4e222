"""Functions that something else runs: a graph or agent that holds them, a table of choices."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from tenken.readiness.collectors.python.modules import Function, Module, Project
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.values import Display, Made, Member, Own, Thing, Value
from tenken.readiness.collectors.python.walking import Shape
from tenken.readiness.facts.tree import Role

RUNS = frozenset({
    "invoke", "ainvoke", "stream", "astream", "astream_events", "astream_log", "batch", "abatch",
    "run", "arun", "run_sync", "run_stream", "run_async", "kickoff", "kickoff_async",
    "stream_async", "invoke_async", "handle", "async_handle", "handle_async", "dispatch",
    "resolve", "launch", "process_update", "feed_update", "start", "start_async", "run_polling",
    "serve",
})  # fmt: skip
"""Methods by which an object of a library runs the functions that it was given."""
MOUNTS = frozenset({"mount_gradio_app"})
"""Functions that run the second thing they are given."""
TABLES = (ast.Dict, ast.List, ast.Tuple, ast.Set)
MOST_STEPS = 6
MOST_HELD = 2
"""A runner of agents that hold others."""


class Followed(Protocol):
    """What is needed of the follower."""

    project: Project

    def values(self, node: ast.expr, scope: Function) -> tuple[Value, ...]:
        """Give what the expression can be."""
        ...


class Run(NamedTuple):
    """A call that runs what was handed over elsewhere."""

    call: ast.Call
    scope: Function


class Holders:
    """Finds the calls that run a function which somebody holds."""

    def __init__(self, follower: Followed) -> None:
        self._follower = follower
        self._runs: dict[ast.Call, list[Run]] | None = None
        self._chosen: dict[Function, list[Run]] | None = None

    def running(self, node: ast.expr, scope: Function) -> Iterator[Run]:
        """Where a function runs that a node hands to an object of a library, or to a table."""
        below: ast.AST = node
        for _ in range(MOST_STEPS):
            above = scope.module.parents.get(below)
            if isinstance(above, ast.Call) and below is not above.func:
                yield from self._of_holder(above, scope)
                return
            if not isinstance(above, (ast.keyword, ast.Starred, *TABLES)):
                return
            below = above

    def registered(self, function: Function) -> Iterator[Run]:
        """Where a function runs that a decorator hands to an object: `@handler.add(Text)`."""
        outer = function.outer or function.module.top
        for decorator in function.decorators:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            if isinstance(target, ast.Attribute):
                for value in self._follower.values(target.value, outer):
                    if isinstance(value, Made):
                        yield from self._index().get(_root(value), ())

    def chosen(self, function: Function) -> list[Run]:
        """The calls that take a function out of a table: `HANDLERS[kind](text)`."""
        if self._chosen is None:
            self._chosen = defaultdict(list)
            for module in self._served():
                for call in module.shape.answer(_choosing):
                    scope = module.scopes[call]
                    for value in self._follower.values(call.func, scope):
                        if isinstance(value, Own):
                            self._chosen[value.function].append(Run(call, scope))
        return self._chosen.get(function, [])

    def _of_holder(self, call: ast.Call, scope: Function) -> Iterator[Run]:
        for value in self._follower.values(call.func, scope):
            match value:
                case Thing():
                    yield from self._index().get(call, ())
                case Member(base, _):
                    yield from self._index().get(_root(base), ())
                case _:
                    pass

    def _index(self) -> dict[ast.Call, list[Run]]:
        """The runs of each object, by the call that made it."""
        if self._runs is None:
            self._runs = defaultdict(list)
            for module in self._served():
                for call, scope in module.calls_that(_may_run):
                    for value in self._receivers(call, scope):
                        for made in self._held(value, 0):
                            self._runs[made].append(Run(call, scope))
        return self._runs

    def _receivers(self, call: ast.Call, scope: Function) -> tuple[Value, ...]:
        func = call.func
        if last_name(func) in MOUNTS and len(call.args) > 1:
            return self._follower.values(call.args[1], scope)
        return self._follower.values(func.value, scope) if isinstance(func, ast.Attribute) else ()

    def _held(self, value: Value, depth: int) -> Iterator[ast.Call]:
        """The call that made an object, and those that made what it was given."""
        made = value.base if isinstance(value, Member) else value
        if not isinstance(made, Made) or depth > MOST_HELD:
            return
        root = _bottom(made)
        yield root.call
        for node in (*root.call.args, *(one.value for one in root.call.keywords)):
            for inner in self._follower.values(node, root.scope):
                yield from self._held_in(inner, depth + 1)

    def _held_in(self, value: Value, depth: int) -> Iterator[ast.Call]:
        if isinstance(value, Display) and not isinstance(value.node, ast.Dict):
            for element in value.node.elts[:12]:
                for inner in self._follower.values(element, value.scope):
                    yield from self._held(inner, depth)
        else:
            yield from self._held(value, depth)

    def _served(self) -> Iterator[Module]:
        return (one for one in self._follower.project.loaded if one.role is Role.PRODUCTION)


def _may_run(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in RUNS | MOUNTS


def _root(value: Made) -> ast.Call:
    return _bottom(value).call


def _bottom(value: Made) -> Made:
    """What the first of a row of calls made: `StateGraph(...)` of its `.compile()`."""
    for _ in range(MOST_STEPS):
        base = value.base.base if isinstance(value.base, Member) else value.base
        if not isinstance(base, Made):
            break
        value = base
    return value


def _choosing(shape: Shape) -> tuple[ast.Call, ...]:
    """Calls of what stands in a table: by its key, or in a loop over all."""
    items = {one.name for one in shape.bindings if one.is_item}
    looked_up = {
        one.name for one in shape.bindings if not one.is_item and (_is_look_up(one.value))
    }
    return tuple([
        call for call in shape.calls
        if _is_look_up(call.func)
        or (isinstance(call.func, ast.Name) and call.func.id in items | looked_up)
    ])  # fmt: skip


def _is_look_up(node: ast.expr) -> bool:
    match node:
        case ast.Subscript():
            return True
        case ast.Call(func=ast.Attribute(attr="get"), args=[_, *_]):
            return True
        case _:
            return False
