"""The settings in the guides can be served: every `gateway:` block of a page is read as a file."""

from collections.abc import Iterator

import pytest
import re2

from tenken.config.load import load_manifest
from tests.shape.source import ROOT

BLOCK = re2.compile(r"(?s)```yaml\n((?:gateway|callers):.*?)```")
GUIDES, JAPANESE = ROOT / "docs" / "guides", ROOT / "docs" / "ja"
PLACES = ("laptop.md", "vm.md", "cloud-run.md", "kubernetes.md")
"""Where a gateway is run; the same in both languages."""
PAGES = sorted(
    [*GUIDES.glob("*.md"), *[JAPANESE / name for name in ("operations.md", *PLACES)]],
)
FENCED = re2.compile(r"(?s)```\w+\n.*?```")
REMARK = re2.compile(r"  +# .*")
ROUTES = """
application: {name: desk, owner: team}
use_cases: [{id: answer, description: Answers enquiries}]
models: [{id: first, provider: up, model: m}]
routes: [{name: desk, use_case: answer, targets: [first]}]
"""


def blocks() -> Iterator[object]:
    for page in PAGES:
        for number, found in enumerate(BLOCK.finditer(page.read_text("utf-8"))):
            yield pytest.param(found[1], id=f"{page.relative_to(ROOT)}:{number}")


@pytest.mark.parametrize("block", [*blocks()])
def test_settings_of_guides_are_good(block: str) -> None:
    """A key that does not exist would be refused where somebody copies it."""
    manifest = load_manifest(ROUTES + block, file="tenken.yaml")

    assert manifest.application.gateway.workers >= 1


@pytest.mark.parametrize("name", PLACES)
def test_commands_and_settings_are_the_same_in_both_languages(name: str) -> None:
    """All of them, in their order; only remarks are translated."""
    first, second = (
        [REMARK.sub("", found) for found in FENCED.findall((folder / name).read_text("utf-8"))]
        for folder in (GUIDES, JAPANESE)
    )

    assert first
    assert first == second


def test_there_are_such_blocks() -> None:
    """A pattern that finds nothing would pass."""
    assert len([*blocks()]) >= 7
