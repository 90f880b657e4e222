"""Amazon Bedrock's Converse and its event stream; the model stands in the path.

Written after Amazon's public API reference (Converse, ConverseStream, event stream encoding), read
2026-11. Signatures are not checked: only the digits of the header are kept.
"""

import msgspec
from msgspec import Raw, Struct

from tenken.drills.provider.dialects.dialect import BROKEN, Refusing, message_of
from tenken.drills.provider.hearing import NOTHING, Heard, Spoken, system, turns_of
from tenken.drills.provider.telling import PADDING, Telling
from tenken.wire.frames import framed

FINISH = {"stop": "end_turn", "length": "max_tokens", "content_filter": "content_filtered"}
TYPES = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    503: "ServiceUnavailableException",
}
JSON = {":content-type": "application/json"}


class _Body(Struct):
    messages: list[Spoken] = []
    system: Raw = NOTHING


class Bedrock:
    """A `Dialect`."""

    streams_as = b"application/vnd.amazon.eventstream"
    malformed = framed(BROKEN, {":event-type": "contentBlockDelta", ":message-type": "event"})
    """A frame in good order whose payload is none."""
    overloaded = framed(
        b'{"message":"Overloaded"}',
        {":exception-type": "serviceUnavailableException", ":message-type": "exception", **JSON},
    )
    wrong = b'{"modelSummaries":[]}'

    def heard(self, body: bytes) -> Heard:
        """Read a request."""
        asked = msgspec.json.decode(body, type=_Body)
        return Heard(turns=(*system(asked.system), *turns_of(asked.messages)))

    def whole(self, telling: Telling) -> bytes:
        """Give a whole answer."""
        content = [{"text": telling.text}] if telling.text else []
        said: dict[str, object] = {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": FINISH[telling.finish],
            "metrics": {"latencyMs": 1},
        }
        if telling.tells_usage:
            said["usage"] = _usage(telling)
        if telling.padding:
            said["padding"] = PADDING * (telling.padding // len(PADDING))
        return msgspec.json.encode(said)

    def pieces(self, telling: Telling) -> list[bytes]:
        """Give the message, its block with text in small pieces, stop, figures."""
        figures: dict[str, object] = {"metrics": {"latencyMs": 1}}
        if telling.tells_usage:
            figures["usage"] = _usage(telling)
        return [
            _frame("messageStart", {"role": "assistant"}),
            *(self.part(part) for part in telling.parts),
            _frame("contentBlockStop", {"contentBlockIndex": 0}),
            _frame("messageStop", {"stopReason": FINISH[telling.finish]}),
            _frame("metadata", figures),
        ]

    def part(self, text: str) -> bytes:
        """Give one frame with text."""
        return _frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}})

    def padding(self, size: int) -> bytes:
        """Give one frame of that size."""
        return _frame("padding", {"padding": PADDING * (size // len(PADDING))})

    def refusing(self, status: int) -> Refusing:
        """Give an error; its type stands in a header."""
        kind = TYPES.get(status, "InternalServerException")
        body = msgspec.json.encode({"message": message_of(status)})
        return Refusing(body, ((b"x-amzn-errortype", kind.encode()),))


def _frame(name: str, data: object) -> bytes:
    head = {":event-type": name, ":message-type": "event", **JSON}
    return framed(msgspec.json.encode(data), head)


def _usage(telling: Telling) -> dict[str, int]:
    return {
        "inputTokens": telling.read_tokens,
        "outputTokens": telling.output_tokens,
        "totalTokens": telling.read_tokens + telling.output_tokens,
    }
