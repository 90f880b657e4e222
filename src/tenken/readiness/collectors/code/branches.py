"""Branches that nothing enters: their condition is a constant that says no, wherever set."""

import ast
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import default_of
from tenken.readiness.collectors.python.values import Literal, Value

Fact = TypeVar("Fact")


def entered(
    found: Iterable[Fact], node: ast.AST, scope: Function, follower: Follower
) -> Iterator[Fact]:
    """Give what was found at a node, unless nothing leads there."""
    return (one for one in found if closed_by(node, scope, follower) is None)


def closed_by(node: ast.AST, scope: Function, follower: Follower) -> Literal | None:
    """Give the value that keeps the branch around a node from being entered."""
    below = node
    for above in scope.module.above(node):
        if above is scope.node:
            break
        if isinstance(above, ast.If | ast.IfExp) and in_body(below, above):
            for part in _needed(above.test):
                if (value := _never(part, scope, follower)) is not None:
                    return value
        below = above
    return None


def in_body(node: ast.AST, branch: ast.If | ast.IfExp) -> bool:
    """Tell whether a node is of the branch that is entered when the test is true."""
    body = branch.body if isinstance(branch.body, list) else [branch.body]
    return any(one is node for one in body)


def _needed(test: ast.expr) -> Iterator[ast.expr]:
    """What has to be something for a test to be true: `app is not None and enabled`."""
    match test:
        case ast.BoolOp(op=ast.And(), values=parts):
            for part in parts:
                yield from _needed(part)
        case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            yield left
        case ast.Name() | ast.Attribute() | ast.Constant():
            yield test
        case _:
            return


def _never(node: ast.expr, scope: Function, follower: Follower) -> Literal | None:
    values = values_of(node, scope, follower)
    empty = [one for one in values if isinstance(one, Literal) and not one.value]
    named = [one for one in empty if one.name.isupper()]
    return (named or empty)[0] if empty and len(empty) == len(values) else None


def values_of(node: ast.expr, scope: Function, follower: Follower) -> tuple[Value, ...]:
    """Give what callers pass for a parameter, else its default; an annotation says nothing."""
    names = {one.arg for one in scope.parameters}
    if not (isinstance(node, ast.Name) and node.id in names) or node.id in scope.assigned:
        return follower.values(node, scope)
    mentions = follower.callers.of(scope)
    if any(one.call is None or _spreads(one.call) for one in mentions):
        return ()
    passed = list(follower.callers.arguments(scope, node.id))
    default = default_of(node.id, scope)
    if default is not None and len(passed) < len(mentions):
        passed.append((default, scope.outer or scope.module.top))
    return tuple(value for one, home in passed for value in follower.values(one, home))


def _spreads(call: ast.Call) -> bool:
    return any(isinstance(one, ast.Starred) for one in call.args) or any(
        one.arg is None for one in call.keywords
    )
