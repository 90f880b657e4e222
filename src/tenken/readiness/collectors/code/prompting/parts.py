"""Texts that are gathered in a list and joined: `parts = [FIRST]; parts.append(NEXT)`."""

import ast
from collections.abc import Iterator

from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import own_nodes

ADDING = frozenset({"append", "insert", "extend"})


def parts_of(node: ast.expr, scope: Function) -> tuple[ast.expr, ...]:
    """What is joined: the elements of a list that stands there, or of one with a name."""
    if isinstance(node, ast.List | ast.Tuple):
        return tuple(node.elts)
    if not isinstance(node, ast.Name):
        return ()
    made = (one.value for one in scope.assigned.get(node.id, ()) if not one.is_item)
    first = (part for value in made if isinstance(value, ast.List) for part in value.elts)
    return (*first, *_added(node.id, scope))


def _added(name: str, scope: Function) -> Iterator[ast.expr]:
    for node in own_nodes(scope):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=own), attr=how), args=[*_, part]
            ) if own == name and how in ADDING:
                yield from part.elts if isinstance(part, ast.List | ast.Tuple) else (part,)
            case ast.AugAssign(target=ast.Name(id=own), value=ast.List(elts=parts)) if own == name:
                yield from parts
            case _:
                pass
