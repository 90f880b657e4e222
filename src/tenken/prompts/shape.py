"""What a value may be: the part of JSON Schema that variables and answers are described in."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from tenken.sentence import Sentence, say

Scalar = str | int | float | bool
Json = Any
"""A value as JSON gives it."""
NAMED_MAX = 64


class Kind(StrEnum):
    """The types of JSON Schema, and `any` for an answer's part that nobody looks at."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    ARRAY = "array"
    OBJECT = "object"
    ANY = "any"


SCALARS = frozenset({Kind.STRING, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN})


class Shape(Struct, frozen=True, kw_only=True):
    """What a value may be."""

    kind: Kind
    allowed: tuple[Scalar, ...] = ()
    """The only values there are; empty where others may be."""
    fields: Mapping[str, "Shape"] = {}
    """Of an object."""
    required: frozenset[str] = frozenset()
    closed: bool = True
    """An object may have no other fields."""
    items: "Shape | None" = None
    """Of a list."""
    least: float | None = None
    """Of a number; of the length of a text or a list."""
    most: float | None = None
    description: str = ""

    @property
    def listed(self) -> bool:
        """Whether whoever wrote the shape has read every value there can be."""
        if self.kind is Kind.ARRAY:
            return self.items is not None and self.items.listed
        return bool(self.allowed) or self.kind is Kind.BOOLEAN


class Wrong(Struct, frozen=True):
    """A value that is not of its shape."""

    path: str
    code: str
    """As the APIs name it."""
    sentence: Sentence


def wrongs(value: Json, shape: Shape, path: str) -> Iterator[Wrong]:
    """Give what is wrong with a value; the value itself is never said again."""
    match shape.kind:
        case Kind.ANY:
            return
        case Kind.OBJECT if isinstance(value, dict):
            yield from _of_object(value, shape, path)
        case Kind.ARRAY if isinstance(value, list):
            yield from _of_size(len(value), shape, path, "items")
            if shape.items is not None:
                for number, item in enumerate(value):
                    yield from wrongs(item, shape.items, f"{path}[{number}]")
        case Kind.STRING if isinstance(value, str):
            yield from _of_size(len(value), shape, path, "length")
            yield from _of_list(value, shape, path)
        case Kind.BOOLEAN if isinstance(value, bool):
            yield from _of_list(value, shape, path)
        case Kind.INTEGER | Kind.NUMBER if _is_number(value, shape.kind):
            yield from _of_size(value, shape, path, "number")
            yield from _of_list(value, shape, path)
        case _:
            sentence = say("prompts.wrong_kind", name=path, wanted=shape.kind.value)
            yield Wrong(path, "invalid_type", sentence)


def _is_number(value: Json, kind: Kind) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int if kind is Kind.INTEGER else int | float)


def _of_object(value: dict[str, Json], shape: Shape, path: str) -> Iterator[Wrong]:
    for name in sorted(shape.required - value.keys()):
        at = f"{path}.{name}"
        code = "missing_required_parameter"
        yield Wrong(at, code, say("prompts.missing_value", name=at))
    for name, item in value.items():
        at = f"{path}.{name[:NAMED_MAX]}"
        known = shape.fields.get(name)
        if known is not None:
            yield from wrongs(item, known, at)
        elif shape.closed:
            names = ", ".join(shape.fields) or "-"
            yield Wrong(
                at, "unknown_parameter", say("prompts.unknown_value", name=at, known=names)
            )


def _of_size(size: float, shape: Shape, path: str, what: str) -> Iterator[Wrong]:
    if shape.least is not None and size < shape.least:
        sentence = say(f"prompts.least_{what}", name=path, least=shape.least)
        yield Wrong(path, "invalid_value", sentence)
    if shape.most is not None and size > shape.most:
        sentence = say(f"prompts.most_{what}", name=path, most=shape.most)
        yield Wrong(path, "invalid_value", sentence)


def _of_list(value: Scalar, shape: Shape, path: str) -> Iterator[Wrong]:
    # 1 is not true, and 1.0 is not 1: what is rendered would differ.
    alike = [one for one in shape.allowed if type(one) is type(value)]
    if shape.allowed and value not in alike:
        some = ", ".join(str(one) for one in shape.allowed)
        yield Wrong(path, "invalid_value", say("prompts.not_listed", name=path, allowed=some))


BOUNDS: Mapping[Kind, tuple[str, str]] = {
    Kind.STRING: ("minLength", "maxLength"),
    Kind.ARRAY: ("minItems", "maxItems"),
    Kind.INTEGER: ("minimum", "maximum"),
    Kind.NUMBER: ("minimum", "maximum"),
}


def schema_of(shape: Shape) -> dict[str, Json]:
    """Give the shape as JSON Schema."""
    found: dict[str, Json] = {} if shape.kind is Kind.ANY else {"type": shape.kind.value}
    if shape.description:
        found["description"] = shape.description
    if shape.allowed:
        found["enum"] = list(shape.allowed)
    bounds = zip(BOUNDS.get(shape.kind, ()), (shape.least, shape.most), strict=False)
    found.update({name: bound for name, bound in bounds if bound is not None})
    if shape.items is not None:
        found["items"] = schema_of(shape.items)
    if shape.kind is Kind.OBJECT:
        found["properties"] = {name: schema_of(one) for name, one in shape.fields.items()}
        found["required"] = [name for name in shape.fields if name in shape.required]
        found["additionalProperties"] = not shape.closed
    return found
