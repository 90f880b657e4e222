"""What an expression can be: followed through names, attributes, calls and modules, never run.

An expression has several possible values (branches, defaults); `evaluate` gives them all, at most
MAX_VALUES, and `UNKNOWN` among them where one could not be followed.
"""

import ast
from collections.abc import Iterable
from typing import TypeAlias, TypeGuard

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.collectors.python.modules import Class, Function, Module

MAX_VALUES = 6


class Literal(Struct, frozen=True):
    """A constant of the code; `is_default` where a setting or a caller can replace it."""

    value: str | float | bool | None
    place: Place
    is_default: bool = False
    name: str = ""
    """The setting or variable it is the default of."""


class Environment(Struct, frozen=True):
    """A variable without a default here."""

    name: str
    place: Place
    may_be_none: bool = False
    """Read with `get`: nothing complains where it is not set."""


class Thing(Struct, frozen=True):
    """A name of a library, such as `openai.OpenAI`."""

    dotted: str


class OwnModule(Struct, frozen=True):
    """A module of the repository."""

    module: Module


class Made(Struct, frozen=True, eq=False):
    """What a call of a library gives, with that call, so that its arguments can be read."""

    dotted: str
    """Of the callee, such as `openai.OpenAI` or `openai.OpenAI.with_options`."""
    call: ast.Call
    scope: Function
    base: "Value | None" = None
    """The object whose method was called."""


class Member(Struct, frozen=True, eq=False):
    """An attribute path on something a library made."""

    base: Made
    path: str

    @property
    def dotted(self) -> str:
        return f"{self.base.dotted}.{self.path}"


class Own(Struct, frozen=True, eq=False):
    """A function of the repository; `receiver` is the object it is a method of."""

    function: Function


class OwnClass(Struct, frozen=True, eq=False):
    """A class of the repository."""

    of: Class


class Instance(Struct, frozen=True, eq=False):
    """An object of one of the repository's classes, and the call that made it where known."""

    of: Class
    call: ast.Call | None = None
    scope: Function | None = None


class Chain(Struct, frozen=True, eq=False):
    """`prompt | model | parser`, or a call that composes such parts."""

    parts: "tuple[Value, ...]"
    node: ast.expr
    scope: Function


class Display(Struct, frozen=True, eq=False):
    """A list, tuple, set or dict written out."""

    node: ast.List | ast.Tuple | ast.Set | ast.Dict
    scope: Function


class Text(Struct, frozen=True, eq=False):
    """A text put together from pieces that are not all constant."""

    node: ast.expr
    scope: Function


class Parameter(Struct, frozen=True):
    """An argument that no caller we found settles."""

    name: str
    function: str


class Unknown(Struct, frozen=True):
    """Could not be followed."""


UNKNOWN = Unknown()
Value: TypeAlias = (
    Literal | Environment | Thing | Made | Member | Own | OwnClass | Instance | Chain | Display
    | Text
    | OwnModule | Parameter | Unknown
)  # fmt: skip


def distinct(values: Iterable[Value]) -> tuple[Value, ...]:
    """Keep the first of equal values, and no more than MAX_VALUES."""
    if isinstance(values, tuple) and len(values) == 1:
        return values  # most of them: nothing to hold them against
    found: dict[Value, None] = {}
    for value in values:
        found.setdefault(value)
        if len(found) >= MAX_VALUES:
            break
    return tuple(found) or (UNKNOWN,)


def first_text(values: Iterable[Value]) -> str:
    """Give the first text among them; empty where there is none."""
    texts = (it.value for it in values if isinstance(it, Literal) and isinstance(it.value, str))
    return next(texts, "")


def is_class(value: OwnClass | Thing) -> bool:
    """Tell whether it is a class: one of the repository, or one by its name."""
    return isinstance(value, OwnClass) or value.dotted.rpartition(".")[2][:1].isupper()


def settled(value: Value) -> Value:
    """`float(None)` raises, so that what comes out of it is a number."""
    return Environment(value.name, value.place) if isinstance(value, Environment) else value


def is_unset(value: Value) -> TypeGuard[Environment | Literal]:
    """A variable, or a setting that is empty unless somebody sets it: `settings.url or "..."`."""
    empty = isinstance(value, Literal) and value.is_default and not value.value and value.name
    return isinstance(value, Environment) or bool(empty)
