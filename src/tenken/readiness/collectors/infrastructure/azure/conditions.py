"""Conditions of Bicep in three values: what is known to be left out is not deployed."""

from collections.abc import Callable

import tree_sitter

from tenken.config.node import Node

Syntax = tree_sitter.Node
Value = Callable[[Syntax], Node]
MAX_DEPTH = 40


def is_left_out(statement: Syntax, value: Value) -> bool:
    """Tell whether `if (...)` before a resource or a module is known to be false."""
    for child in statement.named_children:
        if child.type in {"if_statement", "for_statement"} and is_left_out(child, value):
            return True
        if statement.type == "if_statement" and child.type == "parenthesized_expression":
            return _truth(child, value, 0) is False
    return False


def _truth(node: Syntax, value: Value, depth: int) -> bool | None:
    inner = node.named_children
    if depth > MAX_DEPTH or not inner:
        return _known(value(node)) if depth <= MAX_DEPTH else None
    match node.type:
        case "parenthesized_expression":
            return _truth(inner[0], value, depth + 1)
        case "unary_expression":
            found = _truth(inner[0], value, depth + 1)
            return None if found is None or not _text(node).startswith("!") else not found
        case "call_expression":
            return _empty(node, value)
        case "binary_expression" if len(inner) == 2:
            return _binary(node, value, depth)
        case _:
            return _known(value(node))


def _binary(node: Syntax, value: Value, depth: int) -> bool | None:
    left, right = node.named_children
    operator = _between(node, left, right)
    if operator in {"==", "!="}:
        first, second = value(left), value(right)
        if first.tag or second.tag:
            return None
        return (first.text == second.text) is (operator == "==")
    sides = [_truth(left, value, depth + 1), _truth(right, value, depth + 1)]
    if operator == "&&":
        return False if False in sides else None if None in sides else True
    if operator == "||":
        return True if True in sides else None if None in sides else False
    return None


def _between(node: Syntax, left: Syntax, right: Syntax) -> str:
    start = node.start_byte
    written = (node.text or b"")[left.end_byte - start : right.start_byte - start]
    return written.decode("utf-8", "replace").strip()


def _text(node: Syntax) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _empty(node: Syntax, value: Value) -> bool | None:
    """`empty(x)`; of any other function nothing is known."""
    name, arguments = node.named_children[0], node.named_children[-1].named_children
    if _text(name) != "empty" or len(arguments) != 1:
        return None
    found = value(arguments[0])
    return None if found.tag else not (found.text or found.items or found.mapping)


def _known(node: Node) -> bool | None:
    return node.value if isinstance(node.value, bool) and not node.tag else None
