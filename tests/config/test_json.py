"""JSON keeps its lines; whatever the text, nothing is raised and everything is bounded."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.config.json import JsonError, read_json
from tenken.config.node import Node

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=20,
)


def test_keys_and_values_keep_their_lines() -> None:
    """A finding points at the line of the key."""
    node = read_json('{\n  "a": [\n    1,\n    {"b": "x"}\n  ]\n}')

    assert isinstance(node, Node)
    assert node.line_of("a") == 2
    assert [item.line for item in node.at("a").items] == [3, 4]


def test_lines_count_from_where_the_text_begins() -> None:
    """JSON inside another file is counted in that file."""
    node = read_json('{\n"a": 1}', first_line=10)

    assert isinstance(node, Node)
    assert node.line_of("a") == 11


@given(VALUES)
def test_what_json_writes_is_read_back(value: object) -> None:
    """Any value, indented or not."""
    for indent in (None, 2):
        node = read_json(json.dumps(value, indent=indent))

        assert isinstance(node, Node)
        assert node.plain == value


@given(st.text(alphabet='{}[]:,"\\ \n0123456789.eE+-truefalsn/u', max_size=80))
def test_any_text_gives_a_value_or_a_reason(text: str) -> None:
    """Never an exception."""
    assert isinstance(read_json(text), Node | JsonError)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("[" * 100_000, "json_too_deep", id="deep-lists"),
        pytest.param('{"a":' * 100_000, "json_too_deep", id="deep-objects"),
        pytest.param("[" + "1," * 250_000 + "1]", "json_too_many_values", id="many-values"),
        pytest.param("[" + " " * 2_100_000 + "]", "json_too_large", id="large"),
        pytest.param('"' * 100_000, "json_syntax", id="quotes"),
        pytest.param("1" * 100_000, "json_syntax", id="long-number"),
        pytest.param("[1 2]", "json_syntax", id="no-comma"),
        pytest.param("{1: 2}", "json_syntax", id="number-as-key"),
        pytest.param("[1] x", "json_syntax", id="more-behind"),
        pytest.param("", "json_syntax", id="empty"),
        pytest.param('"\\q"', "json_syntax", id="escape"),
    ],
)
def test_what_is_no_json_has_a_reason(text: str, reason: str) -> None:
    """Bounded in depth, number and length."""
    found = read_json(text)

    assert isinstance(found, JsonError)
    assert found.reason == reason


def test_half_a_character_is_replaced() -> None:
    """A lone surrogate could not be written out by anything later."""
    node = read_json('"\\ud800"')

    assert isinstance(node, Node)
    assert node.text.encode() == b"?"
