"""The provider speaks Anthropic's messages, and the caller does not.

Source: Anthropic's API reference (messages, streaming, tool use) and the types of its Python
client 2.8, read 2026-11.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, assert_never

import msgspec
from msgspec import Raw, Struct

from tenken.wire.dialect import BROKEN, Failed, Outgoing, Unreadable
from tenken.wire.dialects.anthropic_errors import SAID_MAX, AnthropicError, failed_of
from tenken.wire.dialects.anthropic_messages import PATH, TokensTold
from tenken.wire.requests.messages import VERSION
from tenken.wire.sse import Event, Events, TooLong
from tenken.wire.translate.conversation import (
    Block,
    Call,
    Conversation,
    Image,
    Result,
    Text,
    cannot_say,
    without_blanks,
)
from tenken.wire.translate.ids import Ids
from tenken.wire.translate.told import (
    EMPTY,
    Begun,
    CallBegun,
    CallPart,
    Ended,
    Failing,
    Finish,
    Part,
    TextPart,
    Told,
    ToldCall,
)
from tenken.wire.translate.translated import Hearing

IDS: Final = Ids(longest=64)
OUTPUT_MAX = 4096
"""Tokens of an answer where the caller names no limit: the API demands one."""
FINISH: Final[dict[str, Finish]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tools",
    "refusal": "filter",
}
CHOICES: Final = {"auto": "auto", "none": "none", "any": "any", "one": "tool"}


class _Block(Struct):
    type: str
    text: str = ""
    id: str = ""
    name: str = ""
    input: Raw = EMPTY


class _Whole(Struct):
    id: str
    content: list[_Block]
    model: str = ""
    stop_reason: str | None = None
    usage: TokensTold | None = None


class _Begun(Struct):
    id: str = ""
    model: str = ""
    usage: TokensTold | None = None


class _Delta(Struct):
    type: str = ""
    text: str = ""
    partial_json: str = ""
    stop_reason: str | None = None


class _Event(Struct):
    type: str
    message: _Begun | None = None
    content_block: _Block | None = None
    delta: _Delta | None = None
    usage: TokensTold | None = None
    error: AnthropicError | None = None


WHOLE = msgspec.json.Decoder(_Whole)
EVENT = msgspec.json.Decoder(_Event)


class AnthropicSide:
    """A `Side` that speaks messages."""

    def outgoing(self, conversation: Conversation, *, model: str) -> Outgoing:
        """Say it."""
        body = msgspec.json.encode(_request(conversation, model))
        return Outgoing(PATH, body, ((b"anthropic-version", VERSION),))

    def whole(self, body: bytes) -> Told:
        """Read a whole answer."""
        try:
            whole = WHOLE.decode(body)
        except BROKEN as error:
            raise Unreadable(str(error)) from error
        return Told(
            id=whole.id,
            model=whole.model,
            text="".join([block.text for block in whole.content if block.type == "text"]),
            calls=tuple(
                [
                    ToldCall(block.id, block.name, block.input)
                    for block in whole.content
                    if block.type == "tool_use"
                ]
            ),
            finish=FINISH.get(whole.stop_reason or "", "stop"),
            usage=whole.usage.usage if whole.usage else None,
        )

    def hearing(self) -> Hearing:
        """Begin to read a stream."""
        return _Hearing()

    def failed(
        self, status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
    ) -> Failed:
        """Sort an error."""
        return failed_of(status, headers, body, now=now)


def _request(said: Conversation, model: str) -> dict[str, object]:
    body: dict[str, object] = {
        "model": model,
        "max_tokens": said.output_max or OUTPUT_MAX,
        "messages": [
            {"role": one.role, "content": [_block(block) for block in one.blocks]}
            for one in IDS.of(without_blanks(said.said))
        ],
        **_manner(said),
    }
    if system := [text for text in said.system if text.strip()]:
        body["system"] = "\n\n".join(system)
    if said.tools:
        body["tools"] = [
            {"name": tool.name, "input_schema": tool.schema}
            | ({"description": tool.description} if tool.description is not None else {})
            | ({"strict": True} if tool.strict else {})
            for tool in said.tools
        ]
    choice = _choice(said)
    if choice:
        body["tool_choice"] = choice
    return body


def _manner(said: Conversation) -> dict[str, object]:
    """Say how it is to be answered."""
    for value, name in (
        (said.presence, said.names.presence),
        (said.frequency, said.names.frequency),
    ):
        if value is not None:
            raise cannot_say(name)
    if said.temperature is not None and said.temperature > 1:
        raise cannot_say(said.names.temperature)
    if said.json:
        raise cannot_say(said.names.json)
    body: dict[str, object] = {}
    if said.schema is not None:
        body["output_config"] = {"format": {"type": "json_schema", "schema": said.schema}}
    if said.stop:
        body["stop_sequences"] = said.stop
    if said.user:
        body["metadata"] = {"user_id": said.user}
    if said.stream:
        body["stream"] = True
    figures = {"temperature": said.temperature, "top_p": said.top_p, "top_k": said.top_k}
    return body | {name: value for name, value in figures.items() if value is not None}


def _choice(said: Conversation) -> dict[str, object]:
    choice = said.choice
    found: dict[str, object] = {"type": CHOICES[choice.mode]} if choice else {}
    if choice and choice.name:
        found["name"] = choice.name
    if said.parallel is False and said.tools and (choice is None or choice.mode != "none"):
        found = {"type": "auto", **found, "disable_parallel_tool_use": True}
    return found


def _block(block: Block) -> dict[str, object]:
    match block:
        case Text(text=text):
            return {"type": "text", "text": text}
        case Image(url=url) if url:
            return {"type": "image", "source": {"type": "url", "url": url}}
        case Image(kind=kind, data=data):
            source = {"type": "base64", "media_type": kind, "data": data}
            return {"type": "image", "source": source}
        case Call(id=id_, name=name, arguments=arguments):
            return {"type": "tool_use", "id": id_, "name": name, "input": arguments}
        case Result(id=id_, text=text, failed=failed):
            result: dict[str, object] = {
                "type": "tool_result",
                "tool_use_id": id_,
                "content": text,
            }
            return {**result, "is_error": True} if failed else result
        case _:
            assert_never(block)


class _Hearing:
    def __init__(self) -> None:
        self._events = Events()
        self._told = TokensTold()
        self._finish: Finish = "stop"
        self._unsaid = False

    def feed(self, chunk: bytes) -> Iterable[Part]:
        try:
            events = self._events.feed(chunk)
        except TooLong as error:
            raise Unreadable(str(error)) from error
        return [part for event in events for part in self._parts(event)]

    def _parts(self, event: Event) -> tuple[Part, ...]:
        if not event.data:
            return ()
        try:
            said = EVENT.decode(event.data)
        except BROKEN as error:
            raise Unreadable(str(error)) from error
        match said:
            case _Event(type="message_start", message=_Begun() as begun):
                self._told = begun.usage or self._told
                return (Begun(begun.id, begun.model),)
            case _Event(
                type="content_block_start", content_block=_Block(type="tool_use") as block
            ):
                self._unsaid = True
                return (CallBegun(block.id, block.name),)
            case _Event(type="content_block_delta", delta=_Delta() as delta):
                self._unsaid = self._unsaid and not delta.partial_json
                return _delta(delta)
            case _Event(type="content_block_stop") if self._unsaid:
                self._unsaid = False
                return (CallPart("{}"),)  # a tool without arguments: other APIs say so
            case _Event(type="message_delta"):
                self._told = said.usage.over(self._told) if said.usage else self._told
                reason = said.delta.stop_reason if said.delta else None
                self._finish = FINISH.get(reason or "", "stop")
                return ()
            case _Event(type="message_stop"):
                return (Ended(self._finish, self._told.usage),)
            case _Event(type="error"):
                told = said.error or AnthropicError()
                return (Failing(told.failure, told.message[:SAID_MAX]),)
            case _:
                return ()


def _delta(delta: _Delta) -> tuple[Part, ...]:
    if delta.type == "text_delta" and delta.text:
        return (TextPart(delta.text),)
    if delta.type == "input_json_delta" and delta.partial_json:
        return (CallPart(delta.partial_json),)
    return ()  # thinking, its signature, citations
