"""Puts another model's name into a body by its position; all else stays as it was written.

A large body is given as pieces that follow each other, so that most of it is not copied.
"""

import msgspec
from msgspec import Raw, Struct

from tenken.wire.asked import Asked

FIELDS = msgspec.json.Decoder(dict[str, Raw])
NAME = b'"model"'
LARGE = 1 << 20
"""Of a body of more bytes no copy is made that can be done without."""


class Pieces(Struct, frozen=True):
    """What is sent one after the other."""

    parts: tuple[bytes | memoryview, ...]

    def __len__(self) -> int:
        """Give how many bytes they have together."""
        return sum(map(len, self.parts))


Body = bytes | Pieces


def whole(body: Body) -> bytes:
    """Give a body in one; of pieces that is a copy."""
    return body if isinstance(body, bytes) else b"".join(body.parts)


def with_model(asked: Asked, model: str) -> Body:
    """Give the body with another model; no other byte of it changes where that can be seen to."""
    body = asked.body
    if len(body) <= LARGE or model == asked.model:
        return with_name(body, asked.model, model)
    place = _place(body, asked.model)
    if place is None:
        return with_fields(body, {"model": model})
    # Each copy of a large body holds up everybody, and its memory until the answer is there.
    seen = memoryview(body)
    return Pieces((seen[: place[0]], msgspec.json.encode(model), seen[place[1] :]))


def with_name(body: bytes, before: str, model: str) -> bytes:
    """Give a body whose model is `before` with another one."""
    if model == before:
        return body
    place = _place(body, before)
    if place is None:
        return with_fields(body, {"model": model})
    return body[: place[0]] + msgspec.json.encode(model) + body[place[1] :]


def _place(body: bytes, name: str) -> tuple[int, int] | None:
    """Give where a model's name begins and ends; None where it cannot be told for certain."""
    # With a unicode escape in it the name may stand there in disguise, and this one be another.
    if body.count(NAME) != 1 or has_escapes(body):
        return None
    at = body.index(NAME) + len(NAME)
    written = b'"%s"' % name.encode()
    value = body.find(written, at)
    if value < 0 or body[at:value].strip(b" \t\r\n:"):
        return None
    return value, value + len(written)


def has_escapes(body: bytes) -> bool:
    """Whether a name may stand there in disguise; the search for one byte is the quick one."""
    return b"\\" in body and b"\\u" in body


def with_fields(body: bytes, values: dict[str, object]) -> bytes:
    """Give the body with these fields at its top level; others keep their values as written."""
    return msgspec.json.encode({**FIELDS.decode(body), **values})


def with_first(body: bytes, field: bytes) -> bytes:
    """Give the body with a field, written as `"name":value`, put before all others."""
    begin = body.index(b"{") + 1
    return body[:begin] + field + b"," + body[begin:]
