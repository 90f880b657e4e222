"""The settings without which a place in the code is never reached."""

import ast
from collections.abc import Iterator, Sequence

from tenken.readiness.collectors.code.branches import closed_by, in_body, values_of
from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Assigned, Function
from tenken.readiness.collectors.python.syntax import last_name
from tenken.readiness.collectors.python.values import Environment, Literal, OwnModule, Value
from tenken.readiness.facts.telemetry import Needed

MAX_DEPTH = 4
SAME = frozenset({"lower", "upper", "strip", "casefold", "bool", "str", "int", "strtobool"})
"""Calls that leave a yes a yes."""


def needed(node: ast.AST, scope: Function, follower: Follower, depth: int = 0) -> Needed | None:
    """Give the setting that has not by itself the value with which a node is reached."""
    lacking = [_lacking(part, scope, follower) for part in conditions(node, scope)]
    if found := [one for one in lacking if one is not None]:
        return found[-1]  # the outermost: what stands further in may have another branch
    if (closed := closed_by(node, scope, follower)) is not None and closed.name:
        return Needed(name=closed.name)
    return _of_callers(scope, follower, depth) if depth < MAX_DEPTH else None


def _of_callers(scope: Function, follower: Follower, depth: int) -> Needed | None:
    """Where whoever calls the function does so under a setting."""
    if scope.node is None or scope.owner is not None:
        return None
    mentions = follower.callers.of(scope)
    if any(one.call is None for one in mentions):
        return None
    found = [needed(one.call, one.scope, follower, depth + 1) for one in mentions if one.call]
    return found[0] if found and None not in found else None


def conditions(node: ast.AST, scope: Function) -> Iterator[ast.expr]:
    """What has to be true: an `if` around the node, or one before it that turns back."""
    below = node
    for above in scope.module.above(node):
        if isinstance(above, ast.If | ast.IfExp) and in_body(below, above):
            yield from _parts(above.test)
        elif isinstance(above, ast.If) and any(one is below for one in above.orelse):
            yield from _refused(above.test)
        for statement in _statements(above) if above is scope.node else ():
            if getattr(statement, "lineno", 0) >= getattr(node, "lineno", 0):
                break
            if isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Return):
                yield from _refused(statement.test)
        if above is scope.node:
            return
        below = above


def _statements(of: ast.AST) -> Sequence[ast.stmt]:
    """What a function does in turn; a lambda has an expression for a body."""
    return of.body if isinstance(of, ast.FunctionDef | ast.AsyncFunctionDef) else ()


def _parts(test: ast.expr) -> Iterator[ast.expr]:
    """What has to be so for a test to be true: `app is not None and mode == "json"`."""
    match test:
        case ast.BoolOp(op=ast.And(), values=parts):
            for part in parts:
                yield from _parts(part)
        case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            yield left
        case ast.Compare(ops=[ast.Eq() | ast.In()]):
            yield test
        case ast.Name() | ast.Attribute() | ast.Call() | ast.Subscript():
            yield test
        case _:
            return


def _refused(test: ast.expr) -> Iterator[ast.expr]:
    """`not dsn`, `dsn is None`, `mode != "json"`: with it unset, the function turns back."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield from _parts(inner)
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            yield left
        case ast.Compare(left=left, ops=[ast.NotEq()], comparators=[ast.Constant()] as others):
            yield ast.Compare(left, [ast.Eq()], others)
        case ast.BoolOp(op=ast.Or(), values=parts):
            for part in parts:
                yield from _refused(part)
        case _:
            return


def _lacking(part: ast.expr, scope: Function, follower: Follower, depth: int = 0) -> Needed | None:
    """The setting that a part of a condition asks for, unless its default is enough."""
    asked, wanted = _asked(part)
    told = _told(values_of(asked, scope, follower), wanted)
    if told is not None or depth >= MAX_DEPTH:
        return told
    for one in _bound(asked, scope, follower) if not wanted else ():
        for inner in _parts(one.value):
            if inner is not asked and (found := _lacking(inner, one.scope, follower, depth + 1)):
                return found
    return None


def _asked(part: ast.expr) -> tuple[ast.expr, tuple[str, ...]]:
    """What is asked, and the values that are wanted of it; none where any yes is enough."""
    match part:
        case ast.Compare(left=left, comparators=[ast.Constant(value=value)]):
            return _bare(left), (str(value).lower(),)
        case ast.Compare(left=left, comparators=[ast.Tuple() | ast.List() | ast.Set() as many]):
            told = [one.value for one in many.elts if isinstance(one, ast.Constant)]
            return _bare(left), tuple(str(one).lower() for one in told)
        case _:
            return _bare(part), ()


def _bare(node: ast.expr) -> ast.expr:
    """Without what leaves it as it is; `getattr(settings, "enabled", False)` is an attribute."""
    match node:
        case ast.Call(func=ast.Name("getattr"), args=[of, ast.Constant(str() as name), *_]):
            return ast.Attribute(of, name, ast.Load())
        case _:
            pass
    while isinstance(node, ast.Call) and last_name(node.func) in SAME:
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if inner is None and len(node.args) != 1:
            return node
        node = inner if inner is not None else node.args[0]
    return node


def _told(values: tuple[Value, ...], wanted: tuple[str, ...]) -> Needed | None:
    if values and all(isinstance(one, Environment) for one in values):
        first = next(one for one in values if isinstance(one, Environment))
        lacking = bool(wanted) or any(
            isinstance(it, Environment) and it.may_be_none for it in values
        )
        return Needed(name=first.name, values=wanted) if lacking else None
    defaults = [one for one in values if isinstance(one, Literal) and one.name]
    if not defaults or len(defaults) < len(values):
        return None
    enough = any(_is_enough(one, wanted) for one in defaults)
    return None if enough else Needed(name=defaults[0].name, values=wanted)


def _is_enough(one: Literal, wanted: tuple[str, ...]) -> bool:
    return str(one.value).lower() in wanted if wanted else bool(one.value)


def _bound(node: ast.expr, scope: Function, follower: Follower) -> Iterator[Assigned]:
    """What a name of the function, the module or another module is bound to, where only once."""
    found: list[Assigned] = []
    if isinstance(node, ast.Name):
        found = [*(scope.assigned.get(node.id) or scope.module.top.assigned.get(node.id) or ())]
        if not found and (dotted := scope.module.imports.get(node.id)):
            source, _, name = dotted.rpartition(".")
            module = follower.project.find(source, scope.module.path)
            found = list(module.top.assigned.get(name, ())) if module else []
    elif isinstance(node, ast.Attribute):
        for value in follower.values(node.value, scope):
            if isinstance(value, OwnModule):
                found += value.module.top.assigned.get(node.attr, ())
    if len(found) == 1:
        yield found[0]
