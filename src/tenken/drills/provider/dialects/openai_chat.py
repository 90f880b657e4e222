"""OpenAI's chat completions, and everything compatible with them.

Written after OpenAI's public API reference (chat completions, streaming, errors), read 2026-11.
"""

import msgspec
from msgspec import Struct

from tenken.drills.provider.dialects.dialect import BROKEN, EVENTS, Refusing, event
from tenken.drills.provider.dialects.openai_errors import OVERLOADED, WRONG, refusing
from tenken.drills.provider.hearing import Heard, Spoken, turns_of
from tenken.drills.provider.telling import CREATED, PADDING, Telling

DONE = b"data: [DONE]\n\n"


class _StreamOptions(Struct):
    include_usage: bool = False


class _Body(Struct):
    model: str = ""
    messages: list[Spoken] = []
    stream: bool = False
    stream_options: _StreamOptions | None = None


class OpenAIChat:
    """A `Dialect`."""

    streams_as = EVENTS
    malformed = b"data: " + BROKEN + b"\n\n"
    overloaded = event({"error": OVERLOADED})
    wrong = WRONG

    def heard(self, body: bytes) -> Heard:
        """Read a request."""
        asked = msgspec.json.decode(body, type=_Body)
        return Heard(
            model=asked.model,
            stream=asked.stream,
            usage_asked=bool(asked.stream_options and asked.stream_options.include_usage),
            turns=turns_of(asked.messages),
        )

    def whole(self, telling: Telling) -> bytes:
        """Give a whole answer."""
        message = {"role": "assistant", "content": telling.text, "refusal": None}
        choice = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": telling.finish,
        }
        said = {**_head(telling), "object": "chat.completion", "choices": [choice]}
        if telling.tells_usage:
            said["usage"] = _usage(telling)
        if telling.padding:
            said["padding"] = PADDING * (telling.padding // len(PADDING))
        return msgspec.json.encode(said)

    def pieces(self, telling: Telling) -> list[bytes]:
        """Give role, text in small pieces, finish, figures, end."""
        events = [_chunk(telling, {"role": "assistant", "content": ""}, None)]
        events += [_chunk(telling, {"content": part}, None) for part in telling.parts]
        events.append(_chunk(telling, {}, telling.finish))
        if telling.tells:
            events.append(event({**_head(telling), "choices": [], "usage": _usage(telling)}))
        return [*events, DONE]

    def part(self, text: str) -> bytes:
        """Give one event with text."""
        return event({"choices": [{"index": 0, "delta": {"content": text}}]})

    def padding(self, size: int) -> bytes:
        """Give one event of that size."""
        return event({"choices": [], "padding": PADDING * (size // len(PADDING))})

    def refusing(self, status: int) -> Refusing:
        """Give an error."""
        return refusing(status)


def _head(telling: Telling) -> dict[str, object]:
    return {
        "id": f"chatcmpl-fake-{telling.number}",
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": telling.model,
    }


def _usage(telling: Telling) -> dict[str, int]:
    return {
        "prompt_tokens": telling.read_tokens,
        "completion_tokens": telling.output_tokens,
        "total_tokens": telling.read_tokens + telling.output_tokens,
    }


def _chunk(telling: Telling, delta: dict[str, str], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return event({**_head(telling), "choices": [choice]})
