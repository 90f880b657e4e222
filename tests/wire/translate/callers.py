"""The two APIs whose callers are answered by other providers."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from tenken.wire.api import Api
from tenken.wire.asked import Asked, BodyLimits
from tenken.wire.dialect import Dialect, Piece
from tenken.wire.requests import chat, messages
from tests.wire.translate import golden
from tests.wire.translate.answers import (
    Said,
    heard_from_chat,
    heard_from_chunks,
    heard_from_events,
    heard_from_message,
)

NONE: Mapping[str, object] = {}


class Calling(Struct, frozen=True):
    """One caller's API: how it asks, and how it hears."""

    api: Api
    golden: Mapping[str, object]
    whole: Callable[[bytes], Said]
    stream: Callable[[bytes], Said]
    streaming: Mapping[str, object]

    def asked(self, more: Mapping[str, object] = NONE) -> Asked:
        """The golden request, with other fields."""
        body = golden.body({**self.golden, **more})
        read = chat.read if self.api is Api.CHAT else messages.read
        return read(body, limits=BodyLimits())

    def pieces(self, dialect: Dialect, sent: bytes, *, size: int = 1 << 20) -> list[Piece]:
        """A stream as it is handed on, cut into pieces of that size."""
        reading = dialect.reading(self.asked(self.streaming))
        return [
            piece
            for begin in range(0, len(sent), size)
            for piece in reading.feed(sent[begin : begin + size])
        ]


CHAT = Calling(
    Api.CHAT,
    golden.CHAT,
    heard_from_chat,
    heard_from_chunks,
    {"stream": True, "stream_options": {"include_usage": True}},
)
MESSAGES = Calling(
    Api.MESSAGES, golden.MESSAGES, heard_from_message, heard_from_events, {"stream": True}
)
BOTH = [CHAT, MESSAGES]
