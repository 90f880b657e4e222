"""Guards that production code takes out again: FastAPI's `app.dependency_overrides`."""

import ast
from collections.abc import Iterator, Mapping

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.collectors.code.branches import closed_by
from tenken.readiness.collectors.code.reading import Reading
from tenken.readiness.collectors.code.use import Uses
from tenken.readiness.collectors.python.modules import Class, Function, Module
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.values import Made, Own, OwnClass, Value

TABLE = "dependency_overrides"
Key = Function | Class | tuple[ast.Call, Function]
CONDITIONS = (ast.If, ast.IfExp, ast.Match)


class Override(Struct, frozen=True, eq=False):
    """What stands in for a dependency."""

    node: ast.expr
    scope: Function
    place: Place
    conditional: bool
    """Only in some branch: a setting decides, and nobody tells which."""


def overrides(reading: Reading) -> Mapping[Key, Override]:
    """Give each dependency that something the application runs replaces, with what replaces it."""
    uses = Uses(reading)
    found: dict[Key, Override] = {}
    for module in reading.production:
        text = reading.tree.text(module.path)
        if not isinstance(text, str) or TABLE not in text:
            continue
        for key, value, at in _entries(module):
            scope = _scope_of(at, module)
            closed = closed_by(at, scope, reading.follower)
            if (closed is not None and not closed.name) or not uses.is_entered(scope):
                continue
            replaced = Override(value, scope, module.place(at), _is_conditional(at, scope))
            for one in reading.follower.values(key, scope):
                if (known := key_of(one)) is not None:
                    found[known] = replaced
    return found


def key_of(value: Value) -> Key | None:
    """Give what two mentions of the same dependency have in common."""
    match value:
        case Own(function):
            return function
        case OwnClass(of):
            return of
        case Made(call=call, scope=scope):
            return call, scope  # a call alone stands in each copy of a file
        case _:
            return None


def _entries(module: Module) -> Iterator[tuple[ast.expr, ast.expr, ast.AST]]:
    """Give key, value and statement of each entry that is put into the table."""
    for node in module.named(TABLE):
        above = module.parents.get(node)
        match above:
            case ast.Subscript(value=table, slice=key) if table is node:
                holder = module.parents.get(above)
                if isinstance(holder, ast.Assign) and above in holder.targets:
                    yield key, holder.value, holder
            case ast.Assign(value=ast.Dict() as table) | ast.AugAssign(value=ast.Dict() as table):
                yield from _of_table(table, above)
            case ast.Attribute(attr="update" | "setdefault" | "__setitem__"):
                call = module.parents.get(above)
                if isinstance(call, ast.Call):
                    yield from _of_call(call)
            case _:
                pass


def _of_call(call: ast.Call) -> Iterator[tuple[ast.expr, ast.expr, ast.AST]]:
    if last_name(call.func) == "update":
        for given in call.args:
            if isinstance(given, ast.Dict):
                yield from _of_table(given, call)
    elif len(call.args) > 1:
        yield call.args[0], call.args[1], call


def _of_table(table: ast.Dict, at: ast.AST) -> Iterator[tuple[ast.expr, ast.expr, ast.AST]]:
    for key, value in zip(table.keys, table.values, strict=True):
        if key is not None:
            yield key, value, at


def _scope_of(node: ast.AST, module: Module) -> Function:
    """The function whose body a statement stands in."""
    for above in module.above(node):
        for function in module.functions:
            if function.node is above:
                return function
    return module.top


def _is_conditional(node: ast.AST, scope: Function) -> bool:
    for above in scope.module.above(node):
        if above is scope.node:
            return False
        if isinstance(above, CONDITIONS):
            return True
    return False
