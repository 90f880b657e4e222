"""Anthropic's messages on both sides. Bytes pass through; the model's name is put in by position.

Source: Anthropic's API reference (messages, streaming) and the types of its Python client 2.8,
read 2026-11. Its input tokens hold none of the cached ones, so the classes are told apart already.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import UNSET, Struct, UnsetType

from tenken.wire.alike import Skim
from tenken.wire.asked import Asked
from tenken.wire.dialect import (
    BROKEN,
    Answer,
    Around,
    Failed,
    Outgoing,
    Piece,
    Plain,
    Reading,
    Unreadable,
)
from tenken.wire.dialects.anthropic_errors import SAID_MAX, AnthropicError, failed_of
from tenken.wire.splice import with_model
from tenken.wire.sse import Event, TooLong, only_data
from tenken.wire.usage import Count, Usage

PATH = "/messages"


class _Details(Struct):
    thinking_tokens: Count | None = None


class _Kept(Struct):
    """How long what went into the cache stays: parts of `cache_creation_input_tokens`."""

    ephemeral_1h_input_tokens: Count | None = None


class TokensTold(Struct):
    """Tokens as they are told; None for what a later event leaves as it was."""

    input_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None
    cache_creation: _Kept | None = None
    output_tokens: Count | None = None
    output_tokens_details: _Details | None = None

    def over(self, earlier: "TokensTold") -> "TokensTold":
        """Give what is known after an earlier event and this one; the figures are totals."""
        return TokensTold(
            *[
                was if now is None else now
                for now, was in zip(
                    msgspec.structs.astuple(self), msgspec.structs.astuple(earlier), strict=True
                )
            ]
        )

    @property
    def usage(self) -> Usage | None:
        """Sorted: thinking is part of what was written; None where nothing is told."""
        if self.input_tokens is None and self.output_tokens is None:
            return None
        written = self.output_tokens or 0
        details = self.output_tokens_details
        thought = min((details.thinking_tokens or 0) if details else 0, written)
        kept = self.cache_creation_input_tokens or 0
        parts = self.cache_creation
        an_hour = min((parts.ephemeral_1h_input_tokens or 0) if parts else 0, kept)
        return Usage(
            input=self.input_tokens or 0,
            cache_read=self.cache_read_input_tokens or 0,
            cache_write=kept - an_hour,
            cache_write_hour=an_hour,
            output=written - thought,
            reasoning=thought,
            source="provider",
        )


class _Block(Struct):
    type: str
    text: str | None = None


class _Whole(Struct):
    id: str
    content: list[_Block]
    stop_reason: str | None = None
    usage: TokensTold | None = None


class _Begun(Struct):
    id: str = ""
    usage: TokensTold | None = None


class _Change(Struct):
    type: str | None = None
    stop_reason: str | None = None


class _Said(Struct):
    type: str
    message: _Begun | UnsetType = UNSET
    content_block: _Block | UnsetType = UNSET
    delta: _Change | UnsetType = UNSET
    usage: TokensTold | UnsetType = UNSET
    error: AnthropicError | UnsetType = UNSET


WHOLE = msgspec.json.Decoder(_Whole)
SAID = msgspec.json.Decoder(_Said)
TEXT = b'"text":"'
DELTA = b"event: content_block_delta\n"
EMPTY_AT_FIRST = frozenset({"text", "thinking"})


class AnthropicMessages:
    """Messages, passed through."""

    def outgoing(self, asked: Asked, *, model: str) -> Outgoing:
        """Put the target's model in; version and betas are the caller's."""
        return Outgoing(PATH, with_model(asked, model), asked.headers)

    def answer(self, body: bytes, asked: Asked) -> Answer:  # noqa: ARG002 - a `Dialect`
        """Read tokens, stop and id; the body stays as it came."""
        try:
            whole = WHOLE.decode(body)
        except BROKEN as error:
            raise Unreadable(str(error)) from error
        return Answer(
            body=body,
            usage=whole.usage.usage if whole.usage else None,
            finish=whole.stop_reason or "",
            upstream_id=whole.id,
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
        self._skim = Skim(TEXT)
        self._told = TokensTold()

    def plain(self) -> Plain | None:
        return self._skim.plain(tells_text)

    def around(self) -> Around | None:
        return self._skim.around()

    def feed(self, chunk: bytes) -> list[Piece]:
        try:
            return [
                text_of(part) if isinstance(part, bytes) else self._piece(part)
                for part in self._skim.feed(chunk)
            ]
        except TooLong as error:
            raise Unreadable(str(error)) from error

    def _piece(self, event: Event) -> Piece:
        if event.name == b"ping" or not event.data:
            return Piece(forward=event.raw)
        try:
            said = SAID.decode(event.data)
        except BROKEN as error:
            raise Unreadable(str(error)) from error
        match said.type:
            case "content_block_delta":
                self._skim.learn(event.raw)
                return Piece(forward=event.raw, content=True)
            case "content_block_start":
                block = said.content_block
                begun = isinstance(block, _Block) and block.type not in EMPTY_AT_FIRST
                return Piece(forward=event.raw, content=begun)
            case "message_start" if isinstance(said.message, _Begun):
                self._told = said.message.usage or self._told
                return Piece(forward=event.raw, upstream_id=said.message.id)
            case "message_delta":
                return self._end(event, said)
            case "message_stop":
                return Piece(forward=event.raw, done=True)
            case "error":
                told = said.error if isinstance(said.error, AnthropicError) else AnthropicError()
                return Piece(forward=b"", failure=told.failure, said=told.message[:SAID_MAX])
            case _:
                return Piece(forward=event.raw)

    def _end(self, event: Event, said: _Said) -> Piece:
        if isinstance(said.usage, TokensTold):
            self._told = said.usage.over(self._told)
        change = said.delta if isinstance(said.delta, _Change) else _Change()
        finish = change.stop_reason or ""
        return Piece(forward=event.raw, usage=self._told.usage, finish=finish)


def tells_text(event: bytes) -> bool:
    """Whether this is one event that tells nothing but a piece of an answer."""
    data = only_data(event) if event.startswith(DELTA) else b""
    try:
        return data != b"" and SAID.decode(data).type == "content_block_delta"
    except BROKEN:
        return False


def text_of(events: bytes) -> Piece:
    """Give events that are nothing but text."""
    return Piece(forward=events, content=True)
