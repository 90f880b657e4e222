"""Answers as Anthropic's messages tell them, written from what another provider told."""

from typing import Final

import msgspec

from tenken.wire.asked import Asked
from tenken.wire.translate.conversation import Conversation
from tenken.wire.translate.messages_caller import read
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

REASON: Final[dict[Finish, str]] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tools": "tool_use",
    "filter": "refusal",
}


class MessagesCaller:
    """A `Caller` that speaks messages."""

    def conversation(self, asked: Asked) -> Conversation:
        """Read what is said."""
        return read(asked)

    def whole(self, told: Told, asked: Asked) -> bytes:
        """Write a whole answer."""
        content: list[object] = [{"type": "text", "text": told.text}] if told.text else []
        content += [
            {"type": "tool_use", "id": call.id, "name": call.name, "input": call.arguments}
            for call in told.calls
        ]
        return msgspec.json.encode(
            {
                **_message(told.id, told.model or asked.model),
                "content": content,
                "stop_reason": REASON[told.finish],
                "usage": usage_of(told.usage),
            }
        )

    def writing(self, asked: Asked) -> Writing:
        """Begin to write a stream."""
        return _Events(asked)


class _Events:
    """Writes events: each block begins, is told in parts, and stops before the next one."""

    def __init__(self, asked: Asked) -> None:
        self._model = asked.model
        self._index = -1
        self._open = ""

    def write(self, part: Part) -> bytes:
        match part:
            case Begun(id=id_, model=model):
                message = _message(id_, model or self._model)
                return _event("message_start", message={**message, "usage": usage_of(None)})
            case TextPart(text=text):
                begun = b"" if self._open == "text" else self._begin({"type": "text", "text": ""})
                return begun + self._delta({"type": "text_delta", "text": text})
            case CallBegun(id=id_, name=name):
                return self._begin({"type": "tool_use", "id": id_, "name": name, "input": {}})
            case CallPart(json=json):
                return self._delta({"type": "input_json_delta", "partial_json": json})
            case Ended(finish=finish, usage=usage):
                delta = {"stop_reason": REASON[finish], "stop_sequence": None}
                told = _event("message_delta", delta=delta, usage=usage_of(usage))
                return self._stop() + told + _event("message_stop")
            case Failing():
                return b""

    def _begin(self, block: dict[str, object]) -> bytes:
        stopped = self._stop()
        self._index += 1
        self._open = str(block["type"])
        begun = _event("content_block_start", index=self._index, content_block=block)
        return stopped + begun

    def _delta(self, delta: dict[str, object]) -> bytes:
        return _event("content_block_delta", index=self._index, delta=delta)

    def _stop(self) -> bytes:
        if not self._open:
            return b""
        self._open = ""
        return _event("content_block_stop", index=self._index)


def _message(id_: str, model: str) -> dict[str, object]:
    return {
        "id": id_,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }


def _event(name: str, **data: object) -> bytes:
    said = msgspec.json.encode({"type": name, **data})
    return b"event: " + name.encode() + b"\ndata: " + said + b"\n\n"


def usage_of(usage: Usage | None) -> dict[str, object]:
    """Give tokens as Anthropic tells them: the input without the cached ones."""
    told = usage or Usage()
    return {
        "input_tokens": told.input,
        "cache_read_input_tokens": told.cache_read,
        "cache_creation_input_tokens": told.cache_write + told.cache_write_hour,
        "cache_creation": {
            "ephemeral_5m_input_tokens": told.cache_write,
            "ephemeral_1h_input_tokens": told.cache_write_hour,
        },
        "output_tokens": told.written,
        "output_tokens_details": {"thinking_tokens": told.reasoning},
    }
