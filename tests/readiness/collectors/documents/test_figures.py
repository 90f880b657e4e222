"""Figures, dates and blanks as people write them."""

# ruff: noqa: E501 - tables read best unbroken

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.readiness.facts.words.figures import (
    date_in,
    is_blank,
    is_vague,
    number_in,
    numbers_in,
    unit_in,
)
from tenken.readiness.facts.words.models import canonical, is_floating, is_pinned


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,200件", 1200), ("120万円", 1_200_000), ("1.5億円", 150_000_000), ("３０分", 30), ("90k", 90_000),
        ("p95 8 s", 8), ("-0.5", -0.5), ("2026-03-31", None), ("2026年3月末", None), ("high", None), ("", None),
        ("by 2026-03-31 at 40%", 40), ("31 March 2026", None),
    ],
)  # fmt: skip
def test_a_number_is_no_date(text: str, number: float | None) -> None:
    """Figures are read with their scale; dates and names are not figures."""
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-31", date(2026, 3, 31)), ("2026/3/1", date(2026, 3, 1)), ("2026年3月1日", date(2026, 3, 1)),
        ("2026年3月末", date(2026, 3, 31)), ("令和8年3月31日", date(2026, 3, 31)), ("2026Q1", date(2026, 3, 31)),
        ("31 March 2026", date(2026, 3, 31)), ("Next: 2026-07", date(2026, 7, 31)), ("Mar 2026", date(2026, 3, 31)),
        ("2026-02-31", None), ("2026-13-01", None), ("soon", None),
    ],
)  # fmt: skip
def test_dates(text: str, day: date | None) -> None:
    """Days, months and quarters, in both calendars; a month is its last day."""
    assert date_in(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "  ", "TODO", "TODO: write", "tbd", "TBD。", "FIXME", "未記入", "要記入", "未定", "検討中。次回", "<owner>",
     "＜担当者＞", "{{owner}}", "-", "—", "...", "…", "？", "[ ]", "Lorem ipsum dolor", "**TODO**", "`TBD`"],
)  # fmt: skip
def test_blanks(text: str) -> None:
    """A placeholder says nothing, however it is dressed."""
    assert is_blank(text)


@pytest.mark.parametrize(
    "text", ["0", "no", "desk-team", "森", "<5 s", "2026-03-31", "[手順](x.md)", "未払い"]
)
def test_what_is_said(text: str) -> None:
    """Short texts and zeros are texts."""
    assert not is_blank(text)


def test_units_and_vague_words() -> None:
    """What a figure counts, and words that stand where a figure belongs."""
    assert [unit_in(text) for text in ("31 %", "1,200件", "¥300", "12")] == ["%", "件", "¥", ""]
    assert all(is_vague(text) for text in ("High", "中", "低い"))
    assert not is_vague("1,200 users")


@given(st.text(max_size=200))
def test_reading_any_text_never_raises(text: str) -> None:
    """Whatever stands in a cell is a figure, a date, a blank or none of them."""
    assert all(isinstance(number, float) for number in numbers_in(text))
    assert isinstance(is_blank(text), bool)
    assert isinstance(unit_in(text), str)
    assert date_in(text) is None or isinstance(date_in(text), date)


@pytest.mark.parametrize(
    ("model", "pinned"),
    [
        ("gpt-4o-2024-08-06", True), ("claude-3-5-sonnet-20241022", True), ("gemini-2.0-flash-001", True),
        ("anthropic.claude-3-sonnet-20240229-v1:0", True), ("gpt-4-0613", True), ("gpt-4o", False),
        ("claude-3-5-sonnet-latest", False), ("gemini-2.5-flash", False), ("", False),
    ],
)  # fmt: skip
def test_pinned_models(model: str, *, pinned: bool) -> None:
    """A name with a version stays the same model."""
    assert is_pinned(model) is pinned


def test_names_of_models_meet() -> None:
    """A router's prefix is no part of the name; `-latest` says itself that it moves."""
    assert canonical("openai:chat:gpt-4o") == canonical("`openai/GPT-4o`") == "gpt-4o"
    assert is_floating("chatgpt-4o-latest")
    assert not is_floating("gpt-4o")
