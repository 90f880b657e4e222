"""Whether calls wait their turn under a provider's limit."""

from msgspec.structs import replace

from tenken.evidence import Answer, Holding
from tenken.readiness.answers import gap, lie, partly, seen
from tenken.readiness.facts.code import PeerKind
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code import calls as of_calls
from tenken.readiness.probes.code.judging import over_calls


def provider_side(survey: Survey) -> Answer:
    """A limiter around calls counts; one that counts visitors does not."""
    answer = over_calls(survey, of_calls.limiter)
    if answer.holding is not Holding.FAILS:
        return answer
    inbound = next((one for one in survey.code.limiters if one.inbound), None)
    if inbound is None:
        return _paced(survey) or answer
    finding = lie("code.limiter_inbound", inbound.place, library=inbound.library)
    return replace(answer, findings=(finding, *answer.findings))


def _paced(survey: Survey) -> Answer | None:
    """A queue of the application hands its tasks on at a stated rate; loops in one do not wait."""
    uses_queues = any(one.kind is PeerKind.QUEUE for one in survey.code.peers)
    queues = [one for one in survey.infrastructure.stores if one.paced is not None]
    if not (queues and uses_queues):
        return None
    return partly(
        tuple(seen("code.queue_paces", one.paced, queue=one.name) for one in queues[:3]),
        (gap("code.queue_not_each_call", queues[0].place, queue=queues[0].name),),
    )
