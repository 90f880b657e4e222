"""Keys that a platform file names for the models in use are found."""

import pytest
from msgspec.structs import replace

from tenken.config.load import PlatformText, load_manifest
from tenken.evidence import Holding
from tenken.readiness.probes.security import (
    credentials_are_short_lived,
    no_static_key_is_reachable,
)
from tests.readiness.estates.survey import survey_of
from tests.readiness.probes.code.questions import Probe

PLATFORM_FILE = """\
platform: {name: team, version: "1", owner: platform}
providers:
  - {id: cloud, kind: vertex, project: acme-1, region: global}
  - {id: vendor, kind: openai, credentials: {kind: env, name: PROVIDER_KEY}}
"""
MANIFEST = """\
application: {name: desk, owner: support}
extends: {platform: platform.yaml, version: "1"}
use_cases: [{id: answer, description: Answers enquiries}]
models: [{id: m, provider: PROVIDER, model: m}]
"""


@pytest.mark.parametrize("probe", [credentials_are_short_lived, no_static_key_is_reachable])
@pytest.mark.parametrize(
    ("provider", "platform", "found"),
    [
        ("vendor", PLATFORM_FILE, True),
        ("vendor", PLATFORM_FILE.replace("kind: env", "kind: vault"), True),
        ("vendor", PLATFORM_FILE.replace("PROVIDER_KEY", "TODO"), False),
        ("cloud", PLATFORM_FILE, False),
    ],
)
def test_a_key_that_the_platform_file_names_is_found(
    probe: Probe, provider: str, platform: str, *, found: bool
) -> None:
    """Where a model in use is called with it; an identity is none."""
    standard = PlatformText(file="platform.yaml", text=platform)
    manifest = load_manifest(
        MANIFEST.replace("PROVIDER", provider), file="tenken.yaml", platform=lambda _: standard
    )

    answer = probe(replace(survey_of({}), manifest=manifest))

    told = [str(one.place) for one in answer.findings if "platform_names_key" in one.sentence.id]
    assert told == (["platform.yaml:4"] if found else [])
    assert (answer.holding is Holding.FAILS) is found
