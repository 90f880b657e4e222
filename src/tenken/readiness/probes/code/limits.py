"""Whether calls wait their turn under a provider's limit."""

from dataclasses import replace

from tenken.evidence import Answer, Holding
from tenken.readiness.answers import lie
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code import calls as of_calls
from tenken.readiness.probes.code.judging import over_calls


def provider_side(survey: Survey) -> Answer:
    """A limiter around calls counts; one that counts visitors does not."""
    answer = over_calls(survey, of_calls.limiter)
    inbound = next((one for one in survey.code.limiters if one.inbound), None)
    if inbound is None or answer.holding is not Holding.FAILS:
        return answer
    finding = lie("code.limiter_inbound", inbound.place, library=inbound.library)
    return replace(answer, findings=(finding, *answer.findings))
