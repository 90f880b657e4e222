"""Attributes of the repository's classes: assigned, inherited, or fields of settings."""

import ast
from collections.abc import Iterable
from typing import Protocol

from tenken.readiness.collectors.python.callers import Callers
from tenken.readiness.collectors.python.indirect.objects import Objects
from tenken.readiness.collectors.python.known import FIELDS, SETTINGS
from tenken.readiness.collectors.python.modules import Assigned, Class, Function
from tenken.readiness.collectors.python.syntax import argument, fields_of, last_name
from tenken.readiness.collectors.python.values import (
    UNKNOWN,
    Environment,
    Instance,
    Literal,
    Made,
    Member,
    Own,
    OwnClass,
    Thing,
    Value,
)  # fmt: skip

MAX_PARENTS = 5


class Followed(Protocol):
    """What is needed of the follower."""

    callers: Callers

    def values(self, node: ast.expr, scope: Function) -> tuple[Value, ...]:
        """Give what the expression can be."""
        ...

    def assigned(self, options: list[Assigned]) -> Iterable[Value]:
        """Give the values of every assignment of one name."""
        ...

    def returned(self, function: Function) -> Iterable[Value]:
        """Give what a function can return."""
        ...


class Members:
    """Looks attributes and methods up on a class and its parents."""

    def __init__(self, follower: Followed) -> None:
        self._follower = follower
        self.objects = Objects(follower)

    def attribute(self, of: Class, name: str, depth: int = 0) -> Iterable[Value]:
        """Give what an attribute of a class or of its objects can be."""
        if (method := of.methods.get(name)) is not None:
            return self._of_method(method)
        if assigned := of.attributes.get(name):
            is_settings = self.is_settings(of)
            return (
                self._field(value, name, is_settings)
                for value in self._follower.assigned(assigned)
            )
        return self._of_parents(of, name, depth)

    def _of_method(self, method: Function) -> Iterable[Value]:
        names = {
            last_name(one) if isinstance(one, ast.Name | ast.Attribute) else ""
            for one in method.decorators
        }
        if names & {"property", "cached_property", "computed_field"}:
            return self._follower.returned(method)
        return (Own(method),)

    def _of_parents(self, of: Class, name: str, depth: int) -> Iterable[Value]:
        if depth > MAX_PARENTS:
            return (UNKNOWN,)
        for parent in of.node.bases:
            for value in self._follower.values(parent, of.module.top):
                match value:
                    case OwnClass(above):
                        return self.attribute(above, name, depth + 1)
                    case Thing(dotted) if dotted not in SETTINGS and not dotted.startswith(
                        "builtins."
                    ):
                        made = Made(dotted, ast.Call(parent, [], []), of.module.top)
                        return (Member(made, name),)
                    case _:
                        pass
        if self.is_settings(of):
            return (Environment(name.upper(), of.module.place(of.node)),)
        given = self.objects.given(of, name) if name in fields_of(of) else ()
        return given or (UNKNOWN,)

    def _field(self, value: Value, name: str, is_settings: bool) -> Value:
        """A field of a settings class is a default of its variable."""
        if isinstance(value, Made) and value.dotted in FIELDS:
            value = self._default(value, name)
        if is_settings and isinstance(value, Literal):
            return Literal(value.value, value.place, is_default=True, name=name.upper())
        return value

    def _default(self, field: Made, name: str) -> Value:
        """What a declared field is when nobody gives it: a value, or an object of its factory."""
        default = argument(field.call, "default", 0)
        required = isinstance(default, ast.Constant) and default.value is ...
        if default is not None and not required:
            return self._follower.values(default, field.scope)[0]
        factory = argument(field.call, "default_factory")
        made = self._follower.values(factory, field.scope)[0] if factory else UNKNOWN
        if isinstance(made, OwnClass):
            return Instance(made.of)
        return Environment(name.upper(), field.scope.module.place(field.call))

    def is_settings(self, of: Class, depth: int = 0) -> bool:
        """Tell whether a class reads its fields from the environment."""
        parents = [
            value for base in of.node.bases for value in self._follower.values(base, of.module.top)
        ]
        return any(
            (isinstance(one, Thing) and one.dotted in SETTINGS)
            or (
                isinstance(one, OwnClass)
                and depth < MAX_PARENTS
                and self.is_settings(one.of, depth + 1)
            )
            for one in parents
        )

    def method(self, of: Class, name: str, depth: int = 0) -> Function | None:
        """Find a method on a class or on its parents in the repository."""
        if name in of.methods or depth > MAX_PARENTS:
            return of.methods.get(name)
        for parent in of.node.bases:
            for value in self._follower.values(parent, of.module.top):
                if isinstance(value, OwnClass) and (
                    found := self.method(value.of, name, depth + 1)
                ):
                    return found
        return None
