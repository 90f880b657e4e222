"""Requests of OpenAI's embeddings.

Source of the fields: OpenAI's API reference and the types of its Python client 3.51, read 2026-11.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from tenken.wire.api import Api
from tenken.wire.asked import COUNT_MAX, Asked, BodyLimits, Turn
from tenken.wire.body import decode, invalid, said_once, sound, strict
from tenken.wire.requests.passing import taken_out

Tokens = list[int]


class Embeddings(Struct, forbid_unknown_fields=True):
    """All fields that a request may have."""

    model: str
    input: str | list[str | int | Tokens]
    dimensions: Annotated[int, Meta(ge=1, le=COUNT_MAX)] | None = None
    encoding_format: Literal["float", "base64"] | None = None
    user: str | None = None


KNOWN = frozenset(Embeddings.__struct_fields__)
DECODER = msgspec.json.Decoder(Embeddings)
SHAPE: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder(
    msgspec.defstruct("Shape", [(name, Raw | UnsetType, UNSET) for name in sorted(KNOWN)])
)


def read(body: bytes, *, limits: BodyLimits, pass_through: frozenset[str] = frozenset()) -> Asked:
    """Read a body; raises Refusal. `pass_through` names fields beyond OpenAI's that may stand."""
    sound(body, limits=limits)
    taken = taken_out(body, pass_through - KNOWN)
    wanted = decode(DECODER, taken.body)
    if not said_once(taken.body, SHAPE):
        strict(body)
    return Asked(
        api=Api.EMBEDDINGS,
        model=wanted.model,
        body=body,
        output_max=0,
        choices=_inputs(wanted.input, limits),
        user=wanted.user or "",
        turns=(Turn("user", _texts(wanted.input)),),
        extra=taken.extra,
    )


def _inputs(given: str | list[str | int | Tokens], limits: BodyLimits) -> int:
    """Count the inputs: a list of numbers is one, already cut into tokens."""
    if not given:
        raise invalid("invalid_value", "input", "invalid_value", name="input", why="It is empty")
    if isinstance(given, str):
        return 1
    kinds = {type(one) for one in given}
    if len(kinds) > 1 or not all(given if kinds != {int} else (True,)):
        why = "Expected texts, tokens or lists of tokens, none of them empty"
        raise invalid("invalid_value", "input", "invalid_value", name="input", why=why)
    if kinds == {int}:
        return 1
    if len(given) > limits.inputs_max:
        raise invalid("invalid_value", "input", "too_many", most=limits.inputs_max)
    return len(given)


def _texts(given: str | list[str | int | Tokens]) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    return tuple([one for one in given if isinstance(one, str)])
