"""What is said to Gemini, on Vertex AI or by key, and what it answers: nothing changes."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire.dialect import Dialect, Unreadable
from tenken.wire.failure import Failure
from tenken.wire.pairs import DIALECTS
from tenken.wire.refusal import Refusal
from tests.wire.translate import golden
from tests.wire.translate.answers import Said, answers
from tests.wire.translate.callers import BOTH, CHAT, MESSAGES, Calling

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "tools": "STOP", "filter": "SAFETY"}
both = pytest.mark.parametrize("caller", BOTH, ids=lambda caller: caller.api)


def dialect(caller: Calling) -> Dialect:
    return DIALECTS["gemini"][caller.api]


def test_a_chat_is_said_in_gemini_s_words() -> None:
    """Tools, images and results too."""
    sent = dialect(CHAT).outgoing(CHAT.asked(), model="gemini-2.5-pro")

    assert json.loads(sent.written) == golden.GEMINI
    assert sent.path == "/models/gemini-2.5-pro:generateContent"


def test_messages_are_said_in_gemini_s_words() -> None:
    """As a chat is, but for what that API has no field for."""
    sent = dialect(MESSAGES).outgoing(MESSAGES.asked({"top_k": 5}), model="gemini-2.5-pro")

    said = json.loads(sent.written)
    assert {**said, "generationConfig": 0, "systemInstruction": 0} == {
        **golden.GEMINI,
        "generationConfig": 0,
        "systemInstruction": 0,
    }
    assert said["generationConfig"]["topK"] == 5


def test_calls_in_the_history_are_marked_where_signatures_are_demanded() -> None:
    """The first of a turn; older models know none."""
    sent = json.loads(dialect(CHAT).outgoing(CHAT.asked(), model="gemini-3-pro").written)

    [part] = sent["contents"][1]["parts"]
    assert part["thoughtSignature"] == "skip_thought_signature_validator"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"response_format": {"type": "json_object"}}, {"responseMimeType": "application/json"}),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"schema": {"a": 1}}}},
            {"responseMimeType": "application/json", "responseJsonSchema": {"a": 1}},
        ),
        ({"presence_penalty": 1, "frequency_penalty": -1}, {"presencePenalty": 1.0}),
    ],
)
def test_each_wish_has_its_words(more: dict[str, object], said: dict[str, object]) -> None:
    """Within the manner of the answer."""
    manner = json.loads(dialect(CHAT).outgoing(CHAT.asked(more), model="m").written)

    assert {name: manner["generationConfig"][name] for name in said} == said


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"parallel_tool_calls": False}, "parallel_tool_calls"),
        ({"stop": ["a", "b", "c", "d", "e", "f"]}, "stop"),
        ({"n": 2}, "n"),
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {"type": "image_url", "image_url": {"url": "https://example.com/a"}}
                        ],
                    }
                ]
            },
            "messages[0].content[0].image_url.url",
        ),
    ],
)
def test_what_cannot_be_said_is_refused(more: dict[str, object], field: str) -> None:
    """With the name of the field."""
    with pytest.raises(Refusal) as told:
        dialect(CHAT).outgoing(CHAT.asked(more), model="m")

    assert told.value.refused.param == field


def usage(said: Said) -> dict[str, int]:
    return {
        "promptTokenCount": said.usage.read,
        "cachedContentTokenCount": said.usage.cache_read,
        "candidatesTokenCount": said.usage.output,
        "thoughtsTokenCount": said.usage.reasoning,
    }


def answer(said: Said, *parts: object, finish: bool = True) -> dict[str, object]:
    candidate: dict[str, object] = {"content": {"role": "model", "parts": list(parts)}}
    if finish:
        candidate["finishReason"] = FINISH[said.finish]
    return {
        "candidates": [candidate],
        "usageMetadata": usage(said),
        "modelVersion": "gemini-x",
        "responseId": "r1",
    }


def calls(said: Said) -> list[object]:
    return [
        {"functionCall": {"id": id_, "name": name, "args": arguments}, "thoughtSignature": "AA=="}
        for id_, name, arguments in said.calls
    ]


def whole(said: Said) -> bytes:
    parts = [{"text": "hm", "thought": True}, {"text": said.text}]
    return golden.body(answer(said, *parts, *calls(said)))


def stream(said: Said) -> bytes:
    chunks = [answer(said, {"text": text}, finish=False) for text in said.texts]
    chunks += [answer(said, call, finish=False) for call in calls(said)]
    chunks.append(answer(said, {"text": ""}))
    return b"".join(b"data: " + golden.body(chunk) + b"\r\n\r\n" for chunk in chunks)


@both
@given(said=answers())
def test_an_answer_survives(caller: Calling, said: Said) -> None:
    """Its text, tool calls, finish and tokens; not its thoughts."""
    found = dialect(caller).answer(whole(said), caller.asked())
    heard = caller.whole(found.body)

    assert (heard.text, heard.calls, heard.finish) == (said.text, said.calls, said.finish)
    assert heard.usage == found.usage == said.usage


@both
@given(said=answers(), size=st.integers(1, 200))
def test_a_stream_survives_however_it_is_cut(caller: Calling, said: Said, size: int) -> None:
    """Its text, tool calls, finish and tokens."""
    pieces = caller.pieces(dialect(caller), stream(said), size=size)

    heard = caller.stream(b"".join(piece.forward for piece in pieces))
    assert (heard.text, heard.calls, heard.finish) == (said.text, said.calls, said.finish)
    assert heard.usage == pieces[-1].usage == said.usage
    assert pieces[-1].done


def test_calls_without_an_id_get_one_of_their_own() -> None:
    """Another one in each answer: callers keep the calls of many turns by it."""
    said = Said((), (("", "f", {}), ("", "g", {})), "tools")
    parts = [{"functionCall": {"name": name, "args": {}}} for _, name, _ in said.calls]
    sent = golden.body({**answer(said, *parts), "responseId": "h7uQaJ2oHpGR1MkPk9G6yQg"})

    whole = CHAT.whole(dialect(CHAT).answer(sent, CHAT.asked()).body)
    pieces = CHAT.pieces(dialect(CHAT), b"data: " + sent + b"\n\n")
    streamed = CHAT.stream(b"".join(piece.forward for piece in pieces))

    ids = ["call_h7uQaJ2oHpGR1MkPk9G6yQg_0", "call_h7uQaJ2oHpGR1MkPk9G6yQg_1"]
    assert [call[0] for call in whole.calls] == [call[0] for call in streamed.calls] == ids


@pytest.mark.parametrize("reason", ["MALFORMED_FUNCTION_CALL", "OTHER", None])
def test_an_end_that_is_none_is_no_answer(reason: str | None) -> None:
    """Nor is an answer without any."""
    body = golden.body({"candidates": [{"finishReason": reason}]})

    with pytest.raises(Unreadable):
        dialect(CHAT).answer(body, CHAT.asked())


def test_a_prompt_that_is_blocked_is_filtered() -> None:
    """It has no candidates; whole or as a stream."""
    body = golden.body({"promptFeedback": {"blockReason": "SAFETY"}})

    found = dialect(CHAT).answer(body, CHAT.asked())
    pieces = CHAT.pieces(dialect(CHAT), b"data: " + body + b"\n\n")

    assert b'"finish_reason":"content_filter"' in found.body
    assert (pieces[-1].finish, pieces[-1].done) == ("filter", True)


@pytest.mark.parametrize(
    ("status", "error", "failure", "waits"),
    [
        (429, {"details": [{"@type": "a.RetryInfo", "retryDelay": "3.5s"}]},
         Failure.RATE_LIMITED, 3.5),
        (400, {"message": "bad"}, Failure.CALLER_ERROR, None),
        (400, {"details": [{"reason": "API_KEY_INVALID"}]}, Failure.CREDENTIAL, None),
        (400, {"message": "The input token count (9) exceeds the maximum number of tokens (8)."},
         Failure.CONTEXT_TOO_LONG, None),
        (403, {}, Failure.CREDENTIAL, None),
        (404, {}, Failure.MODEL_GONE, None),
        (500, {}, Failure.SERVER_ERROR, None),
        (503, {"details": [{"retryDelay": "soon"}]}, Failure.OVERLOADED, None),
    ],
)  # fmt: skip
def test_errors_are_sorted(
    status: int, error: dict[str, object], failure: Failure, waits: float | None
) -> None:
    """By status, message and details; with a status and within a stream."""
    body = golden.body({"error": {"code": status, **error}})

    failed = dialect(CHAT).failed(status, {}, body, now=NOW)
    [piece] = CHAT.pieces(dialect(CHAT), b"data: " + body + b"\n\n")

    assert (failed.failure, failed.retry_after_s) == (failure, waits)
    assert (piece.failure, piece.forward) == (failure, b"")
    assert dialect(CHAT).failed(503, {}, b"<html>", now=NOW).failure is Failure.OVERLOADED
