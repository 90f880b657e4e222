"""Follows expressions to their values through the repository's own modules.

Flow is not modelled: every assignment of a name counts as possible. Depth and number of values
are bounded, so hostile code costs a bounded time; beyond the bounds the answer is UNKNOWN.
"""

import ast
from collections.abc import Callable, Iterable, Sequence

from tenken.readiness.collectors.python.arithmetic import number
from tenken.readiness.collectors.python.callers import Callers
from tenken.readiness.collectors.python.indirect.states import States
from tenken.readiness.collectors.python.known import (
    BUILTINS,
    DEPENDS,
    ENVIRONMENT_READERS,
    LENIENT,
    NUMBERS,
    TEXT_STEPS,
    THROUGH,
)
from tenken.readiness.collectors.python.members import Members
from tenken.readiness.collectors.python.modules import Assigned, Class, Function, Module, Project
from tenken.readiness.collectors.python.parameters import Parameters
from tenken.readiness.collectors.python.settling import Settling
from tenken.readiness.collectors.python.syntax import argument, fields_of, pieces_of
from tenken.readiness.collectors.python.values import (
    MAX_VALUES,
    UNKNOWN,
    Chain,
    Display,
    Environment,
    Instance,
    Literal,
    Made,
    Member,
    Own,
    OwnClass,
    OwnModule,
    Text,
    Thing,
    Value,
    is_class,
    is_unset,
    settled,
)  # fmt: skip

NAMED = (Thing, Member)
Step = Callable[[Value], Iterable[Value]]


class Follower(Settling):
    """Answers what an expression of the repository can be."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.project = project
        self.callers = Callers(self)
        self.members = Members(self)
        self.parameters = Parameters(self)
        self.states = States(self)

    def forget(self, module: Module) -> bool:
        """Let go of a module, unless another one leads to it; tells whether it did."""
        if not self.project.forget(module):
            return False
        for function in module.functions:
            self.unlearn(function)
            self.callers.forget(function)
        return True

    def dotted(self, node: ast.expr, scope: Function) -> tuple[str, ...]:
        """Give the library names that an expression can be."""
        return tuple([one.dotted for one in self.values(node, scope) if isinstance(one, NAMED)])

    def functions(self, node: ast.expr, scope: Function) -> tuple[Function, ...]:
        """Give the repository's functions that calling the expression can enter."""
        return tuple([it for one in self.values(node, scope) if (it := self._entered(one))])

    def _entered(self, value: Value) -> Function | None:
        match value:
            case Own(function):
                return function
            case OwnClass(of):
                return self.members.method(of, "__init__")
            case Instance(of):
                return self.members.method(of, "__call__")
            case _:
                return None

    def _evaluate(self, node: ast.expr, scope: Function) -> Iterable[Value]:  # noqa: C901, PLR0912 - one case per syntax
        module = scope.module
        match node:
            case ast.Constant(value=str() | int() | float() | bool() | None as value):
                return (Literal(value, module.place(node)),)
            case ast.Name(id=name):
                return self.name(name, scope)
            case ast.Attribute(value=base, attr=attr) if kept := self.states.of(base, attr):
                return self.assigned(kept)
            case ast.Attribute(value=base, attr=attr):
                return self._each(base, scope, lambda value: self.attribute(value, attr))
            case ast.Call(func=ast.Name("getattr"), args=[of, ast.Constant(str() as attr), *_]):
                return self._got(of, attr, node.args[2:], scope)
            case ast.Call(func=ast.Attribute(value=base, attr="get"), args=[key, *_]) if (
                found := self._looked_up(base, key, scope)
            ):
                return found
            case ast.Call():
                return self._each(node.func, scope, lambda value: self.called(value, node, scope))
            case ast.Await(value=inner) | ast.Starred(value=inner) | ast.NamedExpr(value=inner):
                return self.values(inner, scope)
            case ast.IfExp(body=body, orelse=orelse):
                return (*self.values(body, scope), *self.values(orelse, scope))
            case ast.BoolOp(op=ast.Or(), values=options):
                return self._or(options, scope)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return (
                    Chain((*self.values(left, scope), *self.values(right, scope)), node, scope),
                )
            case ast.BinOp() | ast.JoinedStr() | ast.UnaryOp():
                return (self._computed(node, scope),)
            case ast.Subscript(value=base, slice=key):
                return self._each(base, scope, lambda value: self._item(value, key, scope))
            case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
                return (Display(node, scope),)
            case ast.ListComp(elt=each) | ast.SetComp(elt=each) | ast.GeneratorExp(elt=each):
                return (Display(ast.List([each]), scope),)  # one element stands for all
            case ast.Lambda() if (function := module.scopes.get(node)) is not None:
                return (Own(function),)
        return (UNKNOWN,)

    def _looked_up(self, base: ast.expr, key: ast.expr, scope: Function) -> list[Value]:
        """What a table that is written out gives for a key: `HANDLERS.get(kind)`."""
        tables = [
            one
            for one in self.values(base, scope)
            if isinstance(one, Display) and isinstance(one.node, ast.Dict)
        ]
        return [inner for one in tables for inner in self._item(one, key, scope)]

    def _got(
        self, of: ast.expr, name: str, default: Sequence[ast.expr], scope: Function
    ) -> Iterable[Value]:
        """`getattr(request.app.state, "client", None)` is an attribute, else its default."""
        if kept := self.states.of(of, name):
            return self.assigned(kept)
        found = [one for value in self.values(of, scope) for one in self.attribute(value, name)]
        known = [one for one in found if one is not UNKNOWN]
        return known or [one for node in default for one in self.values(node, scope)]

    def _each(self, base: ast.expr, scope: Function, step: Step) -> Iterable[Value]:
        values = self.values(base, scope)
        if len(values) == 1:  # nearly always
            return step(values[0])
        return (result for value in values for result in step(value))

    def _or(self, options: list[ast.expr], scope: Function) -> Iterable[Value]:
        found = [value for option in options for value in self.values(option, scope)]
        variables = [value for value in found if is_unset(value)]
        defaults = [value for value in found if isinstance(value, Literal) and value.value]
        if variables and defaults:  # os.getenv("X") or 30
            return tuple(
                Literal(one.value, one.place, is_default=True, name=variables[0].name)
                for one in defaults
            )
        return found

    # ---------------------------------------------------------------- names

    def name(self, name: str, scope: Function) -> Iterable[Value]:
        """Look a name up as Python would: function by function outwards, module, imports."""
        inside: Function | None = scope
        while inside is not None and inside.node is not None:
            if name in inside.functions:
                return (Own(inside.functions[name]),)
            if assigned := inside.assigned.get(name):
                return self.assigned(assigned)
            if name in inside.given:
                return self.parameters.of(name, inside)
            inside = inside.outer
        return self.module_name(name, scope.module)

    def module_name(self, name: str, module: Module) -> Iterable[Value]:
        """Look a name up at the top of a module."""
        if name in module.top.functions:
            return (Own(module.top.functions[name]),)
        if name in module.classes:
            return (OwnClass(module.classes[name]),)
        if assigned := module.top.assigned.get(name):
            return self.assigned(assigned)
        if dotted := module.imports.get(name):
            return self.thing(dotted, module)
        return (Thing(f"builtins.{name}"),) if name in BUILTINS else (UNKNOWN,)

    def assigned(self, options: list[Assigned]) -> Iterable[Value]:
        """Give the values of every assignment of one name."""
        if len(options) == 1 and not options[0].is_item:
            return self.values(options[0].value, options[0].scope)
        return self._all_assigned(options)

    def _all_assigned(self, options: list[Assigned]) -> Iterable[Value]:
        for option in options[:MAX_VALUES]:
            for value in self.values(option.value, option.scope):
                yield from self._elements(value) if option.is_item else (value,)

    def _elements(self, value: Value) -> Iterable[Value]:
        """What a loop over a value gives."""
        if isinstance(value, Display) and not isinstance(value.node, ast.Dict):
            return (
                inner for element in value.node.elts for inner in self.values(element, value.scope)
            )
        return (value,) if isinstance(value, Made) else (UNKNOWN,)

    def thing(self, dotted: str, importer: Module) -> Iterable[Value]:
        """Resolve an imported name: the repository's own module first, else a library's."""
        if not self.project.may_hold(dotted):
            return (Thing(dotted),)
        parts = dotted.split(".")
        for cut in range(len(parts), 0, -1):
            name = ".".join(parts[:cut])
            path = self.project.path_of(name, importer.path)
            if path is None or path == importer.path:
                continue
            found = self.project.followed(path)
            if found and parts[cut:] and self.project.shadows(found, parts[cut]):
                break
            return self._down(found, parts[cut:]) if found else (UNKNOWN,)
        return (Thing(dotted),)

    def _down(self, module: Module, names: list[str]) -> Iterable[Value]:
        if not names:
            return (OwnModule(module),)
        values: Iterable[Value] = self.module_name(names[0], module)
        for name in names[1:]:
            values = [inner for value in values for inner in self.attribute(value, name)]
        return values

    # ----------------------------------------------------------- attributes

    def attribute(self, value: Value, name: str) -> Iterable[Value]:
        """Give what `value.name` can be."""
        match value:
            case Thing(dotted):
                return self._of_thing(f"{dotted}.{name}")
            case OwnModule(module):
                return self._of_module(module, name)
            case Made():
                return (Member(value, name),)
            case Member(base, path):
                return (Member(base, f"{path}.{name}"),)
            case Instance(of, ast.Call() as call, Function() as home) if name in fields_of(of):
                return self._given(of, name, call, home)
            case OwnClass(of) | Instance(of):
                return self.members.attribute(of, name)
            case Literal() if name in TEXT_STEPS:
                return (value,)
            case Own(function) if name in {"__wrapped__", "fn", "func"}:
                return (Own(function),)
            case Chain():
                return (
                    Member(Made("chain", ast.Call(value.node, [], []), value.scope, value), name),
                )
            case _:
                return (UNKNOWN,)

    def _of_thing(self, dotted: str) -> Iterable[Value]:
        """A package without an `__init__` of its own still leads to the repository's modules."""
        found = self.project.find(dotted, "")
        return (OwnModule(found),) if found else (Thing(dotted),)

    def _of_module(self, module: Module, name: str) -> Iterable[Value]:
        below = self.project.find(f"{module.name}.{name}", module.path)
        if below is not None and name not in module.imports:
            return (OwnModule(below),)
        return self.module_name(name, module)

    def _given(self, of: Class, name: str, call: ast.Call, home: Function) -> Iterable[Value]:
        """A field of a dataclass: what its constructor was given, else the field's default."""
        node = argument(call, name, fields_of(of).index(name))
        return self.values(node, home) if node else self.members.attribute(of, name)

    # ---------------------------------------------------------------- calls

    def called(self, value: Value, call: ast.Call, scope: Function) -> Iterable[Value]:
        """Give what calling `value` gives."""
        match value:
            case Thing(dotted):
                return self._library(dotted, None, call, scope)
            case Member(base, _):
                return self._library(
                    value.dotted, base.base if base.dotted == "chain" else base, call, scope
                )
            case Made(dotted) if dotted.endswith("functools.partial"):
                return (UNKNOWN,)
            case Made(dotted):
                return (Made(f"{dotted}.__call__", call, scope, value),)
            case Own(function):
                return self.returned(function)
            case OwnClass(of):
                return (Instance(of, call, scope),)
            case Instance(of):
                found = self.members.method(of, "__call__")
                return self.returned(found) if found else (UNKNOWN,)
            case Literal():
                return (value,)  # a step of TEXT_STEPS
            case _:
                return (UNKNOWN,)

    def _library(
        self, dotted: str, base: Value | None, call: ast.Call, scope: Function
    ) -> Iterable[Value]:
        if dotted in ENVIRONMENT_READERS:
            return self._environment(call, scope, lenient=dotted in LENIENT)
        if dotted in DEPENDS and call.args:
            return self._each(call.args[0], scope, lambda inner: self.called(inner, call, scope))
        if dotted in THROUGH and call.args:
            inner = self.values(call.args[-1 if dotted == "typing.cast" else 0], scope)
            return map(settled, inner) if dotted in NUMBERS else inner
        return (Made(dotted, call, scope, base),)

    def _environment(self, call: ast.Call, scope: Function, *, lenient: bool) -> Iterable[Value]:
        place = scope.module.place(call)
        names = [
            value.value
            for value in (self.values(call.args[0], scope) if call.args else ())
            if isinstance(value, Literal) and isinstance(value.value, str)
        ]
        name = names[0] if names else "?"
        default = argument(call, "default", 1)
        if default is None:
            return (Environment(name, place, lenient),)
        return tuple(
            Literal(value.value, place, is_default=True, name=name)
            if isinstance(value, Literal) and value.value is not None
            else Environment(name, place, lenient)
            for value in self.values(default, scope)
        )

    def returned(self, function: Function) -> Iterable[Value]:
        """Give what a function of the repository can return or yield."""
        if isinstance(function.node, ast.Lambda):
            return self.values(function.node.body, function)
        found = [
            value
            for node in function.returns[:MAX_VALUES]
            for value in self.values(node, function)
        ]
        known = any(one is not UNKNOWN for one in found)
        return found if known else (self.members.objects.promised(function),)

    # --------------------------------------------------------------- others

    def _item(self, value: Value, key: ast.expr, scope: Function) -> Iterable[Value]:
        keys = [one.value for one in self.values(key, scope) if isinstance(one, Literal)]
        match value:
            case Thing("os.environ"):
                return tuple(Environment(str(one), scope.module.place(key)) for one in keys)
            case Display(node=ast.Dict() as table, scope=home):
                return self._entry(table, keys, home)
            case OwnClass() | Thing() if is_class(value):
                return (value,)  # `Agent[Deps, str]` is still `Agent`
            case _:
                return (UNKNOWN,)

    def _entry(self, table: ast.Dict, keys: Sequence[object], home: Function) -> Iterable[Value]:
        exact = [
            value
            for key, value in zip(table.keys, table.values, strict=True)
            if isinstance(key, ast.Constant) and key.value in keys
        ]
        for node in exact or (() if keys else table.values[:MAX_VALUES]):
            yield from self.values(node, home)

    def _computed(self, node: ast.expr, scope: Function) -> Value:
        text = self.constant_text(node, scope)
        if text is not None:
            return Literal(text, scope.module.place(node))
        figure = number(node, lambda one: self.values(one, scope))
        return Text(node, scope) if figure is None else Literal(figure, scope.module.place(node))

    def constant_text(self, node: ast.expr, scope: Function) -> str | None:
        """Give the text of a concatenation or f-string all of whose pieces are constant."""
        pieces = pieces_of(node)
        if pieces is None:
            return None
        texts = [self._one_text(piece, scope) for piece in pieces]
        return None if None in texts else "".join(text for text in texts if text is not None)

    def _one_text(self, node: ast.expr, scope: Function) -> str | None:
        values = self.values(node, scope)
        if (
            len(values) == 1
            and isinstance(values[0], Literal)
            and isinstance(values[0].value, str)
        ):
            return values[0].value
        return None
