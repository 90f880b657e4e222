"""Anthropic's messages are said to OpenAI, and the answer said back: nothing of it changes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire.api import Api
from tenken.wire.asked import Asked, BodyLimits
from tenken.wire.dialect import Unreadable
from tenken.wire.failure import Failure
from tenken.wire.pairs import DIALECTS
from tenken.wire.refusal import Refusal
from tenken.wire.requests import chat, messages
from tests.wire.translate import golden
from tests.wire.translate.answers import Said, answers, heard_from_events, heard_from_message

DIALECT = DIALECTS["openai"][Api.MESSAGES]
FINISH = {"stop": "stop", "length": "length", "tools": "tool_calls", "filter": "content_filter"}


def read(**more: object) -> Asked:
    return messages.read(golden.body({**golden.MESSAGES, **more}), limits=BodyLimits())


def test_the_request_is_said_in_openai_s_words() -> None:
    """Tools, images and results too; what stands there is a good body of that API."""
    sent = DIALECT.outgoing(read(), model="gpt-x")

    said = json.loads(sent.written)
    [call] = said["messages"][2]["tool_calls"]
    assert json.loads(call["function"].pop("arguments")) == {"city": "Kyoto"}
    assert said["messages"] == [
        {"role": "system", "content": "Be brief.\n\nBe kind."},
        golden.CHAT["messages"][2],  # type: ignore[index]
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "weather"}}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "31 degrees"},
        {"role": "user", "content": "And tomorrow?"},
    ]
    same = (
        "tools",
        "tool_choice",
        "max_completion_tokens",
        "temperature",
        "top_p",
        "stop",
        "user",
    )
    assert {name: said[name] for name in same} == {name: golden.CHAT[name] for name in same}
    assert chat.read(sent.written, limits=BodyLimits()).model == "gpt-x"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"top_k": 5}, "top_k"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stop_sequences": ["a", "b", "c", "d", "e"]}, "stop_sequences"),
        ({"context_management": {"edits": [1]}}, "context_management"),
        ({"tools": [{"type": "bash_20250124", "name": "bash"}]}, "tools[0].type"),
        ({"messages": [{"role": "system", "content": "a"}]}, "messages[0].role"),
        (
            {"messages": [{"role": "user", "content": [{"type": "document", "source": None}]}]},
            "messages[0].content[0].type",
        ),
        (
            {
                "messages": [
                    golden.MESSAGES["messages"][1],  # type: ignore[index]
                    {
                        "role": "user",
                        "content": [
                            {
                                "type": "tool_result",
                                "tool_use_id": "c1",
                                "content": [{"type": "image"}],
                            }
                        ],
                    },
                ]
            },
            "messages[1].content[0].content[0].type",
        ),
    ],
)
def test_what_cannot_be_said_is_refused(more: dict[str, object], field: str) -> None:
    """With the name of the field."""
    with pytest.raises(Refusal) as told:
        DIALECT.outgoing(read(**more), model="m")

    assert (told.value.refused.code, told.value.refused.param) == ("unsupported_parameter", field)


def test_earlier_thoughts_are_left_out() -> None:
    """They are signed for the model that had them."""
    thought = {"type": "thinking", "thinking": "hm", "signature": "s"}
    said = [{"role": "user", "content": "a"}, {"role": "assistant", "content": [thought]}]

    sent = DIALECT.outgoing(read(messages=[*said, {"role": "user", "content": "b"}]), model="m")

    assert b"hm" not in sent.written


def whole(said: Said) -> bytes:
    message: dict[str, object] = {"role": "assistant", "content": said.text or None}
    if said.calls:
        message["tool_calls"] = [
            {
                "id": id_,
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(given)},
            }
            for id_, name, given in said.calls
        ]
    choice = {"index": 0, "message": message, "finish_reason": FINISH[said.finish]}
    return golden.body({"id": "c-1", "model": "gpt-x", "choices": [choice], "usage": usage(said)})


def usage(said: Said) -> dict[str, object]:
    return {
        "prompt_tokens": said.usage.read,
        "completion_tokens": said.usage.written,
        "prompt_tokens_details": {"cached_tokens": said.usage.cache_read},
        "completion_tokens_details": {"reasoning_tokens": said.usage.reasoning},
    }


def chunk(delta: object, finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + golden.body({"id": "c-1", "model": "gpt-x", "choices": [choice]}) + b"\n\n"


def stream(said: Said) -> bytes:
    chunks = [chunk({"role": "assistant", "content": ""})]
    chunks += [chunk({"content": text}) for text in said.texts]
    for index, (id_, name, arguments) in enumerate(said.calls):
        function = {"name": name, "arguments": ""}
        chunks.append(chunk({"tool_calls": [{"index": index, "id": id_, "function": function}]}))
        written = json.dumps(arguments)
        chunks += [
            chunk({"tool_calls": [{"index": index, "function": {"arguments": part}}]})
            for part in (written[:3], written[3:])
        ]
    told = b"data: " + golden.body({"id": "c-1", "choices": [], "usage": usage(said)}) + b"\n\n"
    return b"".join([*chunks, chunk({}, FINISH[said.finish]), told, b"data: [DONE]\n\n"])


@given(answers())
def test_an_answer_survives(said: Said) -> None:
    """Its text, tool calls, finish and tokens."""
    answer = DIALECT.answer(whole(said), read())
    heard = heard_from_message(answer.body)

    assert (heard.text, heard.calls, heard.finish) == (said.text, said.calls, said.finish)
    assert heard.usage == answer.usage == said.usage


@given(answers(), st.integers(1, 200))
def test_a_stream_survives_however_it_is_cut(said: Said, size: int) -> None:
    """Its text, tool calls, finish and tokens."""
    sent = stream(said)
    reading = DIALECT.reading(read(stream=True))
    pieces = [
        piece
        for begin in range(0, len(sent), size)
        for piece in reading.feed(sent[begin : begin + size])
    ]

    heard = heard_from_events(b"".join(piece.forward for piece in pieces))
    assert (heard.text, heard.calls, heard.finish) == (said.text, said.calls, said.finish)
    assert heard.usage == pieces[-1].usage == said.usage
    assert pieces[-1].done


def test_a_call_is_the_reason_where_a_tool_was_named() -> None:
    """OpenAI says `stop` then; a loop that waits for `tool_use` would end with nothing called."""
    told = json.loads(whole(Said((), (("c1", "f", {}),), "tools")))
    told["choices"][0]["finish_reason"] = "stop"
    begins = {"index": 0, "id": "c1", "function": {"name": "f", "arguments": "{}"}}
    sent = chunk({"tool_calls": [begins]}) + chunk({}, "stop") + b"data: [DONE]\n\n"

    answer = json.loads(DIALECT.answer(golden.body(told), read()).body)
    pieces = DIALECT.reading(read(stream=True)).feed(sent)

    assert answer["stop_reason"] == "tool_use"
    assert heard_from_events(b"".join(piece.forward for piece in pieces)).finish == "tools"


def test_calls_that_are_all_the_first_are_told_apart() -> None:
    """Ollama has numbered them so, and Google's compatible endpoint."""
    calls = (("c1", "f", {"a": 1}), ("c2", "f", {"a": 2}))
    begins = [
        {"index": 0, "id": id_, "function": {"name": name, "arguments": json.dumps(given)}}
        for id_, name, given in calls
    ]
    chunks = [chunk({"tool_calls": [one]}) for one in begins]
    sent = b"".join([*chunks, chunk({}, "tool_calls"), b"data: [DONE]\n\n"])

    pieces = DIALECT.reading(read(stream=True)).feed(sent)

    assert heard_from_events(b"".join(piece.forward for piece in pieces)).calls == calls


def test_an_id_that_is_said_again_begins_no_other_call() -> None:
    """Some servers say it with every part."""
    parts = [
        {"index": 0, "id": "c1", "function": {"name": "f", "arguments": part}}
        for part in ('{"a"', ": 1}")
    ]
    chunks = [chunk({"tool_calls": [one]}) for one in parts]
    sent = b"".join([*chunks, chunk({}, "tool_calls"), b"data: [DONE]\n\n"])

    pieces = DIALECT.reading(read(stream=True)).feed(sent)

    heard = heard_from_events(b"".join(piece.forward for piece in pieces))
    assert heard.calls == (("c1", "f", {"a": 1}),)


def test_a_call_that_was_cut_at_the_length_is_left_out() -> None:
    """The reason says so; a cut one is no fault of the provider's."""
    told = json.loads(whole(Said(("a",), (("c1", "f", {}), ("c2", "f", {})), "length")))
    told["choices"][0]["message"]["tool_calls"][1]["function"]["arguments"] = '{"a": '

    heard = heard_from_message(DIALECT.answer(golden.body(told), read()).body)

    assert (heard.calls, heard.finish) == ((("c1", "f", {}),), "length")


@pytest.mark.parametrize(
    ("side", "name", "other"),
    [
        ("openai", "max_completion_tokens", "max_tokens"),
        ("azure", "max_completion_tokens", "max_tokens"),
        ("compatible", "max_tokens", "max_completion_tokens"),
    ],
)
def test_an_answer_is_bounded_by_the_name_that_is_known(side: str, name: str, other: str) -> None:
    """Ollama ignores the new one; OpenAI's reasoning models refuse the old one."""
    said = json.loads(DIALECTS[side][Api.MESSAGES].outgoing(read(), model="m").written)

    assert said[name] == 300
    assert other not in said


def test_a_choice_without_tools_is_left_out() -> None:
    """OpenAI refuses it, and none is called anyway."""
    said = [{"role": "user", "content": "a"}]
    asked = read(messages=said, tools=[], tool_choice={"type": "auto"})

    assert b"tool_choice" not in DIALECT.outgoing(asked, model="m").written


def test_a_stream_without_its_end_has_none() -> None:
    """`[DONE]` without a reason to end is no end."""
    cut = chunk({"content": "a"}) + b"data: [DONE]\n\n"

    assert not any(piece.done for piece in DIALECT.reading(read(stream=True)).feed(cut))


def test_an_error_within_a_stream_is_a_failure() -> None:
    """It is not forwarded."""
    sent = b'data: {"error": {"message": "no", "type": "server_error"}}\n\n'

    [piece] = DIALECT.reading(read(stream=True)).feed(sent)

    assert (piece.failure, piece.said, piece.forward) == (Failure.SERVER_ERROR, "no", b"")


def test_a_call_that_goes_on_after_a_text_is_no_answer() -> None:
    """Blocks of that API follow each other: its end would belong to nothing."""
    parts = [
        {"tool_calls": [{"index": 0, "id": "c1", "function": {"name": "f", "arguments": "{"}}]},
        {"content": "a"},
        {"tool_calls": [{"index": 0, "function": {"arguments": "}"}}]},
    ]

    with pytest.raises(Unreadable):
        DIALECT.reading(read(stream=True)).feed(b"".join(chunk(part) for part in parts))


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{"message": {"tool_calls": [{"function": {"arguments": "{"}}]}}]}',
    ],
)
def test_what_is_no_answer_is_told_apart(sent: bytes) -> None:
    """Never said on as an empty one."""
    with pytest.raises(Unreadable):
        DIALECT.answer(sent, read())
