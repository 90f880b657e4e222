"""Anthropic's messages pass through, and everything that is counted is read on the way.

The exchanges are written after Anthropic's published API reference (messages, streaming, errors)
and the types of its Python client 2.8, read 2026-11; none is recorded from the service.
"""

import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire.asked import Asked, BodyLimits
from tenken.wire.dialect import Piece, Unreadable
from tenken.wire.dialects.anthropic_messages import AnthropicMessages
from tenken.wire.failure import Failure
from tenken.wire.requests import messages
from tenken.wire.usage import Usage

NOW = datetime(2026, 11, 1, tzinfo=UTC)
DIALECT = AnthropicMessages()
BODY = b'{"model": "desk", "max_tokens": 9, "messages": [{"role": "user", "content": "a model"}]}'
BEGUN = {
    "input_tokens": 25,
    "cache_read_input_tokens": 60,
    "cache_creation_input_tokens": 15,
    "output_tokens": 1,
}


def asked() -> Asked:
    return messages.read(BODY, limits=BodyLimits())


def test_only_the_model_changes() -> None:
    """And the API's version goes along."""
    sent = DIALECT.outgoing(asked(), model="claude-x")

    assert sent.body == BODY.replace(b'"desk"', b'"claude-x"')
    assert (sent.path, sent.headers) == ("/messages", ((b"anthropic-version", b"2023-06-01"),))


def test_tokens_are_in_classes_that_sum_to_the_total() -> None:
    """Input tokens are told without the cached ones."""
    body = json.dumps(
        {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "content": [{"type": "thinking", "thinking": "…"}, {"type": "text", "text": "hi"}],
            "stop_reason": "end_turn",
            "usage": {
                **BEGUN,
                "output_tokens": 40,
                "output_tokens_details": {"thinking_tokens": 30},
            },
        }
    ).encode()

    answer = DIALECT.answer(body, asked())

    assert (answer.body, answer.finish, answer.upstream_id) == (body, "end_turn", "msg_1")
    assert answer.usage == Usage(
        input=25, cache_read=60, cache_write=15, output=10, reasoning=30, source="provider"
    )


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"type": "error"}'])
def test_what_is_no_answer_is_told_apart(body: bytes) -> None:
    """A 200 with something else in it is a failure of the provider."""
    with pytest.raises(Unreadable):
        DIALECT.answer(body, asked())


COUNTS = st.integers(0, 10**6)


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_what_is_kept_for_an_hour_is_told_apart(
    read: int, kept: int, an_hour: int, later: int
) -> None:
    """Never twice, and never more of it than was kept in all; the end may tell a larger sum."""
    begun = {
        "input_tokens": read,
        "cache_creation_input_tokens": kept,
        "cache_creation": {
            "ephemeral_5m_input_tokens": kept - an_hour,  # not read: the sum and one part are
            "ephemeral_1h_input_tokens": an_hour,
        },
        "output_tokens": 1,
    }
    start = event("message_start", message={"id": "msg_1", "content": [], "usage": begun})
    ended = {"cache_creation_input_tokens": kept + later, "output_tokens": 1}

    [piece] = [
        piece
        for piece in pieces(start + event("message_delta", delta={}, usage=ended))
        if piece.usage
    ]

    assert piece.usage is not None
    assert piece.usage.cache_write_hour == min(an_hour, kept + later)
    assert piece.usage.read == read + kept + later


def event(name: str, **data: object) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()


START = event("message_start", message={"id": "msg_1", "content": [], "usage": BEGUN})
BLOCK = event("content_block_start", index=0, content_block={"type": "text", "text": ""})
TOOL = event("content_block_start", index=1, content_block={"type": "tool_use", "id": "t"})
PING = event("ping")
TEXT = event("content_block_delta", index=0, delta={"type": "text_delta", "text": "hi"})
STOP = event("content_block_stop", index=0)
DELTA = event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 7})
END = event("message_stop")
STREAM = START + BLOCK + PING + TEXT + STOP + TOOL + STOP + DELTA + END
TOLD = Usage(input=25, cache_read=60, cache_write=15, output=7, source="provider")


def pieces(*chunks: bytes) -> list[Piece]:
    reading = DIALECT.reading(asked())
    return [piece for chunk in chunks for piece in reading.feed(chunk)]


@given(st.lists(st.integers(0, len(STREAM)), max_size=8))
def test_a_stream_passes_however_it_is_cut(cuts: list[int]) -> None:
    """Its bytes are the provider's; usage is that of its begin and its end together."""
    edges = [0, *sorted(cuts), len(STREAM)]
    found = pieces(*[STREAM[a:b] for a, b in pairwise(edges)])

    assert b"".join(piece.forward for piece in found) == STREAM
    assert [piece.content for piece in found] == [
        False, False, False, True, False, True, False, False, False
    ]  # fmt: skip
    assert [piece.usage for piece in found if piece.usage] == [TOLD]
    assert [piece.finish for piece in found if piece.finish] == ["end_turn"]
    assert (found[0].upstream_id, found[-1].done) == ("msg_1", True)


def test_a_later_figure_replaces_an_earlier_one() -> None:
    """The end may tell all figures anew."""
    last = event("message_delta", delta={}, usage={"input_tokens": 30, "output_tokens": 7})

    [piece] = [piece for piece in pieces(START + last) if piece.usage]

    assert piece.usage == Usage(
        input=30, cache_read=60, cache_write=15, output=7, source="provider"
    )


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        ("overloaded_error", Failure.OVERLOADED),
        ("api_error", Failure.SERVER_ERROR),
        ("rate_limit_error", Failure.RATE_LIMITED),
        ("invalid_request_error", Failure.CALLER_ERROR),
        ("new_error", Failure.SERVER_ERROR),
    ],
)
def test_an_error_within_a_stream_is_a_failure(kind: str, failure: Failure) -> None:
    """It is not forwarded: what the caller is told is decided later."""
    [piece] = pieces(event("error", error={"type": kind, "message": "no"}))

    assert (piece.failure, piece.said, piece.forward) == (failure, "no", b"")


@pytest.mark.parametrize(
    ("status", "kind", "message", "failure"),
    [
        (529, "overloaded_error", "", Failure.OVERLOADED),
        (400, "invalid_request_error", "x", Failure.CALLER_ERROR),
        (
            400, "invalid_request_error", "prompt is too long: 9 tokens > 8 maximum",
            Failure.CONTEXT_TOO_LONG,
        ),
        (
            400, "invalid_request_error",
            "input length and `max_tokens` exceed context limit: 8 + 2 > 9",
            Failure.CONTEXT_TOO_LONG,
        ),
        (402, "billing_error", "", Failure.CREDENTIAL),
        (401, "authentication_error", "", Failure.CREDENTIAL),
        (404, "not_found_error", "", Failure.MODEL_GONE),
        (413, "request_too_large", "", Failure.CALLER_ERROR),
        (500, "", "", Failure.SERVER_ERROR),
        (503, "odd", "", Failure.OVERLOADED),
    ],
)  # fmt: skip
def test_errors_are_sorted(status: int, kind: str, message: str, failure: Failure) -> None:
    """By type, else by status."""
    body = json.dumps({"type": "error", "error": {"type": kind, "message": message}}).encode()

    failed = DIALECT.failed(status, {b"retry-after": b"3"}, body, now=NOW)

    assert (failed.failure, failed.retry_after_s) == (failure, 3.0)
