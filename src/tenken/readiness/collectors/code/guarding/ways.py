"""Ways to a model call that go past a guard: another route, a swallowed refusal, a task."""

import ast
from collections.abc import Iterator, Mapping

from tenken.readiness.collectors.code.guarding.refusing import gives_way
from tenken.readiness.collectors.code.models.raising import Raising
from tenken.readiness.collectors.code.models.retrying.around import Around, Link
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.facts.code import GuardStage

ROUTES = frozenset(
    {"get", "post", "put", "patch", "delete", "route", "websocket", "api_route", "view"}
)
BESIDE = frozenset({"add_task", "Thread", "delay", "apply_async", "send_task", "defer"})
"""What is handed to these runs later: it stops nothing here."""
Steps = Mapping[Function, int]
"""The line, in each function above, of the step that leads down to a call."""


class Ways:
    """Looks at how a call is reached, and whether a guard stands on every way."""

    def __init__(self, around: Around, raising: Raising) -> None:
        self._around = around
        self._raising = raising

    def past(self, call: Steps, guard: Steps, scope: Function) -> Function | None:
        """Give a route from which the call is reached without passing the guard."""
        seen = {scope}
        stack = [scope]
        while stack:
            function = stack.pop()
            if function in guard and guard[function] != call.get(function):
                continue
            if is_route(function):
                return function
            above = [link.scope for link in self._around.above(function)]
            stack += [one for one in above if one not in seen]
            seen.update(above)
        return None

    def swallowed(self, links: tuple[Link, ...], call: Steps) -> bool:
        """A refusal of the guard is caught on its way out, and the call is made all the same."""
        return any(
            call.get(link.scope, 0) > (around.end_lineno or 0)
            for link in links[1:]
            for around, handler in self._caught(link)
            if gives_way(handler.body)
        )

    def _caught(self, link: Link) -> Iterator[tuple[ast.Try, ast.ExceptHandler]]:
        for around in self._raising.tries_around(link.node, link.scope):
            for handler in around.handlers:
                if self._raising.catches_calls(handler, link.scope):
                    yield around, handler


def is_route(function: Function) -> bool:
    """A decorator such as `@app.post(...)` stands over it."""
    return any(
        isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and last_name(one.func) in ROUTES
        for one in function.decorators
    )


def stands_beside(links: tuple[Link, ...]) -> bool:
    """On its way down to the guard, the code only hands it over as a task."""
    for link in links:
        outer = next(iter(link.scope.module.above(link.node)), None)
        if not isinstance(link.node, ast.Call) and isinstance(outer, ast.keyword):
            above = iter(link.scope.module.above(link.node))
            outer = next((one for one in above if isinstance(one, ast.Call)), None)
        if isinstance(outer, ast.Call) and last_name(outer.func) in BESIDE:
            return True
    return False


def sees_constants(links: tuple[Link, ...]) -> bool:
    """Whoever calls it hands it texts of the code, never what a user wrote."""
    for link in links[1:]:
        if isinstance(link.node, ast.Call) and link.node.args:
            return all(isinstance(one, ast.Constant) for one in link.node.args)
    return False


def relations(links: tuple[Link, ...], call: Steps) -> set[GuardStage]:
    """Before or after, in the nearest function that reaches both; a helper may stand twice."""
    for scope, line in call.items():
        steps = {getattr(one.node, "lineno", 0) for one in links if one.scope is scope} - {line}
        if steps and scope.node is not None:
            return {GuardStage.INPUT if at < line else GuardStage.OUTPUT for at in steps}
    return set()
