"""An answer that no model has given: a text of the operator, in the shape of each API.

Source of the shapes: the API references of OpenAI and Anthropic and the types of their Python
clients, read 2026-11. Embeddings have no such answer.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from tenken.wire.api import Api

FINISH: Final = "static_answer"
"""What is on record as the reason why it ended."""
FILTERED: Final = "content_filter"
"""The same, where a guard has stopped an answer."""
Json = Mapping[str, Any]


class Static(Struct, frozen=True, kw_only=True):
    """What is said, and under which names."""

    text: str
    id: str
    model: str
    created: int
    """Seconds since 1970, UTC."""
    usage: bool = False
    """The caller of a stream asked for tokens."""
    filtered: bool = False
    """It is told in place of an answer that a guard has stopped."""


def whole(static: Static, api: Api) -> bytes:
    """Give the body of an answer."""
    match api:
        case Api.MESSAGES:
            stop = "refusal" if static.filtered else "end_turn"
            return msgspec.json.encode(_message(static, text=static.text, stop=stop))
        case Api.RESPONSES:
            said = _response(static, done=True)
            if static.filtered:
                said |= {"status": "incomplete", "incomplete_details": {"reason": FILTERED}}
            return msgspec.json.encode(said)
        case _:
            message = {"role": "assistant", "content": static.text, "refusal": None}
            finish = FILTERED if static.filtered else "stop"
            choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
            said = {**_chat(static, "chat.completion"), "choices": [choice], "usage": NO_TOKENS}
            return msgspec.json.encode(said)


def stream(static: Static, api: Api) -> bytes:
    """Give the events of an answer, its end with them."""
    match api:
        case Api.MESSAGES:
            return _named(_of_messages(static))
        case Api.RESPONSES:
            return _named(
                {**one, "sequence_number": at} for at, one in enumerate(_of_responses(static))
            )
        case _:
            said = b"".join(b"data: " + msgspec.json.encode(one) + b"\n\n" for one in _of(static))
            return said + b"data: [DONE]\n\n"


def _chat(static: Static, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{static.id}",
        "object": kind,
        "created": static.created,
        "model": static.model,
    }


def _of(static: Static) -> Iterable[Json]:
    head = _chat(static, "chat.completion.chunk")
    for delta, finish in (({"role": "assistant", "content": static.text}, None), ({}, "stop")):
        yield {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    if static.usage:
        yield {**head, "choices": [], "usage": NO_TOKENS}


def _message(static: Static, *, text: str, stop: str | None) -> dict[str, Any]:
    return {
        "id": f"msg_{static.id}",
        "type": "message",
        "role": "assistant",
        "model": static.model,
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 0, "output_tokens": 0},
    }


def _of_messages(static: Static) -> Iterable[Json]:
    yield {"type": "message_start", "message": _message(static, text="", stop=None)}
    block = {"type": "text", "text": ""}
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    delta = {"type": "text_delta", "text": static.text}
    yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    end = {"stop_reason": "end_turn", "stop_sequence": None}
    yield {"type": "message_delta", "delta": end, "usage": {"output_tokens": 0}}
    yield {"type": "message_stop"}


def _response(static: Static, *, done: bool) -> dict[str, Any]:
    return {
        "id": f"resp_{static.id}",
        "object": "response",
        "created_at": static.created,
        "status": "completed" if done else "in_progress",
        "error": None,
        "incomplete_details": None,
        "model": static.model,
        "output": [_item(static, done=True)] if done else [],
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 0,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 0,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 0,
        }
        if done
        else None,
    }


def _item(static: Static, *, done: bool) -> dict[str, Any]:
    return {
        "id": f"msg_{static.id}",
        "type": "message",
        "role": "assistant",
        "status": "completed" if done else "in_progress",
        "content": [_part(static.text)] if done else [],
    }


def _part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": []}


def _of_responses(static: Static) -> Iterable[Json]:
    where = {"item_id": f"msg_{static.id}", "output_index": 0, "content_index": 0}
    text = static.text
    yield {"type": "response.created", "response": _response(static, done=False)}
    item = _item(static, done=False)
    yield {"type": "response.output_item.added", "output_index": 0, "item": item}
    yield {"type": "response.content_part.added", **where, "part": _part("")}
    yield {"type": "response.output_text.delta", **where, "delta": text, "logprobs": []}
    yield {"type": "response.output_text.done", **where, "text": text, "logprobs": []}
    yield {"type": "response.content_part.done", **where, "part": _part(text)}
    item = _item(static, done=True)
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    yield {"type": "response.completed", "response": _response(static, done=True)}


def _named(events: Iterable[Json]) -> bytes:
    return b"".join(
        b"event: %b\ndata: %b\n\n" % (one["type"].encode(), msgspec.json.encode(one))
        for one in events
    )


NO_TOKENS: Final = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
