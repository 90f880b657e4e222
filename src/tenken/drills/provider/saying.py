"""What the fake provider says, in OpenAI's shape: its own text, and figures anybody can check.

Written after OpenAI's public API reference (chat completions, streaming, errors), read 2026-11.
"""

import msgspec
from msgspec import Struct

CREATED = 1_790_000_000
ANSWER = "This answer was written by a fake provider."
PIECE = 8
"""Characters in one piece of a stream."""


class Telling(Struct, frozen=True, kw_only=True):
    """An answer: its words, why it ends, and its figures."""

    number: int
    model: str
    text: str
    finish: str = "stop"
    input_tokens: int
    tells_usage: bool = True

    @property
    def output_tokens(self) -> int:
        """A quarter of the characters: a figure that anybody can work out again."""
        return max(1, len(self.text) // 4) if self.text else 0

    @property
    def usage(self) -> dict[str, int]:
        """The figures as OpenAI tells them."""
        return {
            "prompt_tokens": self.input_tokens,
            "completion_tokens": self.output_tokens,
            "total_tokens": self.input_tokens + self.output_tokens,
        }


def whole(telling: Telling) -> bytes:
    """Give the body of a whole answer."""
    said: dict[str, object] = {
        "id": f"chatcmpl-fake-{telling.number}",
        "object": "chat.completion",
        "created": CREATED,
        "model": telling.model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": telling.text},
                "finish_reason": telling.finish,
            }
        ],
    }
    if telling.tells_usage:
        said["usage"] = telling.usage
    return msgspec.json.encode(said)


def pieces(telling: Telling, *, usage_asked: bool) -> list[bytes]:
    """Give the events of a stream: role, text in small pieces, finish, figures, end."""
    parts = [telling.text[at : at + PIECE] for at in range(0, len(telling.text), PIECE)]
    events = [_chunk(telling, {"role": "assistant", "content": ""}, None)]
    events += [_chunk(telling, {"content": part}, None) for part in parts]
    events.append(_chunk(telling, {}, telling.finish))
    if usage_asked and telling.tells_usage:
        events.append(_event({**_head(telling), "choices": [], "usage": telling.usage}))
    return [*events, b"data: [DONE]\n\n"]


def error(status: int) -> bytes:
    """Give the body of an error."""
    kind = "server_error" if status >= 500 else "invalid_request_error"
    code = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}.get(status)
    message = f"The fake provider was told to answer {status}."
    return msgspec.json.encode(
        {"error": {"message": message, "type": kind, "param": None, "code": code}}
    )


def _head(telling: Telling) -> dict[str, object]:
    return {
        "id": f"chatcmpl-fake-{telling.number}",
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": telling.model,
    }


def _chunk(telling: Telling, delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _event({**_head(telling), "choices": [choice]})


def _event(chunk: dict[str, object]) -> bytes:
    return b"data: " + msgspec.json.encode(chunk) + b"\n\n"
