"""An application tightens its platform's floors; what loosens one is told with both figures."""

import pytest

from tests.config.declaring import APPLICATION, PLATFORM, load, problems

FLOORS = (
    PLATFORM
    + """\
regions: [japan]
models:
  - {provider: openai, model: gpt-4o-2024-08-06}
  - {provider: anthropic, model: claude-x-20260101, regions: [osaka]}
floors:
  calls: {share_max: 0.5, timeout_max_s: 30, attempts_max: 3}
  guards:
    - {id: pii, action: mask, stage: input}
  slos:
    - {name: availability, target_percent_min: 99, window_days_max: 30}
"""
)
GUARD = "safety: {{risks: [{{id: r, severity: high, example: e, owner: o}}], guards: [{0}]}}\n"


def slo(target: float, days: int) -> str:
    """An availability SLO."""
    body = f"{{name: availability, sli: x, target_percent: {target}, window_days: {days}}}"
    return f"slos: [{body}]\n"


def guard(action: str, stage: str) -> str:
    """A rule with the platform's id."""
    return GUARD.format(f"{{id: pii, risks: [r], action: {action}, stage: {stage}}}")


@pytest.mark.parametrize(
    "part",
    [
        pytest.param("", id="says nothing"),
        pytest.param(slo(99, 30), id="the floor itself"),
        pytest.param(slo(99.9, 7), id="a tighter SLO"),
        pytest.param(guard("block", "input"), id="a stronger guard"),
        pytest.param("allowed_models: [gpt-4o-2024-08-06]\n", id="an approved model"),
        pytest.param("allowed_models: ['TODO: which']\n", id="a placeholder"),
    ],
)
def test_what_keeps_or_tightens_a_floor_is_read(part: str) -> None:
    """A floor is the least, not the only value."""
    assert load(APPLICATION + part, FLOORS).platform is not None


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        pytest.param(
            slo(98.5, 30),
            "slos[0].target_percent: `98.5` is looser than the platform's `99` (platform.yaml:12)",
            id="a lower target",
        ),
        pytest.param(
            slo(99, 90),
            "slos[0].window_days: `90` is looser than the platform's `30` (platform.yaml:12)",
            id="a longer window",
        ),
        pytest.param(
            f"environments: {{prod: {{{slo(98, 7).strip()}}}}}\n",
            "environments.prod.slos[0].target_percent: "
            "`98` is looser than the platform's `99` (platform.yaml:12)",
            id="in one environment",
        ),
        pytest.param(
            guard("flag", "input"),
            "safety.guards[0].action: "
            "`flag` is looser than the platform's `mask` (platform.yaml:10)",
            id="a weaker guard",
        ),
        pytest.param(
            guard("block", "output"),
            "safety.guards[0].stage: "
            "`output` is looser than the platform's `input` (platform.yaml:10)",
            id="a guard at the other end",
        ),
    ],
)
def test_what_loosens_a_floor_is_refused(part: str, problem: str) -> None:
    """Both values, both lines."""
    (told,) = problems(APPLICATION + part, FLOORS)

    assert told == f"tenken.yaml:11 {problem}; a floor can only be tightened"


def test_calls_keep_their_floors() -> None:
    """A longer timeout, more attempts and a larger share are looser."""
    text = APPLICATION.replace(
        "targets: [first, second]}",
        "targets: [first], timeout_s: 60, retry: {attempts: 9}, guards: [other]}",
    ).replace("region: japan", "region: japan\n    limits: {rpm: 9, share: 0.8}")
    text += GUARD.format("{id: other, risks: [r], action: block}")

    assert [line.partition(" ")[2].split(";")[0] for line in problems(text, FLOORS)] == [
        "models[0].limits.share: `0.8` is looser than the platform's `0.5` (platform.yaml:8)",
        (
            "routes[0].guards: The guard `pii` that the platform puts on every route "
            "(platform.yaml:10) is left out"
        ),
        "routes[0].retry.attempts: `9` is looser than the platform's `3` (platform.yaml:8)",
        "routes[0].timeout_s: `60` is looser than the platform's `30` (platform.yaml:8)",
    ]


def test_the_route_s_own_total_keeps_the_floor_too() -> None:
    """However the file says it; a default is no wish, and gives way to the floor."""
    stated = APPLICATION.replace("second]}", "second], timeouts: {total_s: 600}}")

    assert [line.partition(" ")[2].split(";")[0] for line in problems(stated, FLOORS)] == [
        "routes[0].timeouts.total_s: `600` is looser than the platform's `30` (platform.yaml:8)"
    ]
    assert load(APPLICATION.replace("second]}", "second], timeouts: {idle_s: 9}}"), FLOORS)
    there = APPLICATION + (
        "environments: {prod: {routes: [{name: answer, use_case: answer, targets: [first],"
        " timeouts: {total_s: 31}}]}}\n"
    )
    [told] = problems(there, FLOORS)
    assert "environments.prod.routes[0].timeouts.total_s: `31`" in told


def test_only_approved_models_and_regions_are_used() -> None:
    """A model's own regions go before the platform's."""
    text = APPLICATION.replace("claude-x-20260101}", "claude-x-20260101, region: japan}")
    text += "allowed_models: [gpt-3]\n"

    assert [line.partition(" ")[2] for line in problems(text, FLOORS)] == [
        "models[1].region: `japan` is not an approved region (platform.yaml:3); use one of: osaka",
        (
            "allowed_models[0]: `gpt-3` is not among the approved models (platform.yaml:4); "
            "choose one of them, or have it approved"
        ),
    ]


def test_a_route_may_name_the_guards_of_the_platform() -> None:
    """They stand on every route anyway."""
    text = APPLICATION.replace("second]}", "second], guards: [pii]}")

    assert load(text, FLOORS).application.routes[0].guards == ("pii",)
