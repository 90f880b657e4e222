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
