"""What the page on feedback shows is taken as it stands, in both languages."""

import json

import pytest
import re2

from tenken.config.load import load_manifest
from tenken.gateway.hearing.said import Said, read_said
from tenken.journal.feedback import FeedbackKind
from tests.shape.source import ROOT

PAGES = ("docs/guides/feedback.md", "docs/ja/feedback.md")
YAML = re2.compile(r"(?s)```yaml\n(.*?)```")
SAID = re2.compile(r"\{\"[^{}]*\}")
BASE = """
application: {name: desk, owner: team}
use_cases: [{id: answer, description: Answers enquiries}]
"""


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_a_good_file(page: str) -> None:
    blocks = [found[1] for found in YAML.finditer((ROOT / page).read_text("utf-8"))]

    assert len(blocks) == 3
    for block in blocks:
        load_manifest(BASE + block, file="tenken.yaml")


@pytest.mark.parametrize("page", PAGES)
def test_everything_that_it_sends_is_taken(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    bodies = [found[0] for found in SAID.finditer(text)]

    assert len(bodies) == 4
    for body in bodies:
        assert isinstance(read_said(json.dumps(json.loads(body)).encode()), Said)
    assert {kind.value for kind in FeedbackKind if f"`{kind}`" not in text} == set()
