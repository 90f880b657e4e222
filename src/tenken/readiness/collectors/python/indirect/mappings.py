"""Mappings that are put together in steps: `dict(timeout=20)`, `options["timeout"] = 20`."""

import ast

from tenken.readiness.collectors.python.modules import Function


def entry_of(node: ast.expr, scope: Function, names: tuple[str, ...]) -> ast.expr | None:
    """Give what a mapping holds under the first of these keys, as far as its steps tell."""
    found = dict(_put_later(node, scope))
    for one in (node, *_bound_to(node, scope)):
        found.update(_as_mapping(one))
    return next((found[name] for name in names if name in found), None)


def _bound_to(node: ast.expr, scope: Function) -> list[ast.expr]:
    found = scope.assigned.get(node.id, ()) if isinstance(node, ast.Name) else ()
    return [one.value for one in found if one.scope is scope]


def _as_mapping(node: ast.expr) -> list[tuple[str, ast.expr]]:
    """`dict(max_attempts=3)`."""
    match node:
        case ast.Call(func=ast.Name("dict"), keywords=given):
            return [(one.arg, one.value) for one in given if one.arg]
        case _:
            return []


def _put_later(node: ast.expr, scope: Function) -> list[tuple[str, ast.expr]]:
    """`options["timeout"] = 20`, in the function that spreads them."""
    if not isinstance(node, ast.Name):
        return []
    module = scope.module
    return [
        (one.slice.value, put.value)
        for one in module.kinds[ast.Subscript]
        if isinstance(one, ast.Subscript)
        and isinstance(one.ctx, ast.Store)
        and isinstance(one.value, ast.Name)
        and one.value.id == node.id
        and isinstance(one.slice, ast.Constant)
        and isinstance(one.slice.value, str)
        and isinstance(put := module.parents.get(one), ast.Assign)
        and any(above is scope.node for above in module.above(one))
    ]
