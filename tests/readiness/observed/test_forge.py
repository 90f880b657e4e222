"""Runs and deployments as GitHub tells them, and credentials that end or do not.

Answers are written after the REST reference, version 2022-11-28 (docs.github.com/rest, read
2026-11-23).
"""

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from tenken.evidence import Holding
from tenken.readiness.collectors.observed.credentials import look_at
from tenken.readiness.collectors.observed.github import read_forge
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed import credentials, forge
from tests.readiness.adversary.ground import surveyed
from tests.readiness.applications import survey_of
from tests.readiness.observed.making import ABOUT, COMMIT, NOW

HOLDS, FAILS, UNKNOWN = Holding.HOLDS, Holding.FAILS, Holding.UNKNOWN
NOTHING = survey_of({})
RUN_URL = "https://github.com/desk/desk/actions/runs/7/job/9"


class GitHub:
    """One repository with a workflow and an environment."""

    def __init__(self, **changed: Any) -> None:
        self.conclusion = "success"
        self.state = "success"
        self.log_url = RUN_URL
        self.runs = 1
        self.deployments = 2
        self.issue = "closed"
        self.load = "success"
        self.load_at = "2026-11-20T10:00:00Z"
        for name, value in changed.items():
            setattr(self, name, value)

    def __call__(self, path: str) -> tuple[int, bytes]:
        """Answer a path."""
        root = "/repos/desk/desk"
        answers = {
            root: {"full_name": "desk/desk", "default_branch": "main"},
            f"{root}/actions/runs": {
                "total_count": self.runs,
                "workflow_runs": [self._run(one) for one in range(self.runs)],
            },
            f"{root}/deployments": [
                {"id": 1, "sha": COMMIT, "environment": one,
                 "created_at": "2026-11-23T10:00:00Z"}
                for one in ("production", "staging")[: self.deployments]
            ],
            f"{root}/issues/12": {"number": 12, "state": self.issue},
            f"{root}/actions/workflows/load.yml/runs": {"workflow_runs": [
                {**self._run(1), "conclusion": self.load, "updated_at": self.load_at}
            ]},
            f"{root}/deployments/1/statuses": [
                {"id": 3, "state": self.state, "log_url": self.log_url, "target_url": ""}
            ],
        }  # fmt: skip
        found = answers.get(urlsplit(path).path)
        return (404, b"{}") if found is None else (200, json.dumps(found).encode())

    def _run(self, number: int) -> dict[str, Any]:
        return {"id": number, "name": "ci", "path": ".github/workflows/ci.yml",
                "head_sha": COMMIT, "status": "completed",
                "conclusion": self.conclusion if number == 0 else "success",
                "updated_at": "2026-11-23T10:00:00Z"}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "green", "deployed"),
    [
        ({}, HOLDS, HOLDS),
        ({"conclusion": "failure", "runs": 3}, FAILS, HOLDS),
        ({"conclusion": "skipped"}, UNKNOWN, HOLDS),
        ({"log_url": ""}, HOLDS, FAILS),
        ({"log_url": "https://example.com/by-hand"}, HOLDS, FAILS),
        ({"state": "failure"}, HOLDS, FAILS),
        ({"runs": 0, "deployments": 0}, UNKNOWN, UNKNOWN),
        ({"deployments": 1}, HOLDS, UNKNOWN),
    ],
    ids=["true", "red", "skipped", "by-hand", "elsewhere", "failed", "nothing", "one-alone"],
)
def test_what_a_forge_tells(changed: dict[str, Any], green: Holding, deployed: Holding) -> None:
    """The newest run of a workflow counts, and a deployment without a run is one by hand."""
    facts = read_forge(GitHub(**changed), "desk/desk", NOW)
    sighting = Sighting(about=ABOUT, survey=NOTHING, forge=facts)

    assert forge.last_default_branch_run_is_green(sighting).answer.holding is green
    assert forge.deployed_revision_carries_the_pipeline_run(sighting).answer.holding is deployed


def test_a_repository_that_is_not_there_tells_nothing() -> None:
    """Or that this token may not see."""
    assert read_forge(lambda _path: (404, b"{}"), "desk/desk", NOW) is None


LOAD = """\
on:
  schedule: [{cron: "0 3 * * 1"}]
jobs:
  load:
    runs-on: ubuntu-latest
    steps:
      - run: k6 run load/ask.js
"""
POSTMORTEM = """\
# 2026-11-10 Answers failed for an hour

## Actions

{action}
"""


def watched(action: str, **changed: Any) -> Sighting:
    """A repository with a load test and a postmortem, beside its forge."""
    survey = surveyed({
        "README.md": "# Desk\n",
        ".github/workflows/load.yml": LOAD,
        "docs/postmortems/2026-11-10-answers.md": POSTMORTEM.format(action=action),
    })  # fmt: skip
    facts = read_forge(GitHub(**changed), "desk/desk", NOW, forge.also_asked(survey))
    return Sighting(about=ABOUT, survey=survey, forge=facts)


@pytest.mark.parametrize(
    ("action", "changed", "holding"),
    [
        ("- [x] Add a second target (#12)", {}, HOLDS),
        ("- [x] Add a second target https://github.com/desk/desk/issues/12", {}, HOLDS),
        ("- [x] Add a second target (#12)", {"issue": "open"}, FAILS),
        ("- [ ] Add a second target (#12)", {"issue": "open"}, FAILS),
        ("- [x] Add a second target", {}, UNKNOWN),
        ("- [x] Add a second target (#99)", {}, UNKNOWN),
    ],
    ids=["true", "link", "said-closed", "open", "untracked", "not-there"],
)
def test_promised_actions_are_closed(
    action: str, changed: dict[str, Any], holding: Holding
) -> None:
    """A tick in a document is not a closed issue."""
    found = forge.postmortem_actions_are_closed_in_the_tracker(watched(action, **changed))

    assert found.answer.holding is holding


@pytest.mark.parametrize(
    ("changed", "holding"),
    [
        ({}, HOLDS),
        ({"load": "failure"}, FAILS),
        ({"load_at": "2026-11-23T11:00:00Z"}, FAILS),
        ({"load_at": "2026-06-01T10:00:00Z"}, FAILS),
        ({"deployments": 0}, UNKNOWN),
    ],
    ids=["true", "failed", "afterwards", "long-ago", "no-release"],
)
def test_a_load_test_precedes_the_release(changed: dict[str, Any], holding: Holding) -> None:
    """Of the last ninety days, whatever started it."""
    sighting = watched("- [x] Nothing (#12)", **changed)

    assert forge.load_result_precedes_the_last_release(sighting).answer.holding is holding


def _token(*, hours: float, issued: float = 0.0) -> str:
    claims = {
        "iat": int((NOW + timedelta(hours=issued)).timestamp()),
        "exp": int((NOW + timedelta(hours=issued + hours)).timestamp()),
    }
    parts = ({"alg": "RS256"}, claims)
    coded = (base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in parts)
    return ".".join([*(one.rstrip("=") for one in coded), "c2ln"])


@pytest.mark.parametrize(
    ("value", "holding"),
    [
        (_token(hours=1), HOLDS),
        (_token(hours=12), HOLDS),
        (_token(hours=24 * 365), FAILS),
        (_token(hours=1, issued=-2), UNKNOWN),
        ("sk-" + "a" * 40, FAILS),
        ("AK" + "IA" + "A" * 16, FAILS),
        ("0" * 32, FAILS),
        ('{"type": "service_account", "private_key"' + ': "x"}', FAILS),
        ("ya29.opaque", UNKNOWN),
    ],
    ids=["hour", "twelve", "year", "ended", "key", "aws", "azure", "account-file", "opaque"],
)
def test_a_credential_ends_or_does_not(value: str, holding: Holding) -> None:
    """What says nothing of its end is not taken for short-lived."""
    sighting = Sighting(about=ABOUT, survey=NOTHING, credential=look_at(value, NOW))

    assert credentials.running_credential_expires_within_hours(sighting).answer.holding is holding
