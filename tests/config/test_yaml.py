"""YAML is read with places and 1.2 scalars, and no text can hurt the reader."""

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tenken.config.node import Node, Plain
from tenken.config.yaml import YamlError, read_yaml, scalar


def one(text: str) -> Node:
    read = read_yaml(text)
    assert not isinstance(read, YamlError), read
    return read[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("no", "no", id="no is a word"),
        pytest.param("on", "on", id="on is a word"),
        pytest.param("'1'", "1", id="quoted"),
        pytest.param("1_000", "1_000", id="underscores are text"),
        pytest.param("012", 12, id="leading zero"),
        pytest.param("0o17", 15, id="octal"),
        pytest.param("0x1F", 31, id="hex"),
        pytest.param("1e3", 1000.0, id="float"),
        pytest.param("~", None, id="null"),
        pytest.param("2026-11-22", "2026-11-22", id="dates are text"),
        pytest.param("9" * 5000, "9" * 5000, id="endless digits are text"),
        pytest.param("True", True, id="true"),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: Plain) -> None:
    """What GitHub and Kubernetes read is what we read."""
    assert one(text).plain == value


def test_every_value_and_key_has_its_line() -> None:
    """Findings point at the line of the key or of the value."""
    document = one("a:\n  b:\n    - x\n    - {c: y}\n")

    assert document.at("a").line_of("b") == 2
    assert [item.line for item in document.at("a", "b").items] == [3, 4]


def test_merge_keys_and_anchors_are_resolved() -> None:
    """An explicit key wins over a merged one, an earlier merged mapping over a later."""
    document = one("x: &x {a: 1, b: 1}\ny: &y {a: 2, c: 2}\nz:\n  <<: [*x, *y]\n  b: 3\n")

    assert document.at("z").plain == {"a": 1, "b": 3, "c": 2}


def test_walking_off_the_document_gives_absent() -> None:
    """A path that is not there is falsy and harmless."""
    assert not one("a: 1").at("a", "b", "c")


ALIAS_BOMB = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{new}: &{new} [{','.join(f'*{old}' for _ in range(9))}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


DEEP = "".join(" " * depth + "a:\n" for depth in range(200))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(ALIAS_BOMB, "yaml_too_many_values", id="alias bomb"),
        pytest.param("[" * 100_000, "yaml_too_deep", id="bottomless list"),
        pytest.param(
            "a:\n" + "".join(" " * n + "a:\n" for n in range(1, 200)), "yaml_too_deep", id="deep"
        ),
        pytest.param("x" * 2_000_001, "yaml_too_large", id="too large"),
        pytest.param("a: 1\na: 2", "yaml_duplicate_key", id="duplicate key"),
        pytest.param("a: *nowhere", "yaml_syntax", id="unknown alias"),
        pytest.param("a: [1, 2", "yaml_open_list", id="unclosed"),
        pytest.param("\tx: 1", "yaml_character", id="tab"),
        pytest.param("a: {x: 1", "yaml_open_mapping", id="unclosed mapping"),
        pytest.param("a: 'x", "yaml_open_quote", id="unclosed quote"),
        pytest.param("a:\n  b: 1\n c: 2", "yaml_indentation", id="indented otherwise"),
        pytest.param("a: x\nb:c\nd: 1", "yaml_no_colon", id="no space after the colon"),
        pytest.param("a: b: c", "yaml_stray_colon", id="two colons"),
        pytest.param("a: {n: \ufffd\ufffd{}", "yaml_not_text", id="another encoding"),
        pytest.param("a: \x01", "yaml_not_text", id="no text"),
        pytest.param("a: &a [*a]", "yaml_syntax", id="a list in itself"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(text: str, reason: str) -> None:
    """A hostile or broken text ends as an error with a reason, quickly."""
    read = read_yaml(text)

    assert isinstance(read, YamlError)
    assert read.reason == reason


def test_several_documents_are_all_given() -> None:
    """A stream of manifests is read whole; an empty text has no document."""
    read = read_yaml("a: 1\n---\nb: 2\n")

    assert not isinstance(read, YamlError)
    assert [document.plain for document in read] == [{"a": 1}, {"b": 2}]
    assert read_yaml("") == ()


@given(st.text(max_size=200))
def test_any_text_gives_documents_or_an_error(text: str) -> None:
    """The reader never raises."""
    read = read_yaml(text)

    assert isinstance(read, YamlError | tuple)


def test_a_character_in_two_halves_is_whole() -> None:
    """JSON writes it so; where no JSON stands it is what YAML says it is: an error."""
    node = one('{"title": "\\ud83d\\udcca panel", "lines": [1]}')

    assert node.at("title").text == "\N{BAR CHART} panel"
    assert isinstance(read_yaml('title: "\\ud83d\\udcca"'), YamlError)


# PyYAML itself cannot write some control characters and line separators, and it writes YAML 1.1:
# `0E0` and `08` are words there and numbers for us.
NUMBER = re.compile(r"[-+]?0o?\d+|.*[.eE].*")
TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=12).filter(
    lambda text: text != "<<" and (scalar(text, plain=True) == text or not NUMBER.fullmatch(text))
)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(TEXT, PLAIN, max_size=4))
def test_what_is_written_is_read_back(value: dict[str, Plain]) -> None:
    """Plain data survives the way out and back; keys come back as text."""
    text = yaml.safe_dump(value, allow_unicode=True)

    assert one(text).plain == value
