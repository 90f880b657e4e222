"""The settings that the pages of alerts show are taken, as they stand."""

import textwrap

import pytest
import re2

from tests.config.declaring import APPLICATION, load
from tests.shape.source import ROOT

BLOCKS = re2.compile(r"(?ms)^( *)```yaml\n(.*?)^ *```")
PAGES = ("reference/alerts.md", "ja/alerts.md", "guides/slack.md", "ja/slack.md")


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_is_taken(page: str) -> None:
    """By the reader of the file, with all of its checks."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    blocks = [textwrap.dedent(found[2]) for found in BLOCKS.finditer(text)]

    assert blocks
    for block in blocks:
        assert load(APPLICATION + block).application.alerts.receivers


def test_both_languages_show_the_same_settings() -> None:
    """But for the language that they choose."""
    english, japanese = (
        BLOCKS.search((ROOT / "docs" / page).read_text("utf-8")) for page in PAGES[:2]
    )

    assert english is not None
    assert japanese is not None
    assert english[2] == japanese[2]
