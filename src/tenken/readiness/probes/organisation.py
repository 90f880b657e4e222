"""Probes of the section."""

from tenken.evidence import Answer
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.documents import postmortems


def postmortems_have_closed_actions(survey: Survey) -> Answer:
    """A postmortem of the last 180 days has its actions closed; the process is written."""
    return postmortems.actions_are_closed(survey)
