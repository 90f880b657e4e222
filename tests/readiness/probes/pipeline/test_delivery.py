"""Delivery: which environments are reached, in which order, behind which gate, and by whom."""

from collections.abc import Callable, Mapping

import pytest
from msgspec.structs import replace

from tenken.evidence import Answer, FindingKind, Holding
from tenken.readiness.collectors.pipeline.collect import collect
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes import stability
from tenken.readiness.probes.pipeline.aims import started_by_nothing
from tenken.readiness.probes.pipeline.order import deploys
from tests.readiness.pipelines import (
    GITHUB,
    ON_CLOUD_BUILD,
    ON_GITHUB,
    ON_GITLAB,
    spoiled,
    survey_of,
)

Files = Mapping[str, str]
Probe = Callable[[Survey], Answer]
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


@pytest.mark.parametrize("files", [ON_GITHUB, ON_GITLAB])
def test_three_environments_in_order_hold(files: Files) -> None:
    """Dev, staging and production are reached from a push, production last."""
    survey = survey_of(files)

    assert stability.environments_are_deployed_by_cd(survey).holding is Holding.HOLDS
    assert stability.deploys_come_from_the_pipeline(survey).holding is Holding.HOLDS


def test_a_missing_environment_is_part_of_it() -> None:
    """Staging and production without dev are partly there."""
    answer = stability.environments_are_deployed_by_cd(survey_of(ON_CLOUD_BUILD))

    assert answer.holding is Holding.PARTLY
    assert answer.findings[0].sentence.fields["missing"] == "dev"


@pytest.mark.parametrize(
    ("old", "new", "holding"),
    [
        ("needs: [evaluate]", "needs: [dev]", Holding.PARTLY),
        ("on:\n  push:\n    branches: [main]", "on: workflow_dispatch", Holding.FAILS),
        ("gcloud run deploy", "echo gcloud run deploy", Holding.FAILS),
        ("environment: stg", "environment: dev", Holding.PARTLY),
    ],
)
def test_delivery_that_only_looks_so(old: str, new: str, holding: Holding) -> None:
    """By hand, printed, out of order, or to one environment twice."""
    survey = survey_of(spoiled(ON_GITHUB, CD, old, new))

    assert stability.environments_are_deployed_by_cd(survey).holding is holding


@pytest.mark.parametrize("files", HONEST)
def test_an_evaluation_before_production_holds(files: Files) -> None:
    """The evaluation asks staging, can fail, and production waits for it."""
    assert stability.evaluation_gates_production(survey_of(files)).holding is Holding.HOLDS


@pytest.mark.parametrize(
    ("path", "old", "new", "lie"),
    [
        pytest.param(CD, "needs: [evaluate]", "needs: [stg]", "evaluation_beside", id="beside"),
        pytest.param(
            CD, "python evals/run.py", "python evals/run.py || true #", "hollow_or_true", id="or"
        ),
        pytest.param(
            CD,
            "needs: [evaluate]",
            "needs: [evaluate]\n    if: always()",
            "hollow_runs_anyway",
            id="always",
        ),
        pytest.param(
            "evals/run.py", "sys.exit(1)", "print(rate)", "evaluation_without_threshold", id="none"
        ),
        pytest.param(
            "evals/run.py",
            "from openai import OpenAI",
            "class OpenAI: ...",
            "evaluation_without_model",
            id="no-model",
        ),
        pytest.param(
            CD,
            "    branches: [main]",
            "    branches: [main]\n    paths: ['src/**']",
            "hollow_paths_miss",
            id="paths",
        ),
    ],
)
def test_a_gate_that_lets_everything_pass(path: str, old: str, new: str, lie: str) -> None:
    """Beside the deploy, without a threshold, without a model, or never started by a prompt."""
    answer = stability.evaluation_gates_production(survey_of(spoiled(ON_GITHUB, path, old, new)))

    assert answer.holding in {Holding.FAILS, Holding.PARTLY}
    assert f"pipeline.{lie}" in lies(answer)


REVIEWED = """\
on: pull_request
jobs:
  score:
    env: {OPENAI_API_KEY: "${{ secrets.OPENAI_API_KEY }}"}
    steps: [{run: python evals/run.py}]
"""
UNGATED = spoiled(ON_GITHUB, CD, "needs: [evaluate]", "needs: [stg]")
UNGATED = spoiled(UNGATED, CD, "python evals/run.py --url https://desk-stg.example.com", "true")


@pytest.mark.parametrize(
    ("old", "new", "holding"),
    [
        ("on:", "on:", Holding.PARTLY),
        ("run: python", "run: uv run python -X dev", Holding.PARTLY),
        ("on: pull_request", "on: workflow_dispatch", Holding.FAILS),
        ("evals/run.py", "evals/run.py || true", Holding.FAILS),
        ("steps:", "if: false\n    steps:", Holding.FAILS),
        ("on: pull_request", "on: {pull_request: {paths: ['docs/**']}}", Holding.FAILS),
        ('{OPENAI_API_KEY: "${{ secrets.OPENAI_API_KEY }}"}', "{}", Holding.FAILS),
    ],
)
def test_an_evaluation_of_each_pull_request_is_half_a_gate(
    old: str, new: str, holding: Holding
) -> None:
    """It makes a bad prompt red before it is merged, and the deploy waits for nothing."""
    files = {**UNGATED, ".github/workflows/review.yml": REVIEWED.replace(old, new)}

    assert stability.evaluation_gates_production(survey_of(files)).holding is holding


@pytest.mark.parametrize(
    ("old", "new", "holding"),
    [
        ("on:", "on:", Holding.PARTLY),
        ("evals/run.py", "evals/run.py || true", Holding.UNKNOWN),
        ("on: pull_request", "on: workflow_dispatch", Holding.UNKNOWN),
    ],
)
def test_where_nothing_deploys_the_merge_alone_is_held_back(
    old: str, new: str, holding: Holding
) -> None:
    """An evaluation of each pull request with nothing after it is half, a hollow one nothing."""
    files = {path: text for path, text in UNGATED.items() if path != CD}
    files[".github/workflows/review.yml"] = REVIEWED.replace(old, new)

    assert stability.evaluation_gates_production(survey_of(files)).holding is holding


def test_one_environment_is_no_path() -> None:
    """What is released was never run anywhere else."""
    files = {
        GITHUB: "on: {push: {branches: [main]}}\njobs:\n  a: {steps: [{run: vercel --prod}]}\n"
    }

    answer = stability.environments_are_deployed_by_cd(survey_of(files))

    assert answer.holding is Holding.FAILS
    assert answer.findings[0].sentence.id == "pipeline.one_environment"


@pytest.mark.parametrize("name", ["deploy.sh", "Makefile"])
def test_a_deploy_by_hand_beside_the_pipeline(name: str) -> None:
    """A script that deploys a working copy goes past what the pipeline checks."""
    line = "gcloud run deploy desk --source .\n"
    files = {**ON_GITHUB, name: f"deploy:\n\t{line}" if name == "Makefile" else line}

    assert stability.deploys_come_from_the_pipeline(survey_of(files)).holding is Holding.PARTLY


@pytest.mark.parametrize(
    ("block", "holding"),
    [
        ("```sh\n$ gcloud run deploy desk --source .\n```", Holding.PARTLY),
        ("```\nazd up\n```", Holding.PARTLY),
        ("```python\nazd\n```\nazd up\n```sh\nmake test\n```", Holding.HOLDS),
        ("Run `azd up` once.", Holding.HOLDS),
    ],
)
def test_a_readme_that_has_people_deploy_their_own_tree(block: str, holding: Holding) -> None:
    """Whoever follows it goes past the pipeline; words in a sentence are no instruction."""
    files = {**ON_GITHUB, "README.md": f"# Desk\n\n{block}\n"}

    assert stability.deploys_come_from_the_pipeline(survey_of(files)).holding is holding


def test_two_environments_by_branch_are_part_of_it() -> None:
    """One job for two branches, each with its own environment."""
    workflow = """\
on: {push: {branches: [main, develop]}}
jobs:
  ship:
    environment: ${{ github.ref_name == 'main' && 'production' || 'staging' }}
    steps: [{run: vercel --prod}]
"""

    answer = stability.environments_are_deployed_by_cd(survey_of({GITHUB: workflow}))

    assert answer.holding is Holding.PARTLY
    assert answer.findings[-1].sentence.fields["missing"] == "dev"


SHIPS = """\
on: {push: {branches: [main]}}
jobs:
  stg: {uses: USES, with: {environment: preprod}}
  prod: {uses: USES, needs: stg, with: {environment: prod}}
"""
APPLIES = """\
on: {workflow_call: {inputs: {environment: {type: string}}}}
jobs:
  ship:
    uses: example/actions/.github/workflows/apply-terraform.yml@main
    with: {ENVIRONMENT: "${{ inputs.environment }}"}
"""


@pytest.mark.parametrize(
    ("uses", "remote", "holding"),
    [
        ("./.github/workflows/ship.yml", None, Holding.PARTLY),
        (
            "example/desk/.github/workflows/ship.yml@main",
            "github.com/example/desk",
            Holding.PARTLY,
        ),
        ("example/desk/.github/workflows/ship.yml@main", None, Holding.PARTLY),
        ("other/desk/.github/workflows/ship.yml@main", "github.com/a/desk", Holding.NOT_VISIBLE),
        ("other/desk/.github/workflows/deploy.yml@main", "github.com/a/desk", Holding.PARTLY),
    ],
)
def test_a_deploy_handed_to_another_repository(
    uses: str, remote: str | None, holding: Holding
) -> None:
    """When it is started and in which order is seen; what it does is not, so it never holds."""
    files = {GITHUB: SHIPS.replace("USES", uses), ".github/workflows/ship.yml": APPLIES}
    survey = survey_of(files, remote=remote)

    assert stability.environments_are_deployed_by_cd(survey).holding is holding
    assert stability.deploys_come_from_the_pipeline(survey).holding is Holding.NOT_VISIBLE


def test_a_push_to_a_branch_that_is_not_the_default_starts_nothing() -> None:
    """The default branch is `master`; the workflow waits for a push to `main`."""
    files = {
        GITHUB: "on: {push: {branches: [main]}, workflow_dispatch: }\n"
        "jobs:\n  ship: {steps: [{run: railway up}]}\n",
        "render.yaml": "services:\n  - {type: web, name: desk, autoDeploy: true}\n",
    }
    survey = survey_of(files)
    late = replace(survey, pipeline=collect(survey.tree, default_branch="master"))

    answer = stability.environments_are_deployed_by_cd(late)

    assert answer.holding is Holding.FAILS
    assert "pipeline.deploy_never_started" in lies(answer)


def test_what_only_a_person_starts_names_no_branch_and_ends_with_a_word() -> None:
    """A long command is cut after a word; without branches the sentence speaks of none."""
    options = " ".join(f"--set-env-vars NAME_{number}=value" for number in range(9))
    files = {
        GITHUB: "on: workflow_dispatch\n"
        f"jobs:\n  ship: {{steps: [{{run: 'gcloud run deploy desk {options}'}}]}}\n",
    }
    (placed,) = deploys(survey_of(files).pipeline)
    told = started_by_nothing(placed).sentence

    command = str(told.fields["command"])
    assert set(told.fields) == {"command"}
    assert command.endswith("=value …")
    assert f"gcloud run deploy desk {options} ".startswith(command.removesuffix("…"))


@pytest.mark.parametrize(
    ("weights", "holding"),
    [
        ("stable=90 next=10", Holding.PARTLY),
        ("stable=100", Holding.UNKNOWN),
        ("stable=100 next=0", Holding.UNKNOWN),
        ("latest=100", Holding.FAILS),
    ],
)
def test_shares_of_several_revisions_are_read(weights: str, holding: Holding) -> None:
    """The least of them is the step; all for the one that serves already moves nothing."""
    moves = (
        f"az containerapp ingress traffic set -n desk --revision-weight {weights} --output none"
    )
    files = {
        GITHUB: "on: {push: {branches: [main]}}\njobs:\n  ship:\n    steps:\n"
        f"      - run: az containerapp update -n desk --image desk:1\n      - run: {moves}\n",
    }

    assert stability.canary_watches_errors_accuracy_and_cost(survey_of(files)).holding is holding


CALLED = """on: {workflow_dispatch: , workflow_call: }
jobs:
  ship: {environment: stg, steps: [{run: gcloud run deploy desk}]}
"""
CALLS = """on: {push: {branches: [main]}}
jobs:
  ship: {uses: ./.github/workflows/ship.yml}
"""
BUILD = """steps:
  - {name: gcr.io/cloud-builders/gcloud, args: [run, deploy, desk]}
"""


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({".github/workflows/ship.yml": CALLED, GITHUB: CALLS}, []),
        ({GITHUB: CALLED.replace("on: {", "on: {push: ,"), "cloudbuild.yaml": BUILD}, []),
        (
            {GITHUB: CALLED, ".github/workflows/b.yml": CALLED.replace("on: {", "on: {push: ,")},
            ["pipeline.deploy_started_by_nothing"],
        ),
    ],
)
def test_only_what_nothing_starts_is_said_to_be_so(files: Files, told: list[str]) -> None:
    """A person may start what a push starts as well; Cloud Build's triggers stand elsewhere."""
    answer = stability.environments_are_deployed_by_cd(survey_of(files))

    assert answer.holding is Holding.FAILS
    assert lies(answer) == told


def test_an_evaluation_without_a_key_is_unknown() -> None:
    """A job on GitHub that is given no key, login or address may not get to a model."""
    files = spoiled(ON_GITHUB, CD, " --url https://desk-stg.example.com", "")

    assert stability.evaluation_gates_production(survey_of(files)).holding is Holding.UNKNOWN


def test_terraform_that_serves_nothing_is_no_deploy() -> None:
    """Monitors applied by a pipeline do not bring the application anywhere."""
    text = f"{ON_PUSH}  a: {{steps: [{{run: terraform -chdir=tf apply}}]}}\n"
    monitors = {GITHUB: text, "tf/main.tf": 'resource "datadog_monitor" "a" {}\n'}
    service = {GITHUB: text, "tf/main.tf": 'resource "google_cloud_run_v2_service" "a" {}\n'}
    probe = stability.deploys_come_from_the_pipeline

    assert probe(survey_of(monitors)).holding is Holding.UNKNOWN
    assert probe(survey_of(service)).holding is Holding.HOLDS
