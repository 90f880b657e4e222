"""Embeddings on both sides: OpenAI and everything compatible with it. Bytes pass through.

Source: OpenAI's API reference (embeddings) and the types of its Python client 3.51, read 2026-11.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Raw, Struct

from tenken.wire.asked import Asked
from tenken.wire.dialect import BROKEN, Answer, Failed, Outgoing, Reading, Unreadable
from tenken.wire.dialects.openai_errors import failed_of
from tenken.wire.splice import with_model
from tenken.wire.usage import Count, Usage

PATH = "/embeddings"


class _Usage(Struct):
    prompt_tokens: Count = 0


class _Whole(Struct):
    data: list[Raw]
    usage: _Usage | None = None


WHOLE = msgspec.json.Decoder(_Whole)


class OpenAIEmbeddings:
    """Embeddings, passed through."""

    def outgoing(self, asked: Asked, *, model: str) -> Outgoing:
        """Put the target's model in."""
        return Outgoing(PATH, with_model(asked, model))

    def answer(self, body: bytes, asked: Asked) -> Answer:
        """Read the tokens; a vector for each input, or it is no answer."""
        try:
            whole = WHOLE.decode(body)
        except BROKEN as error:
            raise Unreadable(str(error)) from error
        if len(whole.data) != asked.choices:
            raise Unreadable(f"{len(whole.data)} vectors for {asked.choices} inputs")
        told = whole.usage
        usage = (
            Usage(input=told.prompt_tokens, source="provider")
            if told
            else Usage(input=asked.input_estimate, source="estimated")
        )
        return Answer(body=body, usage=usage, finish="stop")

    def reading(self, asked: Asked) -> Reading:
        """Embeddings are never streamed."""
        raise Unreadable(f"{asked.api} has no streams")

    def failed(
        self, status: int, headers: Mapping[bytes, bytes], body: bytes, *, now: datetime
    ) -> Failed:
        """Sort an error."""
        return failed_of(status, headers, body, now=now)
