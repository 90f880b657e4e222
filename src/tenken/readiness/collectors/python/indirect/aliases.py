"""Names of types that stand for something written elsewhere: `UserDep = Annotated[User, ...]`."""

import ast

from tenken.readiness.collectors.python.modules import Function, Module, Project
from tenken.readiness.collectors.python.syntax import written

MOST_STEPS = 6


def behind(node: ast.expr, scope: Function, project: Project) -> tuple[ast.expr, Function]:
    """Give what a name is assigned, also where packages hand it on, and where that is read."""
    found = node, scope
    module: Module | None = scope.module
    name = _name(node)
    for _ in range(MOST_STEPS):
        if module is None or not name:
            break
        if assigned := module.top.assigned.get(name):
            found = assigned[0].value, assigned[0].scope
            name = _name(found[0])
            continue
        head, _dot, rest = name.partition(".")
        whole = ".".join(filter(None, (module.imports.get(head), rest)))
        source, _dot, name = whole.rpartition(".")
        module = project.find(source, module.path) if source and head in module.imports else None
    return found


def _name(node: ast.expr) -> str:
    """`UserDep`, or `doors.UserDep` of a module."""
    return written(node) if isinstance(node, ast.Name | ast.Attribute) else ""
