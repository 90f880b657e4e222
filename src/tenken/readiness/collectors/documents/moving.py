"""Facts that follow from a text alone, put where a copy of the text lies."""

from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tenken.place import Place

NOWHERE = ""
"""The path of facts that are not at a place yet."""
Fact = TypeVar("Fact")


def moved(fact: Fact, path: str, lines: int = 0) -> Fact:
    """Give the same fact at a path, so many lines further down."""
    found: Any = _moved(fact, path, lines)
    return found  # type: ignore[no-any-return]


def _moved(fact: Any, path: str, lines: int) -> Any:
    kind = type(fact)
    if kind is Place:
        return fact if fact.path else Place(path, fact.line + lines if fact.line else 0)
    if kind is tuple:
        return tuple([_moved(one, path, lines) for one in fact])
    if isinstance(fact, Struct):
        return _struct(fact, path, lines)
    return fact


def _struct(fact: Struct, path: str, lines: int) -> Struct:
    changed: dict[str, Any] = {}
    for name in fact.__struct_fields__:
        value = getattr(fact, name)
        if name == "path" and value == NOWHERE:
            changed[name] = path
        elif isinstance(value, tuple | Struct):
            changed[name] = _moved(value, path, lines)
    return replace(fact, **changed) if changed else fact
