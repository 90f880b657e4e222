"""A record that goes with its container is none; a volume or a store keeps it."""

import msgspec
import pytest

from tenken.config.application import Application, Identity
from tenken.config.manifest import Manifest
from tenken.config.node import Node
from tenken.config.serving import GatewaySettings, JournalSettings
from tenken.evidence import Holding
from tenken.readiness.probes import safety
from tests.readiness.adversary.ground import surveyed

IMAGE = {"Dockerfile": 'FROM python:3.12\nCMD ["tenken", "serve"]\n'}
KNATIVE = """apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: desk-gateway}
spec:
  template:
    spec:
      containers:
        - image: example.jp/desk
          volumeMounts: [{name: data, mountPath: MOUNT}]
      volumes: [VOLUME]
"""
TERRAFORM = """resource "google_cloud_run_v2_service" "gateway" {
  name = "desk-gateway"
  template {
    containers {
      image   = "example.jp/desk"
      command = ["tenken", "gateway"]
      volume_mounts {
        name       = "data"
        mount_path = "MOUNT"
      }
    }
    volumes {
      name = "data"
      VOLUME
    }
  }
}
"""
BUCKET = "{name: data, csi: {driver: gcsfuse.run.googleapis.com}}"
MEMORY = "{name: data, emptyDir: {medium: Memory}}"


def findings(files: dict[str, str], **journal: str) -> list[str]:
    """What is told of a gateway with these settings of its journal."""
    settings = GatewaySettings(journal=msgspec.convert(journal, JournalSettings))
    application = Application(application=Identity(name="desk", owner="team"), gateway=settings)
    manifest = Manifest(application=application, file="tenken.yaml", document=Node(None))
    survey = msgspec.structs.replace(surveyed(files), manifest=manifest)
    answer = safety.guard_violations_are_recorded(survey)
    told = [one.sentence.id for one in answer.findings if one.sentence.id.startswith("probes_4")]
    assert (answer.holding is Holding.FAILS) is bool(told)
    return told


def knative(volume: str, mount: str) -> dict[str, str]:
    """A service of Cloud Run as YAML."""
    return {**IMAGE, "service.yaml": KNATIVE.replace("VOLUME", volume).replace("MOUNT", mount)}


def terraform(volume: str, mount: str) -> dict[str, str]:
    """The same with Terraform, which says itself what is started."""
    return {"main.tf": TERRAFORM.replace("VOLUME", volume).replace("MOUNT", mount)}


GOES = ["probes_4.journal_goes"]
HELD = {"durability": "volume", "path": "/data/journal"}


@pytest.mark.parametrize(
    ("files", "journal"),
    [
        pytest.param({**IMAGE, "service.yaml": KNATIVE.replace("VOLUME", "")}, {}, id="as it is"),
        pytest.param(knative(MEMORY, "/data"), HELD, id="a volume in memory"),
        pytest.param(knative(BUCKET, "/other"), HELD, id="a volume elsewhere"),
        pytest.param(knative(BUCKET, "/data/journals"), HELD, id="nearly the folder"),
        pytest.param(terraform('secret { secret = "s" }', "/data"), HELD, id="a secret"),
        pytest.param(terraform("empty_dir {}", "/data"), HELD, id="an empty folder"),
        pytest.param(
            terraform('gcs { bucket = "b" }', "/data"), {"durability": "local"}, id="beside it"
        ),
    ],
)
def test_a_record_on_an_instance_goes_with_it(
    files: dict[str, str], journal: dict[str, str]
) -> None:
    """Whatever durability is written, a file is where it is written."""
    assert findings(files, **journal) == GOES


@pytest.mark.parametrize(
    ("files", "journal"),
    [
        pytest.param(knative(MEMORY, "/data"), {"durability": "store"}, id="a store"),
        pytest.param(knative(BUCKET, "/data"), HELD, id="a bucket"),
        pytest.param(knative(BUCKET, "/app/.tenken"), {"durability": "volume"}, id="relative"),
        pytest.param(terraform('nfs { server = "10.0.0.2" }', "/data/journal"), HELD, id="nfs"),
        pytest.param(terraform('new_kind { size = "1" }', "/data"), HELD, id="not known"),
        pytest.param(
            {**knative(MEMORY, "/data"), "Dockerfile": 'FROM a\nCMD ["uvicorn"]\n'}, {}, id="no"
        ),
        pytest.param(
            {"k8s.yaml": "kind: Deployment\nmetadata: {name: a}\n", **IMAGE}, {}, id="k8s"
        ),
    ],
)
def test_what_is_kept_elsewhere_is_no_finding(
    files: dict[str, str], journal: dict[str, str]
) -> None:
    """Nor is a service that does not start the gateway."""
    assert findings(files, **journal) == []
