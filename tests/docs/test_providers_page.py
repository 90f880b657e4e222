"""What the pages on providers say can be served as it stands."""

import re

import pytest

from tenken.config.load import load_platform
from tenken.config.platform import Provider
from tenken.gateway.settings.credentials import BY_IDENTITY, reference_of
from tenken.gateway.settings.places import OWN_ADDRESSES, REGIONAL
from tests.shape.source import ROOT

PAGES = ("docs/guides/providers.md", "docs/ja/providers.md")
IDENTITY = 'platform: {name: team, version: "1", owner: platform}\n'


def providers(page: str) -> list[Provider]:
    """Those of all its blocks."""
    text = ROOT.joinpath(page).read_text("utf-8")
    blocks = re.findall(r"```yaml\n(providers:\n.*?)```", text, flags=re.DOTALL)
    return [
        one
        for block in blocks
        for one in load_platform(IDENTITY + block, file=page).platform.providers
    ]


@pytest.mark.parametrize("page", PAGES)
def test_each_provider_of_the_page_can_be_called(page: str) -> None:
    """It has an address, and a credential where it needs one."""
    found = providers(page)

    assert {one.kind for one in found} >= {"openai", "azure", "vertex", "bedrock", "other"}
    for one in found:
        assert one.base_url or one.kind in OWN_ADDRESSES or (one.kind in REGIONAL and one.region)
        assert reference_of(one) or one.kind == "other"
        assert one.credentials is None or one.kind not in BY_IDENTITY


def test_both_languages_say_the_same() -> None:
    """Their blocks are the same ones."""
    first, second = (providers(page) for page in PAGES)

    assert first == second
