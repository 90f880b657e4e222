"""Chat completions on both sides: OpenAI and everything compatible with it.

Bytes pass through; the model's name is put in by position, and streams are always asked for their
usage: the event that tells it is held back from a caller who did not ask.

Source: OpenAI's API reference (chat completions, streaming, errors), read 2026-11.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Raw, Struct

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
from tenken.wire.dialects.openai_errors import (
    OpenAIError,
    bare_error,
    failed_of,
    failure_named,
)
from tenken.wire.splice import FIELDS, has_escapes, whole, with_fields, with_first, with_model
from tenken.wire.sse import Event, TooLong, only_data
from tenken.wire.usage import Count, Usage

PATH = "/chat/completions"
DONE = b"[DONE]"
USAGE_OPTION = b'"stream_options":{"include_usage":true}'


class _Details(Struct):
    cached_tokens: Count | None = None
    reasoning_tokens: Count | None = None


class TokensTold(Struct):
    """Tokens as they are told."""

    prompt_tokens: Count = 0
    completion_tokens: Count = 0
    prompt_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None


class _Message(Struct):
    content: str | None = None
    tool_calls: list[Raw] | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: object = None
    """The same under the name that vLLM, Ollama and OpenRouter give it, in whatever form."""


class _Choice(Struct):
    message: _Message | None = None
    delta: _Message | None = None
    finish_reason: str | None = None


class _Whole(Struct):
    id: str | None = None
    choices: list[_Choice] | None = None
    usage: TokensTold | None = None
    error: OpenAIError | None = None


WHOLE = msgspec.json.Decoder(_Whole)


class OpenAIChat:
    """Chat completions, passed through."""

    def outgoing(self, asked: Asked, *, model: str) -> Outgoing:
        """Put the target's model in, and ask a stream for its usage."""
        body = with_model(asked, model)
        if asked.stream and not asked.wants_usage:
            body = _with_usage(whole(body))
        return Outgoing(PATH, body)

    def answer(self, body: bytes, asked: Asked) -> Answer:  # noqa: ARG002 - a `Dialect`
        """Read tokens, finish and id; the body stays as it came."""
        return whole_answer(body)

    def reading(self, asked: Asked) -> Reading:
        """Begin to read a stream."""
        return _Stream(tell_usage=asked.wants_usage)

    def failed(
        self, status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
    ) -> Failed:
        """Sort an error."""
        return failed_of(status, headers, body, now=now)


def whole_answer(body: bytes) -> Answer:
    """Read a whole answer; raises Unreadable."""
    try:
        whole = WHOLE.decode(body)
    except BROKEN as error:
        raise Unreadable(str(error)) from error
    if whole.choices is None:
        raise Unreadable("no choices in the answer")
    choices = whole.choices
    return Answer(
        body=body,
        usage=sorted_usage(whole.usage),
        finish=(choices[0].finish_reason or "") if choices else "",
        upstream_id=whole.id or "",
    )


CONTENT = b'"content":"'


class _Stream:
    def __init__(self, *, tell_usage: bool) -> None:
        self._skim = Skim(CONTENT)
        self._tell_usage = tell_usage
        self._id = ""

    def plain(self) -> Plain | None:
        """Compare what comes; of what differs, one event at a time is read."""
        return self._skim.plain(self._tells_text)

    def around(self) -> Around | None:
        return self._skim.around()

    def feed(self, chunk: bytes) -> list[Piece]:
        """Give pieces; events that hold nothing but text are one, as many as come together."""
        pieces: list[Piece] = []
        texts: list[bytes] = []
        try:
            for part in self._skim.feed(chunk):
                piece = None if isinstance(part, bytes) else self._piece(part)
                if piece is None:
                    texts.append(part if isinstance(part, bytes) else part.raw)
                    continue
                if texts:
                    pieces.append(_text(texts))
                    texts = []
                pieces.append(piece)
        except TooLong as error:
            raise Unreadable(str(error)) from error
        if texts:
            pieces.append(_text(texts))
        return pieces

    def _tells_text(self, event: bytes) -> bool:
        """Whether this is one event that tells nothing but text."""
        data = only_data(event)
        try:
            return data.startswith(b"{") and self._is_text(WHOLE.decode(data))
        except BROKEN:
            return False

    def _is_text(self, chunk: _Whole) -> bool:
        choices = chunk.choices
        if choices is None or len(choices) != 1 or chunk.id != self._id:
            return False
        one, told = choices[0], chunk.usage is not None or chunk.error is not None
        return not told and one.finish_reason is None and _has_content(one.delta)

    def _piece(self, event: Event) -> Piece | None:
        """Read an event; None where it tells nothing but text, as nearly all do."""
        if not event.data or event.data == DONE:
            return Piece(forward=event.raw, done=event.data == DONE)
        try:
            chunk = WHOLE.decode(event.data)
        except BROKEN as error:
            raise Unreadable(str(error)) from error
        told = chunk.error
        if told is None and chunk.choices is None:
            told = bare_error(event.data)
        if told is not None:
            return Piece(forward=b"", failure=failure_named(told), said=told.said)
        if self._is_text(chunk):
            self._skim.learn(event.raw)
            return None
        choices = chunk.choices or ()
        self._id = chunk.id or ""
        held_back = chunk.usage is not None and not choices and not self._tell_usage
        return Piece(
            forward=b"" if held_back else event.raw,
            content=any(_has_content(choice.delta) for choice in choices),
            usage=sorted_usage(chunk.usage),
            finish=next((one.finish_reason for one in choices if one.finish_reason), ""),
            upstream_id=self._id,
        )


def _text(events: list[bytes]) -> Piece:
    forward = events[0] if len(events) == 1 else b"".join(events)
    return Piece(forward=forward, content=True)


def _has_content(delta: _Message | None) -> bool:
    return delta is not None and bool(
        delta.content
        or delta.tool_calls
        or delta.refusal
        or delta.reasoning_content
        or delta.reasoning
    )


def sorted_usage(told: TokensTold | None) -> Usage | None:
    """Sort the numbers: cached tokens are among the prompt's, reasoning among the answer's."""
    if told is None:
        return None
    read, written = told.prompt_tokens_details, told.completion_tokens_details
    if read is None and written is None:
        return Usage(input=told.prompt_tokens, output=told.completion_tokens, source="provider")
    cached = min((read.cached_tokens or 0) if read else 0, told.prompt_tokens)
    thought = min((written.reasoning_tokens or 0) if written else 0, told.completion_tokens)
    return Usage(
        input=told.prompt_tokens - cached,
        cache_read=cached,
        output=told.completion_tokens - thought,
        reasoning=thought,
        source="provider",
    )


def _with_usage(body: bytes) -> bytes:
    if b'"stream_options"' not in body and not has_escapes(body):
        return with_first(body, USAGE_OPTION)
    fields = FIELDS.decode(body)
    options = msgspec.json.decode(fields.get("stream_options", Raw(b"{}"))) or {}
    return with_fields(body, {"stream_options": {**options, "include_usage": True}})
