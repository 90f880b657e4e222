"""Figures, dates and blanks in what people write, in Japanese and English."""

import unicodedata
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from tenken.pattern import Pattern
from tenken.remembered import remembered

SCALES = {"千": 1e3, "万": 1e4, "億": 1e8, "k": 1e3, "m": 1e6, "million": 1e6, "百万": 1e6}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
REIWA = 2018  # its first year is 2019

NUMBER = Pattern(
    r"(?:^|[^A-Za-z0-9_.])([-+]?[0-9][0-9,]*(?:\.[0-9]+)?)\s?(百万|千|万|億|million\b|[kKM]\b)?"
)
DAY = Pattern(r"(20[0-9]{2})\s?[-/.年]\s?([0-9]{1,2})\s?[-/.月]\s?([0-9]{1,2})")
REIWA_DAY = Pattern(r"令和\s?([0-9]{1,2})年\s?([0-9]{1,2})月(?:\s?([0-9]{1,2})日)?")
MONTH = Pattern(r"(20[0-9]{2})\s?[-/年]\s?([0-9]{1,2})(?:月|$|[^0-9])")
NAMED_MONTH = Pattern(
    rf"(?i)(?:([0-9]{{1,2}})\s)?\b({'|'.join(MONTHS)})[a-z]*\.?\s(?:([0-9]{{1,2}}),?\s)?(20[0-9]{{2}})"
)
QUARTER = Pattern(r"(?i)(?:(20[0-9]{2})[\s-]?Q([1-4])|Q([1-4])[\s-]?(20[0-9]{2}))")
BLANK_WORDS = (
    "todo", "tbd", "tba", "fixme", "xxx", "wip", "未記入", "要記入", "未定", "検討中", "調整中",
    "作成中", "準備中", "後日", "あとで", "to be decided", "to be determined", "to be defined",
    "to be written", "to be considered", "coming soon", "fill me", "fill this", "lorem ipsum",
    "ここに", "記入",
)  # fmt: skip
OPENING = frozenset("<＜{[_-–—―.…?？*~/・")
BRACKETED = Pattern(r"^(?:<[^>]*>|＜[^＞]*＞|\{\{?[^}]*\}?\}|\[[^\]]*\]|_+|[-–—―.…?？*~/・]+)$")
MARKUP = Pattern(r"\*\*|__|`|<br ?/?>|&nbsp;")
VAGUE = frozenset({
    "high", "medium", "low", "mid", "large", "small", "severe", "critical", "major", "minor",
    "高", "中", "低", "大", "小", "高い", "低い", "大きい", "小さい", "重大", "軽微",
})  # fmt: skip
LONGEST = 2_000
SHORT = 120


def plain(text: str) -> str:
    """Half-width, without emphasis, white space squeezed."""
    return _plain_short(text) if len(text) <= SHORT else _plain(text[:LONGEST])


def _plain(cut: str) -> str:
    if not cut.isascii():
        cut = unicodedata.normalize("NFKC", cut)
    if any(mark in cut for mark in ("*", "_", "`", "<", "&")):
        cut = MARKUP.sub(" ", cut)
    return " ".join(cut.split())


_plain_short = lru_cache(maxsize=8192)(_plain)
"""Headings, keys and cells are asked about again and again, in one document and in others."""


@lru_cache(maxsize=8192)
def is_blank(text: str) -> bool:
    """Nothing said: empty, `TODO`, `未記入`, `<owner>`, a dash."""
    said = text.strip(" \t:：。.*`_　\n")
    if not said or said[:24].lower().startswith(BLANK_WORDS):
        return True
    return said[0] in OPENING and len(said) < 200 and bool(BRACKETED.match(plain(said) or "-"))


def is_vague(text: str) -> bool:
    """`high`, `中`: a word where a figure belongs."""
    return plain(text).lower() in VAGUE


def number_in(text: str) -> float | None:
    """The first figure of a text that is no date: `1,200件` is 1200, `120万円` is 1200000."""
    return next(numbers_in(text), None)


def numbers_in(text: str) -> Iterator[float]:
    """Every figure of a text that is no date."""
    return iter(_numbers_in(text))


@remembered
def _numbers_in(text: str) -> tuple[float, ...]:
    return tuple(
        float(digits.replace(",", "")) * SCALES.get(scale.lower(), 1.0)
        for digits, scale in NUMBER.findall(_without_dates(plain(text)))
    )


@remembered
def date_in(text: str) -> date | None:
    """The first date: `2026-03-31`, `2026年3月末`, `31 March 2026`, `2026Q1`; else None."""
    said = plain(text)
    if not _may_hold_a_date(said):
        return None
    if found := REIWA_DAY.search(said):
        year, month, day = found.groups()
        return _day(REIWA + int(year), int(month), int(day or 0))
    if found := DAY.search(said):
        return _day(*(int(part) for part in found.groups()))
    if found := QUARTER.search(said):
        year, quarter, quarter_first, year_last = found.groups()
        return _day(int(year or year_last), int(quarter or quarter_first) * 3, 0)
    if found := NAMED_MONTH.search(said):
        before, month, after, year = found.groups()
        return _day(int(year), MONTHS.index(month.lower()) + 1, int(before or after or 0))
    if found := MONTH.search(said):
        return _day(int(found.group(1)), int(found.group(2)), 0)
    return None


def unit_in(text: str) -> str:
    """What a figure counts: the word or sign behind or before it; empty for a bare figure."""
    said = _without_dates(plain(text))
    found = NUMBER.search(said)
    if found is None:
        return ""
    behind = said[found.end() :].strip(" .,;:)")
    before = said[: found.start(1)].strip()
    return behind[:20] or (before[-1] if before[-1:] in {"¥", "$", "€", "£"} else "")


def _may_hold_a_date(said: str) -> bool:
    """Each of the five patterns asks for one of these, and most of what is written has neither."""
    return "20" in said or "令和" in said


def _without_dates(text: str) -> str:
    if not _may_hold_a_date(text):
        return text
    for pattern in (REIWA_DAY, DAY, QUARTER, NAMED_MONTH, MONTH):
        text = pattern.sub(" ", text)
    return text


def _day(year: int, month: int, day: int) -> date | None:
    """A date; day 0 is the end of its month."""
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None
