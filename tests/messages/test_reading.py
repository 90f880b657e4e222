"""What is read without YAML is what YAML would read."""

from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tenken.messages.reading import read
from tenken.messages.speech import Language

TOPICS = [
    file
    for language in Language
    for file in (files("tenken.messages") / language.value).iterdir()
    if file.name.endswith(".yaml")
]
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from([
        "yes", "No", "null", "~", "1", "1.5", "0x1f", "2026-01-01", "a: b", "a # b", "a #b", "a:",
        "- a", "{a}", "[a]", "&a", "*a", "!a", "|", ">-", "%a", "@a", "`a`", "'a'", '"a"', '"a" #',
        '"a', '"\\n"', '"\\u3042"', '"\\x41"', '"\\e"', '"{a}: #"', " a", "a ", "a\tb",
        "日本", "?a", "e3", "nan", ".inf", "=", "<<", "y", "",
    ]),
)  # fmt: skip
NAMES = st.one_of(
    st.from_regex(r"[a-z_][a-z0-9_]{0,5}", fullmatch=True),
    st.sampled_from(["yes", "on", "null", "a b", "1", '"a"', "? a", "a:b", "#a", "日", "<<"]),
)


def _yaml(text: str) -> object:
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)  # noqa: TID251 - what it is held against
    except (yaml.YAMLError, ValueError) as error:
        return type(error)


def _read(text: str) -> object:
    try:
        return read(text)
    except (yaml.YAMLError, ValueError) as error:
        return type(error)


@pytest.mark.parametrize("file", TOPICS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_topic_reads_as_the_yaml_that_it_is(file: object) -> None:
    """A person edits YAML; nothing in it may mean something else here."""
    text = file.read_text("utf-8")  # type: ignore[attr-defined]

    assert read(text) == _yaml(text)


@given(st.lists(st.tuples(NAMES, TEXTS), max_size=3), st.sampled_from(["", "# said\n", "\n"]))
def test_any_line_is_read_as_yaml_or_left_to_it(lines: list[tuple[str, str]], before: str) -> None:
    """Whatever stands to the left and right of a colon."""
    text = before + "".join(f"{name}: {value}\n" for name, value in lines)
    expected = _yaml(text)

    assert _read(text) == (expected if isinstance(expected, dict | type) else {})
