"""Environments whose name a run works out from the branch or tag that starts it."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes.stability import environments_are_deployed_by_cd
from tests.readiness.pipelines import APPLICATION, survey_of

WORKFLOW = """\
on:
  push: {branches: [main, production]}
jobs:
  name:
    runs-on: ubuntu-latest
    outputs: {name: "${{ steps.name.outputs.name }}"}
    steps:
      - id: name
        run: echo "name=$GITHUB_REF_NAME" >> "$GITHUB_OUTPUT"
  deploy:
    needs: [name]
    runs-on: ubuntu-latest
    environment: desk-${{ needs.name.outputs.name }}
    steps:
      - run: gcloud run deploy desk --image=$IMAGE
"""


@pytest.mark.parametrize(
    ("old", "new", "holding"),
    [
        ("", "", Holding.PARTLY),
        ("branches: [main, production]", "branches: [main], tags: ['v*']", Holding.PARTLY),
        ("branches: [main, production]", "branches: [main]", Holding.FAILS),
        ("desk-${{ needs.name.outputs.name }}", "desk", Holding.FAILS),
        ("gcloud run deploy", "echo gcloud run deploy", Holding.FAILS),
    ],
)
def test_an_environment_that_a_run_works_out(old: str, new: str, holding: Holding) -> None:
    """Several ways in lead to several places; one way leads to one."""
    text = WORKFLOW.replace(old, new) if old else WORKFLOW
    survey = survey_of({**APPLICATION, ".github/workflows/cd.yml": text})

    assert environments_are_deployed_by_cd(survey).holding is holding
