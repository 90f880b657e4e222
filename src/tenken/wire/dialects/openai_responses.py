"""Responses on both sides: OpenAI and everything compatible with it. Bytes pass through.

OpenAI keeps every response for 30 days unless told not to. A target that keeps nothing for us
is told so where the caller says nothing, and what needs something kept is refused there.

Source: OpenAI's API reference (responses, streaming) and the types of its Python client 3.51, read
2026-11.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import UNSET, Struct, UnsetType

from tenken.wire.asked import Asked
from tenken.wire.body import invalid
from tenken.wire.dialect import BROKEN, Answer, Failed, Outgoing, Piece, Plain, Reading, Unreadable
from tenken.wire.dialects.openai_errors import OpenAIError, failed_of, failure_named
from tenken.wire.splice import has_escapes, whole, with_fields, with_first, with_model
from tenken.wire.sse import Event, Events, TooLong, only_data
from tenken.wire.usage import Count, Usage

PATH = "/responses"
KEEP_NOTHING = b'"store":false'


class _ReadDetails(Struct):
    cached_tokens: Count | None = None
    cache_write_tokens: Count | None = None


class _WrittenDetails(Struct):
    reasoning_tokens: Count | None = None


class _Usage(Struct):
    input_tokens: Count = 0
    output_tokens: Count = 0
    input_tokens_details: _ReadDetails | None = None
    output_tokens_details: _WrittenDetails | None = None

    @property
    def sorted(self) -> Usage:
        """The classes: cached and thought tokens are among the totals."""
        read, written = self.input_tokens_details, self.output_tokens_details
        cached = min((read.cached_tokens or 0) if read else 0, self.input_tokens)
        kept = min((read.cache_write_tokens or 0) if read else 0, self.input_tokens - cached)
        thought = min((written.reasoning_tokens or 0) if written else 0, self.output_tokens)
        return Usage(
            input=self.input_tokens - cached - kept,
            cache_read=cached,
            cache_write=kept,
            output=self.output_tokens - thought,
            reasoning=thought,
            source="provider",
        )


class _Part(Struct):
    text: str | None = None


class _Item(Struct):
    type: str = ""
    content: list[_Part] | None = None


class _Incomplete(Struct):
    reason: str | None = None


class _Whole(Struct):
    id: str
    status: str = "completed"
    output: list[_Item] = []
    usage: _Usage | None = None
    error: OpenAIError | None = None
    incomplete_details: _Incomplete | None = None

    @property
    def finish(self) -> str:
        """Why it ended: the reason of one that is not complete, else its status."""
        return (self.incomplete_details and self.incomplete_details.reason) or self.status


class _Said(Struct):
    type: str
    response: _Whole | UnsetType = UNSET
    item: _Item | UnsetType = UNSET
    code: str | None = None
    message: str | None = None


WHOLE = msgspec.json.Decoder(_Whole)
SAID = msgspec.json.Decoder(_Said)
ENDS = frozenset({"response.completed", "response.incomplete"})
WORDLESS = frozenset({"message", "reasoning"})
"""Items that begin without anything in them."""


class OpenAIResponses:
    """Responses, passed through."""

    def __init__(self, *, keeps: bool = False) -> None:
        self._keeps = keeps

    def outgoing(self, asked: Asked, *, model: str) -> Outgoing:
        """Put the target's model in; raises Refusal for what a target cannot keep."""
        body = with_model(asked, model)
        if self._keeps:
            return Outgoing(PATH, body)
        if asked.stored:
            name = asked.stored
            raise invalid("unsupported_parameter", name, "keeps_nothing", name=name)
        body = whole(body)
        if b'"store"' not in body and not has_escapes(body):
            return Outgoing(PATH, with_first(body, KEEP_NOTHING))
        return Outgoing(PATH, with_fields(body, {"store": False}))

    def answer(self, body: bytes, asked: Asked) -> Answer:  # noqa: ARG002 - a `Dialect`
        """Read tokens, finish and id; the body stays as it came."""
        try:
            whole = WHOLE.decode(body)
        except BROKEN as error:
            raise Unreadable(str(error)) from error
        failing = whole.status == "failed"
        told = whole.error or OpenAIError()
        return Answer(
            body=body,
            usage=whole.usage.sorted if whole.usage else None,
            finish=whole.finish,
            upstream_id=whole.id,
            failure=failure_named(told) if failing else None,
            said=told.said if failing else "",
        )

    def reading(self, asked: Asked) -> Reading:  # noqa: ARG002 - a `Dialect`
        """Begin to read a stream."""
        return _Stream()

    def failed(
        self, status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
    ) -> Failed:
        """Sort an error."""
        return failed_of(status, headers, body, now=now)


class _Stream:
    def __init__(self) -> None:
        self._events = Events()

    def plain(self) -> Plain | None:
        return None if self._events.rest else tells_text

    def around(self) -> None:
        """Each event tells where it stands: none is like another."""

    def feed(self, chunk: bytes) -> list[Piece]:
        try:
            return [self._piece(event) for event in self._events.feed(chunk)]
        except TooLong as error:
            raise Unreadable(str(error)) from error

    def _piece(self, event: Event) -> Piece:
        if not event.data:
            return Piece(forward=event.raw)
        try:
            said = SAID.decode(event.data)
        except BROKEN as error:
            raise Unreadable(str(error)) from error
        if said.type.endswith(".delta"):
            return Piece(forward=event.raw, content=True)
        if said.type == "response.output_item.added" and isinstance(said.item, _Item):
            return Piece(forward=event.raw, content=said.item.type not in WORDLESS)
        if said.type == "error":
            told = OpenAIError(message=said.message, code=said.code)
            return Piece(forward=b"", failure=failure_named(told), said=told.said)
        if not isinstance(said.response, _Whole):
            return Piece(forward=event.raw)
        return _of_response(event, said.type, said.response)


def tells_text(event: bytes) -> bool:
    """Whether this is one event that tells nothing but a piece of an answer."""
    data = only_data(event)
    try:
        return data != b"" and SAID.decode(data).type.endswith(".delta")
    except BROKEN:
        return False


def _of_response(event: Event, kind: str, response: _Whole) -> Piece:
    if kind == "response.failed":
        told = response.error or OpenAIError()
        return Piece(forward=b"", failure=failure_named(told), said=told.said)
    if kind in ENDS:
        return Piece(
            forward=event.raw,
            usage=response.usage.sorted if response.usage else None,
            finish=response.finish,
            upstream_id=response.id,
            done=True,
        )
    return Piece(forward=event.raw, upstream_id=response.id)
