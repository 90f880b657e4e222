"""A manifest is read over its pinned platform and for one environment, or refused as a whole."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken import digest
from tenken.config.load import load_manifest, load_platform
from tenken.errors import Malformed, UsageError
from tests.config.declaring import APPLICATION, PLATFORM, load, problems

EXTENDS = "extends: {platform: platform.yaml, version: '7'}\n"
PROD = """\
slos:
  - {name: availability, sli: x, target_percent: 99, window_days: 28}
  - {name: latency, sli: y, target_percent: 95, window_days: 28}
environments:
  dev: {url: "https://dev.example.com"}
  prod:
    slos:
      - {name: latency, sli: y, target_percent: 99, window_days: 28}
      - {name: quality, sli: z, target_percent: 90, window_days: 28}
"""


def test_a_pinned_platform_is_read() -> None:
    """By version, and by digest where one is given."""
    pinned = EXTENDS.replace("'7'}", f"'7', sha256: '{digest.of_bytes(PLATFORM.encode())}'}}")

    for extends in (EXTENDS, pinned):
        manifest = load(APPLICATION + extends, PLATFORM)
        assert manifest.platform
        assert manifest.platform.platform.platform.name == "shared"


def test_a_platform_file_that_is_not_there_is_told() -> None:
    """A floor that cannot be read is never taken for none."""
    assert problems(APPLICATION + EXTENDS) == [
        (
            "tenken.yaml:11 extends.platform: There is no platform file `platform.yaml` below the "
            "inspected folder; correct the path, or name the file: --platform FILE"
        )
    ]


def test_a_platform_that_is_not_the_pinned_one_is_refused() -> None:
    """Another version, or the same version with another content."""
    extends = f"extends: {{platform: platform.yaml, version: '6', sha256: '{'0' * 64}'}}\n"
    told = problems(APPLICATION + extends, PLATFORM)

    assert [line.split(": ")[0] for line in told] == [
        "tenken.yaml:11 extends.sha256",
        "tenken.yaml:11 extends.version",
    ]
    assert "version `7`, and `6` was pinned" in told[1]


def test_problems_of_both_files_come_together() -> None:
    """One run, every problem, each with its file."""
    told = problems(APPLICATION + EXTENDS + "goal: 1\n", PLATFORM + "provider: 1\n")

    assert [line.split(":")[0] for line in told] == ["platform.yaml", "tenken.yaml"]


@pytest.mark.parametrize(
    ("part", "key"),
    [
        pytest.param(
            "models: [{provider: nobody, model: m}]", "models[0].provider", id="provider"
        ),
        pytest.param(
            "evidence_keys: [{id: k, public_key: short, owner: o, expires_on: 2027-01-01}]",
            "evidence_keys[0].public_key",
            id="key",
        ),
    ],
)
def test_what_is_wrong_in_a_platform_is_told(part: str, key: str) -> None:
    """With its key."""
    with pytest.raises(Malformed) as refusal:
        load_platform(f"{PLATFORM}{part}\n", file="platform.yaml")

    assert [problem.key for problem in refusal.value.problems] == [key]


def test_a_credential_is_named_and_never_written() -> None:
    """What does not look like a variable's name may be the secret itself."""
    wrong = PLATFORM.replace(
        "kind: openai}", "kind: openai, credentials: {kind: env, name: my-key-abc}}"
    )
    with pytest.raises(Malformed) as refusal:
        load_platform(wrong, file="platform.yaml")

    (problem,) = refusal.value.problems
    assert problem.key == "providers[0].credentials.name"
    assert "my-key" not in str(problem.sentence), "what may be a secret is not repeated"


def test_an_environment_takes_the_place_of_what_is_shared() -> None:
    """By name; what it does not name stays; findings point at where an entry truly stands."""
    prod = load(APPLICATION + PROD, environment="prod")

    found = [(slo.name, slo.target_percent) for slo in prod.application.slos]
    assert found == [("availability", 99), ("latency", 99), ("quality", 90)]
    places = [str(prod.place("slos", at, "name")) for at in range(3)]
    assert places == ["tenken.yaml:12", "tenken.yaml:18", "tenken.yaml:19"]


def test_without_an_environment_the_shared_part_is_judged() -> None:
    """Nothing of an environment leaks in."""
    assert [slo.target_percent for slo in load(APPLICATION + PROD).application.slos] == [99, 95]


def test_an_unknown_environment_is_refused() -> None:
    """With those that are known."""
    with pytest.raises(UsageError) as refusal:
        load(APPLICATION + PROD, environment="production")

    assert refusal.value.sentence.fields == {"name": "production", "known": "dev, prod"}


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        pytest.param(
            "version: 1.0", "tenken.yaml:11 version: Expected `int`, got `float`", id="1.0"
        ),
        pytest.param(
            "goals:\n  - {id: g, metric: m, unit: u, baseline: 1, target: 2, due: 0000-01-01,"
            " owner: o}",
            "tenken.yaml:12 goals[0].due: Invalid RFC3339 encoded date",
            id="the year 0",
        ),
    ],
)
def test_what_only_the_types_refuse_has_its_line_too(part: str, problem: str) -> None:
    """The schema lets these pass."""
    assert problems(f"{APPLICATION}{part}\n") == [problem]


@given(st.text(max_size=300))
def test_any_text_is_a_manifest_or_malformed(text: str) -> None:
    """Whatever stands in the file, nothing else is raised."""
    with suppress(Malformed):
        assert load_manifest(text, file="tenken.yaml").application


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
KEYS = st.sampled_from(
    ["application", "goals", "models", "routes", "slos", "capacity", "extends", "environments",
     "id", "name", "owner", "due", "tokens", "sla", "limits", "retry", "attempts", "users"]
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_any_document_is_a_manifest_or_malformed(document: dict[str, object]) -> None:
    """Known keys with absurd values are told, never crashed on."""
    text = digest.canonical(document).decode()
    with suppress(Malformed):
        assert load_manifest(text, file="tenken.yaml", platform=lambda _: None).application
