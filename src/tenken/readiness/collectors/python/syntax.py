"""Small questions about syntax that need no following."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.python.modules import Class, Function
from tenken.readiness.collectors.python.walking import (
    FIELDS,
    OPENING,
    TEXT_FIELDS,
    Opened,
    children,
    walk,
)

MAX_PIECES = 400


def argument(call: ast.Call, name: str, position: int | None = None) -> ast.expr | None:
    """Give an argument by keyword, else by position."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if position is not None and position < len(call.args):
        found = call.args[position]
        return None if isinstance(found, ast.Starred) else found
    return None


def number(node: ast.expr) -> float | None:
    """Give the number a node stands for, products and powers of numbers worked out."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Pow() as operator, right=right):
            return _worked_out(number(left), operator, number(right))
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value="inf" | "Infinity")]):
            return float("inf")
        case _:
            return None


def _worked_out(left: float | None, operator: ast.operator, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    if isinstance(operator, ast.Mult):
        return left * right
    return left**right if 0 < left <= 1_000 and 0 <= right <= 50 else None


def fields_of(of: Class) -> list[str]:
    """Give the annotated fields of a class without a constructor of its own, in their order."""
    if "__init__" in of.methods:
        return []
    return [
        statement.target.id
        for statement in of.node.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    ]


def unpacked(call: ast.Call) -> list[ast.expr]:
    """Give what is spread into the call with `**`."""
    return [keyword.value for keyword in call.keywords if keyword.arg is None]


def default_of(name: str, function: Function | Opened) -> ast.expr | None:
    """Give the default of a parameter."""
    if function.node is None:
        return None
    names = function.node.args
    for one, keyword in zip(names.kwonlyargs, names.kw_defaults, strict=True):
        if one.arg == name:
            return keyword
    positional = [*names.posonlyargs, *names.args] if names.defaults else []
    for one, default in zip(reversed(positional), reversed(names.defaults), strict=False):
        if one.arg == name:
            return default
    return None


def pieces_of(node: ast.expr) -> list[ast.expr] | None:
    """Give the pieces of an f-string or a `+` of texts; None for anything else."""
    pieces: list[ast.expr] = []
    stack = [node]
    is_text = False
    while stack:
        one = stack.pop()
        match one:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                stack += [right, left]
            case ast.JoinedStr(values=values):
                is_text = True
                stack += reversed(values)
            case ast.FormattedValue(value=value):
                pieces.append(value)
            case _:
                is_text = is_text or (isinstance(one, ast.Constant) and isinstance(one.value, str))
                pieces.append(one)
        if len(pieces) > MAX_PIECES:
            return None
    return pieces if is_text else None


def last_name(node: ast.expr) -> str:
    """Give the last identifier of a name or attribute path; empty for other expressions."""
    if type(node) is ast.Attribute:  # this is asked of every call
        return node.attr
    if type(node) is ast.Name:
        return node.id
    match node:
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return last_name(inner) if not isinstance(inner, ast.Call) else ""
        case _:
            return ""


def written(node: ast.expr) -> str:
    """Give a dotted path as written, such as `self.client.chat`; empty for other expressions."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(names)])


def texts_in(node: ast.AST) -> Iterator[str]:
    """Give every identifier and every text of a node and of what is below it."""
    for one in walk(node):
        for name in TEXT_FIELDS[type(one)]:
            value = getattr(one, name)
            if isinstance(value, str | bytes):
                yield str(value)


def entry(table: ast.expr, name: str) -> ast.expr | None:
    """Give what a dictionary, as it is written, holds under a name."""
    if isinstance(table, ast.Dict):
        for key, value in zip(table.keys, table.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == name:
                return value
    return None


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """Give the nodes of a function's own body, without those of functions inside it, in order."""
    return nodes_of(function.node or function.module.tree)


def nodes_of(root: ast.AST) -> Iterator[ast.AST]:
    """Give the nodes of the body of a function or a module, as `own_nodes` does."""
    body = getattr(root, "body", [])
    stack: list[ast.AST] = list(reversed(body if isinstance(body, list) else [body]))
    while stack:
        node = stack.pop()
        yield node
        kind = type(node)
        if kind not in OPENING and FIELDS[kind]:
            stack.extend(reversed(children(node)))
