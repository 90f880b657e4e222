"""The provider speaks OpenAI's chat completions, and the caller does not.

Source: OpenAI's API reference (chat completions, streaming) and the types of its Python client
3.51, read 2026-11.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, Literal, assert_never

import msgspec
from msgspec import Raw, Struct

from tenken.wire.dialect import BROKEN, Failed, Outgoing, Spoilt, Unreadable
from tenken.wire.dialects.openai_chat import DONE, PATH, TokensTold, sorted_usage
from tenken.wire.dialects.openai_errors import (
    OpenAIError,
    bare_error,
    failed_of,
    failure_named,
)
from tenken.wire.sse import Event, Events, TooLong
from tenken.wire.translate.conversation import (
    Call,
    Choice,
    Conversation,
    Image,
    Result,
    Said,
    Text,
    cannot_say,
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
from tenken.wire.usage import Usage

STOPS_MAX = 4
IDS: Final = Ids(longest=40, plain=False)
Limit = Literal["max_completion_tokens", "max_tokens"]
FINISH: Final[dict[str, Finish]] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tools",
    "function_call": "tools",
    "content_filter": "filter",
}


class _Function(Struct):
    name: str | None = None
    arguments: str | None = None


class _Call(Struct):
    id: str | None = None
    index: int = 0
    function: _Function | None = None


class _Message(Struct):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(Struct):
    message: _Message | None = None
    delta: _Message | None = None
    finish_reason: str | None = None


class _Whole(Struct):
    id: str | None = None
    model: str | None = None
    choices: list[_Choice] | None = None
    usage: TokensTold | None = None
    error: OpenAIError | None = None


WHOLE = msgspec.json.Decoder(_Whole)


class OpenAISide:
    """A `Side` that speaks chat completions."""

    def __init__(self, *, limit: Limit = "max_completion_tokens") -> None:
        """`limit` bounds an answer: OpenAI wants the new name, some servers know the old alone."""
        self._limit = limit

    def outgoing(self, conversation: Conversation, *, model: str) -> Outgoing:
        """Say it."""
        body = _request(conversation, model) | _present(**{self._limit: conversation.output_max})
        return Outgoing(PATH, msgspec.json.encode(body))

    def whole(self, body: bytes) -> Told:
        """Read a whole answer."""
        try:
            whole = WHOLE.decode(body)
        except BROKEN as error:
            raise Unreadable(str(error)) from error
        if not whole.choices or whole.choices[0].message is None:
            raise Unreadable("no choices in the answer")
        choice, message = whole.choices[0], whole.choices[0].message
        calls = _told_calls(message.tool_calls or [], cut=choice.finish_reason == "length")
        return Told(
            id=whole.id or "",
            model=whole.model or "",
            text=message.content or message.refusal or "",
            calls=calls,
            finish=_finish(choice.finish_reason, called=bool(calls)),
            usage=sorted_usage(whole.usage),
        )

    def hearing(self) -> Hearing:
        """Begin to read a stream."""
        return _Hearing()

    def failed(
        self, status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
    ) -> Failed:
        """Sort an error."""
        return failed_of(status, headers, body, now=now)


def _finish(reason: str | None, *, called: bool) -> Finish:
    """Say why it ended: OpenAI itself says `stop` where a choice has named the tool."""
    finish = FINISH.get(reason or "", "stop")
    return "tools" if called and finish == "stop" else finish


def _told_calls(calls: list[_Call], *, cut: bool) -> tuple[ToldCall, ...]:
    """Read calls; of an answer that stopped at its length the last one may not be whole."""
    told = [_told_call(call) for call in calls[:-1]]
    try:
        return (*told, *[_told_call(call) for call in calls[-1:]])
    except Spoilt:
        if not cut:
            raise
        return tuple(told)


def _told_call(call: _Call) -> ToldCall:
    """Read a call; a model's arguments may be no JSON, and then there is no way to say them on."""
    function = call.function or _Function()
    arguments = (function.arguments or "").strip().encode()
    try:
        raw = msgspec.json.decode(arguments, type=Raw) if arguments else EMPTY
    except BROKEN as error:
        raise Spoilt(f"arguments of a tool call: {error}") from error
    return ToldCall(call.id or "", function.name or "", raw)


def _request(said: Conversation, model: str) -> dict[str, object]:
    if said.top_k is not None:
        raise cannot_say(said.names.top_k)
    if len(said.stop) > STOPS_MAX:
        raise cannot_say(said.names.stop)
    messages: list[object] = [{"role": "system", "content": text} for text in said.system]
    for one in IDS.of(said.said):
        messages += _messages(one)
    body: dict[str, object] = {"model": model, "messages": messages}
    if said.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": _present(
                    name=tool.name,
                    description=tool.description,
                    parameters=tool.schema,
                    strict=tool.strict,
                ),
            }
            for tool in said.tools
        ]
    if said.schema is not None:
        schema = {"name": "answer", "schema": said.schema, "strict": True}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    if said.stream:
        body |= {"stream": True, "stream_options": {"include_usage": True}}
    return body | _present(
        tool_choice=_choice(said.choice) if said.choice else None,
        parallel_tool_calls=said.parallel if said.tools else None,
        temperature=said.temperature,
        top_p=said.top_p,
        stop=said.stop or None,
        user=said.user or None,
    )


def _present(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}


def _messages(one: Said) -> list[object]:
    """Give the messages of a turn: results of tools are messages of their own, before the rest."""
    found: list[object] = [
        {"role": "tool", "tool_call_id": block.id, "content": block.text}
        for block in one.blocks
        if isinstance(block, Result)
    ]
    parts = [block for block in one.blocks if isinstance(block, Text | Image)]
    calls = [_call(block) for block in one.blocks if isinstance(block, Call)]
    if not parts and not calls:
        return found
    message: dict[str, object] = {"role": one.role, "content": None}
    if any(isinstance(part, Image) for part in parts) or len(parts) > 1:
        message["content"] = [_part(part) for part in parts]
    elif parts and isinstance(parts[0], Text):
        message["content"] = parts[0].text
    if calls:
        message["tool_calls"] = calls
    return [*found, message]


def _part(part: Text | Image) -> dict[str, object]:
    match part:
        case Text(text=text):
            return {"type": "text", "text": text}
        case Image(url=url, kind=kind, data=data):
            address = url or f"data:{kind};base64,{data}"
            return {"type": "image_url", "image_url": {"url": address}}
        case _:
            assert_never(part)


def _call(call: Call) -> dict[str, object]:
    function = {"name": call.name, "arguments": bytes(call.arguments).decode()}
    return {"id": call.id, "type": "function", "function": function}


def _choice(choice: Choice) -> object:
    match choice.mode:
        case "any":
            return "required"
        case "one":
            return {"type": "function", "function": {"name": choice.name}}
        case mode:
            return mode


class _Hearing:
    """Reads chunks. The usage comes after the finish, so the end waits for `[DONE]`."""

    def __init__(self) -> None:
        self._events = Events()
        self._begun = False
        self._call, self._id = -1, ""
        self._within = False
        self._finish = ""
        self._usage: Usage | None = None

    def feed(self, chunk: bytes) -> Iterable[Part]:
        try:
            events = self._events.feed(chunk)
        except TooLong as error:
            raise Unreadable(str(error)) from error
        return [part for event in events for part in self._parts(event)]

    def _parts(self, event: Event) -> list[Part]:
        if not event.data:
            return []
        if event.data == DONE:
            finish = _finish(self._finish, called=self._call >= 0)
            return [Ended(finish, self._usage)] if self._finish else []
        try:
            chunk = WHOLE.decode(event.data)
        except BROKEN as error:
            raise Unreadable(str(error)) from error
        told = chunk.error
        if told is None and chunk.choices is None:
            told = bare_error(event.data)
        if told is not None:
            return [Failing(failure_named(told), told.said)]
        self._usage = sorted_usage(chunk.usage) or self._usage
        parts: list[Part] = []
        if not self._begun:
            self._begun = True
            parts.append(Begun(chunk.id or "", chunk.model or ""))
        for choice in (chunk.choices or ())[:1]:
            parts += self._delta(choice.delta or _Message())
            self._finish = choice.finish_reason or self._finish
        return parts

    def _delta(self, delta: _Message) -> list[Part]:
        text = delta.content or delta.refusal
        parts: list[Part] = [TextPart(text)] if text else []
        self._within = self._within and not text
        for call in delta.tool_calls or ():
            function = call.function or _Function()
            if call.index > self._call or self._is_another(call, function):
                self._call, self._id, self._within = call.index, call.id or "", True
                parts.append(CallBegun(self._id, function.name or ""))
            elif call.index < self._call:
                raise Unreadable("two tool calls are told at once")
            if function.arguments and not self._within:
                raise Unreadable("a tool call goes on after a text")
            if function.arguments:
                parts.append(CallPart(function.arguments))
        return parts

    def _is_another(self, call: _Call, function: _Function) -> bool:
        """Whether a call begins at the place of the last: some servers number all of them 0."""
        same_place = call.index == self._call
        return same_place and bool(call.id and function.name) and call.id != self._id
