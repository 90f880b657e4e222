"""Every text that a model reads or writes is found, and can be put back changed."""

import json
from typing import Any

import pytest

from tenken.wire.api import Api
from tenken.wire.words.answered import words_answered
from tenken.wire.words.asked import words_asked
from tenken.wire.words.words import Words

CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"q": "\\u6771"}'}}
ASKED: dict[Api, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    Api.CHAT: (
        {
            "messages": [
                {"role": "developer", "content": "rules"},
                {"role": "user", "content": [{"type": "text", "text": "see"}, {"type": "x"}]},
                {"role": "assistant", "content": None, "tool_calls": [CALL]},
                {"role": "tool", "tool_call_id": "c", "content": '{"rows": ["a", 1, {"b": "b"}]}'},
            ]
        },
        [("rules", "system"), ("see", "user"), ("東", "assistant"), ("a", "tool"), ("b", "tool")],
    ),
    Api.RESPONSES: (
        {
            "instructions": "rules",
            "input": [
                {"role": "user", "content": "see"},
                {"type": "function_call", "call_id": "c", "arguments": '{"q": "x"}'},
                {"type": "function_call_output", "call_id": "c", "output": "found"},
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": "so"}]},
            ],
        },
        [
            ("rules", "system"),
            ("see", "user"),
            ("x", "assistant"),
            ("found", "tool"),
            ("so", "assistant"),
        ],
    ),
    Api.MESSAGES: (
        {
            "system": [{"type": "text", "text": "rules"}],
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "document", "source": {"type": "text", "data": "page"}},
                        {"type": "tool_result", "content": [{"type": "text", "text": "found"}]},
                    ],
                },
                {
                    "role": "assistant",
                    "content": [{"type": "tool_use", "input": {"q": ["x", {"y": "z"}]}}],
                },
            ],
        },
        [
            ("rules", "system"),
            ("page", "file"),
            ("found", "tool"),
            ("x", "assistant"),
            ("z", "assistant"),
        ],
    ),
    Api.EMBEDDINGS: ({"input": ["one", "two"]}, [("one", "user"), ("two", "user")]),
}
ANSWERED: dict[Api, tuple[dict[str, Any], list[str]]] = {
    Api.CHAT: (
        {
            "choices": [
                {"message": {"content": "one", "reasoning_content": "thought"}},
                {"message": {"content": None, "tool_calls": [CALL], "refusal": "no"}},
            ]
        },
        ["one", "thought", "no", "東"],
    ),
    Api.RESPONSES: (
        {
            "output": [
                {"type": "reasoning", "summary": [{"text": "thought"}]},
                {"type": "message", "content": [{"type": "output_text", "text": "one"}]},
                {"type": "function_call", "arguments": '{"q": "x"}'},
            ]
        },
        ["thought", "one", "x"],
    ),
    Api.MESSAGES: (
        {
            "content": [
                {"type": "thinking", "thinking": "thought"},
                {"type": "text", "text": "one"},
                {"type": "tool_use", "input": {"q": "x"}},
            ]
        },
        ["thought", "one", "x"],
    ),
    Api.EMBEDDINGS: ({"data": [{"embedding": [0.5]}]}, []),
}


def upper(words: Words) -> None:
    words.put(tuple([text.upper() for text, _ in words]))


@pytest.mark.parametrize("api", ASKED)
def test_a_request_is_read_wherever_its_api_puts_texts(api: Api) -> None:
    """With who wrote each; escapes in JSON hide nothing."""
    body, expected = ASKED[api]

    assert [(text, who.value) for text, who in words_asked(api, body)] == expected


@pytest.mark.parametrize("api", ANSWERED)
def test_an_answer_is_read_with_every_choice_thought_and_call(api: Api) -> None:
    """Nothing that leaves is passed over."""
    body, expected = ANSWERED[api]

    assert [text for text, _ in words_answered(api, body)] == expected


@pytest.mark.parametrize("api", ASKED)
def test_what_is_put_back_is_found_again(api: Api) -> None:
    """In the same places, JSON within texts being JSON still."""
    body = json.loads(json.dumps(ASKED[api][0]))

    upper(words_asked(api, body))

    expected = [(text.upper(), who) for text, who in ASKED[api][1]]
    assert [(text, who.value) for text, who in words_asked(api, body)] == expected


def test_a_text_that_only_looks_like_json_is_a_text() -> None:
    """However deep it pretends to be."""
    for text in ("{not json", "[" * 100_000, "[1, 2", "12", '"quoted"'):
        words = Words()
        holder = {"output": text}
        words.written(holder, "output", next(iter(words_asked(Api.CHAT, ASKED[Api.CHAT][0])))[1])

        assert [said for said, _ in words] == [text]
