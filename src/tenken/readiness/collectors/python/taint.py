"""Whether a value comes from outside: from a request, up a few calls."""

import ast
from collections.abc import Iterator

from msgspec import Struct

from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Function
from tenken.readiness.collectors.python.syntax import last_name

MAX_DEPTH = 7
SAFE_TYPES = frozenset({"int", "float", "bool", "date", "datetime", "UUID", "Decimal", "Path"})
SAFE_NAMES = frozenset({"self", "cls", "settings", "config", "language", "lang", "locale",
    "model", "date", "today",
                        "now", "tools", "schema"})  # fmt: skip
OUTSIDE = frozenset(
    {"input", "chat_input", "text_input", "text_area", "get_json", "receive_text", "receive_json"}
)
GLOBAL_REQUESTS = ("flask.", "quart.", "bottle.")
"""Libraries whose request is a name of the module, and no parameter."""
PASS_ON = frozenset({"str", "strip", "join", "dumps", "lower", "upper", "get", "format", "repr",
    "model_dump_json",
                     "json", "scan_prompt", "scan_output", "anonymize", "redact", "sub", "escape",
                     "quote", "truncate", "sanitize", "clean"})  # fmt: skip


class Outside(Struct, frozen=True):
    """What the value is called, and whether a request was found at its beginning."""

    name: str
    from_route: bool


class Taint:
    """Follows values up to the parameters of routes."""

    def __init__(self, follower: Follower, doors: frozenset[Function]) -> None:
        self._follower = follower
        self._doors = doors

    def origin(self, node: ast.expr, scope: Function) -> Outside | None:
        """Give where a value comes from, if from outside; a request wins over an open end."""
        found = list(self._origins(node, scope, 0, set()))
        return next((one for one in found if one.from_route), found[0] if found else None)

    def _origins(
        self, node: ast.expr, scope: Function, depth: int, seen: set[tuple[str, Function]]
    ) -> Iterator[Outside]:
        if depth > MAX_DEPTH:
            return
        for name in self._names(node):
            if isinstance(name, ast.Call) and last_name(name.func) in OUTSIDE:
                yield Outside(last_name(name.func), from_route=True)
            elif isinstance(name, ast.Call):
                yield from self._through(name, scope, depth, seen)
            elif name.id not in SAFE_NAMES and (name.id, scope) not in seen:
                seen.add((name.id, scope))
                yield from self._of_name(name.id, scope, depth, seen)

    def _through(
        self, call: ast.Call, scope: Function, depth: int, seen: set[tuple[str, Function]]
    ) -> Iterator[Outside]:
        """What a function of the repository gives back of what it was given."""
        for function in self._follower.functions(call.func, scope):
            if not function.name.endswith("__init__"):
                for returned in function.returns[:4]:
                    yield from self._origins(returned, function, depth + 1, seen)

    def _names(self, node: ast.expr) -> Iterator[ast.Name | ast.Call]:
        """Give the names whose text passes into the expression."""
        stack: list[ast.AST] = [node]
        while stack:
            one = stack.pop()
            match one:
                case ast.Name():
                    yield one
                case ast.Call():
                    if last_name(one.func) in OUTSIDE:
                        yield one
                    elif last_name(one.func) in PASS_ON:
                        stack += [*one.args, *(keyword.value for keyword in one.keywords)]
                        stack += [one.func.value] if isinstance(one.func, ast.Attribute) else []
                    else:
                        yield one
                case ast.Attribute(value=base) | ast.Subscript(value=base):
                    stack.append(base)
                case ast.IfExp(body=body, orelse=orelse):
                    stack += [body, orelse]
                case (
                    ast.JoinedStr()
                    | ast.FormattedValue()
                    | ast.BinOp()
                    | ast.BoolOp()
                    | ast.Await()
                ):
                    stack += list(ast.iter_child_nodes(one))
                case ast.GeneratorExp() | ast.ListComp():
                    stack += [one.elt, *(part.iter for part in one.generators)]
                case _:
                    pass

    def _of_name(
        self, name: str, scope: Function, depth: int, seen: set[tuple[str, Function]]
    ) -> Iterator[Outside]:
        inside: Function | None = scope
        while inside is not None and inside.node is not None:
            parameter = next((one for one in inside.parameters if one.arg == name), None)
            if parameter is not None and not inside.assigned.get(name):
                if not _is_safe(parameter):
                    yield from self._of_parameter(name, inside, depth, seen)
                return
            if assigned := inside.assigned.get(name):
                for one in assigned[:4]:
                    yield from self._origins(one.value, one.scope, depth + 1, seen)
                if parameter is not None and not _is_safe(parameter):
                    yield from self._of_parameter(name, inside, depth, seen)
                return
            inside = inside.outer
        if name == "request" and scope.module.imports.get(name, "").startswith(GLOBAL_REQUESTS):
            yield Outside(name, from_route=True)

    def _of_parameter(
        self, name: str, function: Function, depth: int, seen: set[tuple[str, Function]]
    ) -> Iterator[Outside]:
        if function in self._doors:
            yield Outside(name, from_route=True)
            return
        passed = list(self._follower.callers.arguments(function, name))
        for node, home in passed:
            yield from self._origins(node, home, depth + 1, seen)
        if not passed:
            yield Outside(name, from_route=False)


def _is_safe(parameter: ast.arg) -> bool:
    if parameter.annotation is None:
        return False
    return last_name(parameter.annotation) in SAFE_TYPES or "Literal[" in ast.unparse(
        parameter.annotation
    )
