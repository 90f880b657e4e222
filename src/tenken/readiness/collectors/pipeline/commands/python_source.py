"""Python as a syntax tree, for the few questions a pipeline has; nothing is executed."""

import ast
import shlex
import warnings
from collections.abc import Iterable

MAX_SOURCE = 300_000


def parsed(text: str) -> ast.Module | None:
    """The tree; None where this interpreter cannot read it."""
    if len(text) > MAX_SOURCE:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a stranger's `"\d"` is no concern of ours
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def constant_strings(node: ast.expr) -> tuple[str, ...]:
    """The constant strings of an expression: itself, or those in a list."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    if isinstance(node, ast.List | ast.Tuple):
        return tuple(it for part in node.elts for it in constant_strings(part))
    return ()


def listed(name: str, scope: ast.AST) -> tuple[str, ...]:
    """The constant words of a list that is made once and only grows; empty for any other."""
    made: list[str] = []
    added: list[str] = []
    times = 0
    for node in ast.walk(scope):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=own)], value=value)
                | ast.AnnAssign(target=ast.Name(id=own), value=ast.expr() as value)
            ) if own == name:
                times += 1
                made += constant_strings(value)
            case (
                ast.AugAssign(target=ast.Name(id=own), op=ast.Add(), value=value)
                | ast.Call(
                    func=ast.Attribute(value=ast.Name(id=own), attr="append" | "extend"),
                    args=[value],
                )
            ) if own == name:
                added += constant_strings(value)
            case (
                ast.Attribute(value=ast.Name(id=own), attr="clear" | "pop" | "insert" | "remove")
                | ast.Subscript(value=ast.Name(id=own), ctx=ast.Store() | ast.Del())
            ) if own == name:
                return ()
    return (*made, *added) if times == 1 else ()


def quoted(words: Iterable[str]) -> str:
    """Words as shell text that gives them back."""
    return " ".join(shlex.quote(word) for word in words)


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a chain of names; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join((node.id, *reversed(parts))) if isinstance(node, ast.Name) else ""
