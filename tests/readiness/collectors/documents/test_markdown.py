"""Markdown gives headings, tables, bullets, code and links with their lines, and never fails."""

# ruff: noqa: E501 - tables read best unbroken

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.readiness.collectors.documents.markdown import field_of, read_markdown

TEXT = """---
owner: 品質チーム
---
# 手順書

担当：基盤チーム

| 列 | 値 |
| --- | --- |
| a \\| b | [リンク](x.md) |

```sh
# not a heading
gcloud run services list
```

Second title
------------
- Step `one`
- TODO
<!-- what the form
asks for -->
"""
LINES = st.sampled_from([
    "# 見出し", "## ", "```", "~~~", "| a | b |", "| --- | --- |", "|||", "---", "===", "- [ ] x", "- [x] 完了",
    "Owner: TBD", "担当：未記入", "<!--", "-->", "[x](", "[x](y.md)", "`", "", "    ", "\\|", "1. x", "> 引用", "\x00",
    "[](<>)", "**:**", ":", "：", "- ", "* ",
])  # fmt: skip


def test_every_shape_has_its_line() -> None:
    """What a finding points to stands where it says."""
    first, runbook, second = read_markdown(TEXT)

    assert list(first.fields) == [(2, "owner", "品質チーム")]
    assert (runbook.title, runbook.line) == ("手順書", 4)
    assert runbook.fields[0] == (6, "担当", "基盤チーム")
    assert runbook.tables[0].rows[0].cells == ("a | b", "[リンク](x.md)")
    assert list(runbook.links) == [(10, "x.md")]
    assert runbook.fences[0].line == 13
    assert (second.title, second.level, second.line) == ("Second title", 2, 17)


def test_what_waits_for_its_author_is_not_said() -> None:
    """TODO, comments of a form and empty fields leave no text."""
    *_, second = read_markdown(TEXT)

    assert second.body == "- Step `one`"
    assert list(second.commands) == ["one"]


def test_a_comment_in_code_is_no_heading() -> None:
    """A shell comment in a block of code opens no section."""
    titles = [part.title for part in read_markdown(TEXT)]

    assert "not a heading" not in titles


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Owner: desk", ("Owner", "desk"), id="plain"),
        pytest.param("**Owner:** desk", ("Owner", "desk"), id="bold"),
        pytest.param("担当：基盤", ("担当", "基盤"), id="wide"),
        pytest.param("https://example.com/x", None, id="address"),
        pytest.param("12:30 reverted", None, id="time"),
        pytest.param("Owner:", None, id="empty"),
    ],
)
def test_fields(text: str, expected: tuple[str, str] | None) -> None:
    """A key and its value, and nothing else that holds a colon."""
    assert field_of(text) == expected


@given(st.lists(st.one_of(LINES, st.text(max_size=40)), max_size=60))
def test_any_text_is_markdown(lines: list[str]) -> None:
    """Nothing raises, and every place is a line of the text."""
    text = "\n".join(lines)
    count = len(text.splitlines()) or 1

    for part in read_markdown(text):
        assert part.body is not None
        assert 1 <= part.line <= count
        assert all(1 <= line <= count for line, _, _ in part.fields)
        assert all(1 <= row.line <= count for table in part.tables for row in table.rows)
        assert list(part.links) is not None
        assert list(part.commands) is not None
