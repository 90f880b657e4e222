"""Where something stands in a body, and what might stand there."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.wire.requests.chat import Chat
from tenken.wire.requests.messages import Messages
from tenken.wire.wrong.allowed import allowed_at, nearest
from tenken.wire.wrong.whereabouts import half_character, place_of, places

NAMES = st.text("abc", min_size=1, max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Walk a value that was read whole."""
    if isinstance(value, dict):
        steps = [(f"{path}.{name}" if path else name, one) for name, one in value.items()]
    elif isinstance(value, list):
        steps = [(f"{path}[{number}]", one) for number, one in enumerate(value)]
    else:
        return [(path, value)]
    return [leaf for step, one in steps for leaf in leaves(one, step)]


@given(st.dictionaries(NAMES, VALUES, max_size=4), st.sampled_from([None, 1]), st.booleans())
def test_each_value_has_its_path(value: dict[str, Any], indent: int | None, ascii_: bool) -> None:
    """As one who reads the whole would name it, however it is written."""
    body = json.dumps(value, indent=indent, ensure_ascii=ascii_).encode(errors="replace")
    value = json.loads(body)
    found = {one.path: one.said for one in places(body)}

    expected = leaves(value)
    assert {path for path, _ in expected} <= set(found)
    for path, leaf in expected:
        assert repr(json.loads(found[path])) == repr(leaf)


@given(st.binary(max_size=60))
def test_whatever_it_is_it_is_walked_through(body: bytes) -> None:
    """Nothing is found outside it, and nothing twice."""
    ends = 0
    for one in places(body):
        assert one.at >= ends
        assert body[one.at :].startswith(one.said)
        ends = one.at + len(one.said)


def test_a_byte_has_the_path_of_its_value() -> None:
    """Also where it is no UTF-8, and in what is not closed."""
    body = b'{"a": [{"b": "x\xff'

    assert place_of(body, body.index(b"\xff")) == "a[0].b"
    assert place_of(body, 1) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (rb'"\ud83d\ude00"', None),
        (rb'"a\ud83d"', 2),
        (rb'"\ude00"', 1),
        (rb'"\ud83dx\ude00"', 1),
        (rb'"\ud83d\ud83d\ude00"', 1),
        (rb'"\\ud83d"', None),
        (rb'"\ud83d\n"', 1),
    ],
)
def test_half_a_character_is_found(text: bytes, at: int | None) -> None:
    """By its escape; what Python would not write again either."""
    assert half_character(text) == at
    try:
        json.loads(text).encode()
    except UnicodeEncodeError:
        assert at is not None
    else:
        assert at is None


@pytest.mark.parametrize(
    ("shape", "path", "expected"),
    [
        (Chat, "temperature", "0 - 2"),
        (Chat, "top_logprobs", "0 - 20"),
        (Chat, "messages[12].role", "assistant, developer, function, system, tool, user"),
        (Chat, "model", ""),
        (Chat, "nothing.of[1].it", ""),
        (Messages, "messages[0].role", "assistant, system, user"),
    ],
)
def test_what_may_stand_there_is_told(shape: type, path: str, expected: str) -> None:
    """A list or a range; all else is said by the type."""
    assert allowed_at(shape, path) == expected


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        ("", "temprature", "temperature"),
        ("", "max_token", "max_tokens"),
        ("stream_options", "include_usag", "include_usage"),
        ("", "api_base", ""),
        ("", "x" * 100_000, ""),
    ],
)
def test_a_name_that_was_meant_is_told(path: str, name: str, expected: str) -> None:
    """Where one is near."""
    assert nearest(Chat, path, name) == expected
