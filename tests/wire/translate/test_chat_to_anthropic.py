"""A chat is said to Anthropic, and its answer said back: nothing of it changes on the way."""

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
from tests.wire.translate.answers import Said, answers, heard_from_chat, heard_from_chunks

DIALECT = DIALECTS["anthropic"][Api.CHAT]
FINISH = {"stop": "end_turn", "length": "max_tokens", "tools": "tool_use", "filter": "refusal"}
STREAMED = {"stream": True, "stream_options": {"include_usage": True}}


def read(**more: object) -> Asked:
    return chat.read(golden.body({**golden.CHAT, **more}), limits=BodyLimits())


def test_the_request_is_said_in_anthropic_s_words() -> None:
    """Tools, images and results too; what stands there is a good body of that API."""
    sent = DIALECT.outgoing(read(), model="claude-x")

    assert json.loads(sent.written) == {**golden.MESSAGES, "model": "claude-x"}
    assert (sent.path, sent.headers) == ("/messages", ((b"anthropic-version", b"2023-06-01"),))
    assert messages.read(sent.written, limits=BodyLimits()).tools


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"max_completion_tokens": None}, {"max_tokens": 4096}),
        ({"tool_choice": "none"}, {"tool_choice": {"type": "none"}}),
        (
            {"tool_choice": {"type": "function", "function": {"name": "weather"}}},
            {"tool_choice": {"type": "tool", "name": "weather"}},
        ),
        (
            {"tool_choice": None, "parallel_tool_calls": False},
            {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
        ),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"schema": {"a": 1}}}},
            {"output_config": {"format": {"type": "json_schema", "schema": {"a": 1}}}},
        ),
        ({"stop": "X"}, {"stop_sequences": ["X"]}),
        ({"stream": True}, {"stream": True}),
    ],
)
def test_each_wish_has_its_words(more: dict[str, object], said: dict[str, object]) -> None:
    """A limit is always said: the API demands one."""
    sent = json.loads(DIALECT.outgoing(read(**more), model="m").written)

    assert {name: sent[name] for name in said} == said


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"logit_bias": {"1": 2}}, "logit_bias"),
        ({"presence_penalty": 1}, "presence_penalty"),
        ({"frequency_penalty": 1}, "frequency_penalty"),
        ({"temperature": 1.5}, "temperature"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"functions": [{"name": "f"}]}, "functions"),
        ({"store": True}, "store"),
        ({"tools": [{"type": "custom", "custom": {"name": "f"}}]}, "tools[0].type"),
        ({"tool_choice": {"type": "allowed_tools"}}, "tool_choice"),
        (
            {"messages": [{"role": "user", "content": "a"}, {"role": "system", "content": "b"}]},
            "messages[1].role",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
            "messages[0].content[0].type",
        ),
        (
            {
                "messages": [
                    {
                        "role": "assistant",
                        "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "["}}],
                    }
                ]
            },
            "messages[0].tool_calls[0].function.arguments",
        ),
    ],
)
def test_what_cannot_be_said_is_refused(more: dict[str, object], field: str) -> None:
    """With the name of the field: nothing is dropped that would change the answer."""
    with pytest.raises(Refusal) as told:
        DIALECT.outgoing(read(**more), model="m")

    assert (told.value.refused.code, told.value.refused.param) == ("unsupported_parameter", field)


@pytest.mark.parametrize(
    "more", [{"n": 1}, {"logprobs": False}, {"store": False}, {"modalities": ["text"]}]
)
def test_what_asks_for_nothing_is_no_fault(more: dict[str, object]) -> None:
    """A default said out loud changes nothing."""
    assert DIALECT.outgoing(read(**more), model="m").body


def test_turns_of_blanks_are_left_out() -> None:
    """The API refuses them; blanks beside something else stay."""
    said = [
        {"role": "system", "content": "\n"},
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": " "},
        {"role": "user", "content": [{"type": "text", "text": one} for one in ("b", " ", "c")]},
    ]

    sent = json.loads(DIALECT.outgoing(read(messages=said), model="m").written)

    assert "system" not in sent
    assert [[block["text"] for block in one["content"]] for one in sent["messages"]] == [
        ["a", "b", " ", "c"]
    ]


def test_a_picture_s_kind_has_its_one_name() -> None:
    """OpenAI takes `image/jpg`, others know `image/jpeg` alone."""
    url = {"url": f"data:image/jpg;base64,{golden.PNG}"}
    said = [{"role": "user", "content": [{"type": "image_url", "image_url": url}]}]

    sent = json.loads(DIALECT.outgoing(read(messages=said), model="m").written)

    assert sent["messages"][0]["content"][0]["source"]["media_type"] == "image/jpeg"


def test_a_choice_without_tools_is_left_out() -> None:
    """The API refuses it, and none is called anyway."""
    asked = read(tools=None, tool_choice="none", messages=[{"role": "user", "content": "a"}])

    assert b"tool_choice" not in DIALECT.outgoing(asked, model="m").written


def test_fields_of_an_operator_have_no_words_elsewhere() -> None:
    """They are the other API's own."""
    body = golden.body({**golden.CHAT, "top_k": 3})
    asked = chat.read(body, limits=BodyLimits(), pass_through=frozenset({"top_k"}))

    with pytest.raises(Refusal):
        DIALECT.outgoing(asked, model="m")


def whole(said: Said) -> bytes:
    blocks: list[object] = [{"type": "text", "text": said.text}] if said.texts else []
    blocks += [
        {"type": "tool_use", "id": id_, "name": name, "input": arguments}
        for id_, name, arguments in said.calls
    ]
    return golden.body(
        {
            "id": "msg_1",
            "type": "message",
            "model": "claude-x",
            "content": blocks,
            "stop_reason": FINISH[said.finish],
            "usage": usage(said),
        }
    )


def usage(said: Said) -> dict[str, object]:
    return {
        "input_tokens": said.usage.input,
        "cache_read_input_tokens": said.usage.cache_read,
        "output_tokens": said.usage.written,
        "output_tokens_details": {"thinking_tokens": said.usage.reasoning},
    }


def event(name: str, **data: object) -> bytes:
    return f"event: {name}\n".encode() + b"data: " + golden.body({"type": name, **data}) + b"\n\n"


def stream(said: Said) -> bytes:
    begun = {"id": "msg_1", "model": "claude-x", "usage": {**usage(said), "output_tokens": 1}}
    events = [event("message_start", message=begun), event("ping")]
    if said.texts:
        block = {"type": "text", "text": ""}
        events.append(event("content_block_start", index=0, content_block=block))
        events += [
            event("content_block_delta", index=0, delta={"type": "text_delta", "text": text})
            for text in said.texts
        ]
        events.append(event("content_block_stop", index=0))
    for id_, name, arguments in said.calls:
        use = {"type": "tool_use", "id": id_, "name": name, "input": {}}
        events.append(event("content_block_start", index=1, content_block=use))
        parts = [json.dumps(arguments)[:3], json.dumps(arguments)[3:]] if arguments else [""]
        events += [
            event("content_block_delta", delta={"type": "input_json_delta", "partial_json": part})
            for part in parts
        ]
        events.append(event("content_block_stop", index=1))
    told = {
        "output_tokens": said.usage.written,
        "output_tokens_details": usage(said)["output_tokens_details"],
    }
    events.append(event("message_delta", delta={"stop_reason": FINISH[said.finish]}, usage=told))
    return b"".join([*events, event("message_stop")])


@given(answers())
def test_an_answer_survives(said: Said) -> None:
    """Its text, tool calls, finish and tokens."""
    answer = DIALECT.answer(whole(said), read())
    heard = heard_from_chat(answer.body)

    assert (heard.text, heard.calls, heard.finish) == (said.text, said.calls, said.finish)
    assert heard.usage == answer.usage == said.usage
    assert answer.upstream_id == "msg_1"


@given(answers(), st.integers(1, 200))
def test_a_stream_survives_however_it_is_cut(said: Said, size: int) -> None:
    """Its text, tool calls, finish and tokens."""
    sent = stream(said)
    reading = DIALECT.reading(read(**STREAMED))
    pieces = [
        piece
        for begin in range(0, len(sent), size)
        for piece in reading.feed(sent[begin : begin + size])
    ]

    heard = heard_from_chunks(b"".join(piece.forward for piece in pieces))
    assert (heard.text, heard.calls, heard.finish) == (said.text, said.calls, said.finish)
    assert heard.usage == pieces[-1].usage == said.usage
    assert pieces[-1].done
    assert any(piece.content for piece in pieces) is bool(said.texts or said.calls)


def test_tokens_are_told_to_those_who_asked() -> None:
    """They are read in any case."""
    pieces = DIALECT.reading(read(stream=True)).feed(stream(Said(("a",))))

    assert b'"usage"' not in b"".join(piece.forward for piece in pieces)
    assert pieces[-1].usage is not None


def test_an_error_within_a_stream_is_a_failure() -> None:
    """It is not forwarded."""
    sent = event("error", error={"type": "overloaded_error", "message": "no"})

    [piece] = DIALECT.reading(read(stream=True)).feed(sent)

    assert (piece.failure, piece.said, piece.forward) == (Failure.OVERLOADED, "no", b"")


@pytest.mark.parametrize("sent", [b"", b"[]", b'{"id": 3}'])
def test_what_is_no_answer_is_told_apart(sent: bytes) -> None:
    """Never said on as an empty one."""
    with pytest.raises(Unreadable):
        DIALECT.answer(sent, read())
