"""Probes of the section."""

from tenken.evidence import Answer
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.documents import postmortems
from tenken.readiness.probes.gateways.watched import with_watching
from tenken.readiness.probes.running import alerting, diagrams


def postmortems_have_closed_actions(survey: Survey) -> Answer:
    """A postmortem of the last 180 days has its actions closed; the process is written."""
    return postmortems.actions_are_closed(survey)


def diagrams_match_the_infrastructure(survey: Survey) -> Answer:
    """The diagrams show what is in use, and nothing that is not there."""
    return diagrams.answer(survey)


def alerts_link_to_runbooks(survey: Survey) -> Answer:
    """Each alert leads to a runbook of its own that has steps."""
    return alerting.runbooks(with_watching(survey))
