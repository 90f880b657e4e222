"""Responses are read strictly, pass through, and keep nothing at a provider unasked.

The exchanges are written after OpenAI's published API reference (responses, streaming) and the
types of its Python client 3.51, read 2026-11; none is recorded from the service.
"""

import json
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire.asked import Asked, BodyLimits, Turn
from tenken.wire.dialect import Piece, Unreadable
from tenken.wire.dialects.openai_responses import OpenAIResponses
from tenken.wire.failure import Failure
from tenken.wire.refusal import Refusal
from tenken.wire.requests import responses
from tenken.wire.usage import Usage

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DIALECT = OpenAIResponses()
CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "c1", "output": "4"}


def read(body: bytes) -> Asked:
    return responses.read(body, limits=BodyLimits())


def request(**more: object) -> bytes:
    return json.dumps({"model": "desk", "input": "hello", **more}, separators=(",", ":")).encode()


def user(content: object) -> dict[str, object]:
    return {"role": "user", "content": content}


@pytest.mark.parametrize(
    ("more", "code", "param"),
    [
        ({"input": ""}, "invalid_value", "input"),
        ({"input": []}, "invalid_value", "input"),
        ({"input": 3}, "invalid_value", "input"),
        ({"input": [{"content": "a"}]}, "missing_required_parameter", "input[0].role"),
        ({"input": [{"role": "tool", "content": "a"}]}, "invalid_value", "input[0].role"),
        ({"input": [{"role": "user"}]}, "missing_required_parameter", "input[0].content"),
        ({"input": [user(3)]}, "invalid_value", "input[0].content"),
        ({"input": [OUTPUT]}, "invalid_tool_call", "input[0].call_id"),
        ({"input": [CALL, CALL]}, "invalid_tool_call", "input[1].call_id"),
        (
            {"input": [user([{"type": "input_image", "image_url": "http://10.0.0.1"}])]},
            "invalid_image", "input[0].content[0].image_url",
        ),
        ({"max_output_tokens": 0}, "invalid_value", "max_output_tokens"),
        ({"temperature": 3}, "invalid_value", "temperature"),
        ({"messages": []}, "unknown_parameter", "messages"),
        ({"api_base": "http://example.com"}, "unknown_parameter", "api_base"),
    ],
)  # fmt: skip
def test_a_bad_body_is_refused(more: dict[str, object], code: str, param: str) -> None:
    """With the field at fault."""
    with pytest.raises(Refusal) as told:
        read(request(**more))

    assert (told.value.refused.code, told.value.refused.param) == (code, param)


@pytest.mark.parametrize(
    "body",
    [
        b'{"mod\\u0065l":"x",' + request()[1:],
        request(input=[user("a")]).replace(b'"content"', b'"content":"b","content"'),
        request(store=True)[:-1] + b',"store":false}',
        request(input=[user([{"type": "input_text", "text": "a"}])]).replace(
            b'"text":', b'"text":"b","text":'
        ),
    ],
)
def test_a_field_twice_is_refused(body: bytes) -> None:
    """Which of two values a provider takes nobody knows."""
    with pytest.raises(Refusal) as told:
        read(body)

    assert told.value.refused.code == "duplicate_parameter"


def test_what_is_acted_on_is_read() -> None:
    """Text or items, instructions, limits."""
    parts = [{"type": "input_text", "text": "b"}]
    asked = read(
        request(
            instructions="be brief",
            input=[user("a"), user(parts), CALL, OUTPUT, {"type": "reasoning", "summary": []}],
            max_output_tokens=5,
            stream=True,
        )
    )

    assert asked.turns == (
        Turn("system", ("be brief",)),
        Turn("user", ("a",)),
        Turn("user", ("b",)),
    )
    assert (asked.output_max, asked.stream, asked.stored) == (5, True, "")
    assert read(request()).turns == (Turn("user", ("hello",)),)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"previous_response_id": "resp_1", "input": [OUTPUT]}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"background": True}, "background"),
        ({"store": True}, "store"),
        ({"prompt": {"id": "p"}}, "prompt"),
        ({"input": [user("a"), {"type": "item_reference", "id": "i"}]}, "input[1]"),
    ],
)
def test_what_must_be_kept_goes_only_where_it_is(more: dict[str, object], field: str) -> None:
    """Elsewhere it is refused with the field's name."""
    body = request(**more)
    with pytest.raises(Refusal) as told:
        DIALECT.outgoing(read(body), model="m")

    assert (told.value.refused.code, told.value.refused.param) == ("unsupported_parameter", field)
    kept = OpenAIResponses(keeps=True).outgoing(read(body), model="m").written
    assert json.loads(kept) == {**json.loads(body), "model": "m"}


@pytest.mark.parametrize(
    "more", [{}, {"store": None}, {"store": False}, {"input": [user('"store"')]}]
)
def test_nothing_is_kept_unasked(more: dict[str, object]) -> None:
    """The provider's own default would keep it."""
    sent = DIALECT.outgoing(read(request(**more)), model="m").written

    assert json.loads(sent) == {**json.loads(request(**more)), "model": "m", "store": False}


USAGE = {
    "input_tokens": 100,
    "input_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 10},
    "output_tokens": 40,
    "output_tokens_details": {"reasoning_tokens": 15},
    "total_tokens": 140,
}
SORTED = Usage(input=30, cache_read=60, cache_write=10, output=25, reasoning=15, source="provider")
WHOLE = {
    "id": "resp_1",
    "object": "response",
    "status": "completed",
    "output": [
        {"type": "reasoning", "summary": []},
        {"type": "message", "content": [{"type": "output_text", "text": "hi"}]},
    ],
    "usage": USAGE,
}


def test_an_answer_passes_and_its_tokens_are_sorted() -> None:
    """The classes sum to the total."""
    body = json.dumps(WHOLE).encode()

    answer = DIALECT.answer(body, read(request()))

    assert (answer.body, answer.usage) == (body, SORTED)
    assert (answer.finish, answer.upstream_id, SORTED.total) == ("completed", "resp_1", 140)


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        ("server_error", Failure.SERVER_ERROR),
        ("rate_limit_exceeded", Failure.RATE_LIMITED),
        ("invalid_prompt", Failure.CALLER_ERROR),
    ],
)
def test_a_response_that_failed_is_a_failure(code: str, failure: Failure) -> None:
    """Also where its status is one of success."""
    failed = {**WHOLE, "status": "failed", "error": {"code": code, "message": "no"}}

    answer = DIALECT.answer(json.dumps(failed).encode(), read(request()))
    [piece] = pieces(event("response.failed", response=failed))

    assert (answer.failure, answer.said) == (failure, "no")
    assert (piece.failure, piece.said, piece.forward) == (failure, "no", b"")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": 3}'])
def test_what_is_no_answer_is_told_apart(body: bytes) -> None:
    """A 200 with something else in it is a failure of the provider."""
    with pytest.raises(Unreadable):
        DIALECT.answer(body, read(request()))


def event(kind: str, **data: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()


BEGUN = {**WHOLE, "status": "in_progress", "output": [], "usage": None}
STREAM = [
    event("response.created", response=BEGUN),
    event("response.output_item.added", item={"type": "message", "content": []}),
    event("response.output_text.delta", delta="hi"),
    event("response.output_text.done", text="hi"),
    event("response.output_item.added", item={"type": "function_call", "name": "f"}),
    event("response.function_call_arguments.delta", delta="{}"),
    event("response.completed", response=WHOLE),
]


def pieces(*chunks: bytes) -> list[Piece]:
    reading = DIALECT.reading(read(request(stream=True)))
    return [piece for chunk in chunks for piece in reading.feed(chunk)]


@given(st.lists(st.integers(0, sum(map(len, STREAM))), max_size=8))
def test_a_stream_passes_however_it_is_cut(cuts: list[int]) -> None:
    """Its bytes are the provider's; the last event tells everything."""
    stream = b"".join(STREAM)
    found = pieces(*[stream[a:b] for a, b in pairwise([0, *sorted(cuts), len(stream)])])

    assert b"".join(piece.forward for piece in found) == stream
    assert [piece.content for piece in found] == [False, False, True, False, True, True, False]
    last = found[-1]
    assert (last.usage, last.finish, last.done) == (SORTED, "completed", True)
    assert found[0].upstream_id == "resp_1"


def test_a_response_that_is_not_complete_ends_a_stream() -> None:
    """With its reason."""
    cut = {**WHOLE, "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}

    [piece] = pieces(event("response.incomplete", response=cut))

    assert (piece.done, piece.finish) == (True, "max_output_tokens")


def test_an_error_event_is_a_failure() -> None:
    """It is not forwarded."""
    [piece] = pieces(event("error", code="server_error", message="no", param=None))

    assert (piece.failure, piece.forward) == (Failure.SERVER_ERROR, b"")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "role", "content", "call_id", "image_url"]),
            inner | st.sampled_from(["user", "message", "function_call"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(sorted(responses.KNOWN - {"model", "input"})), JSON)
def test_no_value_is_a_crash(given_input: object, name: str, value: object) -> None:
    """Any value is read or refused."""
    with suppress(Refusal):
        asked = read(request(**{"input": given_input, name: value}))
        assert asked.model == "desk"
