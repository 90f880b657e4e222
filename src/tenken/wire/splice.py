"""Puts another model's name into a body by its position; all else stays as it was written."""

import msgspec
from msgspec import Raw

from tenken.wire.asked import Asked

FIELDS = msgspec.json.Decoder(dict[str, Raw])
NAME = b'"model"'
LARGE = 1 << 20


def with_model(asked: Asked, model: str) -> bytes:
    """Give the body with another model; no other byte of it changes where that can be seen to."""
    return with_name(asked.body, asked.model, model)


def with_name(body: bytes, before: str, model: str) -> bytes:
    """Give a body whose model is `before` with another one."""
    if model == before:
        return body
    # With a unicode escape in it the name may stand there in disguise, and this one be another.
    if body.count(NAME) == 1 and not has_escapes(body):
        at = body.index(NAME) + len(NAME)
        written = b'"%s"' % before.encode()
        value = body.find(written, at)
        if value >= 0 and not body[at:value].strip(b" \t\r\n:"):
            behind = value + len(written)
            if len(body) > LARGE:  # written once: each copy of a large body holds up everybody
                seen = memoryview(body)
                return b"".join((seen[:value], msgspec.json.encode(model), seen[behind:]))
            return body[:value] + msgspec.json.encode(model) + body[behind:]
    return with_fields(body, {"model": model})


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
