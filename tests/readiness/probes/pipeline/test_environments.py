"""Environments that a called workflow deploys to under a condition, or only by hand."""

from tenken.evidence import Answer, Holding
from tenken.readiness.probes import stability
from tests.readiness.pipelines import survey_of

CALLED = """
on:
  workflow_call:
    inputs:
      where: {required: true, type: string}
      really: {required: true, type: string}
jobs:
  release:
    runs-on: ubuntu-latest
    steps:
      - if: ${{ vars.RELEASES == 'on' }}
        run: cdk deploy --require-approval never
        env: {ENVIRONMENT: "${{ inputs.where }}"}
"""
CALLING = """
on: {push: {branches: [main]}}
jobs:
  dev:
    uses: ./.github/workflows/release.yml
    with: {where: dev, really: "yes"}
  SECOND:
    needs: [dev]
    uses: ./.github/workflows/release.yml
    with: {where: SECOND, really: "yes"}
"""
BY_HAND = "on: workflow_dispatch\n"


def _conditional(second: str, *, on: str = "") -> Answer:
    calling = CALLING.replace("SECOND", second)
    if on:
        calling = calling.replace("on: {push: {branches: [main]}}\n", on)
    files = {".github/workflows/release.yml": CALLED, ".github/workflows/ci.yml": calling}
    return stability.environments_are_deployed_by_cd(survey_of(files))


def test_environments_behind_a_condition_that_no_file_decides_are_half() -> None:
    """A push may lead to two environments; a setting of the forge decides."""
    answer = _conditional("staging")

    assert answer.holding is Holding.PARTLY
    assert "pipeline.deploy_under_condition" in [it.sentence.id for it in answer.findings]


def test_one_environment_behind_such_a_condition_is_unknown() -> None:
    """Neither deployed nor never deployed."""
    assert _conditional("dev-2").holding is Holding.UNKNOWN


def test_environments_that_only_a_person_reaches_fail() -> None:
    """Started by hand, whatever the condition."""
    assert _conditional("staging", on=BY_HAND).holding is Holding.FAILS
