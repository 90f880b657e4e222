"""GitHub, GitLab and Cloud Build: when jobs run, what they wait for, what they are given."""

from textwrap import dedent

import pytest

from tenken.readiness.collectors.pipeline.forges.expressions import THIS_REPOSITORY, decide
from tenken.readiness.facts.pipeline import (
    Blind,
    Job,
    NeutraliserKind,
    Occasion,
    PipelineFacts,
    Stage,
)
from tests.readiness.pipelines import facts_of

WORKFLOW = ".github/workflows/x.yml"


def github(text: str, **files: str) -> PipelineFacts:
    """The facts of one workflow and some other files."""
    return facts_of({WORKFLOW: dedent(text), **{path: dedent(it) for path, it in files.items()}})


def gitlab(text: str, **files: str) -> PipelineFacts:
    """The facts of `.gitlab-ci.yml` and what it includes."""
    return facts_of({".gitlab-ci.yml": dedent(text), **files})


def by_name(facts: PipelineFacts) -> dict[str, Job]:
    """Jobs by the end of their key."""
    return {job.key.partition("#")[2]: job for job in facts.jobs}


ONE_JOB = "jobs: {a: {steps: [{run: pytest}]}}\n"


@pytest.mark.parametrize(
    ("on", "occasions"),
    [
        ("pull_request", "pull_request"),
        ("{push: {branches: [main]}}", "default_branch"),
        ("{push: {branches: [develop, main]}}", "default_branch branch"),
        ("{push: {branches: ['release/**']}}", "branch"),
        ("{push: {tags: ['v*']}}", "tag"),
        ("[push]", "default_branch pull_request branch tag"),
        ("{pull_request: {branches: [other]}}", "other"),
        ("{pull_request: {types: [labeled]}}", "other"),
        ("{pull_request: {types: [closed]}}", "default_branch"),
        ("{schedule: [{cron: '0 0 * * *'}], workflow_dispatch: }", "schedule manual"),
        ("workflow_call", ""),
    ],
)
def test_events_are_occasions(on: str, occasions: str) -> None:
    """`on:` in all its forms."""
    (job,) = github(f"on: {on}\n{ONE_JOB}").jobs

    assert {it.value for it in job.occasions} == set(occasions.split())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("github.event_name == 'push'", True),
        ("github.event_name != 'push' || always()", True),
        ("!(github.ref == 'refs/heads/main')", False),
        ("startsWith(github.ref, 'refs/tags/')", False),
        ("contains(github.ref, 'main') && success()", True),
        ("github.ref == 'refs/heads/main' && vars.ON == 'yes'", None),
        ("false && vars.ON", False),
        ("true || vars.ON", True),
        ("${{ false }}", False),
        ("github.repository == 'example/desk'", True),
        ("fromJSON('[1]')[0] == 1", None),
        ("((((", None),
        ("'", None),
        ("", None),
    ],
)
def test_conditions_have_three_values(text: str, value: bool | None) -> None:
    """What a file does not tell stays open."""
    context = {
        "github.event_name": "push",
        "github.ref": "refs/heads/main",
        "github.repository": THIS_REPOSITORY,
    }

    assert decide(text, context).value is value


def test_a_local_workflow_is_read_with_its_inputs() -> None:
    """A called workflow's jobs stand in the place of the caller's."""
    facts = github(
        """
        on: {push: {branches: [main]}}
        jobs:
          stg:
            uses: ./.github/workflows/deploy.yml
            with: {environment: staging}
          prod:
            needs: stg
            uses: ./.github/workflows/deploy.yml
            with: {environment: production}
        """,
        **{
            ".github/workflows/deploy.yml": """
            on: {workflow_call: {inputs: {environment: {type: string}}}}
            jobs:
              deploy:
                environment: ${{ inputs.environment }}
                steps: [{run: gcloud run deploy desk}]
            """
        },
    )
    jobs = by_name(facts)

    assert [jobs[it].stage for it in ("stg/deploy", "prod/deploy")] == [
        Stage.STAGING,
        Stage.PRODUCTION,
    ]
    assert jobs["prod/deploy"].needs == (f"{WORKFLOW}#stg/deploy",)
    assert jobs["prod/deploy"].runs[0].place.path == ".github/workflows/deploy.yml"


def test_a_workflow_that_calls_itself_ends() -> None:
    """Calls are followed to a depth."""
    facts = github("on: push\njobs: {a: {uses: ./.github/workflows/x.yml}}\n")

    assert {it.because for job in facts.jobs for it in job.blind_spots} == {Blind.REMOTE_WORKFLOW}


def test_a_composite_action_is_followed() -> None:
    """Steps of a local action count as steps of the job, by way of the line that uses it."""
    facts = github(
        """
        on: pull_request
        jobs:
          a:
            steps:
              - uses: ./ci/lint
                with: {args: --exit-zero}
        """,
        **{
            "ci/lint/action.yml": """
            inputs: {args: {default: ''}}
            runs:
              using: composite
              steps:
                - run: ruff check ${{ inputs.args }}
                  shell: bash
            """
        },
    )
    (run,) = facts.jobs[0].runs

    assert run.neutralisers[0].detail == "--exit-zero"
    assert [str(it) for it in run.through] == [f"{WORKFLOW}:6"]


def test_a_matrix_of_environments_is_spread() -> None:
    """Each environment of a matrix is a deploy of its own."""
    facts = github(
        """
        on: {push: {branches: [main]}}
        jobs:
          deploy:
            strategy: {matrix: {env: [dev, stg, prod]}}
            environment: ${{ matrix.env }}
            steps: [{run: ./deploy.sh}]
        """,
        **{"deploy.sh": "gcloud run deploy desk\n"},
    )

    assert [job.stage for job in facts.jobs] == [Stage.DEV, Stage.STAGING, Stage.PRODUCTION]


def test_an_environment_may_hang_on_the_branch() -> None:
    """One job, two environments, told apart by what starts it."""
    facts = github(
        """
        on: {push: {branches: [main, develop]}}
        jobs:
          deploy:
            environment: ${{ github.ref_name == 'main' && 'production' || 'staging' }}
            steps: [{run: kubectl apply -f k8s}]
        """
    )

    assert {job.stage: set(job.occasions) for job in facts.jobs} == {
        Stage.PRODUCTION: {Occasion.DEFAULT_BRANCH},
        Stage.STAGING: {Occasion.BRANCH},
    }


def test_a_step_on_some_occasions_only() -> None:
    """The condition of a step leaves it out where it is false."""
    (job,) = github(
        """
        on: {pull_request: , push: {branches: [main]}}
        jobs:
          a:
            steps:
              - if: github.event_name == 'push'
                run: gcloud run deploy desk
        """
    ).jobs

    assert job.runs[0].not_on == {Occasion.PULL_REQUEST}
    assert job.runs[0].neutralisers == ()


def test_continue_on_error_that_is_made_up_for() -> None:
    """A later step that fails for the outcome of an earlier one keeps the effect."""
    (job,) = github(
        """
        on: pull_request
        jobs:
          a:
            steps:
              - {id: t, run: pytest, continue-on-error: true}
              - {if: steps.t.outcome == 'failure', run: exit 1}
        """
    ).jobs

    assert job.runs[0].neutralisers == ()


@pytest.mark.parametrize(
    ("condition", "kinds"),
    [
        ("steps.t.outputs.code != '0'", []),
        ("steps.t.outputs.code != 0 && always()", []),
        ("steps.t.outputs.code == '0'", ["continue_on_error"]),
        ("steps.other.outputs.code != '0'", ["continue_on_error"]),
        ("steps.t.outputs.report != '0'", ["continue_on_error"]),
    ],
)
def test_an_exit_code_that_is_handed_on(condition: str, kinds: list[str]) -> None:
    """A later step fails for the code that the step with the command wrote down."""
    (job,) = github(
        f"""
        on: pull_request
        jobs:
          a:
            steps:
              - id: t
                shell: bash {{0}}
                run: |
                  pytest | tee log
                  CODE=${{PIPESTATUS[0]}}
                  echo "code=$CODE" >> $GITHUB_OUTPUT
                  exit $CODE
                continue-on-error: true
              - {{if: "{condition}", run: exit 1}}
        """
    ).jobs

    assert [it.kind.value for it in job.runs[0].neutralisers] == kinds


@pytest.mark.parametrize(
    ("shell", "kinds"),
    [("bash", []), ("sh", ["status_lost"]), ("bash {0}", ["status_lost"])],
)
def test_the_shell_decides_about_pipes(shell: str, kinds: list[str]) -> None:
    """Only an explicit `shell: bash` counts every part of a pipe."""
    text = f"on: push\njobs: {{a: {{steps: [{{run: 'pytest | tee x', shell: '{shell}'}}]}}}}\n"
    (job,) = github(text).jobs

    assert [it.kind.value for it in job.runs[0].neutralisers] == kinds


def test_how_a_job_logs_in() -> None:
    """A stored key beside federation is told, and whether a token is granted."""
    (job,) = github(
        """
        on: push
        permissions: {id-token: write}
        jobs:
          a:
            steps:
              - uses: google-github-actions/auth@v3
                with: {workload_identity_provider: projects/1}
              - uses: google-github-actions/auth@v3
                with: {credentials_json: '${{ secrets.GCP_SA_KEY }}'}
        """
    ).jobs

    assert [(it.federated, it.can_get_token) for it in job.logins] == [(True, True), (False, True)]
    assert [(it.name, it.static_cloud_key) for it in job.secrets] == [("GCP_SA_KEY", True)]


def test_gitlab_extends_includes_and_references() -> None:
    """Keys come from what a job extends, files from what is included, lines by reference."""
    facts = gitlab(
        """
        include: [{local: /ci/base.yml}, {project: example/ci, file: /x.yml}]
        lint:
          extends: .python
          allow_failure: true
          script: [!reference [.steps, script]]
        """,
        **{
            "ci/base.yml": ".python:\n  stage: test\n  before_script: [pip install ruff]\n"
            ".steps:\n  script:\n    - ruff check .\n"
        },
    )
    (job,) = facts.jobs

    assert [str(it.place) for it in job.runs] == [".gitlab-ci.yml:6"]
    assert [it.kind for it in job.runs[0].neutralisers] == [NeutraliserKind.ALLOW_FAILURE]
    assert [it.because for it in job.blind_spots] == [Blind.REMOTE_INCLUDE]


@pytest.mark.parametrize(
    ("keys", "occasions"),
    [
        ("", "pull_request default_branch branch tag"),
        ("only: [merge_requests]", "pull_request"),
        ("only: [main]", "default_branch"),
        ("except: [tags]", "pull_request default_branch branch"),
        ("rules: [{if: $CI_COMMIT_TAG}]", "tag"),
        ("rules: [{if: '$CI_COMMIT_BRANCH =~ /^main$/'}]", "default_branch schedule manual"),
        ("rules: [{if: $CI_MERGE_REQUEST_IID, when: never}, {when: on_success}]",
         "default_branch branch tag schedule manual"),
    ],
)  # fmt: skip
def test_gitlab_rules_are_occasions(keys: str, occasions: str) -> None:
    """`rules`, `only` and `except` in the order they are read."""
    (job,) = gitlab(f"a:\n  script: [pytest]\n  {keys}\n").jobs

    assert {it.value for it in job.occasions} == set(occasions.split())


def test_gitlab_waits_by_stage_or_by_needs() -> None:
    """Without `needs` a job waits for all earlier stages; with it only for those."""
    jobs = by_name(
        gitlab(
            """
            stages: [one, two, three]
            a: {stage: one, script: [x]}
            b: {stage: two, script: [x]}
            c: {stage: three, script: [x]}
            d: {stage: three, script: [x], needs: [a]}
            """
        )
    )

    assert jobs["c"].needs == (".gitlab-ci.yml#a", ".gitlab-ci.yml#b")
    assert jobs["d"].needs == (".gitlab-ci.yml#a",)


@pytest.mark.parametrize("path", [WORKFLOW, ".gitlab-ci.yml", "cloudbuild.yaml"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: [",
        "jobs: 3",
        "jobs: {a: 3}",
        "steps: 3",
        "[]",
        "a: &a [*a]",
        "jobs: {a: {steps: [1]}}",
    ],
)
def test_a_malformed_file_is_no_crash(path: str, text: str) -> None:
    """A file the forge would refuse gives no runs, and a problem where it is not even YAML."""
    facts = facts_of({path: text})

    assert [job.runs for job in facts.jobs if job.runs] == []
    if text == "a: [":
        assert [it.path for it in facts.problems] == [path]
