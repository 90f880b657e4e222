"""What is said to Bedrock's Converse, and what it answers in frames: nothing changes."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tenken.wire.dialect import Dialect, Spoilt, Unreadable
from tenken.wire.failure import Failure
from tenken.wire.frames import framed
from tenken.wire.pairs import DIALECTS
from tenken.wire.refusal import Refusal
from tenken.wire.usage import Usage
from tests.wire.translate import golden
from tests.wire.translate.answers import Said, answers
from tests.wire.translate.callers import BOTH, CHAT, MESSAGES, Calling

NOW = datetime(2026, 11, 1, tzinfo=UTC)
FINISH = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tools": "tool_use",
    "filter": "content_filtered",
}
both = pytest.mark.parametrize("caller", BOTH, ids=lambda caller: caller.api)


def dialect(caller: Calling) -> Dialect:
    return DIALECTS["bedrock"][caller.api]


def untold(said: Said) -> Said:
    """What Converse can tell: thought tokens are among those written."""
    usage = replace(said.usage, output=said.usage.written, reasoning=0)
    return replace(said, usage=usage)


def test_a_chat_is_said_in_converse_s_words() -> None:
    """Tools, images and results too; the model stands in the path."""
    sent = dialect(CHAT).outgoing(CHAT.asked(), model="anthropic.claude-x:0")
    streamed = dialect(CHAT).outgoing(CHAT.asked({"stream": True}), model="arn:aws:b/p")

    assert json.loads(sent.written) == golden.CONVERSE
    assert sent.path == "/model/anthropic.claude-x%3A0/converse"
    assert streamed.path == "/model/arn%3Aaws%3Ab%2Fp/converse-stream"


def test_messages_are_said_in_converse_s_words() -> None:
    """As a chat is, but for the system's text being one."""
    sent = json.loads(dialect(MESSAGES).outgoing(MESSAGES.asked(), model="m").written)

    assert {**sent, "system": 0} == {**golden.CONVERSE, "system": 0}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"tool_choice": None}, {"tools": golden.CONVERSE["toolConfig"]["tools"]}),  # type: ignore[index]
        (
            {"tool_choice": {"type": "function", "function": {"name": "weather"}}},
            {
                "tools": golden.CONVERSE["toolConfig"]["tools"],  # type: ignore[index]
                "toolChoice": {"tool": {"name": "weather"}},
            },
        ),
    ],
)
def test_a_choice_has_its_words(more: dict[str, object], said: dict[str, object]) -> None:
    """None, any, or one."""
    sent = json.loads(dialect(CHAT).outgoing(CHAT.asked(more), model="m").written)

    assert sent["toolConfig"] == said


def test_a_schema_is_said_as_text() -> None:
    """That is how the API wants it."""
    form = {"type": "json_schema", "json_schema": {"name": "x", "schema": {"a": 1}}}

    sent = json.loads(
        dialect(CHAT).outgoing(CHAT.asked({"response_format": form}), model="m").written
    )

    schema = sent["outputConfig"]["textFormat"]["structure"]["jsonSchema"]["schema"]
    assert json.loads(schema) == {"a": 1}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"n": 2}, "n"),
        ({"presence_penalty": 1}, "presence_penalty"),
        ({"frequency_penalty": 1}, "frequency_penalty"),
        ({"temperature": 1.5}, "temperature"),
        ({"tool_choice": "none"}, "tool_choice"),
        ({"parallel_tool_calls": False}, "parallel_tool_calls"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [
                            {
                                "type": "image_url",
                                "image_url": {"url": "data:image/tiff;base64,AAAA"},
                            }
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


def test_calls_are_not_said_without_tools() -> None:
    """Converse refuses them as a mistake of the caller's; another target may take them."""
    more = {"tools": None, "tool_choice": None}
    with pytest.raises(Refusal) as told:
        dialect(CHAT).outgoing(CHAT.asked(more), model="m")

    assert told.value.refused.param == "tools"


def test_a_choice_of_none_says_nothing_without_tools() -> None:
    """There is nothing to choose from."""
    more = {"tools": None, "tool_choice": "none", "messages": golden.CHAT["messages"][:3]}  # type: ignore[index]

    assert b"toolConfig" not in dialect(CHAT).outgoing(CHAT.asked(more), model="m").written


def test_blanks_are_left_out() -> None:
    """Converse refuses a text without a letter, wherever it stands."""
    asked = CHAT.asked(
        {
            "messages": [
                {"role": "system", "content": " "},
                {"role": "user", "content": "a"},
                {"role": "assistant", "content": "\n"},
                {"role": "user", "content": [{"type": "text", "text": one} for one in ("b", " ")]},
                {"role": "assistant", "content": "\n\n", "tool_calls": golden.CALLS},
                {"role": "tool", "tool_call_id": "c1", "content": ""},
            ]
        }
    )

    said = json.loads(dialect(CHAT).outgoing(asked, model="m").written)

    user, assistant, result = [one["content"] for one in said["messages"]]
    assert "system" not in said
    assert user == [{"text": "a"}, {"text": "b"}]
    assert [*assistant[0]] == ["toolUse"]
    assert result[0]["toolResult"]["content"] == [{"json": {}}]


def usage(said: Said) -> dict[str, int]:
    return {
        "inputTokens": said.usage.input,
        "cacheReadInputTokens": said.usage.cache_read,
        "outputTokens": said.usage.written,
    }


def whole(said: Said) -> bytes:
    content: list[object] = [{"reasoningContent": {"reasoningText": {"text": "hm"}}}]
    content += [{"text": text} for text in said.texts]
    content += [
        {"toolUse": {"toolUseId": id_, "name": name, "input": arguments}}
        for id_, name, arguments in said.calls
    ]
    return golden.body(
        {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": FINISH[said.finish],
            "usage": usage(said),
        }
    )


def event(name: str, **data: object) -> bytes:
    headers = {":event-type": name, ":content-type": "application/json", ":message-type": "event"}
    return framed(golden.body(data), headers)


def stream(said: Said) -> bytes:
    events = [event("messageStart", role="assistant")]
    events += [
        event("contentBlockDelta", contentBlockIndex=0, delta={"text": text})
        for text in said.texts
    ]
    events.append(event("contentBlockStop", contentBlockIndex=0))
    for index, (id_, name, arguments) in enumerate(said.calls, 1):
        use = {"toolUse": {"toolUseId": id_, "name": name}}
        events.append(event("contentBlockStart", contentBlockIndex=index, start=use))
        written = json.dumps(arguments) if arguments else ""
        events += [
            event("contentBlockDelta", contentBlockIndex=index, delta={"toolUse": {"input": part}})
            for part in (written[:3], written[3:])
        ]
        events.append(event("contentBlockStop", contentBlockIndex=index))
    events.append(event("messageStop", stopReason=FINISH[said.finish]))
    return b"".join([*events, event("metadata", usage=usage(said), metrics={"latencyMs": 1})])


@both
@given(told=answers())
def test_an_answer_survives(caller: Calling, told: Said) -> None:
    """Its text, tool calls, finish and tokens."""
    said = untold(told)
    found = dialect(caller).answer(whole(said), caller.asked())
    heard = caller.whole(found.body)

    assert (heard.text, heard.calls, heard.finish) == (said.text, said.calls, said.finish)
    assert heard.usage == found.usage == said.usage


@both
@given(told=answers(), size=st.integers(1, 200))
def test_a_stream_survives_however_it_is_cut(caller: Calling, told: Said, size: int) -> None:
    """Its text, tool calls, finish and tokens."""
    said = untold(told)
    pieces = caller.pieces(dialect(caller), stream(said), size=size)

    heard = caller.stream(b"".join(piece.forward for piece in pieces))
    assert (heard.text, heard.calls, heard.finish) == (said.text, said.calls, said.finish)
    assert heard.usage == pieces[-1].usage == said.usage
    assert pieces[-1].done


def test_what_is_kept_for_an_hour_is_told_apart() -> None:
    """To the record, and to a caller whose API has words for it."""
    said = json.loads(whole(Said(("hello",))))
    said["usage"] = {
        "inputTokens": 5,
        "outputTokens": 7,
        "totalTokens": 52,
        "cacheWriteInputTokens": 40,
        "cacheDetails": [{"ttl": "1h", "inputTokens": 30}, {"ttl": "5m", "inputTokens": 10}],
    }

    found = dialect(MESSAGES).answer(golden.body(said), MESSAGES.asked())

    assert found.usage == Usage(
        input=5, cache_write=10, cache_write_hour=30, output=7, source="provider"
    )
    assert found.usage.total == 52
    told = json.loads(found.body)["usage"]
    assert told["cache_creation_input_tokens"] == 40
    assert told["cache_creation"] == {
        "ephemeral_5m_input_tokens": 10,
        "ephemeral_1h_input_tokens": 30,
    }


def test_a_spoilt_frame_is_no_answer() -> None:
    """One bit is enough."""
    sent = bytearray(stream(Said(("hello",))))
    sent[150] ^= 1

    with pytest.raises(Unreadable):
        CHAT.pieces(dialect(CHAT), bytes(sent))


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        ("throttlingException", Failure.RATE_LIMITED),
        ("modelStreamErrorException", Failure.SERVER_ERROR),
        ("serviceUnavailableException", Failure.OVERLOADED),
        ("validationException", Failure.CALLER_ERROR),
        ("newException", Failure.SERVER_ERROR),
    ],
)
def test_an_exception_within_a_stream_is_a_failure(kind: str, failure: Failure) -> None:
    """It is not forwarded."""
    headers = {":exception-type": kind, ":message-type": "exception"}

    [piece] = CHAT.pieces(dialect(CHAT), framed(b'{"message": "no"}', headers))

    assert (piece.failure, piece.said, piece.forward) == (failure, "no", b"")


def test_an_end_that_is_none_is_no_answer() -> None:
    """Such as a call that the model could not write."""
    malformed = json.loads(whole(Said(("a",)))) | {"stopReason": "malformed_tool_use"}

    with pytest.raises(Spoilt):
        dialect(CHAT).answer(golden.body(malformed), CHAT.asked())
    with pytest.raises(Spoilt):
        CHAT.pieces(dialect(CHAT), event("messageStop", stopReason="malformed_tool_use"))


@pytest.mark.parametrize(
    ("status", "kind", "message", "failure"),
    [
        (429, "ThrottlingException", "", Failure.RATE_LIMITED),
        (429, "ModelNotReadyException:http://x", "", Failure.OVERLOADED),
        (400, "ValidationException", "bad", Failure.CALLER_ERROR),
        (400, "ValidationException", "Input is too long for requested model.",
         Failure.CONTEXT_TOO_LONG),
        (400, "ValidationException", "The provided model identifier is invalid.",
         Failure.MODEL_GONE),
        (400, "ExpiredTokenException", "", Failure.CREDENTIAL),
        (403, "AccessDeniedException", "", Failure.CREDENTIAL),
        (404, "ResourceNotFoundException", "", Failure.MODEL_GONE),
        (424, "ModelErrorException", "", Failure.SERVER_ERROR),
        (503, "", "", Failure.OVERLOADED),
    ],
)  # fmt: skip
def test_errors_are_sorted(status: int, kind: str, message: str, failure: Failure) -> None:
    """By the type in the header, else by status."""
    body = golden.body({"message": message})

    failed = dialect(CHAT).failed(status, {b"x-amzn-errortype": kind.encode()}, body, now=NOW)

    assert failed.failure is failure
