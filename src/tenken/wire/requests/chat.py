"""Requests of OpenAI's chat completions.

Source of the fields: OpenAI's API reference and the types of its Python client 3.51, read 2026-11.
"""

from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from tenken.wire import picture
from tenken.wire.api import Api
from tenken.wire.asked import COUNT_MAX, Asked, BodyLimits, Role, Turn
from tenken.wire.body import ENCODER, decode, huge_numbers, invalid, said_once, sound, strict
from tenken.wire.picture import Picture
from tenken.wire.requests.passing import taken_out
from tenken.wire.requests.tooling import check_calls, check_schemas
from tenken.wire.splice import LARGE

Positive = Annotated[int, Meta(ge=1, le=COUNT_MAX)]
Unit = Annotated[float, Meta(ge=0, le=1)]
Penalty = Annotated[float, Meta(ge=-2, le=2)]
Some = Raw | UnsetType
CHAT = Api.CHAT  # looked up once


class ImageUrl(Struct):
    """Where an image is, or the image itself."""

    url: str
    detail: str | None = None


class Part(Struct):
    """A part of a message."""

    type: str
    text: str | UnsetType = UNSET
    image_url: ImageUrl | UnsetType = UNSET


class ToolCall(Struct):
    """A call that the model has asked for."""

    id: str


class Message(Struct):
    """A message, as far as it is looked at."""

    role: Role
    content: str | list[Part] | UnsetType | None = UNSET
    tool_calls: list[ToolCall] | UnsetType | None = UNSET
    tool_call_id: str | None = None


class StreamOptions(Struct, omit_defaults=True):
    """Of a stream."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class Chat(Struct, forbid_unknown_fields=True):
    """All fields that a request may have; those of type `Raw` pass through unread."""

    model: str
    messages: Annotated[list[Message], Meta(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: Positive | None = None
    max_completion_tokens: Positive | None = None
    n: Positive | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Unit | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    seed: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | None = None
    tools: list[Raw] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    audio: Some = UNSET
    function_call: Some = UNSET
    functions: Some = UNSET
    logit_bias: Some = UNSET
    metadata: Some = UNSET
    modalities: Some = UNSET
    moderation: Some = UNSET
    parallel_tool_calls: Some = UNSET
    prediction: Some = UNSET
    prompt_cache_options: Some = UNSET
    prompt_cache_retention: Some = UNSET
    reasoning_effort: Some = UNSET
    response_format: Some = UNSET
    service_tier: Some = UNSET
    stop: Some = UNSET
    store: Some = UNSET
    tool_choice: Some = UNSET
    verbosity: Some = UNSET
    web_search_options: Some = UNSET


KNOWN = frozenset(Chat.__struct_fields__)
UNREAD = tuple(field.name for field in msgspec.structs.fields(Chat) if field.type == Some)
unread = attrgetter(*UNREAD)
NONE_PASSED = (UNSET,) * len(UNREAD)
DECODER = msgspec.json.Decoder(Chat)

Objects = list[dict[str, Raw]]


class _PartShape(Struct):
    type: Raw
    text: Some = UNSET
    image_url: dict[str, Raw] | UnsetType = UNSET
    input_audio: Some = UNSET
    file: Some = UNSET
    refusal: Some = UNSET


SHAPE: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder(
    msgspec.defstruct(
        "Shape",
        [(name, Some, UNSET) for name in sorted(KNOWN - {"messages", "stream_options"})]
        + [
            ("messages", Objects, []),
            ("stream_options", dict[str, Raw] | None | UnsetType, UNSET),
        ],
    )
)
"""Keeps every value as it stands; for `said_once`."""
PARTS: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder(list[_PartShape])
CALLS: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder(Objects)


class _Said(Struct, forbid_unknown_fields=True):
    """A message that is nothing but a text."""

    role: Literal["system", "developer", "user", "assistant"]
    content: Annotated[str, Meta(min_length=1)]


class Plain(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A request of texts that states nothing out of the ordinary: nearly all are of this form.

    What the type does not let pass is read as a `Chat`, which says what is wrong, if anything is.
    """

    model: str
    messages: Annotated[list[_Said], Meta(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    max_tokens: Positive | None = None
    max_completion_tokens: Positive | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Unit | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    user: str | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None
    seed: Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)] | None = None


PLAIN = msgspec.json.Decoder(Plain)


def plain(body: bytes, *, messages_max: int) -> Plain | None:
    """Read a body of the usual form; None for any other, whether it is good or not."""
    try:
        if not body.isascii():
            body.decode()
        chat = PLAIN.decode(body)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        return None
    return chat if _says_all(chat, body) and len(chat.messages) <= messages_max else None


def read(body: bytes, *, limits: BodyLimits, pass_through: frozenset[str] = frozenset()) -> Asked:
    """Read a body; raises Refusal. `pass_through` names fields beyond OpenAI's that may stand."""
    chat = plain(body, messages_max=limits.messages_max)
    if chat is None:
        return _read_any(body, limits=limits, pass_through=pass_through)
    options = chat.stream_options
    return Asked(
        api=CHAT,
        model=chat.model,
        body=body,
        stream=chat.stream is True,
        wants_usage=options is not None and options.include_usage is True,
        output_max=chat.max_completion_tokens or chat.max_tokens,
        user=chat.prompt_cache_key or chat.safety_identifier or chat.user or "",
        turns=tuple([Turn(one.role, (one.content,)) for one in chat.messages]),
    )


def _says_all(chat: Plain, body: bytes) -> bool:
    """Whether a body has no text, and so no name, beyond those that were read in it.

    A name that stands there twice brings quotation marks that are not there when what was read is
    written again. Only an escaped mark could stand in its place: such a body is read slowly.
    """
    return b"\\u0022" not in body and marks(chat, len(body)) == body.count(b'"')


def marks(chat: Plain, size: int) -> int:
    """Count the quotation marks of what was read when it is written again."""
    if size <= LARGE:
        return ENCODER.encode(chat).count(b'"')
    # Without its texts, which are nearly all of it: each mark in them is written as one.
    hollow = [_Said(one.role, "") for one in chat.messages]
    written: int = ENCODER.encode(msgspec.structs.replace(chat, messages=hollow)).count(b'"')
    return written + sum([one.content.count('"') for one in chat.messages])


def _read_any(body: bytes, *, limits: BodyLimits, pass_through: frozenset[str]) -> Asked:
    sound(body, limits=limits)
    taken = taken_out(body, pass_through - KNOWN)
    own = taken.body
    chat = decode(DECODER, own)
    if not said_once(own, SHAPE):
        strict(body)
    _check_counts(chat, limits)
    turns, plain = _turns(chat)
    if not plain:
        _check_objects(chat, own, limits)
    passed = unread(chat)
    if passed != NONE_PASSED and huge_numbers([raw for raw in passed if raw is not UNSET]):
        strict(body)
    options = chat.stream_options
    return Asked(
        api=Api.CHAT,
        model=chat.model,
        body=body,
        stream=chat.stream is True,
        wants_usage=options is not None and options.include_usage is True,
        output_max=chat.max_completion_tokens or chat.max_tokens,
        choices=chat.n or 1,
        user=chat.prompt_cache_key or chat.safety_identifier or chat.user or "",
        turns=tuple(turns),
        tools=bool(chat.tools),
        extra=taken.extra,
    )


def _turns(chat: Chat) -> tuple[list[Turn], bool]:
    """Give who says what, and whether there is nothing but plain text to look at."""
    turns: list[Turn] = []
    plain = not chat.tools
    for number, one in enumerate(chat.messages):
        content, role = one.content, one.role
        if not content and role != "assistant":
            _check_content(one, f"messages[{number}].content")
        if one.tool_calls or role == "tool":
            plain = False
        if isinstance(content, str):
            turns.append(Turn(role, (content,)))
        elif isinstance(content, list):
            plain = False
            texts = [part.text for part in content if isinstance(part.text, str)]
            turns.append(Turn(role, tuple(texts)))
        else:
            turns.append(Turn(role))
    return turns, plain


def _check_counts(chat: Chat, limits: BodyLimits) -> None:
    if len(chat.messages) > limits.messages_max:
        raise invalid("invalid_value", "messages", "too_many", most=limits.messages_max)
    if chat.n and chat.n > limits.choices_max:
        raise invalid("invalid_value", "n", "too_many", most=limits.choices_max)
    if chat.tools and len(chat.tools) > limits.tools_max:
        raise invalid("invalid_value", "tools", "too_many", most=limits.tools_max)


def _check_content(message: Message, path: str) -> None:
    if message.content is UNSET:
        raise invalid("missing_required_parameter", path, "missing_parameter", name=path)
    if message.content is None and message.role != "function":
        raise invalid(
            "invalid_value", path, "invalid_value", name=path, why="Expected `str | array`"
        )


def _check_objects(chat: Chat, body: bytes, limits: BodyLimits) -> None:
    if not _parts_said_once(chat, body):
        strict(body)
    check_schemas(chat.tools or ())
    check_calls(chat.messages)
    picture.check(list(_pictures(chat)), limits=limits)


def _parts_said_once(chat: Chat, body: bytes) -> bool:
    if chat.tools and huge_numbers(chat.tools):
        return False
    for message, raw in zip(chat.messages, SHAPE.decode(body).messages, strict=True):
        if isinstance(message.content, list) and not _is_plain(raw["content"], PARTS):
            return False
        if message.tool_calls and not _is_plain(raw["tool_calls"], CALLS):
            return False
    return True


def _is_plain(raw: Raw, shape: "msgspec.json.Decoder[Any]") -> bool:
    return said_once(bytes(raw), shape) and not huge_numbers((raw,))


def _pictures(chat: Chat) -> Iterator[Picture]:
    for number, message in enumerate(chat.messages):
        if isinstance(message.content, list):
            yield from _pictures_in(message.content, f"messages[{number}].content")


def _pictures_in(parts: Iterable[Part], path: str) -> Iterator[Picture]:
    for place, part in enumerate(parts):
        if isinstance(part.image_url, ImageUrl):
            yield Picture(f"{path}[{place}].image_url.url", part.image_url.url)
