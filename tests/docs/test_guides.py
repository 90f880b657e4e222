"""The settings in the guides can be served: every `gateway:` block of a page is read as a file."""

from collections.abc import Iterator

import pytest
import re2

from tenken.config.load import load_manifest
from tests.shape.source import ROOT

BLOCK = re2.compile(r"(?s)```yaml\n((?:gateway|callers):.*?)```")
PAGES = sorted([*(ROOT / "docs" / "guides").glob("*.md"), ROOT / "docs" / "ja" / "operations.md"])
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


def test_there_are_such_blocks() -> None:
    """A pattern that finds nothing would pass."""
    assert len([*blocks()]) >= 7
