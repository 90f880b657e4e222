"""What a function finds around it before its first line: the constants of its module."""

import ast

from tenken.readiness.collectors.python.modules import Function


def constants(function: Function) -> dict[str, object]:
    """Names that the module binds once, to a plain value."""
    return {
        name: assigned[0].value.value
        for name, assigned in function.module.top.assigned.items()
        if len(assigned) == 1
        and not assigned[0].is_item
        and isinstance(assigned[0].value, ast.Constant)
    }
