"""Small application and platform files for the tests of this folder."""

from datetime import date

import pytest

from tenken.config.load import PlatformText, load_manifest
from tenken.config.manifest import Manifest
from tenken.errors import Malformed
from tenken.messages.speech import Language, Speech

TODAY = date(2026, 11, 22)
APPLICATION = """\
application: {name: desk, owner: desk team}
use_cases: [{id: answer, description: answers enquiries}]
models:
  - id: first
    provider: openai
    model: gpt-4o-2024-08-06
    region: japan
  - {id: second, provider: anthropic, model: claude-x-20260101}
routes:
  - {name: answer, use_case: answer, targets: [first, second]}
"""
PLATFORM = """\
platform: {name: shared, version: "7", owner: platform team}
providers: [{id: openai, kind: openai}, {id: anthropic, kind: anthropic}]
"""


def load(text: str, platform: str = "", environment: str = "") -> Manifest:
    """Load an application, over a platform where one is given."""
    found = PlatformText(file="platform.yaml", text=platform) if platform else None
    return load_manifest(
        text,
        file="tenken.yaml",
        platform=lambda _: found,
        environment=environment,
        today=TODAY,
    )


def problems(text: str, platform: str = "") -> list[str]:
    """Every problem as a line: place, key, sentence."""
    with pytest.raises(Malformed) as refusal:
        load(text, platform)
    speech = Speech(Language.EN)
    return [
        f"{problem.place} {problem.key}: {speech(problem.sentence)}"
        for problem in refusal.value.problems
    ]
