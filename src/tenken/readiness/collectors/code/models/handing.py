"""Functions handed to others that run them: wrappers, decorators of the repository's own."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.values import Own

MAX_INSIDE = 12


class Handing:
    """Finds where a function is run that somebody was handed."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def decorating(self, function: Function) -> Iterator[tuple[Function, ast.Call]]:
        """Give the calls by which decorators of the repository run what they decorate."""
        outer = function.outer or function.module.top
        for decorator in function.decorators:
            made = decorator.func if isinstance(decorator, ast.Call) else decorator
            for value in self._follower.values(made, outer):
                if isinstance(value, Own):
                    yield from self._decorator(value.function, isinstance(decorator, ast.Call))

    def _decorator(self, of: Function, is_made: bool) -> Iterator[tuple[Function, ast.Call]]:
        """`@retrying` takes the function; `@retrying(3)` gives one that does."""
        takers = _returned(of) if is_made else [of]
        for taker in takers:
            if taker.parameters:
                yield from _running(taker, taker.parameters[0].arg)

    def handed(self, node: ast.AST, scope: Function) -> Iterator[tuple[Function, ast.Call]]:
        """Give the calls by which the function that a node is handed to runs it."""
        above = scope.module.parents.get(node)
        keyword = above if isinstance(above, ast.keyword) else None
        call = scope.module.parents.get(keyword) if keyword else above
        if isinstance(call, ast.Call) and node is not call.func:
            for function in self._follower.functions(call.func, scope):
                name = _parameter(function, call, node, keyword)
                if name:
                    yield from _running(function, name)


def _parameter(
    function: Function, call: ast.Call, node: ast.AST, keyword: ast.keyword | None
) -> str:
    if keyword is not None:
        return keyword.arg or ""
    names = [one.arg for one in function.parameters if one.arg not in {"self", "cls"}]
    position = next((at for at, one in enumerate(call.args) if one is node), len(names))
    return names[position] if position < len(names) else ""


def _running(taker: Function, name: str) -> Iterator[tuple[Function, ast.Call]]:
    """Calls of a parameter in a function, or in those inside it."""
    stack = [taker]
    for _ in range(MAX_INSIDE):
        if not stack:
            return
        inside = stack.pop()
        stack += inside.functions.values()
        for call in inside.calls:
            if isinstance(call.func, ast.Name) and call.func.id == name:
                yield inside, call


def _returned(of: Function) -> list[Function]:
    names = {one.id for one in of.returns if isinstance(one, ast.Name)}
    return [inside for name, inside in of.functions.items() if name in names]
