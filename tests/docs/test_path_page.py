"""The page that leads through the code leads to files that are there, in both languages."""

from pathlib import Path

import pytest
import re2

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("docs/reference/path.md", "docs/ja/path.md")
NAMED = re2.compile(r"`([a-z_/]+(?:/|\.py))`")


def named(page: str) -> list[str]:
    """Give the files and folders that a page names, in its order."""
    return [str(name) for name in NAMED.findall((ROOT / page).read_text("utf-8"))]


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_is_named_is_there(page: str) -> None:
    """A page about code that has moved sends its reader away."""
    gone = [
        name
        for name in named(page)
        if not (ROOT / name).exists() and not (ROOT / "src/tenken" / name).exists()
    ]

    assert gone == []


def test_both_languages_lead_the_same_way() -> None:
    """File by file, as far as the table goes."""
    english, japanese = (named(page) for page in PAGES)

    assert set(english) == set(japanese)
    assert len(english) > 20
