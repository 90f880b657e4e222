"""Anthropic's messages.

Written after Anthropic's public API reference (messages, streaming, errors), read 2026-11.
"""

import msgspec
from msgspec import Raw, Struct

from tenken.drills.provider.dialects.dialect import BROKEN, EVENTS, Refusing, message_of, named
from tenken.drills.provider.hearing import NOTHING, Heard, Spoken, system, turns_of
from tenken.drills.provider.telling import PADDING, Telling

FINISH = {"stop": "end_turn", "length": "max_tokens", "content_filter": "refusal"}
TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class _Body(Struct):
    model: str = ""
    messages: list[Spoken] = []
    system: Raw = NOTHING
    stream: bool = False


class AnthropicMessages:
    """A `Dialect`."""

    streams_as = EVENTS
    malformed = b"event: content_block_delta\ndata: " + BROKEN + b"\n\n"
    overloaded = named("error", error={"type": "overloaded_error", "message": "Overloaded"})
    wrong = b'{"data":[],"has_more":false}'

    def heard(self, body: bytes) -> Heard:
        """Read a request."""
        asked = msgspec.json.decode(body, type=_Body)
        return Heard(
            model=asked.model,
            stream=asked.stream,
            turns=(*system(asked.system), *turns_of(asked.messages)),
        )

    def whole(self, telling: Telling) -> bytes:
        """Give a whole answer."""
        said = _message(telling, [{"type": "text", "text": telling.text}] if telling.text else [])
        said["stop_reason"] = FINISH[telling.finish]
        if telling.tells_usage:
            said["usage"] = _usage(telling, telling.output_tokens)
        if telling.padding:
            said["padding"] = PADDING * (telling.padding // len(PADDING))
        return msgspec.json.encode(said)

    def pieces(self, telling: Telling) -> list[bytes]:
        """Give the message, its block with text in small pieces, figures, end."""
        begun = _message(telling, [])
        ended: dict[str, object] = {
            "delta": {"stop_reason": FINISH[telling.finish], "stop_sequence": None}
        }
        if telling.tells_usage:
            begun["usage"] = _usage(telling, 1)
            ended["usage"] = {"output_tokens": telling.output_tokens}
        return [
            named("message_start", message=begun),
            named("content_block_start", index=0, content_block={"type": "text", "text": ""}),
            *(self.part(part) for part in telling.parts),
            named("content_block_stop", index=0),
            named("message_delta", **ended),
            named("message_stop"),
        ]

    def part(self, text: str) -> bytes:
        """Give one event with text."""
        return named("content_block_delta", index=0, delta={"type": "text_delta", "text": text})

    def padding(self, size: int) -> bytes:
        """Give one event of that size."""
        return named("ping", padding=PADDING * (size // len(PADDING)))

    def refusing(self, status: int) -> Refusing:
        """Give an error."""
        kind = TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")
        error = {"type": kind, "message": message_of(status)}
        return Refusing(msgspec.json.encode({"type": "error", "error": error}))


def _message(telling: Telling, content: list[dict[str, object]]) -> dict[str, object]:
    return {
        "id": f"msg-fake-{telling.number}",
        "type": "message",
        "role": "assistant",
        "model": telling.model,
        "content": content,
        "stop_reason": None,
        "stop_sequence": None,
    }


def _usage(telling: Telling, output: int) -> dict[str, int]:
    return {
        "input_tokens": telling.read_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": output,
    }
