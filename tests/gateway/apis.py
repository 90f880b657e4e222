"""One row for each API that callers speak: what is asked, answered, streamed and refused."""

import json
from collections.abc import Mapping

from msgspec import Struct

from tests.gateway import ground


def named(name: str, **data: object) -> bytes:
    """An event with a name."""
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()


class Row(Struct, frozen=True, kw_only=True):
    """An API at the gateway and at a provider of the same."""

    path: str
    side: str
    asked: Mapping[str, object]
    answer: Mapping[str, object]
    preamble: bytes = b""
    text: bytes = b""
    rest: bytes = b""
    """What ends the stream, as the caller gets it."""
    tokens: tuple[int, int]
    bad: Mapping[str, object]
    """Fields that make the body a bad one."""


CHAT = Row(
    path="/v1/chat/completions",
    side="openai",
    asked={"model": "desk", "messages": [{"role": "user", "content": "hello"}]},
    answer=ground.ANSWER,
    preamble=ground.ROLE,
    text=ground.TEXT,
    rest=ground.STOP + ground.DONE,
    tokens=(20, 5),
    bad={"n": 0},
)
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "content": [{"type": "text", "text": "hello"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 20, "output_tokens": 5},
}
MESSAGES = Row(
    path="/v1/messages",
    side="anthropic",
    asked={
        "model": "desk",
        "max_tokens": 50,
        "messages": [{"role": "user", "content": "hello"}],
    },
    answer=MESSAGE,
    preamble=named("message_start", message={**MESSAGE, "content": []})
    + named("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    text=named("content_block_delta", index=0, delta={"type": "text_delta", "text": "hello"}),
    rest=named("content_block_stop", index=0)
    + named("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 5})
    + named("message_stop"),
    tokens=(20, 5),
    bad={"max_tokens": -1},
)
RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "status": "completed",
    "output": [{"type": "message", "content": [{"type": "output_text", "text": "hello"}]}],
    "usage": {"input_tokens": 20, "output_tokens": 5, "total_tokens": 25},
}
RESPONSES = Row(
    path="/v1/responses",
    side="openai",
    asked={"model": "desk", "input": "hello"},
    answer=RESPONSE,
    preamble=named("response.created", response={**RESPONSE, "status": "in_progress"}),
    text=named("response.output_text.delta", delta="hello"),
    rest=named("response.completed", response=RESPONSE),
    tokens=(20, 5),
    bad={"max_output_tokens": 0},
)
EMBEDDINGS = Row(
    path="/v1/embeddings",
    side="openai",
    asked={"model": "desk", "input": "hello"},
    answer={
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}],
        "usage": {"prompt_tokens": 20, "total_tokens": 20},
    },
    tokens=(20, 0),
    bad={"dimensions": 0},
)
ALL = {"chat": CHAT, "messages": MESSAGES, "responses": RESPONSES, "embeddings": EMBEDDINGS}
STREAMING = {name: row for name, row in ALL.items() if row.rest}
