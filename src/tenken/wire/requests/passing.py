"""Fields beyond an API's own that an operator lets through."""

from collections.abc import Mapping

import msgspec
from msgspec import Raw, Struct

from tenken.wire.body import huge_numbers, said_once, strict

FIELDS = msgspec.json.Decoder(dict[str, Raw])


class Taken(Struct, frozen=True):
    """The body that is read here, and the fields that were taken out of it."""

    body: bytes
    extra: Mapping[str, Raw] = {}


def taken_out(body: bytes, names: frozenset[str]) -> Taken:
    """Take fields out of a sound body; raises Refusal where one of them is there twice."""
    if not names:
        return Taken(body)
    try:
        fields = FIELDS.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return Taken(body)  # what is wrong with it is told by who reads the rest
    extra = {name: raw for name, raw in fields.items() if name in names}
    if not extra:
        return Taken(body)
    if not said_once(body, FIELDS) or huge_numbers(extra.values()):
        strict(body)
    return Taken(
        msgspec.json.encode({name: raw for name, raw in fields.items() if name not in extra}),
        extra,
    )
