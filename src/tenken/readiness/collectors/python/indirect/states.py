"""What an application keeps for its requests: `app.state.client`, read as `request.app.state`."""

import ast
from collections.abc import Iterator
from typing import Protocol

from tenken.readiness.collectors.python.modules import Assigned, Function, Module, Project
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.facts.tree import Role

KEPT_ON = frozenset({"state", "extra"})
HOLDERS = frozenset({"app", "application", "api", "server", "request", "req", "websocket"})
"""What web frameworks give to whoever serves a request."""


class Followed(Protocol):
    """What is needed of the follower."""

    project: Project


class States:
    """Finds what was put where requests find it, whichever module put it there."""

    def __init__(self, follower: Followed) -> None:
        self._follower = follower
        self._kept: dict[str, list[Assigned]] | None = None

    def of(self, base: ast.expr, name: str) -> list[Assigned]:
        """Give what `request.app.state.name` was assigned; nothing for any other `x.name`."""
        if not _is_kept_on(base):
            return []
        if self._kept is None:
            self._kept = {}
            for module in self._follower.project.loaded:
                if module.role is Role.PRODUCTION:
                    for attribute, value in _assignments(module):
                        self._kept.setdefault(attribute, []).append(value)
        return self._kept.get(name, [])


def _is_kept_on(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in KEPT_ON
        and isinstance(node.value, ast.Name | ast.Attribute)
        and last_name(node.value) in HOLDERS
    )


def _assignments(module: Module) -> Iterator[tuple[str, Assigned]]:
    for name in KEPT_ON:
        for node in module.named(name):
            target = module.parents.get(node)
            if not _is_kept_on(node) or not isinstance(target, ast.Attribute):
                continue
            put = module.parents.get(target)
            if isinstance(put, ast.Assign) and target in put.targets:
                yield target.attr, Assigned(put.value, _scope_of(put, module))
    if "lifespan" in module.shape.named():
        yield from _yielded(module)


def _yielded(module: Module) -> Iterator[tuple[str, Assigned]]:
    """What a life span hands to requests: `yield {"client": client}`."""
    for function in module.functions:
        if "lifespan" in function.name:
            for node in function.returns:
                if isinstance(node, ast.Dict):
                    for key, value in zip(node.keys, node.values, strict=True):
                        if isinstance(key, ast.Constant) and isinstance(key.value, str):
                            yield key.value, Assigned(value, function)


def _scope_of(node: ast.AST, module: Module) -> Function:
    for above in module.above(node):
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef):
            return module.scopes.get(above, module.top)
    return module.top
