"""Whether what is deployed came from the pipeline, and what it built was green."""

from collections.abc import Iterator

from tenken.evidence import Finding
from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.observed.forge import ForgeFacts
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.said import Observed, fails, holds, unknown
from tenken.sentence import say

GREEN = frozenset({"success", "skipped", "neutral"})


def last_default_branch_run_is_green(sighting: Sighting) -> Observed:
    """The newest finished run of each workflow on the default branch passed."""
    runs = sighting.forge.runs if sighting.forge else ()
    if red := [one for one in runs if one.conclusion not in GREEN]:
        return fails(
            *(gap("observed.run_is_red", workflow=one.workflow, conclusion=one.conclusion)
              for one in red)
        )  # fmt: skip
    if not any(one.conclusion == "success" for one in runs):
        return unknown(say("observed.no_runs"))
    return holds(seen("observed.runs_are_green", n=len(runs)))


def deployed_revision_carries_the_pipeline_run(sighting: Sighting) -> Observed:
    """What is deployed in each environment was put there by a run of the pipeline."""
    forge = sighting.forge
    if forge is None or not forge.deployments:
        return unknown(say("observed.no_deployments"))
    if findings := tuple(_by_hand(forge)):
        return fails(*findings)
    names = ", ".join(sorted(one.environment for one in forge.deployments))
    return holds(seen("observed.deployed_by_runs", environments=names))


def _by_hand(forge: ForgeFacts) -> Iterator[Finding]:
    for one in forge.deployments:
        if not one.run:
            yield lie("observed.deployed_by_hand", environment=one.environment)
        elif one.state not in {"success", "inactive"}:
            yield gap("observed.deployment_failed", environment=one.environment, state=one.state)
