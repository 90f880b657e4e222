"""Where an expression's text is written: names and calls followed down to what is not a name."""

import ast
from collections.abc import Iterator, Sequence

from tenken.readiness.collectors.python.follow import Follower
from tenken.readiness.collectors.python.modules import Assigned, Function, Module
from tenken.readiness.collectors.python.syntax import argument, default_of, fields_of, last_name
from tenken.readiness.collectors.python.values import Instance, OwnClass

MAX_DEPTH = 10
MAX_SOURCES = 40
WRAPPERS = frozenset({"strip", "dedent", "cleandoc", "lstrip", "rstrip", "str", "SystemMessage",
    "Part", "from_text",
                      "Content", "TextBlock", "TextContent"})  # fmt: skip
BLOCK = frozenset({"text", "type", "cache_control"})
Source = tuple[ast.expr, Function]


class Sources:
    """Follows expressions as syntax, where the follower gives values."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    def of(self, node: ast.expr, scope: Function) -> list[Source]:
        """Give the expressions, with their scopes, that an expression stands for."""
        found: list[Source] = []
        seen: set[tuple[ast.expr, Function]] = set()
        stack: list[tuple[ast.expr, Function, int]] = [(node, scope, 0)]
        while stack and len(found) < MAX_SOURCES:
            one, home, depth = stack.pop()
            if (one, home) in seen:
                continue
            seen.add((one, home))
            below = list(self._below(one, home)) if depth < MAX_DEPTH else []
            if below:
                stack += [(inner, at, depth + 1) for inner, at in reversed(below)]
            else:
                found.append((one, home))
        return found

    def _below(self, node: ast.expr, scope: Function) -> Iterator[Source]:
        match node:
            case ast.Name(id=name):
                yield from self.name(name, scope)
            case ast.Attribute(value=base, attr=attr):
                yield from self._attribute(base, attr, scope)
            case ast.Await(value=inner) | ast.NamedExpr(value=inner):
                yield inner, scope
            case ast.IfExp(body=body, orelse=orelse):
                yield from ((body, scope), (orelse, scope))
            case ast.BoolOp(op=ast.Or(), values=options):
                yield from ((option, scope) for option in options)
            case ast.Call():
                yield from self._call(node, scope)
            case ast.List(elts=[only]) | ast.Tuple(elts=[only]):
                yield only, scope
            case ast.List(elts=parts) if all(isinstance(one, ast.Dict) for one in parts):
                yield from ((one, scope) for one in parts)
            case ast.Dict(keys=keys, values=values):
                yield from ((text, scope) for text in _block(keys, values))
            case _:
                return

    def _call(self, node: ast.Call, scope: Function) -> Iterator[Source]:
        name = last_name(node.func)
        if name in WRAPPERS:
            texts = [
                keyword.value for keyword in node.keywords if keyword.arg in {"content", "text"}
            ]
            if node.args or texts:
                yield (node.args[0] if node.args else texts[0]), scope
            elif isinstance(node.func, ast.Attribute):
                yield node.func.value, scope
            return
        for function in self._follower.functions(node.func, scope):
            if not function.name.endswith("__init__"):
                yield from ((value, function) for value in function.returns)

    def name(self, name: str, scope: Function) -> Iterator[Source]:
        """Give what a name is assigned, passed or imported as."""
        inside: Function | None = scope
        while inside is not None and inside.node is not None:
            if assigned := inside.assigned.get(name):
                yield from _given(assigned)
                for one in assigned:
                    yield from self._unpacked(one, name)
                return
            if name in inside.given:
                yield from self._parameter(name, inside)
                return
            inside = inside.outer
        yield from self._module_name(name, scope.module, 0)

    def _unpacked(self, one: Assigned, name: str) -> Iterator[Source]:
        """`text, version = load()`: what a function of the repository gives back at that place."""
        call = one.value.value if isinstance(one.value, ast.Await) else one.value
        above = one.scope.module.parents.get(one.value)
        if not (one.is_item and isinstance(call, ast.Call) and isinstance(above, ast.Assign)):
            return
        target = above.targets[0]
        names = target.elts if isinstance(target, ast.Tuple | ast.List) else []
        at = next((at for at, it in enumerate(names) if getattr(it, "id", "") == name), None)
        if at is not None and last_name(call.func) == "gather" and len(call.args) == len(names):
            yield call.args[at], one.scope
            return
        for function in self._follower.functions(call.func, one.scope) if at is not None else ():
            for given in function.returns:
                if isinstance(given, ast.Tuple) and len(given.elts) == len(names):
                    yield given.elts[at or 0], function

    def _parameter(self, name: str, function: Function) -> Iterator[Source]:
        if name in {"self", "cls"}:
            return
        yield from self._follower.callers.arguments(function, name)
        default = default_of(name, function)
        if default is not None and not (
            isinstance(default, ast.Constant) and default.value is None
        ):
            yield default, function.outer or function.module.top

    def _module_name(self, name: str, module: Module, depth: int) -> Iterator[Source]:
        if assigned := module.top.assigned.get(name):
            yield from _given(assigned)
        elif (dotted := module.imports.get(name)) and depth < MAX_DEPTH:
            source, _, own = dotted.rpartition(".")
            found = self._follower.project.find(source, module.path)
            if found is not None and found is not module:
                yield from self._module_name(own, found, depth + 1)

    def _attribute(self, base: ast.expr, attr: str, scope: Function) -> Iterator[Source]:
        for value in self._follower.values(base, scope):
            if isinstance(value, Instance) and (given := _field(value, attr)) is not None:
                yield given
            elif isinstance(value, Instance | OwnClass):
                held = _given(value.of.attributes.get(attr, []))
                yield from [*held] or self._handed(value, attr)
        if isinstance(base, ast.Name) and (dotted := scope.module.imports.get(base.id)):
            found = self._follower.project.find(dotted, scope.module.path)
            if found is not None:
                yield from self._module_name(attr, found, 0)

    def _handed(self, value: Instance | OwnClass, attr: str) -> list[Source]:
        """What an object of a registry holds: one of what its makers gave."""
        if isinstance(value, OwnClass) or value.call is not None:
            return []
        if attr not in fields_of(value.of):
            return []
        return self._follower.members.objects.handed(value.of, attr)


def _field(value: Instance, attr: str) -> Source | None:
    """What the constructor of a dataclass or a model was given for a field."""
    fields = fields_of(value.of)
    if attr not in fields or value.call is None or value.scope is None:
        return None
    node = argument(value.call, attr, fields.index(attr))
    return None if node is None else (node, value.scope)


def _block(keys: Sequence[ast.expr | None], values: Sequence[ast.expr]) -> list[ast.expr]:
    """The text of a content block: `{"type": "text", "text": ...}`."""
    named = {
        key.value: value
        for key, value in zip(keys, values, strict=True)
        if isinstance(key, ast.Constant)
    }
    return [named["text"]] if "text" in named and named.keys() <= BLOCK else []


def _given(assigned: list[Assigned]) -> Iterator[Source]:
    return ((one.value, one.scope) for one in assigned if not one.is_item)
