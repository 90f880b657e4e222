"""The settings for requests can be served, in both languages, and are all told."""

import msgspec
import pytest
import re2

from tenken.config.application import Route
from tenken.config.load import load_manifest
from tenken.config.serving import GatewaySettings
from tests.shape.source import ROOT

PAGES = ("docs/guides/requests.md", "docs/ja/requests.md")
BLOCK = re2.compile(r"(?s)```yaml\n(.*?)```")
BASE = """
application: {name: desk, owner: team}
use_cases: [{id: answer, description: Answers enquiries}]
models: [{id: first, provider: up, model: m}, {id: long, provider: up, model: n}]
"""
ROUTES = "routes: [{name: desk, use_case: answer, targets: [first]}]\n"
TOLD = {
    *("admission", "keep_alive_s", "idempotency", "metrics", "issuers"),
    *("queue_for_place", "larger_context", "static_answer", "hedge", "cache"),
}


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_a_good_file(page: str) -> None:
    """As somebody would copy it."""
    blocks = [found[1] for found in BLOCK.finditer((ROOT / page).read_text("utf-8"))]

    assert len(blocks) == 9
    for block in blocks:
        routes = "" if block.startswith("routes:") else ROUTES
        load_manifest(BASE + routes + block, file="tenken.yaml")


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_is_told(page: str) -> None:
    """And none that is not there."""
    fields = (*msgspec.structs.fields(GatewaySettings), *msgspec.structs.fields(Route))
    text = (ROOT / page).read_text("utf-8")

    assert {one.name for one in fields} >= TOLD
    assert {name for name in TOLD if name not in text} == set()
