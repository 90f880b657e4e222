"""Releases that Cloud Deploy carries from stage to stage."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import stability
from tests.readiness.pipelines import survey_of

CD = ".github/workflows/cd.yml"
ON_PUSH = "on: {push: {branches: [main]}}\njobs:\n"
STAGES = ("dev", "stg", "prod")
CLOUD_DEPLOY = "apiVersion: deploy.cloud.google.com/v1\nkind: DeliveryPipeline\n" + (
    "metadata: {name: desk}\nserialPipeline:\n  stages:\n"
    + "".join(f"  - targetId: desk-{stage}\n" for stage in STAGES)
    + "    strategy: {canary: {canaryDeployment: {percentages: [10, 50]}}}\n"
)
IN_TERRAFORM = (
    'resource "google_clouddeploy_delivery_pipeline" "desk" {\n  name = "desk"\n'
    "  serial_pipeline {\n"
    + "".join(f'    stages {{\n      target_id = "desk-{it}"\n    }}\n' for it in STAGES[:2])
    + '    stages {\n      target_id = "desk-prod"\n      strategy {\n        canary {\n'
    "          canary_deployment {\n            percentages = [10, 50]\n"
    "          }\n        }\n      }\n    }\n  }\n}\n"
)
RELEASES = ON_PUSH + (
    "  release:\n    steps:\n"
    "      - run: gcloud deploy releases create v1 --delivery-pipeline=desk\n"
)


@pytest.mark.parametrize(
    ("path", "text"), [("clouddeploy.yaml", CLOUD_DEPLOY), ("main.tf", IN_TERRAFORM)]
)
@pytest.mark.parametrize(
    ("old", "new", "holding"),
    [
        pytest.param("", "", Holding.HOLDS, id="in-order"),
        pytest.param("desk-stg", "desk-dev", Holding.PARTLY, id="no-staging"),
        pytest.param("push: {branches: [main]}", "workflow_dispatch: {}", Holding.FAILS,
            id="by-hand"),
        pytest.param("pipeline=desk", "pipeline=other", Holding.FAILS, id="another-pipeline"),
        pytest.param("--delivery-pipeline=desk", "--delivery-pipeline=desk || true", Holding.FAILS,
            id="hollow"),
    ],
)  # fmt: skip
def test_a_release_is_carried_through_the_stages_of_cloud_deploy(
    path: str, text: str, *, old: str, new: str, holding: Holding
) -> None:
    """A push makes a release, and the delivery pipeline takes it from stage to stage."""
    files = {path: text.replace(old, new) if old else text}
    files[CD] = RELEASES.replace(old, new) if old else RELEASES

    assert stability.environments_are_deployed_by_cd(survey_of(files)).holding is holding


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("clouddeploy.yaml", CLOUD_DEPLOY + "suspended: true\n"),
        ("main.tf", IN_TERRAFORM.replace("  serial", "  suspended = true\n  serial")),
    ],
)
def test_a_suspended_delivery_pipeline_goes_nowhere(path: str, text: str) -> None:
    """Releases are made, and no stage takes them."""
    survey = survey_of({path: text, CD: RELEASES})

    assert stability.environments_are_deployed_by_cd(survey).holding is Holding.FAILS
    assert survey.pipeline.canaries == ()


@pytest.mark.parametrize(
    ("path", "text"), [("clouddeploy.yaml", CLOUD_DEPLOY), ("main.tf", IN_TERRAFORM)]
)
def test_shares_that_nobody_watches_are_part_of_a_canary(path: str, text: str) -> None:
    """Cloud Deploy gives a share of the traffic first; nothing compares anything."""
    survey = survey_of({path: text, CD: RELEASES})

    assert survey.pipeline.canaries[0].percents == (10, 50)
    answer = stability.canary_watches_errors_accuracy_and_cost(survey)
    assert answer.holding is Holding.PARTLY
