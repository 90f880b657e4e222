"""A service on Cloud Run that no file opens to everyone: the platform asks who calls."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.collectors.code.collect import collect
from tenken.readiness.probes.security import callers_are_verified, routes_require_a_user
from tests.readiness.estates.survey import survey_of
from tests.readiness.trees import FakeTree

ROUTES = """\
from fastapi import FastAPI

app = FastAPI()


@app.post("/ask")
def ask(text: str) -> str:
    return text
"""
SERVICE = """\
resource "google_cloud_run_v2_service" "desk" {
  name = "desk"
  template {
    containers {
      image = "desk:1"
    }
  }
}
"""
OPEN = """\
resource "google_cloud_run_v2_service_iam_member" "everyone" {
  name   = "desk"
  role   = "roles/run.invoker"
  member = "allUsers"
}
"""
BY_HAND = """\
gcloud run services add-iam-policy-binding desk \\
  --member=allUsers --role=roles/run.invoker
"""
DEPLOYED = "gcloud run deploy desk --allow-unauthenticated\n"


@pytest.mark.parametrize(
    ("files", "holding"),
    [
        ({"main.tf": SERVICE}, Holding.PARTLY),
        ({"main.tf": SERVICE + OPEN}, Holding.UNKNOWN),
        ({"main.tf": SERVICE, "deploy/open.sh": BY_HAND}, Holding.UNKNOWN),
        ({"main.tf": SERVICE, "deploy/open.sh": f"# {BY_HAND}"}, Holding.UNKNOWN),
        ({"main.tf": SERVICE, "deploy/up.sh": DEPLOYED}, Holding.UNKNOWN),
        ({"main.tf": SERVICE.replace("cloud_run_v2_service", "storage_bucket")}, Holding.UNKNOWN),
        ({}, Holding.UNKNOWN),
    ],
)  # fmt: skip
def test_the_platform_asks(files: dict[str, str], holding: Holding) -> None:
    """Half of both: whom it lets in, and who a user is, no file of it says."""
    survey = survey_of(files, collect(FakeTree({"app/main.py": ROUTES})))

    assert routes_require_a_user(survey).holding is holding
    assert callers_are_verified(survey).holding is holding
