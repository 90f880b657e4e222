"""The provider speaks Amazon Bedrock's Converse, and the caller does not.

Source: Amazon's API reference (Converse, ConverseStream) and botocore 1.44's description of the
service, read 2026-11.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, assert_never

import msgspec
from msgspec import Raw, Struct

from tenken.wire.dialect import BROKEN, Failed, Outgoing, Spoilt, Unreadable
from tenken.wire.failure import Failure
from tenken.wire.frames import Broken, Frame, Frames
from tenken.wire.statuses import failure_of, retry_after
from tenken.wire.translate.conversation import (
    Block,
    Call,
    Conversation,
    Image,
    Result,
    Text,
    cannot_say,
    is_blank,
    without_blanks,
)
from tenken.wire.translate.ids import Ids
from tenken.wire.translate.quoted import quoted
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
from tenken.wire.usage import Count, Usage

IDS: Final = Ids(longest=64)
FINISH: Final[dict[str, Finish]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tools",
    "content_filtered": "filter",
    "guardrail_intervened": "filter",
}
"""Any other reason is that of an answer which is none, such as a malformed call."""
BY_TYPE: Final = {
    "AccessDeniedException": Failure.CREDENTIAL,
    "ExpiredTokenException": Failure.CREDENTIAL,
    "InternalServerException": Failure.SERVER_ERROR,
    "ModelErrorException": Failure.SERVER_ERROR,
    "ModelNotReadyException": Failure.OVERLOADED,
    "ModelStreamErrorException": Failure.SERVER_ERROR,
    "ModelTimeoutException": Failure.SERVER_ERROR,
    "ResourceNotFoundException": Failure.MODEL_GONE,
    "ServiceUnavailableException": Failure.OVERLOADED,
    "ThrottlingException": Failure.RATE_LIMITED,
    "UnrecognizedClientException": Failure.CREDENTIAL,
}
TOO_LONG_SAID = ("input is too long", "too many tokens", "maximum tokens", "exceed context limit")
GONE_SAID = ("model identifier is invalid", "on-demand throughput isn")
"""Of a model that is not there: a mistake of whoever has set it, told as one of the request."""
FORMATS: Final = {
    "image/png": "png",
    "image/jpeg": "jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
}
SAID_MAX = 500
AN_HOUR = "1h"


class _Use(Struct, rename="camel"):
    tool_use_id: str = ""
    name: str = ""
    input: Raw = EMPTY


class _Block(Struct, rename="camel"):
    text: str = ""
    tool_use: _Use | None = None


class _Message(Struct):
    content: list[_Block]


class _Output(Struct):
    message: _Message


class _Kept(Struct, rename="camel"):
    """How long a part of what was written to the cache stays there."""

    ttl: str = ""
    input_tokens: Count = 0


class _Tokens(Struct, rename="camel"):
    input_tokens: Count = 0
    output_tokens: Count = 0
    cache_read_input_tokens: Count = 0
    cache_write_input_tokens: Count = 0
    cache_details: tuple[_Kept, ...] = ()

    @property
    def usage(self) -> Usage:
        """Sorted: the input is told without the cached ones; thinking is not told apart."""
        told = sum(one.input_tokens for one in self.cache_details if one.ttl == AN_HOUR)
        an_hour = min(told, self.cache_write_input_tokens)
        return Usage(
            input=self.input_tokens,
            cache_read=self.cache_read_input_tokens,
            cache_write=self.cache_write_input_tokens - an_hour,
            cache_write_hour=an_hour,
            output=self.output_tokens,
            source="provider",
        )


class _Whole(Struct, rename="camel"):
    output: _Output
    stop_reason: str
    usage: _Tokens | None = None


class _Start(Struct, rename="camel"):
    tool_use: _Use | None = None


class _UsePart(Struct):
    input: str = ""


class _Delta(Struct, rename="camel"):
    text: str = ""
    tool_use: _UsePart | None = None


class _Event(Struct, rename="camel"):
    start: _Start | None = None
    delta: _Delta | None = None
    stop_reason: str = ""
    usage: _Tokens | None = None
    message: str = ""


class _Error(Struct):
    message: str = ""


WHOLE = msgspec.json.Decoder(_Whole)
EVENT = msgspec.json.Decoder(_Event)
ERROR = msgspec.json.Decoder(_Error)


class BedrockSide:
    """A `Side` that speaks Converse."""

    def outgoing(self, conversation: Conversation, *, model: str) -> Outgoing:
        """Say it."""
        how = "converse-stream" if conversation.stream else "converse"
        body = msgspec.json.encode(_request(conversation))
        return Outgoing(f"/model/{quoted(model)}/{how}", body)

    def whole(self, body: bytes) -> Told:
        """Read a whole answer."""
        try:
            whole = WHOLE.decode(body)
        except BROKEN as error:
            raise Unreadable(str(error)) from error
        finish = FINISH.get(whole.stop_reason)
        if finish is None:
            raise Spoilt(f"stopped by {whole.stop_reason}"[:99])
        blocks = whole.output.message.content
        uses = [block.tool_use for block in blocks if block.tool_use]
        return Told(
            id="",
            model="",
            text="".join([block.text for block in blocks]),
            calls=tuple([ToldCall(use.tool_use_id, use.name, use.input) for use in uses]),
            finish=finish,
            usage=whole.usage.usage if whole.usage else None,
        )

    def hearing(self) -> Hearing:
        """Begin to read a stream."""
        return _Hearing()

    def failed(
        self, status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
    ) -> Failed:
        """Sort an error by its type, which stands in a header."""
        try:
            said = ERROR.decode(body).message
        except BROKEN:
            said = ""
        kind = headers.get(b"x-amzn-errortype", b"").decode("latin-1").partition(":")[0]
        failure = BY_TYPE.get(kind) or failure_of(status)
        if failure is Failure.CALLER_ERROR and any(one in said.lower() for one in TOO_LONG_SAID):
            failure = Failure.CONTEXT_TOO_LONG
        elif failure is Failure.CALLER_ERROR and any(one in said for one in GONE_SAID):
            failure = Failure.MODEL_GONE
        return Failed(
            failure=failure,
            status=status,
            retry_after_s=retry_after(headers, now=now),
            said=said[:SAID_MAX],
            code=kind[:64],
        )


def _request(said: Conversation) -> dict[str, object]:
    _refuse(said)
    body: dict[str, object] = {
        "messages": [
            {
                "role": one.role,
                "content": [_block(block) for block in one.blocks if not is_blank(block)],
            }
            for one in IDS.of(without_blanks(said.said))
        ]
    }
    if system := [{"text": text} for text in said.system if text.strip()]:
        body["system"] = system
    wishes = {
        "maxTokens": said.output_max,
        "temperature": said.temperature,
        "topP": said.top_p,
        "stopSequences": said.stop or None,
    }
    if manner := {name: value for name, value in wishes.items() if value is not None}:
        body["inferenceConfig"] = manner
    if said.tools:
        body["toolConfig"] = _tools(said)
    if said.schema is not None:
        schema = {"schema": bytes(said.schema).decode(), "name": "answer"}
        form = {"type": "json_schema", "structure": {"jsonSchema": schema}}
        body["outputConfig"] = {"textFormat": form}
    return body


def _refuse(said: Conversation) -> None:
    names = said.names
    warm = said.temperature is not None and said.temperature > 1
    absent = {
        names.presence: said.presence is not None,
        names.frequency: said.frequency is not None,
        names.top_k: said.top_k is not None,
        names.temperature: warm,
        names.json: said.json,
        names.parallel: said.parallel is False and bool(said.tools),
        names.choice: said.choice is not None and said.choice.mode == "none",
        "tools": not said.tools and _has_called(said),
    }
    for name, wanted in absent.items():
        if wanted:
            raise cannot_say(name)


def _has_called(said: Conversation) -> bool:
    """Whether tools were called before: then Converse demands that some may be called now."""
    return any(isinstance(block, Call | Result) for one in said.said for block in one.blocks)


def _tools(said: Conversation) -> dict[str, object]:
    tools = [
        {
            "toolSpec": {"name": tool.name, "inputSchema": {"json": tool.schema}}
            | ({"description": tool.description} if tool.description else {})
            | ({"strict": True} if tool.strict else {})
        }
        for tool in said.tools
    ]
    found: dict[str, object] = {"tools": tools}
    match said.choice:
        case None:
            return found
        case one if one.mode == "one":
            return {**found, "toolChoice": {"tool": {"name": one.name}}}
        case choice:
            return {**found, "toolChoice": {choice.mode: {}}}


def _block(block: Block) -> dict[str, object]:
    match block:
        case Text(text=text):
            return {"text": text}
        case Image(kind=kind, data=data) if kind in FORMATS and data:
            return {"image": {"format": FORMATS[kind], "source": {"bytes": data}}}
        case Image(path=path):
            raise cannot_say(path)
        case Call(id=id_, name=name, arguments=arguments):
            return {"toolUse": {"toolUseId": id_, "name": name, "input": arguments}}
        case Result(id=id_, text=text, failed=failed):
            status = "error" if failed else "success"
            content: dict[str, object] = {"text": text} if text.strip() else {"json": {}}
            result = {"toolUseId": id_, "content": [content], "status": status}
            return {"toolResult": result}
        case _:
            assert_never(block)


class _Hearing:
    """Reads frames. The tokens come after the stop, so the end waits for them."""

    def __init__(self) -> None:
        self._frames = Frames()
        self._finish: Finish | None = None
        self._unsaid = False

    def feed(self, chunk: bytes) -> Iterable[Part]:
        try:
            frames = self._frames.feed(chunk)
        except Broken as error:
            raise Unreadable(str(error)) from error
        return [part for frame in frames for part in self._parts(frame)]

    def _parts(self, frame: Frame) -> tuple[Part, ...]:
        try:
            event = EVENT.decode(frame.payload or b"{}")
        except BROKEN as error:
            raise Unreadable(str(error)) from error
        if frame.headers.get(":message-type") != "event":
            return (_failing(frame, event),)
        match frame.headers.get(":event-type"):
            case "messageStart":
                return (Begun("", ""),)
            case "contentBlockStart" if event.start and event.start.tool_use:
                self._unsaid = True
                use = event.start.tool_use
                return (CallBegun(use.tool_use_id, use.name),)
            case "contentBlockDelta" if event.delta:
                return self._delta(event.delta)
            case "contentBlockStop" if self._unsaid:
                self._unsaid = False
                return (CallPart("{}"),)  # a tool without arguments: other APIs say so
            case "messageStop":
                return self._stop(event.stop_reason)
            case "metadata" if self._finish:
                return (Ended(self._finish, event.usage.usage if event.usage else None),)
            case _:
                return ()

    def _delta(self, delta: _Delta) -> tuple[Part, ...]:
        if delta.tool_use is not None and delta.tool_use.input:
            self._unsaid = False
            return (CallPart(delta.tool_use.input),)
        return (TextPart(delta.text),) if delta.text else ()

    def _stop(self, reason: str) -> tuple[Part, ...]:
        self._finish = FINISH.get(reason)
        if self._finish is None:
            raise Spoilt(f"stopped by {reason}"[:99])
        return ()


def _failing(frame: Frame, event: _Event) -> Failing:
    name = frame.headers.get(":exception-type") or frame.headers.get(":error-code") or ""
    kind = name[:1].upper() + name[1:]
    failure = Failure.CALLER_ERROR if kind == "ValidationException" else Failure.SERVER_ERROR
    said = event.message or frame.headers.get(":error-message", "")
    return Failing(BY_TYPE.get(kind, failure), said[:SAID_MAX])
