"""Errors that are told by an empty answer, and loops that go on to the next candidate on one."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.python.walking import walk


def says_nothing(handler: ast.ExceptHandler) -> bool:
    """It gives back nothing, perhaps with a word on the error: `return None, str(error)`."""
    given = [
        node.value for part in handler.body for node in walk(part) if isinstance(node, ast.Return)
    ]
    return isinstance(handler.body[-1], ast.Return) and all(map(_is_nothing, given))


def _is_nothing(node: ast.expr | None) -> bool:
    if isinstance(node, ast.Tuple) and node.elts:
        return _is_nothing(node.elts[0])
    return node is None or (isinstance(node, ast.Constant) and not node.value)


def goes_on_without(loop: ast.For, node: ast.AST) -> bool:
    """The round ends the loop with an answer, and only with one."""
    names = set(_answers(loop, node))
    return any(_leaves_with(one, names) for one in loop.body) or _skips(loop, names)


def _answers(loop: ast.For, node: ast.AST) -> Iterator[str]:
    """The name that holds the answer; of several the first, what went wrong stands behind it."""
    for one in walk(loop):
        if isinstance(one, ast.Assign) and any(part is node for part in walk(one.value)):
            for target in one.targets:
                first = target.elts[0] if isinstance(target, ast.Tuple) else target
                if isinstance(first, ast.Name):
                    yield first.id


def _leaves_with(node: ast.stmt, names: set[str]) -> bool:
    """`if answer: return answer`."""
    return (
        isinstance(node, ast.If)
        and is_there(node.test, names)
        and isinstance(node.body[-1], ast.Return | ast.Break)
        and not any(isinstance(one, ast.Return | ast.Break) for one in node.orelse)
    )


def _skips(loop: ast.For, names: set[str]) -> bool:
    """`if not answer: continue`, and further down `return answer`."""
    skipped = any(
        isinstance(one, ast.If)
        and isinstance(one.body[-1], ast.Continue)
        and is_missing(one.test, names)
        for one in loop.body
    )
    return skipped and isinstance(loop.body[-1], ast.Return | ast.Break)


def is_there(test: ast.expr, names: set[str]) -> bool:
    """The test is true where one of the names holds an answer."""
    match test:
        case ast.Name(id=name):
            return name in names
        case ast.Compare(left=ast.Name(id=name), ops=[ast.IsNot() | ast.NotEq()]):
            return name in names
        case ast.BoolOp(op=ast.And(), values=values):
            return any(is_there(one, names) for one in values)
        case _:
            return False


def is_missing(test: ast.expr, names: set[str]) -> bool:
    """The test is true where one of the names holds none."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)):
            return name in names
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Is() | ast.Eq()]):
            return name in names
        case _:
            return False
