"""What an expression can be: followed through names, attributes, calls and modules, never run.

An expression has several possible values (branches, defaults); `evaluate` gives them all, at most
MAX_VALUES, and `UNKNOWN` among them where one could not be followed.
"""

import ast
from dataclasses import dataclass
from typing import TypeAlias

from tenken.place import Place
from tenken.readiness.collectors.python.modules import Class, Function, Module


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant of the code; `is_default` where a setting or a caller can replace it."""

    value: str | float | bool | None
    place: Place
    is_default: bool = False
    name: str = ""
    """The setting or variable it is the default of."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A variable without a default here."""

    name: str
    place: Place
    may_be_none: bool = False
    """Read with `get`: nothing complains where it is not set."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A name of a library, such as `openai.OpenAI`."""

    dotted: str


@dataclass(frozen=True, slots=True)
class OwnModule:
    """A module of the repository."""

    module: Module


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What a call of a library gives, with that call, so that its arguments can be read."""

    dotted: str
    """Of the callee, such as `openai.OpenAI` or `openai.OpenAI.with_options`."""
    call: ast.Call
    scope: Function
    base: "Value | None" = None
    """The object whose method was called."""


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """An attribute path on something a library made."""

    base: Made
    path: str

    @property
    def dotted(self) -> str:
        return f"{self.base.dotted}.{self.path}"


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """A function of the repository; `receiver` is the object it is a method of."""

    function: Function


@dataclass(frozen=True, slots=True, eq=False)
class OwnClass:
    """A class of the repository."""

    of: Class


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """An object of one of the repository's classes, and the call that made it where known."""

    of: Class
    call: ast.Call | None = None
    scope: Function | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """`prompt | model | parser`, or a call that composes such parts."""

    parts: "tuple[Value, ...]"
    node: ast.expr
    scope: Function


@dataclass(frozen=True, slots=True, eq=False)
class Display:
    """A list, tuple, set or dict written out."""

    node: ast.List | ast.Tuple | ast.Set | ast.Dict
    scope: Function


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text put together from pieces that are not all constant."""

    node: ast.expr
    scope: Function


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument that no caller we found settles."""

    name: str
    function: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Could not be followed."""


UNKNOWN = Unknown()
Value: TypeAlias = (
    Literal | Environment | Thing | Made | Member | Own | OwnClass | Instance | Chain | Display
    | Text
    | OwnModule | Parameter | Unknown
)  # fmt: skip
