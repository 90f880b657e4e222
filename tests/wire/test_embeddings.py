"""Embeddings: bodies are read strictly, and pass through.

The exchanges are written after OpenAI's published API reference (embeddings), read 2026-11; none
is recorded from the service.
"""

import json

import pytest

from tenken.wire.asked import Asked, BodyLimits
from tenken.wire.dialect import Unreadable
from tenken.wire.dialects.openai_embeddings import OpenAIEmbeddings
from tenken.wire.refusal import Refusal
from tenken.wire.requests import embeddings
from tenken.wire.usage import Usage

DIALECT = OpenAIEmbeddings()


def read(body: bytes) -> Asked:
    return embeddings.read(body, limits=BodyLimits())


def request(**more: object) -> bytes:
    return json.dumps({"model": "m", "input": "hello", **more}).encode()


@pytest.mark.parametrize(
    ("given", "inputs", "texts"),
    [
        ("hello", 1, ("hello",)),
        (["a", "b"], 2, ("a", "b")),
        ([1, 2, 3], 1, ()),
        ([0], 1, ()),
        ([[1, 2], [3]], 2, ()),
    ],
)
def test_inputs_are_counted(given: object, inputs: int, texts: tuple[str, ...]) -> None:
    """Numbers alone are one input that was cut into tokens already."""
    asked = read(request(input=given))

    assert (asked.choices, asked.turns[0].texts, asked.stream) == (inputs, texts, False)


@pytest.mark.parametrize(
    ("more", "code", "param"),
    [
        ({"input": ""}, "invalid_value", "input"),
        ({"input": []}, "invalid_value", "input"),
        ({"input": ["a", 1]}, "invalid_value", "input"),
        ({"input": ["a", ""]}, "invalid_value", "input"),
        ({"input": [[]]}, "invalid_value", "input"),
        ({"input": 3}, "invalid_value", "input"),
        ({"input": ["a"] * 2049}, "invalid_value", "input"),
        ({"dimensions": 0}, "invalid_value", "dimensions"),
        ({"encoding_format": "hex"}, "invalid_value", "encoding_format"),
        ({"stream": True}, "unknown_parameter", "stream"),
    ],
)
def test_a_bad_body_is_refused(more: dict[str, object], code: str, param: str) -> None:
    """With the field at fault."""
    with pytest.raises(Refusal) as told:
        read(request(**more))

    assert (told.value.refused.code, told.value.refused.param) == (code, param)


@pytest.mark.parametrize("name", ["model", "mod\\u0065l", "input"])
def test_a_field_twice_is_refused(name: str) -> None:
    """Also where it is written in another way."""
    with pytest.raises(Refusal) as told:
        read(f'{{"{name}":"a",'.encode() + request()[1:])

    assert told.value.refused.code == "duplicate_parameter"


VECTOR = {"object": "embedding", "index": 0, "embedding": [0.1, -0.2]}
ANSWER = {
    "object": "list",
    "data": [VECTOR],
    "model": "text-embedding-3-small",
    "usage": {"prompt_tokens": 8, "total_tokens": 8},
}


def test_an_answer_passes() -> None:
    """Its tokens are read."""
    body = json.dumps(ANSWER).encode()

    answer = DIALECT.answer(body, read(request()))

    assert (answer.body, answer.usage) == (body, Usage(input=8, source="provider"))
    assert DIALECT.outgoing(read(request()), model="n").body == request(model="n")


@pytest.mark.parametrize("body", [b"", b"{}", json.dumps({**ANSWER, "data": []}).encode()])
def test_what_is_no_answer_is_told_apart(body: bytes) -> None:
    """A vector for each input, or it is none."""
    with pytest.raises(Unreadable):
        DIALECT.answer(body, read(request()))
