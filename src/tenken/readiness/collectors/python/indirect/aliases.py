"""Names of types that stand for something written elsewhere: `UserDep = Annotated[User, ...]`."""

import ast

from tenken.readiness.collectors.python.modules import Function, Module, Project

MOST_STEPS = 6


def behind(node: ast.expr, scope: Function, project: Project) -> tuple[ast.expr, Function]:
    """Give what a name is assigned, also where packages hand it on, and where that is read."""
    if not isinstance(node, ast.Name):
        return node, scope
    module: Module | None = scope.module
    name = node.id
    for _ in range(MOST_STEPS):
        if module is None:
            break
        if assigned := module.top.assigned.get(name):
            return assigned[0].value, assigned[0].scope
        source, _, last = module.imports.get(name, "").rpartition(".")
        module, name = (project.find(source, module.path), last) if source else (None, name)
    return node, scope
