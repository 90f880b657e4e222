"""What an argument can be: what callers pass, its default, or an object of its annotated class."""

import ast
from collections.abc import Iterable
from typing import Protocol, TypeGuard

from tenken.readiness.collectors.python.callers import Callers
from tenken.readiness.collectors.python.indirect.aliases import behind
from tenken.readiness.collectors.python.known import DEPENDS
from tenken.readiness.collectors.python.modules import Function, Project
from tenken.readiness.collectors.python.syntax import default_of
from tenken.readiness.collectors.python.values import (
    Instance,
    Literal,
    Made,
    OwnClass,
    Parameter,
    Thing,
    Value,
)  # fmt: skip


class Followed(Protocol):
    """What is needed of the follower."""

    callers: Callers
    project: Project

    def values(self, node: ast.expr, scope: Function) -> tuple[Value, ...]:
        """Give what the expression can be."""
        ...

    def dotted(self, node: ast.expr, scope: Function) -> tuple[str, ...]:
        """Give the library names that an expression can be."""
        ...


class Parameters:
    """Looks parameters up."""

    def __init__(self, follower: Followed) -> None:
        self._follower = follower

    def of(self, name: str, function: Function) -> Iterable[Value]:
        """Give what an argument can be: what callers pass, its default, its annotated class."""
        if name in {"self", "cls"} and function.owner:
            return (Instance(function.owner),)
        found = list(self._declared(name, function))
        passed = [
            value
            for argument, scope in self._follower.callers.arguments(function, name)
            for value in self._follower.values(argument, scope)
        ]
        known = (one for one in (*passed, *found) if isinstance(one, Made))
        built = {one.dotted for one in known if not _is_annotation(one)}
        told = [one for one in found if not (_is_annotation(one) and one.dotted in built)]
        return [*passed, *told] or (Parameter(name, function.qualname),)

    def _declared(self, name: str, function: Function) -> Iterable[Value]:
        outer = function.outer or function.module.top
        if (default := default_of(name, function)) is not None:
            for value in self._follower.values(default, outer):
                yield _as_default(value, name)
        annotation = next((one.annotation for one in function.parameters if one.arg == name), None)
        if annotation is not None:
            yield from self._annotated(*self._written_out(annotation, outer))

    def _written_out(self, annotation: ast.expr, scope: Function) -> tuple[ast.expr, Function]:
        """An annotated type behind a name, `AgentDep = Annotated[Agent, Depends(...)]`."""
        node, home = behind(annotation, scope, self._follower.project)
        return (node, home) if isinstance(node, ast.Subscript) else (annotation, scope)

    def _annotated(self, annotation: ast.expr, scope: Function) -> Iterable[Value]:
        match annotation:
            case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[_, *extras])):
                for extra in extras:
                    if (
                        isinstance(extra, ast.Call)
                        and set(self._follower.dotted(extra.func, scope)) & DEPENDS
                    ):
                        yield from self._follower.values(extra, scope)
            case ast.Name() | ast.Attribute():
                for value in self._follower.values(annotation, scope):
                    if isinstance(value, OwnClass):
                        yield Instance(value.of)
                    elif isinstance(value, Thing) and not value.dotted.startswith("builtins."):
                        yield Made(value.dotted, ast.Call(annotation, [], []), scope)
            case ast.BinOp(left=left, op=ast.BitOr()):
                yield from self._annotated(left, scope)
            case _:
                return


def _as_default(value: Value, name: str) -> Value:
    if isinstance(value, Literal) and not value.is_default:
        return Literal(value.value, value.place, is_default=True, name=name)
    return value


def _is_annotation(value: Value) -> TypeGuard[Made]:
    """An object known by its annotation alone: what callers build says the same, and more."""
    return isinstance(value, Made) and not hasattr(value.call, "lineno")
