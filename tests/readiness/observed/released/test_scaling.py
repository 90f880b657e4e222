"""What platforms describe, beside the files that should have made it so."""

import json
from typing import Any

import pytest

from tenken.evidence import Holding
from tenken.readiness.collectors.observed.running import read_described
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.released.scaling import described_scaling_equals_the_files
from tests.readiness.adversary.ground import surveyed
from tests.readiness.applications import survey_of
from tests.readiness.observed.making import ABOUT, NOW

HOLDS, FAILS, UNKNOWN = Holding.HOLDS, Holding.FAILS, Holding.UNKNOWN
CLOUD_RUN = surveyed({
    "README.md": "# Desk\n",
    "service.yaml": """\
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: desk}
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/minScale: "1"
        autoscaling.knative.dev/maxScale: "10"
    spec:
      containers: [{image: example/desk:1}]
""",
})  # fmt: skip


def v1(low: str, high: str, name: str = "desk") -> dict[str, Any]:
    """As `gcloud run services describe --format json` prints it."""
    notes = {"autoscaling.knative.dev/minScale": low, "autoscaling.knative.dev/maxScale": high}
    return {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": {"name": name},
            "spec": {"template": {"metadata": {"annotations": notes}}}}  # fmt: skip


def v2(low: int, high: int) -> dict[str, Any]:
    """As the Admin API v2 answers."""
    scaling = {"minInstanceCount": low, "maxInstanceCount": high}
    return {"name": "projects/p/locations/l/services/desk", "template": {"scaling": scaling}}


def hpa(low: int, high: int) -> dict[str, Any]:
    """As `kubectl get hpa -o json` prints it."""
    spec = {"scaleTargetRef": {"kind": "Deployment", "name": "desk"}, "minReplicas": low,
            "maxReplicas": high}  # fmt: skip
    one = {"kind": "HorizontalPodAutoscaler", "metadata": {"name": "desk-hpa"}, "spec": spec}
    return {"kind": "List", "items": [one]}


def aws(low: int, high: int) -> dict[str, Any]:
    """As `describe-scalable-targets` prints it."""
    target = {"ResourceId": "service/main/desk", "MinCapacity": low, "MaxCapacity": high}
    return {"ScalableTargets": [target]}


@pytest.mark.parametrize(
    ("described", "holding"),
    [
        (v1("1", "10"), HOLDS),
        (v2(1, 10), HOLDS),
        (hpa(1, 10), HOLDS),
        (aws(1, 10), HOLDS),
        ([v1("1", "10"), v1("1", "10", name="another")], HOLDS),
        (v1("1", "1"), FAILS),
        (v1("0", "10"), FAILS),
        (v1("1", ""), FAILS),
        (v1("1", "10", name="another"), UNKNOWN),
        ([v1("1", "10"), v1("1", "10")], UNKNOWN),
        ({}, UNKNOWN),
        ("desk", UNKNOWN),
    ],
    ids=["run", "run-v2", "hpa", "ecs", "several", "one-instance", "minimum", "default", "another",
         "twice", "nothing", "text"],
)  # fmt: skip
def test_bounds_are_those_of_the_files(described: Any, holding: Holding) -> None:
    """Changed by hand, or never applied, they are others."""
    facts = read_described([(NOW, json.dumps(described))])
    seen = Sighting(about=ABOUT, survey=CLOUD_RUN, described=facts)

    assert described_scaling_equals_the_files(seen).answer.holding is holding


def test_without_files_nothing_is_compared() -> None:
    """And what cannot be read describes nothing."""
    facts = read_described([(NOW, json.dumps(v1("1", "10"))), (NOW, "no JSON")])
    seen = Sighting(about=ABOUT, survey=survey_of({}), described=facts)

    assert facts.kept.latest == NOW
    assert described_scaling_equals_the_files(seen).answer.holding is UNKNOWN
    assert read_described([(NOW, "no JSON")]).kept.latest is None
