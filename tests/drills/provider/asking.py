"""One row for each API of the fake provider: how it is asked."""

import json
from collections.abc import Mapping

from msgspec import Struct

MARKS = {"system": "canary-system", "user": "canary-user", "tool": "canary-tool"}


class Row(Struct, frozen=True, kw_only=True):
    """A path for whole answers, one for streams, and a body with a mark in each role."""

    path: str
    streaming: str = ""
    """Empty: there are no streams."""
    body: Mapping[str, object]
    roles: frozenset[str] = frozenset(MARKS)
    model: str = "m"

    def asked(self, *, stream: bool) -> tuple[str, bytes]:
        """Give path and body."""
        if not stream:
            return self.path, json.dumps(self.body).encode()
        said = dict(self.body)
        if self.streaming == self.path:
            said["stream"] = True
        return self.streaming, json.dumps(said).encode()


CHAT_PATH = "/v1/chat/completions"
CHAT = {
    "model": "m",
    "messages": [
        {"role": "developer", "content": MARKS["system"]},
        {"role": "user", "content": [{"type": "text", "text": f"x {MARKS['user']}"}]},
        {"role": "tool", "tool_call_id": "c", "content": MARKS["tool"]},
    ],
}
CONTENTS = [
    {"role": "user", "parts": [{"text": MARKS["user"]}]},
    {
        "role": "user",
        "parts": [{"functionResponse": {"name": "f", "response": {"output": MARKS["tool"]}}}],
    },
]
GEMINI = {"systemInstruction": {"parts": [{"text": MARKS["system"]}]}, "contents": CONTENTS}
ROWS = {
    "chat": Row(path=CHAT_PATH, streaming=CHAT_PATH, body=CHAT),
    "azure": Row(
        path="/openai/deployments/mine/chat/completions",
        streaming="/openai/deployments/mine/chat/completions",
        body={"messages": CHAT["messages"]},
        model="mine",
    ),
    "azure-v1": Row(
        path="/openai/v1/chat/completions", streaming="/openai/v1/chat/completions", body=CHAT
    ),
    "responses": Row(
        path="/v1/responses",
        streaming="/v1/responses",
        body={
            "model": "m",
            "instructions": MARKS["system"],
            "input": [
                {"role": "user", "content": [{"type": "input_text", "text": MARKS["user"]}]},
                {"type": "function_call_output", "call_id": "c", "output": MARKS["tool"]},
            ],
        },
    ),
    "embeddings": Row(
        path="/v1/embeddings",
        body={"model": "m", "input": [MARKS["user"], "two"]},
        roles=frozenset({"user"}),
    ),
    "messages": Row(
        path="/v1/messages",
        streaming="/v1/messages",
        body={
            "model": "m",
            "max_tokens": 50,
            "system": [{"type": "text", "text": MARKS["system"]}],
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "tool_use_id": "c", "content": MARKS["tool"]},
                        {"type": "text", "text": MARKS["user"]},
                    ],
                }
            ],
        },
    ),
    "gemini": Row(
        path="/v1beta/models/m:generateContent",
        streaming="/v1beta/models/m:streamGenerateContent?alt=sse",
        body=GEMINI,
    ),
    "vertex": Row(
        path="/v1/projects/p/locations/l/publishers/google/models/m:generateContent",
        streaming="/v1/projects/p/locations/l/publishers/google/models/m:streamGenerateContent?alt=sse",
        body=GEMINI,
    ),
    "bedrock": Row(
        path="/model/vendor.m%3A0/converse",
        streaming="/model/vendor.m%3A0/converse-stream",
        body={
            "system": [{"text": MARKS["system"]}],
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"text": MARKS["user"]},
                        {"toolResult": {"toolUseId": "c", "content": [{"text": MARKS["tool"]}]}},
                    ],
                }
            ],
        },
        model="vendor.m:0",
    ),
}
WHOLE = [(name, False) for name in ROWS]
STREAMED = [(name, True) for name, row in ROWS.items() if row.streaming]
EVERY = [*WHOLE, *STREAMED]
