"""HCL becomes nodes with lines; whatever the text, nothing is raised and everything is bounded."""

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.config.node import Node
from tenken.readiness.collectors.infrastructure.hcl import LABELS, read_hcl

PIECES = st.sampled_from(
    [
        "resource",
        '"a"',
        "{",
        "}",
        "\n",
        "x",
        "=",
        "[",
        "]",
        "(",
        ")",
        "${",
        '"',
        "<<EOT",
        "EOT",
        "?",
        ":",
        ",",
        ".",
        "!",
        "-",
        "1",
        "0x",
        "true",
        "null",
        "#",
        "//",
        "/*",
        "*/",
        "for",
        "in",
        "=>",
        "dynamic",
        "%{",
        "if",
        "\\",
        "\x00",
        "日本",
        "\ud7ff",
        "each.value",
        "[*]",
        "&&",
    ]
)


def shown(node: Node) -> object:
    """A node as plain data, with the tag of what is no literal."""
    if node.tag:
        return node.tag, tuple(shown(item) for item in node.items) or node.value
    if isinstance(node.value, tuple):
        return [shown(item) for item in node.items]
    if node.mapping:
        return {key: shown(value) for key, value in node.mapping.items()}
    return node.plain


def value(text: str) -> Node:
    """The value of an attribute `x`."""
    return read_hcl(f"x = {text}\n").body.at("x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1", 1, id="integer"),
        pytest.param("-2.5", -2.5, id="negative"),
        pytest.param("true", True, id="switch"),
        pytest.param("null", None, id="null"),
        pytest.param('"a\\n\\"b\\""', 'a\n"b"', id="escapes"),
        pytest.param('"$${x} %%{y}"', "${x} %{y}", id="literal-dollar"),
        pytest.param('""', "", id="empty"),
        pytest.param('[1, "b"]', [1, "b"], id="list"),
        pytest.param('{ a = 1, "b" : 2 }', {"a": 1, "b": 2}, id="object"),
        pytest.param("(3)", 3, id="parentheses"),
        pytest.param("var.a", ("!ref", "var.a"), id="reference"),
        pytest.param('"${var.a}"', ("!ref", "var.a"), id="lone-interpolation"),
        pytest.param(
            '"a-${var.b}-c"', ("!template", ("a-", ("!ref", "var.b"), "-c")), id="template"
        ),
        pytest.param("max(1, 2)", ("!call", ("max", 1, 2)), id="call"),
        pytest.param("var.a ? 1 : 2", ("!if", (("!ref", "var.a"), 1, 2)), id="conditional"),
        pytest.param("1 == 2", ("!op", ("==", 1, 2)), id="operator"),
        pytest.param("[for a in b : a]", ("!expr", "[forainb:a]"), id="for"),
    ],
)
def test_values_are_read(text: str, expected: object) -> None:
    """Literals as values, the rest as tagged expressions."""
    assert shown(value(text)) == expected


def test_a_here_document_keeps_its_text() -> None:
    """Leading blanks and quotes stay, so that JSON inside can be read."""
    text = 'x = <<EOT\n  {"a": 1}\n  b\nEOT\n'

    assert value(text.removeprefix("x = ")).text == '  {"a": 1}\n  b\n'


def test_blocks_keep_labels_and_lines() -> None:
    """A block stands under its type, its labels beside its attributes."""
    body = read_hcl(
        dedent("""\
        resource "a" "b" {
          x = 1
          inner {
            y = 2
          }
        }
        """)
    ).body

    block = body.at("resource").items[0]

    assert [label.text for label in block.mapping[LABELS].items] == ["a", "b"]
    assert (block.line, block.line_of("x")) == (1, 2)
    assert block.at("inner").items[0].line_of("y") == 4


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a = " + "[" * 100_000, id="open-lists"),
        pytest.param("a = " + "[" * 100_000 + "]" * 100_000, id="nested-lists"),
        pytest.param("a {" * 100_000, id="open-blocks"),
        pytest.param("a {\n" * 100_000 + "}\n" * 100_000, id="nested-blocks"),
        pytest.param('a = "' + "${" * 20_000, id="interpolations"),
        pytest.param("a = " + "!" * 39_000 + "x", id="negations"),
        pytest.param("a = 1" + " + 1" * 9_000, id="sums"),
        pytest.param('x = "' + "y" * 10_000_000 + '"', id="ten-megabytes-on-a-line"),
        pytest.param("x = <<EOT\n" * 30_000, id="here-documents"),
        pytest.param("\x00\x01\x02", id="bytes"),
        pytest.param("x = " + "9" * 30_000, id="long-number"),
    ],
)
def test_hostile_texts_end_soon_with_a_reason(text: str) -> None:
    """No depth and no length ends in a crash, and the reader says what it left out."""
    file = read_hcl(text)

    assert file.errors or text.endswith("9")


def test_what_is_right_in_a_broken_file_is_kept() -> None:
    """One bad line does not hide the others."""
    file = read_hcl('a = 1\nresource "x" "y" {\n  b = [1,,\n}\nc = 3\n')

    assert file.errors[0].reason == "hcl_syntax"
    assert file.body.at("a").number == 1


@given(st.lists(PIECES, max_size=60).map(" ".join))
def test_any_text_gives_nodes(text: str) -> None:
    """The reader never raises, and every line it names is in the text."""
    file = read_hcl(text)

    assert all(0 <= node.line <= text.count("\n") + 1 for node in file.body.walk())


@given(st.text(max_size=200))
def test_any_characters_give_nodes(text: str) -> None:
    """Nor does it raise on characters of any kind."""
    assert isinstance(read_hcl(text).body, Node)
