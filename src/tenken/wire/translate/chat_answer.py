"""Answers as OpenAI's chat completions tell them, written from what another provider told.

`created` is 0: the other APIs do not tell when they answered.
"""

from typing import Final

import msgspec

from tenken.wire.asked import Asked
from tenken.wire.translate.chat_caller import read
from tenken.wire.translate.conversation import Conversation
from tenken.wire.translate.told import (
    Begun,
    CallBegun,
    CallPart,
    Ended,
    Failing,
    Finish,
    Part,
    TextPart,
    Told,
)
from tenken.wire.translate.translated import Writing
from tenken.wire.usage import Usage

FINISH: Final[dict[Finish, str]] = {
    "stop": "stop",
    "length": "length",
    "tools": "tool_calls",
    "filter": "content_filter",
}
DONE = b"data: [DONE]\n\n"


class ChatCaller:
    """A `Caller` that speaks chat completions."""

    def conversation(self, asked: Asked) -> Conversation:
        """Read what is said."""
        return read(asked)

    def whole(self, told: Told, asked: Asked) -> bytes:
        """Write a whole answer."""
        message: dict[str, object] = {"role": "assistant", "content": told.text or None}
        if told.calls:
            message["tool_calls"] = [
                {
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": bytes(call.arguments).decode()},
                }
                for call in told.calls
            ]
        choice = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": FINISH[told.finish],
        }
        body = {
            "id": told.id,
            "object": "chat.completion",
            "created": 0,
            "model": told.model or asked.model,
            "choices": [choice],
        }
        if told.usage is not None:
            body["usage"] = usage_of(told.usage)
        return msgspec.json.encode(body)

    def writing(self, asked: Asked) -> Writing:
        """Begin to write a stream."""
        return _Chunks(asked)


class _Chunks:
    def __init__(self, asked: Asked) -> None:
        self._id = ""
        self._model = asked.model
        self._tell_usage = asked.wants_usage
        self._call = -1

    def write(self, part: Part) -> bytes:
        match part:
            case Begun(id=id_, model=model):
                self._id, self._model = id_, model or self._model
                return self._chunk({"role": "assistant", "content": ""})
            case TextPart(text=text):
                return self._chunk({"content": text})
            case CallBegun(id=id_, name=name):
                self._call += 1
                function = {"name": name, "arguments": ""}
                return self._tool({"id": id_, "type": "function", "function": function})
            case CallPart(json=json):
                return self._tool({"function": {"arguments": json}})
            case Ended(finish=finish, usage=usage):
                return self._chunk({}, FINISH[finish]) + self._told(usage) + DONE
            case Failing():
                return b""

    def _tool(self, call: dict[str, object]) -> bytes:
        return self._chunk({"tool_calls": [{"index": self._call, **call}]})

    def _chunk(self, delta: dict[str, object], finish: str | None = None) -> bytes:
        return self._event([{"index": 0, "delta": delta, "finish_reason": finish}])

    def _told(self, usage: Usage | None) -> bytes:
        if usage is None or not self._tell_usage:
            return b""
        return self._event([], usage=usage_of(usage))

    def _event(self, choices: list[object], **more: object) -> bytes:
        chunk = {
            "id": self._id,
            "object": "chat.completion.chunk",
            "created": 0,
            "model": self._model,
            "choices": choices,
            **more,
        }
        return b"data: " + msgspec.json.encode(chunk) + b"\n\n"


def usage_of(usage: Usage) -> dict[str, object]:
    """Give tokens as OpenAI tells them: cached and thought ones are among the totals."""
    return {
        "prompt_tokens": usage.read,
        "completion_tokens": usage.written,
        "total_tokens": usage.total,
        "prompt_tokens_details": {"cached_tokens": usage.cache_read},
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning},
    }
