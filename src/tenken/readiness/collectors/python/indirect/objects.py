"""Objects that a registry or a store gives out: which one is not known, but what they all hold."""

import ast
from collections.abc import Iterator
from typing import Protocol

from tenken.readiness.collectors.python.callers import Callers
from tenken.readiness.collectors.python.modules import Class, Function
from tenken.readiness.collectors.python.syntax import argument, fields_of
from tenken.readiness.collectors.python.values import UNKNOWN, Instance, OwnClass, Value

MOST = 12


class Followed(Protocol):
    """What is needed of the follower."""

    callers: Callers

    def values(self, node: ast.expr, scope: Function) -> tuple[Value, ...]:
        """Give what the expression can be."""
        ...


class Objects:
    """Tells what is known of an object by its class alone."""

    def __init__(self, follower: Followed) -> None:
        self._follower = follower

    def promised(self, function: Function) -> Value:
        """What a function says that it returns, where that is a class of the repository."""
        node = function.node
        told = None if node is None or isinstance(node, ast.Lambda) else node.returns
        if not isinstance(told, ast.Name):
            return UNKNOWN
        outer = function.outer or function.module.top
        for value in self._follower.values(told, outer):
            if isinstance(value, OwnClass) and fields_of(value.of):
                return Instance(value.of)
        return UNKNOWN

    def given(self, of: Class, field: str) -> tuple[Value, ...]:
        """What the makers of all objects of a class give for a field; nothing if one is silent."""
        handed = self.handed(of, field)
        return tuple(
            value for node, scope in handed for value in self._follower.values(node, scope)
        )

    def handed(self, of: Class, field: str) -> list[tuple[ast.expr, Function]]:
        """Where the makers of all objects of a class write what a field holds."""
        position = fields_of(of).index(field)
        made = [(argument(call, field, position), scope) for call, scope in self._makers(of)]
        given = [(node, scope) for node, scope in made if node is not None]
        return given if len(given) == len(made) <= MOST else []

    def _makers(self, of: Class) -> Iterator[tuple[ast.Call, Function]]:
        for mention in self._follower.callers.named(of.name.rpartition(".")[2]):
            if mention.call is None or not isinstance(mention.node, ast.Name | ast.Attribute):
                continue
            values = self._follower.values(mention.node, mention.scope)
            if any(isinstance(one, OwnClass) and one.of is of for one in values):
                yield mention.call, mention.scope
