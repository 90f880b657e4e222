"""Whatever a provider says instead of an answer, it is told as unreadable: others can be asked."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from tenken.wire.api import Api
from tenken.wire.asked import Asked
from tenken.wire.dialect import Dialect, Unreadable
from tenken.wire.pairs import PAIRS
from tests.gateway import apis

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DEEP = b"[" * 2_000 + b"]" * 2_000
CALL = {"id": "t", "function": {"name": "f", "arguments": "@"}}
CHAT = {"id": "c", "choices": [{"message": {"content": "@", "tool_calls": [CALL]}}]}
TOLD: Mapping[str, object] = {
    "openai": CHAT,
    "gemini": {
        "responseId": "r",
        "candidates": [{"content": {"parts": [{"functionCall": {"name": "f", "args": "@"}}]}}],
    },
    "bedrock": {
        "output": {"message": {"content": [{"toolUse": {"name": "f", "input": "@"}}]}},
        "stopReason": "end_turn",
    },
    "anthropic": {
        **apis.MESSAGE,
        "content": [{"type": "tool_use", "id": "t", "name": "f", "input": "@"}],
    },
    "responses": {**apis.RESPONSE, "id": "@", "metadata": "@"},
    "embeddings": {"data": [{"embedding": "@"}], "usage": {"prompt_tokens": "@"}},
}
BROKEN = {
    "letters": (b"@", b"\xff"),
    "letters in an object": (b'"@"', b'{"a":"\xff"}'),
    "half a pair": (b"@", b"\\ud800"),
    "too deep": (b'"@"', DEEP),
    "an end": (b"@", b'"'),
}
DIALECTS = [
    pytest.param(one.dialect, one.api, one.side, id=f"{one.side} {one.api}")
    for one in PAIRS
    if one.dialect is not None
]


def answer_of(api: Api, side: str) -> object:
    """An answer of a side, with marks where it can be broken."""
    if api is Api.RESPONSES or api is Api.EMBEDDINGS:
        return TOLD[api.value]
    return next((told for name, told in TOLD.items() if name in side), CHAT)


@pytest.mark.parametrize("how", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize(("dialect", "api", "side"), DIALECTS)
def test_what_cannot_be_read_is_told_as_that(
    dialect: Dialect, api: Api, side: str, how: tuple[bytes, bytes]
) -> None:
    """A whole answer, a stream and an error: nothing else is raised, or it can be passed on."""
    body = json.dumps(answer_of(api, side)).encode().replace(*how)
    asked = Asked(api=api, model="m", body=b"{}", stream=True)
    ways: list[Callable[[], object]] = [lambda: dialect.answer(body, asked)]
    if api is not Api.EMBEDDINGS and side != "bedrock":
        event = b"event: message_start\ndata: %b\n\n" % body
        ways.append(lambda: dialect.reading(asked).feed(event))
    for way in ways:
        with suppress(Unreadable):
            way()

    assert dialect.failed(500, {}, body, now=NOW).status == 500
