"""What is done where a call gave no answer, written behind it and not in its handler."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.code.models.retrying.answers import is_missing, is_there
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.walking import walk

ENDS = (ast.For, ast.While, ast.AsyncFor, ast.ExceptHandler)
LEAVING = (ast.Raise, ast.Return, ast.Continue, ast.Break)


def goes_by(handler: ast.ExceptHandler) -> bool:
    """It notes the error at most, and what stands behind the `try` is done next."""
    return not any(isinstance(part, LEAVING) for one in handler.body for part in walk(one))


def returns(around: ast.Try, node: ast.AST) -> bool:
    """The `try` ends the function where the call went well."""
    bodies = (*around.body, *around.orelse)
    held = any(part is node for one in bodies for part in walk(one))
    return held and any(isinstance(one, ast.Return) for one in bodies)


def behind(node: ast.AST, scope: Function) -> Iterator[ast.stmt]:
    """The statements that follow in the block of a node and in those around it."""
    below = node
    for above in scope.module.above(node):
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(above, block, None)
            if isinstance(statements, list) and below in statements:
                for one in statements[statements.index(below) + 1 :]:
                    yield one
                    if isinstance(one, LEAVING):
                        return
        if above is scope.node or isinstance(above, ENDS):
            return
        below = above


def asked_without(node: ast.AST, scope: Function) -> Iterator[ast.stmt]:
    """What is done only where the name that a call was bound to holds nothing."""
    statement = next((one for one in scope.module.above(node) if isinstance(one, ast.stmt)), None)
    if not isinstance(statement, ast.Assign):
        return
    names = {one.id for one in statement.targets if isinstance(one, ast.Name)}
    answered = False
    for one in behind(statement, scope):
        if answered:
            yield one
        elif isinstance(one, ast.If) and is_missing(one.test, names):
            yield from one.body
        elif isinstance(one, ast.If) and is_there(one.test, names):
            answered = isinstance(one.body[-1], ast.Return)
            yield from one.orelse


def given_up(node: ast.AST, scope: Function) -> Iterator[ast.stmt]:
    """What was tried before a node that is reached only where it gave no answer."""
    names = {name for test in _tests_around(node, scope) for name in _missed(test)}
    below = node
    for above in scope.module.above(node):
        for block in ("body", "orelse"):
            statements = getattr(above, block, None)
            if isinstance(statements, list) and below in statements:
                before = statements[: statements.index(below)]
                left = {name for one in before for name in _left_with(one)}
                for one in before:
                    yield from _tried(one, names | left)
        if above is scope.node or isinstance(above, ENDS):
            return
        below = above


def _left_with(statement: ast.stmt) -> Iterator[str]:
    """The names without which `if answer: return answer` goes on."""
    if isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Return):
        for one in walk(statement.test):
            if isinstance(one, ast.Name) and is_there(statement.test, {one.id}):
                yield one.id


def _tests_around(node: ast.AST, scope: Function) -> Iterator[ast.expr]:
    below = node
    for above in scope.module.above(node):
        if isinstance(above, ast.If) and any(one is below for one in above.body):
            yield above.test
        if above is scope.node:
            return
        below = above


def _missed(test: ast.expr) -> Iterator[str]:
    for one in walk(test):
        if isinstance(one, ast.Name) and is_missing(test, {one.id}):
            yield one.id


def _tried(statement: ast.stmt, names: set[str]) -> Iterator[ast.stmt]:
    if isinstance(statement, ast.Assign):
        if names & {one.id for one in statement.targets if isinstance(one, ast.Name)}:
            yield statement
        return
    below = statement.body if isinstance(statement, ast.If) else ()
    for one in (statement, *below):
        if isinstance(one, ast.Try) and any(map(goes_by, one.handlers)):
            binds = any(
                isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and part.id in names
                for part in walk(one)
            )
            if binds or any(isinstance(part, ast.Return) for part in (*one.body, *one.orelse)):
                yield from one.body
