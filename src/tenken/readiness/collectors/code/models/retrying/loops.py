"""Loops that try a call again: what they catch, how often, and how they wait."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.walking import walk

INNER = (
    ast.For, ast.While, ast.AsyncFor, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.expr,
)  # fmt: skip
AGAIN = ("status", "code")
"""What a test speaks of that decides by an answer's status whether to ask again."""


def always_leaves(handler: ast.ExceptHandler) -> bool:
    """No way through the handler goes on to the next attempt."""
    last = handler.body[-1]
    again = any(isinstance(node, ast.Continue) for node in _of_this_loop(handler.body))
    return isinstance(last, ast.Raise | ast.Return | ast.Break) and not again


def leaves(loop: ast.For | ast.While | ast.AsyncFor) -> bool:
    """Some way through a round ends the loop."""
    inside = _of_this_loop(loop.body)
    return any(isinstance(node, ast.Return | ast.Break) for node in inside)


def asks_again(loop: ast.For | ast.While | ast.AsyncFor) -> bool:
    """A loop that goes round by the status of an answer, and leaves with a good one."""
    inside = _of_this_loop(loop.body)
    return leaves(loop) and any(isinstance(one, ast.If) and _by_status(one) for one in inside)


def _by_status(node: ast.If) -> bool:
    """`if response.status_code in {429, 503}: ...; continue`."""
    goes_on = any(isinstance(one, ast.Continue) for one in _of_this_loop(node.body))
    return goes_on and any(
        isinstance(one, ast.Attribute) and any(word in one.attr for word in AGAIN)
        for one in walk(node.test)
    )


def _of_this_loop(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Statements that act on this loop, and not on one inside it."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, INNER):
            stack.extend(ast.iter_child_nodes(node))


def tries_again(around: ast.Try, handlers: list[ast.ExceptHandler]) -> bool:
    """A loop over attempts, not over data: it leaves when the call went well."""
    leaves = any(
        isinstance(node, ast.Return | ast.Break)
        for part in (around.body, around.orelse)
        for statement in part
        for node in walk(statement)
    )
    return leaves and not all(always_leaves(one) for one in handlers)


def kinds_of(handler: ast.ExceptHandler) -> list[ast.expr]:
    if handler.type is None:
        return [ast.Name("Exception")]
    return list(handler.type.elts) if isinstance(handler.type, ast.Tuple) else [handler.type]


def takes_mistakes(handler: ast.ExceptHandler, around: ast.Try) -> bool:
    """It tries again on an error that the same `try` raises for every answer from 400 on."""
    if decides(handler):
        return False
    kinds = {last_name(kind) for kind in kinds_of(handler)}
    return any(
        isinstance(raised, ast.Raise)
        and isinstance(raised.exc, ast.Call)
        and last_name(raised.exc.func) in kinds
        for part in around.body
        for node in walk(part)
        if isinstance(node, ast.If) and _is_any_mistake(node.test)
        for body in node.body
        for raised in walk(body)
    )


def decides(handler: ast.ExceptHandler) -> bool:
    """Some errors it lets out at once, by what they say."""
    if not handler.name:
        return False
    names = frozenset({handler.name})
    for one in _of_this_loop(handler.body):  # `said = str(error)`
        if isinstance(one, ast.Assign) and _speaks_of(one.value, names):
            names |= {target.id for target in one.targets if isinstance(target, ast.Name)}
    return any(_asks_about(one, names) for one in _of_this_loop(handler.body))


def _asks_about(node: ast.AST, names: frozenset[str]) -> bool:
    """`if not error.retryable: raise`."""
    return (
        isinstance(node, ast.If)
        and _speaks_of(node.test, names)
        and any(isinstance(one, ast.Raise | ast.Return | ast.Break) for one in walk(node))
    )


def _speaks_of(node: ast.AST, names: frozenset[str]) -> bool:
    return any(isinstance(one, ast.Name) and one.id in names for one in walk(node))


def _is_any_mistake(test: ast.expr) -> bool:
    """`status >= 400`: a wrong key and a bad request among them."""
    match test:
        case ast.Compare(ops=[ast.GtE()], comparators=[ast.Constant(value=400)]):
            return True
        case ast.Compare(ops=[ast.Gt()], comparators=[ast.Constant(value=399)]):
            return True
        case _:
            return False


def counts(over: ast.expr) -> bool:
    """`range(...)` or an attempts counter, not a list of candidates."""
    return isinstance(over, ast.Call) and last_name(over.func) in {"range", "count", "repeat"}


def waits(loop: ast.AST) -> ast.expr | None:
    """What a loop sleeps for between two rounds."""
    return next(
        (node.args[0] for node in walk(loop)
         if isinstance(node, ast.Call) and last_name(node.func) == "sleep" and node.args), None,
    )  # fmt: skip


def grows(waited: ast.AST, loop: ast.AST) -> bool:
    """`2 ** attempt`, `1 << attempt`, or a delay that is multiplied in the loop."""
    return _is_power(waited) or (isinstance(waited, ast.expr) and _doubles(loop, waited))


def _is_power(node: ast.AST) -> bool:
    """A power whose exponent changes: `2 ** 3` is the same in every round."""
    for one in walk(node):
        match one:
            case ast.BinOp(op=ast.Pow() | ast.LShift(), right=exponent) if _names(exponent):
                return True
            case ast.Call(args=[*_, exponent]) if last_name(one.func) in {"pow", "exp"}:
                return bool(_names(exponent))
            case _:
                pass
    return False


def _doubles(loop: ast.AST, waited: ast.expr) -> bool:
    """`delay *= 2` or `delay = min(delay * 2, 60)`, or a power before the sleep."""
    names = _names(waited)
    for node in walk(loop):
        match node:
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Mult(), value=by) if name in names:
                return not _is_at_most_one(by)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in names:
                if _is_power(value) or _multiplies_itself(name, value):
                    return True
            case _:
                pass
    return False


def _multiplies_itself(name: str, value: ast.expr) -> bool:
    """`base * random()` is another wait, not a longer one."""
    return any(
        isinstance(one, ast.BinOp)
        and isinstance(one.op, ast.Mult)
        and name in _names(one)
        and not (_is_at_most_one(one.left) or _is_at_most_one(one.right))
        for one in walk(value)
    )


def _is_at_most_one(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number <= 1
        case _:
            return False


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in walk(node) if isinstance(one, ast.Name)}
