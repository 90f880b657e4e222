"""Whether what is deployed came from the pipeline, and what it built was green."""

from collections.abc import Iterator
from datetime import timedelta

from tenken.evidence import Finding
from tenken.pattern import Pattern
from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.documents import ActionItem
from tenken.readiness.facts.observed.forge import AlsoAsked, ForgeFacts
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.pipeline import Purpose
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.observed.said import Observed, fails, holds, share, unknown
from tenken.readiness.probes.pipeline.order import runs_for
from tenken.sentence import say

FEWEST_ENVIRONMENTS = 2
"""One that is deployed alone has nothing before it where a release is tried."""
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
    if len(forge.deployments) < FEWEST_ENVIRONMENTS:
        only = forge.deployments[0].environment
        return unknown(say("observed.one_environment", environment=only))
    names = ", ".join(sorted(one.environment for one in forge.deployments))
    return holds(seen("observed.deployed_by_runs", environments=names))


def _by_hand(forge: ForgeFacts) -> Iterator[Finding]:
    for one in forge.deployments:
        if not one.run:
            yield lie("observed.deployed_by_hand", environment=one.environment)
        elif one.state not in {"success", "inactive"}:
            yield gap("observed.deployment_failed", environment=one.environment, state=one.state)


# -- what else a forge tells

LOAD_FRESH = timedelta(days=90)
ISSUE = Pattern(r"(?:/issues/|(?:^|[\s(\[])#)([0-9]{1,7})\b")
RECENT_DAYS = 180
MOST_TOLD = 5


def also_asked(survey: Survey) -> AlsoAsked:
    """The issues that postmortems promise, and the workflows that run load tests."""
    return AlsoAsked(
        issues=frozenset(number for one in _actions(survey) for number in _numbers(one)),
        workflows=frozenset(_load_workflows(survey)),
    )


def postmortem_actions_are_closed_in_the_tracker(sighting: Sighting) -> Observed:
    """What postmortems of the last half year promised is closed where it is tracked."""
    forge, actions = sighting.forge, _actions(sighting.survey)
    if forge is None or not actions:
        return unknown(say("observed.no_actions"))
    findings = [told for one in actions if (told := _open(one, forge))]
    figures = (share("actions_closed", len(actions) - len(findings), len(actions)),)
    if findings:
        return fails(*findings[:MOST_TOLD], figures=figures)
    if loose := [one for one in actions if not set(_numbers(one)) & forge.issues.keys()]:
        return unknown(say("observed.action_is_not_tracked", action=loose[0].text[:80]),
                       figures=figures)  # fmt: skip
    return holds(seen("observed.actions_closed", n=len(actions)), figures=figures)


def load_result_precedes_the_last_release(sighting: Sighting) -> Observed:
    """The load test passed within 90 days before what is in production was deployed."""
    forge = sighting.forge
    workflows = _load_workflows(sighting.survey)
    production = [one for one in (forge.deployments if forge else ())
                  if one.environment.lower().startswith("prod") and one.at]  # fmt: skip
    if forge is None or not workflows or not production:
        return unknown(say("observed.no_load_runs"))
    released = max(one.at for one in production if one.at)
    runs = [run for one in workflows for run in forge.runs_of.get(one, ())
            if run.at and run.at <= released]  # fmt: skip
    newest = max(runs, key=lambda one: one.at or released, default=None)
    if newest is None or newest.at is None or newest.at < released - LOAD_FRESH:
        return fails(gap("observed.release_without_load_run", days=LOAD_FRESH.days))
    if newest.conclusion != "success":
        told = gap("observed.load_run_failed", workflow=newest.workflow, result=newest.conclusion)
        return fails(told)
    return holds(seen("observed.load_run_precedes", workflow=newest.workflow))


def _actions(survey: Survey) -> tuple[ActionItem, ...]:
    return tuple(
        action
        for one in survey.documents.postmortems
        if one.happened_on and 0 <= (survey.now.date() - one.happened_on).days <= RECENT_DAYS
        for action in one.actions
    )


def _numbers(action: ActionItem) -> Iterator[int]:
    return (int(one) for one in ISSUE.findall(action.text))


def _open(action: ActionItem, forge: ForgeFacts) -> Finding | None:
    for number in _numbers(action):
        if forge.issues.get(number) == "open":
            id_ = "observed.action_said_closed" if action.closed else "observed.action_is_open"
            kind = lie if action.closed else gap
            return kind(id_, action.place, action=action.text[:80], number=number)
    return None


def _load_workflows(survey: Survey) -> tuple[str, ...]:
    placed = runs_for(survey.pipeline, Purpose.LOAD_TEST)
    return tuple(dict.fromkeys(one.job.pipeline for one in placed))
