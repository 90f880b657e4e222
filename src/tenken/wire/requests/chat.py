"""Requests of OpenAI's chat completions.

Source of the fields: OpenAI's API reference and the types of its Python client 2.x, read 2026-11.
"""

from collections.abc import Mapping
from operator import attrgetter
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from tenken.wire.api import Api
from tenken.wire.asked import Asked, BodyLimits, Role, Turn
from tenken.wire.body import decode, huge_numbers, invalid, ordinary, shallow, strict, text_of

ONCE = ('"model"', '"messages"', '"stream"', '"stream_options"', '"max_tokens"')
Positive = Annotated[int, Meta(ge=1)]
Unit = Annotated[float, Meta(ge=0, le=1)]
Penalty = Annotated[float, Meta(ge=-2, le=2)]
Some = Raw | UnsetType


class Message(Struct):
    """A message; only its role is looked at here."""

    role: Role
    content: Some = UNSET
    name: str | None = None
    tool_calls: Some = UNSET
    tool_call_id: str | None = None
    refusal: str | None = None
    audio: Some = UNSET
    function_call: Some = UNSET
    reasoning_content: str | None = None


class StreamOptions(Struct):
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
    seed: int | None = None
    tools: list[Raw] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    audio: Some = UNSET
    function_call: Some = UNSET
    functions: Some = UNSET
    logit_bias: Some = UNSET
    metadata: Some = UNSET
    modalities: Some = UNSET
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
unread = attrgetter(*(field.name for field in msgspec.structs.fields(Chat) if field.type == Some))
DECODER = msgspec.json.Decoder(Chat)
FIELDS = msgspec.json.Decoder(dict[str, Raw])


def read(body: bytes, *, limits: BodyLimits, pass_through: frozenset[str] = frozenset()) -> Asked:
    """Read a body; raises Refusal. `pass_through` names fields beyond OpenAI's that may stand."""
    text = text_of(body)
    shallow(text, limits=limits)
    extra: Mapping[str, Raw] = {}
    if pass_through:
        text, extra = _without(text, pass_through, limits)
    if not ordinary(text, once=ONCE):
        strict(text, limits=limits)
    chat = decode(DECODER, text.encode() if extra else body, limits=limits)
    _check(chat, text, limits)
    return Asked(
        api=Api.CHAT,
        model=chat.model,
        body=body,
        stream=chat.stream is True,
        wants_usage=bool(chat.stream_options and chat.stream_options.include_usage),
        output_max=chat.max_completion_tokens or chat.max_tokens,
        choices=chat.n or 1,
        user=chat.prompt_cache_key or chat.safety_identifier or chat.user or "",
        turns=tuple(Turn(one.role, _raw(one.content)) for one in chat.messages),
        tools=bool(chat.tools),
        extra=extra,
    )


def _raw(value: Some) -> Raw:
    return value if isinstance(value, Raw) else NULL


def _check(chat: Chat, text: str, limits: BodyLimits) -> None:
    if not _named_as_often_as_read(chat, text):
        strict(text, limits=limits)
    if len(chat.messages) > limits.messages_max:
        raise invalid("invalid_value", "messages", "too_many", most=limits.messages_max)
    if (chat.n or 1) > limits.choices_max:
        raise invalid("invalid_value", "n", "too_many", most=limits.choices_max)
    if len(chat.tools or ()) > limits.tools_max:
        raise invalid("invalid_value", "tools", "too_many", most=limits.tools_max)
    for number, message in enumerate(chat.messages):
        if (
            message.content is UNSET
            and message.tool_calls is UNSET
            and message.role != "assistant"
        ):
            path = f"messages[{number}].content"
            raise invalid("missing_required_parameter", path, "missing_parameter", name=path)
    raws = [raw for raw in (*unread(chat), *(chat.tools or ())) if raw is not UNSET]
    if raws and huge_numbers(raws):
        strict(text, limits=limits)


def _named_as_often_as_read(chat: Chat, text: str) -> bool:
    """Whether each message's role and content, and the user, stand there exactly once."""
    users = sum(1 for message in chat.messages if message.role == "user")
    return (
        text.count('"role"') == len(chat.messages)
        and text.count('"content"') == len(chat.messages)
        and text.count('"user"') <= users + (chat.user is not None)
    )


def _without(
    text: str, pass_through: frozenset[str], limits: BodyLimits
) -> tuple[str, Mapping[str, Raw]]:
    """Take the fields that pass through out of the body that is read here."""
    try:
        fields = FIELDS.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text, {}
    extra = {name: raw for name, raw in fields.items() if name in pass_through - KNOWN}
    if not extra:
        return text, {}
    strict(text, limits=limits)
    kept = {name: raw for name, raw in fields.items() if name not in extra}
    return msgspec.json.encode(kept).decode(), extra


NULL = Raw(b"null")
