"""The texts in a body, wherever its API puts them: to be looked at, and to be put back changed."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct

Json = dict[str, Any]
ARGUMENTS = (("function", "arguments"), ("custom", "input"))
"""What a call of a chat is given: the kind of the call, and the name under which it stands."""


class Who(StrEnum):
    """Who wrote a text."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    RETRIEVED = "retrieved"
    FILE = "file"


class _Spot(Struct, eq=False):
    """Where a text stands."""

    holder: Any
    key: str | int
    who: Who


class _Nested(Struct, eq=False):
    """A value that is written as JSON within a text."""

    holder: Any
    key: str | int
    value: Any


class Words:
    """The texts of one body, in their order; what is put in their place is put into the body."""

    def __init__(self) -> None:
        self._spots: list[_Spot] = []
        self._nested: list[_Nested] = []

    def __iter__(self) -> Iterator[tuple[str, Who]]:
        """Give the texts, and who wrote each."""
        return iter([(spot.holder[spot.key], spot.who) for spot in self._spots])

    def text(self, holder: Any, key: str | int, who: Who) -> None:
        """Take note of a text, if there is one."""
        value = holder.get(key) if isinstance(holder, dict) else holder[key]
        if isinstance(value, str) and value:
            self._spots.append(_Spot(holder, key, who))

    def content(self, holder: Json, key: str, who: Who) -> None:
        """Take note of a text, or of those of its parts."""
        value = holder.get(key)
        if isinstance(value, str):
            if value:
                self._spots.append(_Spot(holder, key, who))
        elif value:
            self.texts(value, "text", who)
            self.texts(value, "refusal", who)

    def texts(self, items: Any, key: str, who: Who) -> None:
        """Take note of the text that each of some objects has under that name."""
        if isinstance(items, list):
            for item in items:
                if isinstance(item, dict):
                    self.text(item, key, who)

    def leaves(self, holder: Any, key: str | int, who: Who) -> None:
        """Take note of every text within a value, however deep."""
        todo = [(holder, key)]
        while todo:
            at, name = todo.pop()
            value = at.get(name) if isinstance(at, dict) else at[name]
            if isinstance(value, dict):
                todo += [(value, one) for one in reversed(value)]
            elif isinstance(value, list):
                todo += [(value, one) for one in reversed(range(len(value)))]
            else:
                self.text(at, name, who)

    def written(self, holder: Json, key: str, who: Who) -> None:
        """Take note of a text that may be JSON: then of the texts in it, with no escape left."""
        value = holder.get(key)
        if not isinstance(value, str):
            self.leaves(holder, key, who)
            return
        inner = _read(value)
        if inner is None:
            self.text(holder, key, who)
            return
        self._nested.append(_Nested(holder, key, inner))
        self.leaves([inner], 0, who)

    def put(self, texts: tuple[str, ...]) -> None:
        """Put these in the places of those that are there, in the same order."""
        changed = False
        for spot, text in zip(self._spots, texts, strict=True):
            if spot.holder[spot.key] != text:
                spot.holder[spot.key] = text
                changed = True
        if changed:
            for one in reversed(self._nested):
                one.holder[one.key] = msgspec.json.encode(one.value).decode()


def objects(items: Any) -> list[Json]:
    """Give the objects of a list; none of what is no list."""
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []


def call_words(message: Json, words: Words) -> None:
    """Take note of what the calls in a message of a chat are given."""
    for call in objects(message.get("tool_calls")):
        for kind, name in ARGUMENTS:
            if isinstance(call.get(kind), dict):
                words.written(call[kind], name, Who.ASSISTANT)
    if isinstance(message.get("function_call"), dict):
        words.written(message["function_call"], "arguments", Who.ASSISTANT)


def _read(text: str) -> dict[str, Any] | list[Any] | None:
    """Give the value that a text is in JSON; None for what is no object and no list."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None
    return value if isinstance(value, dict | list) else None
