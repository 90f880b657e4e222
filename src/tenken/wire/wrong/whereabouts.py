"""Where in a body something stands: only a body that is refused is walked through for that.

It need not be good JSON: what comes before the fault is enough to name its place.
"""

from collections.abc import Iterator

import msgspec
import re2
from msgspec import Struct

BYTES = re2.Options()
BYTES.encoding = re2.Options.Encoding.LATIN1  # a body that is refused need not be UTF-8
TOKEN = re2.compile(rb'"(?:[^"\\]|\\.)*"?|[\[\]{},]|[^\s\[\]{},:"]+', BYTES)
ESCAPE = re2.compile(rb"\\(?:u([0-9A-Fa-f]{4})|.)")
ESCAPE_BYTES = 6
HIGH, LOW, END = 0xD800, 0xDC00, 0xE000
NAME_MAX = 64


class Place(Struct, frozen=True):
    """A value of a body, or a name in it."""

    path: str
    """Such as `messages[3].role`; a name has the path of its object."""
    said: bytes
    at: int
    """Where it begins, in bytes."""


def places(body: bytes) -> Iterator[Place]:
    """Give names and values in their order.

    >>> [(one.path, one.said) for one in places(b'{"a": [1, {"b": NaN')][1:]
    [('a[0]', b'1'), ('a[1]', b'"b"'), ('a[1].b', b'NaN')]
    """
    within: list[str | int | None] = []
    for found in TOKEN.finditer(body):
        token = found[0]
        match token:
            case b"{" | b"[":
                within.append(None if token == b"{" else 0)
            case b"}" | b"]":
                within = within[:-1]
            case b",":
                if within:
                    last = within[-1]
                    within[-1] = last + 1 if isinstance(last, int) else None
            case _ if within and within[-1] is None:
                yield Place(_path(within[:-1]), token, found.start())
                within[-1] = _name(token)
            case _:
                yield Place(_path(within), token, found.start())


def place_of(body: bytes, at: int) -> str | None:
    """Give the path of what stands at a byte; None for what is in no value."""
    for one in places(body):
        if one.at <= at < one.at + len(one.said):
            return one.path or None
    return None


def half_character(text: bytes) -> int | None:
    """Give where in a text an escape stands that is half of a pair; None where there is none."""
    waiting: int | None = None
    for found in ESCAPE.finditer(text):
        unit, at = int(found[1] or b"0", 16), int(found.start())
        follows = waiting is not None and at == waiting + ESCAPE_BYTES
        if waiting is not None and not (follows and LOW <= unit < END):
            return waiting
        if LOW <= unit < END and not follows:
            return at
        waiting = at if HIGH <= unit < LOW else None
    return waiting


def _path(within: list[str | int | None]) -> str:
    steps = (f"[{one}]" if isinstance(one, int) else f".{one}" for one in within)
    return "".join(steps).removeprefix(".")


def _name(token: bytes) -> str:
    try:
        return msgspec.json.decode(token, type=str)[:NAME_MAX]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "?"
