"""CI: what really runs passes, what only looks so does not, in three formats."""

from collections.abc import Callable, Mapping

import pytest

from tenken.evidence import Answer, FindingKind, Holding
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes import stability
from tests.readiness.pipelines import (
    BUILD,
    GITHUB,
    GITLAB,
    ON_CLOUD_BUILD,
    ON_GITHUB,
    ON_GITLAB,
    spoiled,
    survey_of,
)

Files = Mapping[str, str]
Probe = Callable[[Survey], Answer]
CHECKS = (
    stability.lint_runs_in_ci,
    stability.unit_tests_run_in_ci,
    stability.security_scan_runs_in_ci,
)
COMMANDS: Mapping[Probe, str] = {
    stability.lint_runs_in_ci: "ruff check .",
    stability.unit_tests_run_in_ci: "pytest",
    stability.security_scan_runs_in_ci: "bandit -r app",
}
HONEST = [
    pytest.param(ON_GITHUB, id="github"),
    pytest.param(ON_GITLAB, id="gitlab"),
    pytest.param(ON_CLOUD_BUILD, id="cloud-build"),
]
CD = ".github/workflows/cd.yml"
ON_PUSH = "on: {push: {branches: [main]}}\njobs:\n"


def lies(answer: Answer) -> list[str]:
    """The ids of what looks done and is not."""
    return [it.sentence.id for it in answer.findings if it.kind is FindingKind.LIE]


@pytest.mark.parametrize("files", HONEST)
@pytest.mark.parametrize("probe", CHECKS)
def test_a_check_that_can_fail_holds(files: Files, probe: Probe) -> None:
    """A check on pull requests and on the default branch that can stop the job counts."""
    answer = probe(survey_of(files))

    assert answer.holding is Holding.HOLDS
    assert answer.seen[0].place is not None


@pytest.mark.parametrize("probe", CHECKS)
@pytest.mark.parametrize(
    ("after", "lie"),
    [
        pytest.param("{} || true", "pipeline.hollow_or_true", id="or-true"),
        pytest.param("{} || :", "pipeline.hollow_or_true", id="or-colon"),
        pytest.param("{} || echo failed", "pipeline.hollow_or_true", id="or-echo"),
        pytest.param("{} ; exit 0", "pipeline.hollow_exit_zero", id="exit-0"),
        pytest.param("set +e; {}", "pipeline.hollow_set_plus_e", id="set-plus-e"),
        pytest.param("{} --exit-zero", "pipeline.hollow_flag", id="exit-zero"),
        pytest.param("{} --exit-code 0", "pipeline.hollow_flag", id="exit-code-0"),
        pytest.param("{} --help", "pipeline.hollow_selects_nothing", id="help"),
        pytest.param("echo {} now", "pipeline.hollow_echo", id="echo"),
        pytest.param("if {}; then echo ok; fi", "pipeline.hollow_status_lost", id="if"),
        pytest.param("{} | tee report.txt", "pipeline.hollow_status_lost", id="pipe"),
        pytest.param("{} &", "pipeline.hollow_status_lost", id="background"),
        pytest.param('bash -c "{} || true"', "pipeline.hollow_or_true", id="bash-c"),
    ],
)
def test_a_neutralised_command_is_a_lie(probe: Probe, after: str, lie: str) -> None:
    """Every way of throwing a failure away is told with its place."""
    command = COMMANDS[probe]
    step = f"run: {command}" if command != "pytest" else f"    {command}\n"
    replaced = after.format(command)
    new = f"    {replaced}\n" if command == "pytest" else f"run: |\n          {replaced}"

    answer = probe(survey_of(spoiled(ON_GITHUB, GITHUB, step, new)))

    assert answer.holding is Holding.FAILS
    assert lies(answer) == [lie]
    assert answer.findings[0].place is not None
    assert answer.findings[0].place.path == GITHUB


@pytest.mark.parametrize(
    ("old", "new", "lie"),
    [
        pytest.param(
            "lint:\n    runs-on: ubuntu-latest",
            "lint:\n    runs-on: ubuntu-latest\n    continue-on-error: true",
            "pipeline.hollow_continue_on_error",
            id="job-continue-on-error",
        ),
        pytest.param(
            "- run: ruff check .",
            "- run: ruff check .\n        continue-on-error: true",
            "pipeline.hollow_continue_on_error",
            id="step-continue-on-error",
        ),
        pytest.param("lint:\n", "lint:\n    if: false\n", "pipeline.hollow_never", id="if-false"),
        pytest.param(
            "lint:\n",
            "lint:\n    if: github.event_name == 'issues'\n",
            "pipeline.hollow_never",
            id="if-never-true",
        ),
        pytest.param(
            "- run: ruff check .",
            "- if: ${{ false }}\n        run: ruff check .",
            "pipeline.hollow_never",
            id="step-if-false",
        ),
        pytest.param(
            "on:\n  pull_request:\n  push:\n    branches: [main]\n",
            "on: workflow_dispatch\n",
            "pipeline.manual_only",
            id="manual",
        ),
        pytest.param(
            "pull_request:\n  push:\n    branches: [main]",
            "pull_request: {paths: ['docs/**']}\n  push: {branches: [main], paths: ['docs/**']}",
            "pipeline.runs_elsewhere",
            id="paths",
        ),
    ],
)
def test_a_github_job_that_decides_nothing_is_a_lie(old: str, new: str, lie: str) -> None:
    """What stands around a step can take its effect too."""
    answer = stability.lint_runs_in_ci(survey_of(spoiled(ON_GITHUB, GITHUB, old, new)))

    assert (answer.holding, lies(answer)) == (Holding.FAILS, [lie])


@pytest.mark.parametrize("probe", CHECKS)
@pytest.mark.parametrize(
    ("new", "lie"),
    [
        pytest.param("allow_failure: true\n  stage: check", "hollow_allow_failure", id="allowed"),
        pytest.param("when: manual\n  stage: check", "manual_only", id="manual"),
        pytest.param("when: never\n  stage: check", "hollow_never", id="never"),
        pytest.param("rules: [{when: never}]\n  stage: check", "hollow_never", id="rule-never"),
        pytest.param(
            'rules: [{if: $CI_PIPELINE_SOURCE == "schedule"}]\n  stage: check',
            "runs_elsewhere",
            id="schedule",
        ),
    ],
)
def test_a_gitlab_job_that_decides_nothing_is_a_lie(probe: Probe, new: str, lie: str) -> None:
    """The same truths in GitLab's words."""
    answer = probe(survey_of(spoiled(ON_GITLAB, GITLAB, "stage: check", new)))

    assert (answer.holding, lies(answer)) == (Holding.FAILS, [f"pipeline.{lie}"])


@pytest.mark.parametrize(
    ("old", "new", "probe"),
    [
        pytest.param("ruff check .", "ruff check . || true", CHECKS[0], id="or-true"),
        pytest.param("-ec,", "-c,", None, id="and-at-the-end-counts"),
        pytest.param("      pytest\n", "      pytest\n      echo ok\n", CHECKS[1], id="lost"),
        pytest.param("[-r, app]", "[-r, app]\n    allowFailure: true", CHECKS[2], id="allowed"),
    ],
)
def test_a_cloud_build_step_that_decides_nothing_is_a_lie(
    old: str, new: str, probe: Probe | None
) -> None:
    """The same truths in the steps of Cloud Build."""
    survey = survey_of(spoiled(ON_CLOUD_BUILD, BUILD, old, new))

    if probe is None:
        assert stability.lint_runs_in_ci(survey).holding is Holding.HOLDS
    else:
        assert probe(survey).holding is Holding.FAILS


@pytest.mark.parametrize("probe", CHECKS)
def test_a_build_whose_trigger_is_elsewhere_is_not_visible(probe: Probe) -> None:
    """Cloud Build keeps triggers in the project; without them nothing is said of when it runs."""
    files = {path: text for path, text in ON_CLOUD_BUILD.items() if path != "infra/triggers.tf"}

    assert probe(survey_of(files)).holding is Holding.NOT_VISIBLE


@pytest.mark.parametrize("probe", CHECKS)
@pytest.mark.parametrize(
    ("files", "holding"),
    [
        pytest.param({}, Holding.UNKNOWN, id="no-ci"),
        pytest.param({"Jenkinsfile": "node {}"}, Holding.NOT_VISIBLE, id="jenkins"),
        pytest.param(
            {GITHUB: "on: push\njobs:\n  all:\n    uses: example/ci/.github/workflows/x.yml@v1\n"},
            Holding.NOT_VISIBLE,
            id="remote-workflow",
        ),
        pytest.param(
            {GITHUB: "on: push\njobs:\n  hi:\n    steps: [{run: make hello}]\n"},
            Holding.FAILS,
            id="ci-without-it",
        ),
        pytest.param({GITHUB: "on: [push\n"}, Holding.UNKNOWN, id="malformed"),
    ],
)
def test_what_cannot_be_seen_never_fails(probe: Probe, files: Files, holding: Holding) -> None:
    """Absent, remote and unread pipelines are told apart from pipelines without the step."""
    assert probe(survey_of(files)).holding is holding


def test_only_pull_requests_is_part_of_it() -> None:
    """A check that the default branch never sees is half a check."""
    files = spoiled(ON_GITHUB, GITHUB, "  push:\n    branches: [main]\n", "")

    assert stability.lint_runs_in_ci(survey_of(files)).holding is Holding.PARTLY


@pytest.mark.parametrize(
    ("remote", "holding"),
    [
        ("github.com/example/desk", Holding.HOLDS),
        ("github.com/fork/desk", Holding.FAILS),
        (None, Holding.UNKNOWN),
    ],
)
def test_a_job_of_another_repository(remote: str | None, holding: Holding) -> None:
    """`if: github.repository ==` counts only where this is that repository."""
    condition = "lint:\n    if: github.repository == 'example/desk'\n"
    files = spoiled(ON_GITHUB, GITHUB, "lint:\n", condition)

    assert stability.lint_runs_in_ci(survey_of(files, remote=remote)).holding is holding


def test_a_disabled_file_is_a_lie() -> None:
    """`.disabled` keeps the forge from reading a workflow."""
    files = {f"{GITHUB}.disabled": ON_GITHUB[GITHUB]}

    answer = stability.lint_runs_in_ci(survey_of(files))

    assert (answer.holding, lies(answer)) == (Holding.FAILS, ["pipeline.hollow_disabled_file"])
