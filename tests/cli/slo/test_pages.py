"""The settings on the pages of objectives can be read, and are the same in both languages."""

import pytest
import re2

from tenken.config.load import load_manifest
from tenken.config.operating.objectives import EDGES_S, INDICATORS
from tenken.keeper.generating.targets import TARGETS
from tests.docs.test_guides import ROUTES
from tests.shape.source import ROOT

PAGES = {"reference/slo.md": "ja/slo.md", "guides/slo-targets.md": "ja/slo-targets.md"}
BLOCK = re2.compile(r"(?s)```yaml\n(.*?)```")
FENCED = re2.compile(r"(?s)```\w+\n.*?```")


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_settings_of_the_pages_are_good(name: str) -> None:
    """A key that does not exist would be refused where somebody copies it."""
    for block in BLOCK.findall(page(name)):
        assert load_manifest(ROUTES + block, file="tenken.yaml")


@pytest.mark.parametrize(("english", "japanese"), PAGES.items())
def test_both_languages_have_the_same_blocks(english: str, japanese: str) -> None:
    """And tell of everything there is."""
    assert FENCED.findall(page(english)) == FENCED.findall(page(japanese))


@pytest.mark.parametrize("name", ["reference/slo.md", "ja/slo.md"])
def test_the_catalogue_is_whole(name: str) -> None:
    """Each indicator, and the ends of the bounds."""
    text = page(name)

    assert [one for one in INDICATORS if f"`{one}`" not in text] == []
    assert f"{EDGES_S[0]}" in text
    assert f"{EDGES_S[-1]}" in text


@pytest.mark.parametrize("name", ["guides/slo-targets.md", "ja/slo-targets.md"])
def test_the_targets_are_whole(name: str) -> None:
    """Each that files can be made for has a line, and no other."""
    found = re2.findall(r"(?m)^\| `([a-z-]+)` \|", page(name))

    assert found == list(TARGETS)
