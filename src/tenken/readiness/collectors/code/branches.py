"""Branches that nothing enters: their condition is a constant that says no, wherever it is set."""

import ast
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import default_of
from tenken.readiness.collectors.python.values import Environment, Literal, Value

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
        if isinstance(above, ast.If | ast.IfExp) and _in_body(below, above):
            for part in _needed(above.test):
                if (value := _never(part, scope, follower)) is not None:
                    return value
        below = above
    return None


def required_setting(node: ast.AST, scope: Function, follower: Follower) -> str:
    """Give the variable without which a node is not reached, and which has no value here."""
    if (closed := closed_by(node, scope, follower)) is not None:
        return closed.name
    for part in _conditions(node, scope):
        values = follower.values(part, scope)
        if values and all(isinstance(one, Environment) and one.may_be_none for one in values):
            return next(one.name for one in values if isinstance(one, Environment))
        if all(isinstance(one, Literal) and one.name and not one.value for one in values):
            return next(one.name for one in values if isinstance(one, Literal))
    return ""


def _conditions(node: ast.AST, scope: Function) -> Iterator[ast.expr]:
    """What has to be something: an `if` around the node, or one before it that turns back."""
    below = node
    for above in scope.module.above(node):
        if isinstance(above, ast.If) and _in_body(below, above):
            yield from _needed(above.test)
        for statement in getattr(above, "body", ()) if above is scope.node else ():
            if getattr(statement, "lineno", 0) >= getattr(node, "lineno", 0):
                break
            if isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Return):
                yield from _refused(statement.test)
        if above is scope.node:
            return
        below = above


def _refused(test: ast.expr) -> Iterator[ast.expr]:
    """`not dsn`, `dsn is None`: with it unset, the function turns back."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name() | ast.Attribute() as inner):
            yield inner
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            yield left
        case ast.BoolOp(op=ast.Or(), values=parts):
            for part in parts:
                yield from _refused(part)
        case _:
            return


def _in_body(node: ast.AST, branch: ast.If | ast.IfExp) -> bool:
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
    values = _values(node, scope, follower)
    empty = [one for one in values if isinstance(one, Literal) and not one.value]
    named = [one for one in empty if one.name.isupper()]
    return (named or empty)[0] if empty and len(empty) == len(values) else None


def _values(node: ast.expr, scope: Function, follower: Follower) -> tuple[Value, ...]:
    """What callers pass for a parameter, else its default; its annotation says nothing of it."""
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
