"""Chat completions pass through, and everything that is counted is read on the way.

The exchanges are written after OpenAI's published API reference (chat completions, streaming and
errors), read 2026-11; none is recorded from the service.
"""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire.asked import Asked, BodyLimits
from tenken.wire.dialect import Piece, Unreadable
from tenken.wire.dialects.openai_chat import OpenAIChat
from tenken.wire.failure import Failure
from tenken.wire.requests import chat
from tenken.wire.splice import LARGE, Pieces, whole
from tenken.wire.usage import Usage

NOW = datetime(2026, 11, 1, tzinfo=UTC)
USAGE = {
    "prompt_tokens": 100,
    "completion_tokens": 40,
    "total_tokens": 140,
    "prompt_tokens_details": {"cached_tokens": 60},
    "completion_tokens_details": {"reasoning_tokens": 15},
}
SORTED = Usage(input=40, cache_read=60, output=25, reasoning=15, source="provider")


def asked(body: bytes) -> Asked:
    return chat.read(body, limits=BodyLimits())


def request(**more: object) -> bytes:
    return json.dumps({
        "model": "desk", "messages": [{"role": "user", "content": 'a "model" b'}], **more
    }).encode()  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        request(),
        request(user="model"),
        request().replace(b'"model": ', b'"model" \n:\t'),
        request(seed=1, tools=[{"type": "function", "function": {"name": "f"}}]),
    ],
)
def test_only_the_model_changes(body: bytes) -> None:
    """Whatever the body looks like, and whatever its values say."""
    sent = OpenAIChat().outgoing(asked(body), model='gpt "x"').written

    assert json.loads(sent) == {**json.loads(body), "model": 'gpt "x"'}


def test_a_body_is_not_written_anew() -> None:
    """Bytes before and behind the name are the caller's own."""
    body = request(temperature=0.20)

    assert OpenAIChat().outgoing(asked(body), model="other").body == body.replace(
        b'"desk"', b'"other"'
    )


def test_of_a_large_body_no_copy_is_made() -> None:
    """What stands before and behind the name are the caller's own bytes."""
    body = request(user="x" * LARGE)

    sent = OpenAIChat().outgoing(asked(body), model="other").body

    assert isinstance(sent, Pieces)
    assert [part.obj is body for part in sent.parts if isinstance(part, memoryview)] == [True] * 2
    assert whole(sent) == body.replace(b'"desk"', b'"other"')
    assert len(sent) == len(body) + 1


@pytest.mark.parametrize("large", [True, False])
def test_a_large_body_whose_name_cannot_be_found_is_written_anew(large: bool) -> None:
    """The other name stands in it, and the first one does not."""
    body = request(user="x" * LARGE * large).replace(b'"model": "desk"', b'"mod\\u0065l": "desk"')

    sent = whole(OpenAIChat().outgoing(asked(body), model="other").body)

    assert json.loads(sent) == {**json.loads(body), "model": "other"}


@pytest.mark.parametrize("options", [None, {"include_usage": False}, {"include_usage": True}])
def test_a_stream_is_always_asked_for_its_usage(options: dict[str, bool] | None) -> None:
    """Whether its caller wants it or not."""
    more = {} if options is None else {"stream_options": options}

    sent = OpenAIChat().outgoing(asked(request(stream=True, **more)), model="m").written

    assert json.loads(sent)["stream_options"] == {"include_usage": True}


def test_tokens_are_sorted_into_classes_that_sum_to_the_total() -> None:
    """Cached ones are not paid twice."""
    body = json.dumps(
        {
            "id": "chatcmpl-1",
            "choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}],
            "usage": USAGE,
        }
    ).encode()

    answer = OpenAIChat().answer(body, asked(request()))

    assert answer.body == body
    assert (answer.usage, answer.finish, answer.upstream_id) == (SORTED, "stop", "chatcmpl-1")
    assert SORTED.total == 140


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"choices": 3}',
        b'{"choices": [], "usage": {"prompt_tokens": -5}}',
        b'{"choices": [], "usage": {"prompt_tokens": 1e30}}',
    ],
)
def test_what_is_no_answer_is_told_apart(body: bytes) -> None:
    """A 200 with something else in it is a failure of the provider."""
    with pytest.raises(Unreadable):
        OpenAIChat().answer(body, asked(request()))


def event(**chunk: object) -> bytes:
    return b"data: " + json.dumps({"id": "c1", **chunk}).encode() + b"\n\n"


ROLE = event(choices=[{"delta": {"role": "assistant", "content": ""}}])
TEXT = event(choices=[{"delta": {"content": "hi"}}])
TOOL = event(choices=[{"delta": {"tool_calls": [{"index": 0}]}}])
STOP = event(choices=[{"delta": {}, "finish_reason": "stop"}])
TOLD = event(choices=[], usage=USAGE)
DONE = b"data: [DONE]\n\n"


def pieces(stream: bytes, *, wants_usage: bool) -> list[Piece]:
    options = {"stream_options": {"include_usage": True}} if wants_usage else {}
    return OpenAIChat().reading(asked(request(stream=True, **options))).feed(stream)


@pytest.mark.parametrize("wants_usage", [True, False])
def test_the_usage_goes_to_those_who_asked(wants_usage: bool) -> None:
    """It is read in any case."""
    found = pieces(ROLE + TEXT + STOP + TOLD + DONE, wants_usage=wants_usage)

    assert (
        b"".join(piece.forward for piece in found)
        == ROLE + TEXT + STOP + (TOLD if wants_usage else b"") + DONE
    )
    assert [piece.usage for piece in found if piece.usage] == [SORTED]
    assert found[-1].done


def delta(**said: object) -> bytes:
    return event(choices=[{"delta": {"role": "assistant", "content": "", **said}}])


@pytest.mark.parametrize(
    ("chunk", "content"),
    [
        (ROLE, False), (TEXT, True), (TOOL, True), (STOP, False),
        (delta(reasoning_content="so"), True), (delta(reasoning="so"), True),
        (delta(reasoning=None), False), (delta(reasoning=""), False),
        (delta(reasoning={"summary": "so"}), True),
    ],
)  # fmt: skip
def test_text_thoughts_and_tool_calls_commit_and_nothing_else(chunk: bytes, content: bool) -> None:
    """A role alone can still be thrown away; who thinks aloud has begun, by either name."""
    assert [piece.content for piece in pieces(chunk, wants_usage=True)] == [content]


def test_texts_that_come_together_are_one_piece() -> None:
    """What tells more than text stands alone; no byte is lost between them."""
    found = pieces(ROLE + TEXT + TEXT + TOOL + STOP + TEXT + TOLD + TEXT + DONE, wants_usage=True)

    assert [piece.forward for piece in found] == [
        ROLE, TEXT + TEXT + TOOL, STOP, TEXT, TOLD, TEXT, DONE,
    ]  # fmt: skip
    assert [piece.upstream_id for piece in found if not piece.content] == ["c1", "c1", "c1", ""]


def test_an_event_that_says_it_is_an_error_is_a_failure() -> None:
    """As vLLM has said it, without `error` around: what follows it looks whole."""
    event = b'data: {"object":"error","message":"no","type":"ServerError","code":500}\n\n'

    [piece, *_] = (
        OpenAIChat().reading(asked(request(stream=True))).feed(event + b"data: [DONE]\n\n")
    )

    assert (piece.failure, piece.said, piece.forward) == (Failure.SERVER_ERROR, "no", b"")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"object": "error", "message": "no"}', "no"),
        (b'{"error": "no"}', "no"),
        (b'{"detail": "no"}', "no"),
        (b'{"detail": [{"msg": "no"}]}', '[{"msg": "no"}]'),
        (b"no", ""),
        (b"[]", ""),
    ],
)
def test_what_others_say_of_a_mistake_reaches_its_maker(body: bytes, said: str) -> None:
    """Not everybody who is compatible says it as OpenAI does."""
    assert OpenAIChat().failed(422, {}, body, now=NOW).said == said


def test_an_error_within_a_stream_is_a_failure() -> None:
    """It is not forwarded: what the caller is told is decided later."""
    found = pieces(event(error={"message": "overloaded"}), wants_usage=True)

    assert [(piece.failure, piece.forward, piece.said) for piece in found] == [
        (Failure.SERVER_ERROR, b"", "overloaded")
    ]


@pytest.mark.parametrize(
    ("status", "error", "failure"),
    [
        (400, {"code": "context_length_exceeded"}, Failure.CONTEXT_TOO_LONG),
        (
            400,
            {"message": "The prompt is longer than the maximum model length of 8."},
            Failure.CONTEXT_TOO_LONG,
        ),
        (
            400,
            {"message": "the request exceeds the available context size, try increasing it"},
            Failure.CONTEXT_TOO_LONG,
        ),
        (400, {"code": "invalid_value"}, Failure.CALLER_ERROR),
        (400, {"message": "acme/gone is not a valid model ID"}, Failure.MODEL_GONE),
        (402, {"message": "Insufficient Balance"}, Failure.CREDENTIAL),
        (429, {"type": "insufficient_quota", "code": "insufficient_quota"}, Failure.CREDENTIAL),
        (400, {"code": "billing_hard_limit_reached"}, Failure.CREDENTIAL),
        (401, {"code": "invalid_api_key"}, Failure.CREDENTIAL),
        (404, {"code": "model_not_found"}, Failure.MODEL_GONE),
        (429, {"type": "tokens"}, Failure.RATE_LIMITED),
        (500, {}, Failure.SERVER_ERROR),
        (503, None, Failure.OVERLOADED),
        (529, None, Failure.OVERLOADED),
    ],
)
def test_errors_are_sorted(status: int, error: dict[str, str] | None, failure: Failure) -> None:
    """By status and code; a body that is no JSON changes nothing."""
    body = b"<html>" if error is None else json.dumps({"error": error}).encode()

    assert OpenAIChat().failed(status, {}, body, now=NOW).failure is failure


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({b"retry-after": b"2"}, 2.0),
        ({b"retry-after-ms": b"250", b"retry-after": b"9"}, 0.25),
        ({b"retry-after": b"Sun, 01 Nov 2026 00:00:30 GMT"}, 30.0),
        ({b"retry-after": b"Sun, 01 Nov 2020 00:00:30 GMT"}, 0.0),
        ({b"retry-after": b"soon"}, None),
        ({b"retry-after": b"-1"}, None),
        ({b"retry-after": b"1e9"}, 3600.0),
        ({}, None),
    ],
)
def test_a_provider_s_wait_is_read(headers: dict[bytes, bytes], seconds: float | None) -> None:
    """Seconds, milliseconds or a date; bounded, and nothing where it is none."""
    assert OpenAIChat().failed(429, headers, b"", now=NOW).retry_after_s == seconds


TEXTS = st.lists(
    st.text(st.characters(codec="utf-8"), max_size=6) | st.just('say "\\'), min_size=1
)


def text_event(text: str, *, ascii_only: bool, finish: str | None = None, id_: str = "c") -> bytes:
    """An event of a stream, as a provider writes it."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    said = {"id": id_, "object": "chat.completion.chunk", "choices": [choice]}
    written = json.dumps(said, ensure_ascii=ascii_only, separators=(",", ":"))
    return b"data: %b\n\n" % written.encode()


@given(TEXTS, st.booleans(), st.sampled_from(["stop", None]), st.sampled_from(["c", "d"]))
def test_events_that_differ_in_their_text_are_told_apart_from_others(
    texts: list[str], ascii_only: bool, finish: str | None, id_: str
) -> None:
    """However much they look like those before."""
    reading = OpenAIChat().reading(asked(request(stream=True)))
    for text in texts:
        raw = text_event(text, ascii_only=ascii_only)
        (piece,) = reading.feed(raw)
        assert (piece.forward, piece.content, piece.finish) == (raw, bool(text), "")
    last = text_event(texts[0], ascii_only=ascii_only, finish=finish, id_=id_)
    (piece,) = reading.feed(last)
    assert (piece.forward, piece.content) == (last, bool(texts[0]))
    assert piece.finish == (finish or "")
    assert piece.upstream_id in {id_, ""}
    with pytest.raises(Unreadable):
        reading.feed(text_event("x", ascii_only=True).replace(b'"x"', b'"\\x"'))


@pytest.mark.parametrize("text", [b"\xff", b"\x01", b'"', b"\\"], ids=str)
def test_what_is_no_text_is_no_event_like_the_one_before(text: bytes) -> None:
    """A provider's fault is found as it always is."""
    reading = OpenAIChat().reading(asked(request(stream=True)))
    for _ in range(3):
        reading.feed(text_event("abc", ascii_only=True))
    with pytest.raises(Unreadable):
        reading.feed(text_event("abc", ascii_only=True).replace(b"abc", b"a" + text + b"c", 1))
