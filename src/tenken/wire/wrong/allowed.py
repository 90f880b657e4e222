"""What a shape allows at a place: told to whoever has sent something else."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

import re2
from msgspec import inspect

STEP = re2.compile(r"\[[^\]]*\]|[^.\[]+")
NEAR = 0.75
NAME_MAX = 64


def allowed_at(shape: Any, path: str) -> str:
    """Say which values may stand at a path; empty where that is not a matter of a list or range.

    >>> from typing import Literal
    >>> from msgspec import Struct
    >>> class Turn(Struct):
    ...     role: Literal["user", "system"]
    >>> class Chat(Struct):
    ...     turns: list[Turn]
    >>> allowed_at(Chat, "turns[3].role")
    'system, user'
    """
    told = (_told(one) for one in _types_at(shape, path))
    return next((one for one in told if one), "")


def nearest(shape: Any, path: str, name: str) -> str:
    """Give the name in an object at a path that was probably meant; empty where none is near."""
    names = [
        field.encode_name
        for one in _types_at(shape, path)
        if isinstance(one, inspect.StructType)
        for field in one.fields
    ]
    close = get_close_matches(name[:NAME_MAX], names, n=1, cutoff=NEAR)
    return close[0] if close else ""


def _types_at(shape: Any, path: str) -> tuple[inspect.Type, ...]:
    found = tuple(_each(inspect.type_info(shape)))
    for step in STEP.findall(path):
        found = tuple(one for of in found for one in _within(of, step))
    return found


def _within(of: inspect.Type, step: str) -> Iterator[inspect.Type]:
    match of:
        case inspect.StructType(fields=fields):
            for field in fields:
                if field.encode_name == step:
                    yield from _each(field.type)
        case inspect.ListType(item_type=item) if step.startswith("["):
            yield from _each(item)
        case _:
            pass


def _each(of: inspect.Type) -> Iterator[inspect.Type]:
    """Give a type, or all that a union holds."""
    yield from of.types if isinstance(of, inspect.UnionType) else (of,)


def _told(of: inspect.Type) -> str:
    match of:
        case inspect.LiteralType(values=values):
            return ", ".join(str(value) for value in values)
        case inspect.IntType(ge=least, le=most) if least is not None and most is not None:
            return f"{least} - {most}"
        case inspect.FloatType(ge=least, le=most) if least is not None and most is not None:
            return f"{least:g} - {most:g}"
        case _:
            return ""
