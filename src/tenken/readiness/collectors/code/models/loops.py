"""Loops that try a call again: what they catch, how often, and how they wait."""

import ast

from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.facts.calls import Backoff


def always_leaves(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise | ast.Return | ast.Break)


def tries_again(around: ast.Try, handlers: list[ast.ExceptHandler]) -> bool:
    """A loop over attempts, not over data: it leaves when the call went well."""
    leaves = any(
        isinstance(node, ast.Return | ast.Break)
        for part in (around.body, around.orelse)
        for statement in part
        for node in ast.walk(statement)
    )
    return leaves and not all(always_leaves(one) for one in handlers)


def kinds_of(handler: ast.ExceptHandler) -> list[ast.expr]:
    if handler.type is None:
        return [ast.Name("Exception")]
    return list(handler.type.elts) if isinstance(handler.type, ast.Tuple) else [handler.type]


def counts(over: ast.expr) -> bool:
    """`range(...)` or an attempts counter, not a list of candidates."""
    return isinstance(over, ast.Call) and last_name(over.func) in {"range", "count", "repeat"}


def sleeps(loop: ast.AST) -> Backoff:
    for node in ast.walk(loop):
        if isinstance(node, ast.Call) and last_name(node.func) == "sleep" and node.args:
            text = ast.unparse(node.args[0])
            grows = "**" in text or "<<" in text or "pow(" in text or "backoff" in text
            if grows or _doubles(loop, node.args[0]):
                return Backoff.EXPONENTIAL
            return Backoff.FIXED
    return Backoff.NONE


def _doubles(loop: ast.AST, waited: ast.expr) -> bool:
    """`delay *= 2` in the loop, or `delay = base * 2 ** attempt` before the sleep."""
    names = {node.id for node in ast.walk(waited) if isinstance(node, ast.Name)}
    for node in ast.walk(loop):
        match node:
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Mult()) if name in names:
                return True
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in names:
                if any(isinstance(one, ast.BinOp) and isinstance(one.op,
                    ast.Pow | ast.Mult | ast.LShift)
                       for one in ast.walk(value)):  # fmt: skip
                    return True
            case _:
                pass
    return False
