"""Requests of OpenAI's responses.

Source of the fields: OpenAI's API reference and the types of its Python client 3.51, read 2026-11.
"""

from collections.abc import Iterator
from operator import attrgetter
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from tenken.wire import picture
from tenken.wire.api import Api
from tenken.wire.asked import COUNT_MAX, Asked, BodyLimits, Role, Turn
from tenken.wire.body import decode, huge_numbers, invalid, said_once, sound, strict
from tenken.wire.picture import Picture
from tenken.wire.requests.passing import taken_out
from tenken.wire.requests.tooling import CODE

Some = Raw | UnsetType
Objects = list[dict[str, Raw]]
Positive = Annotated[int, Meta(ge=1, le=COUNT_MAX)]
Unit = Annotated[float, Meta(ge=0, le=1)]
MESSAGE_ROLES = frozenset({"system", "developer", "user", "assistant"})
CALL_TYPES = frozenset({"function_call", "function_call_output"})


class Part(Struct):
    """A part of a message, as far as it is looked at."""

    type: str
    text: str | UnsetType = UNSET
    image_url: str | UnsetType | None = UNSET


class Item(Struct):
    """Something said, called or resulted; `type` is left out by many for messages."""

    type: str = "message"
    role: Role | UnsetType = UNSET
    content: str | list[Part] | UnsetType | None = UNSET
    call_id: str | UnsetType | None = UNSET


class Responses(Struct, forbid_unknown_fields=True):
    """All fields that a request may have; those of type `Raw` pass through unread."""

    model: str
    input: str | list[Item]
    instructions: str | None = None
    stream: bool | None = None
    max_output_tokens: Positive | None = None
    max_tool_calls: Positive | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Unit | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    tools: list[Raw] | None = None
    store: bool | None = None
    background: bool | None = None
    previous_response_id: str | None = None
    conversation: Some = UNSET
    context_management: Some = UNSET
    include: Some = UNSET
    metadata: Some = UNSET
    moderation: Some = UNSET
    parallel_tool_calls: Some = UNSET
    prompt: Some = UNSET
    prompt_cache_options: Some = UNSET
    prompt_cache_retention: Some = UNSET
    reasoning: Some = UNSET
    service_tier: Some = UNSET
    stream_options: Some = UNSET
    text: Some = UNSET
    tool_choice: Some = UNSET
    truncation: Some = UNSET


KNOWN = frozenset(Responses.__struct_fields__)
UNREAD = tuple(field.name for field in msgspec.structs.fields(Responses) if field.type == Some)
unread = attrgetter(*UNREAD)
NONE_PASSED = (UNSET,) * len(UNREAD)
DECODER = msgspec.json.Decoder(Responses)


def _shape(given: object) -> "msgspec.json.Decoder[Any]":
    fields = [(name, Some, UNSET) for name in sorted(KNOWN - {"input"})]
    return msgspec.json.Decoder(msgspec.defstruct("Shape", [("input", given), *fields]))


SHAPE = _shape(Raw)
ITEMS_SHAPE = _shape(Objects)
"""They keep every value as it stands; for `said_once`."""
PARTS: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder(Objects)


def read(body: bytes, *, limits: BodyLimits, pass_through: frozenset[str] = frozenset()) -> Asked:
    """Read a body; raises Refusal. `pass_through` names fields beyond OpenAI's that may stand."""
    sound(body, limits=limits)
    taken = taken_out(body, pass_through - KNOWN)
    own = taken.body
    wanted = decode(DECODER, own)
    items = wanted.input if isinstance(wanted.input, list) else []
    if not said_once(own, ITEMS_SHAPE if items else SHAPE):
        strict(body)
    _check_counts(wanted, items, limits)
    if items:
        _check_items(items, own, limits, carries_on=bool(_carried_on(wanted)))
    passed = (*unread(wanted), *(wanted.tools or ()))
    if passed != NONE_PASSED and huge_numbers([raw for raw in passed if raw is not UNSET]):
        strict(body)
    return Asked(
        api=Api.RESPONSES,
        model=wanted.model,
        body=body,
        stream=wanted.stream is True,
        output_max=wanted.max_output_tokens,
        user=wanted.prompt_cache_key or wanted.safety_identifier or wanted.user or "",
        turns=_turns(wanted, items),
        tools=bool(wanted.tools),
        extra=taken.extra,
        stored=_stored(wanted, items),
    )


def _carried_on(wanted: Responses) -> str:
    """Name the field that continues something kept at the provider."""
    if wanted.previous_response_id is not None:
        return "previous_response_id"
    if isinstance(wanted.conversation, Raw) and bytes(wanted.conversation) != b"null":
        return "conversation"
    return ""


def _stored(wanted: Responses, items: list[Item]) -> str:
    """Name the field that wants something kept at the provider, or kept there before."""
    if field := _carried_on(wanted):
        return field
    if wanted.background:
        return "background"
    if wanted.store:
        return "store"
    if isinstance(wanted.prompt, Raw) and bytes(wanted.prompt) != b"null":
        return "prompt"
    references = [number for number, item in enumerate(items) if item.type == "item_reference"]
    return f"input[{references[0]}]" if references else ""


def _turns(wanted: Responses, items: list[Item]) -> tuple[Turn, ...]:
    turns = [Turn("system", (wanted.instructions,))] if wanted.instructions else []
    if isinstance(wanted.input, str):
        turns.append(Turn("user", (wanted.input,)))
    turns += [Turn(item.role, _texts(item)) for item in items if item.role is not UNSET]
    return tuple(turns)


def _texts(item: Item) -> tuple[str, ...]:
    match item.content:
        case str() as text:
            return (text,)
        case list() as parts:
            return tuple([part.text for part in parts if isinstance(part.text, str)])
        case _:
            return ()


def _check_counts(wanted: Responses, items: list[Item], limits: BodyLimits) -> None:
    if not wanted.input:
        raise invalid("invalid_value", "input", "invalid_value", name="input", why="It is empty")
    if len(items) > limits.messages_max:
        raise invalid("invalid_value", "input", "too_many", most=limits.messages_max)
    if len(wanted.tools or ()) > limits.tools_max:
        raise invalid("invalid_value", "tools", "too_many", most=limits.tools_max)


def _check_items(items: list[Item], body: bytes, limits: BodyLimits, *, carries_on: bool) -> None:
    parted = False
    for number, item in enumerate(items):
        if item.type == "message":
            _check_message(item, f"input[{number}]")
        parted = parted or isinstance(item.content, list)
    _check_calls(items, carries_on=carries_on)
    if parted:
        _check_parts(items, body, limits)


def _check_parts(items: list[Item], body: bytes, limits: BodyLimits) -> None:
    pictures = list[Picture]()
    for number, (item, raw) in enumerate(zip(items, ITEMS_SHAPE.decode(body).input, strict=True)):
        if isinstance(item.content, list):
            if not said_once(bytes(raw["content"]), PARTS) or huge_numbers((raw["content"],)):
                strict(body)
            pictures += _pictures(item.content, f"input[{number}].content")
    picture.check(pictures, limits=limits)


def _check_message(item: Item, path: str) -> None:
    if item.role is UNSET:
        name = f"{path}.role"
        raise invalid("missing_required_parameter", name, "missing_parameter", name=name)
    if item.role not in MESSAGE_ROLES:
        name, why = f"{path}.role", "Expected system, developer, user or assistant"
        raise invalid("invalid_value", name, "invalid_value", name=name, why=why)
    if item.content is UNSET or item.content is None:
        name = f"{path}.content"
        raise invalid("missing_required_parameter", name, "missing_parameter", name=name)


def _check_calls(items: list[Item], *, carries_on: bool) -> None:
    """Refuse a call whose id is there twice, or a result whose call is neither here nor kept."""
    called: set[str] = set()
    for number, item in enumerate(items):
        if item.type not in CALL_TYPES:
            continue
        path = f"input[{number}].call_id"
        name = item.call_id if isinstance(item.call_id, str) else ""
        if item.type == "function_call":
            if name in called:
                raise invalid(CODE, path, "call_twice", id=name[:64])
            called.add(name)
        elif name not in called and not carries_on:
            raise invalid(CODE, path, "no_such_call", id=name[:64])


def _pictures(parts: list[Part], path: str) -> Iterator[Picture]:
    for place, part in enumerate(parts):
        if isinstance(part.image_url, str):
            yield Picture(f"{path}[{place}].image_url", part.image_url)
