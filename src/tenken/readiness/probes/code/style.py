"""Whether calls are made in the style that was decided."""

from tenken.evidence import Answer
from tenken.readiness.answers import fails, holds, lie, seen, unknown
from tenken.readiness.facts.calls import Flow, LlmCall
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.figures import is_blank
from tenken.readiness.probes.code.judging import MOST, no_calls, unless_foreign
from tenken.sentence import say


def matches(survey: Survey) -> Answer:
    """The code calls as the decision record says."""
    decided = (
        survey.manifest.application.decisions.call_style if survey.manifest is not None else None
    )
    if decided is None or is_blank(decided.reason):
        return unknown(say("code.style_undecided"))
    calls = tuple(survey.code.generations)
    if not calls:
        return no_calls(survey)
    other = [call for call in calls if _style(call) != decided.style and call.routes]
    if other:
        return fails(
            *(
                lie("code.style_differs", call.place, decided=decided.style, found=_style(call))
                for call in other[:MOST]
            )
        )
    if not any(_style(call) == decided.style for call in calls):
        return unknown(say("code.style_not_seen", decided=decided.style))
    return unless_foreign(
        survey.code, holds(seen("code.style_matches", calls[0].place, decided=decided.style))
    )


def _style(call: LlmCall) -> str:
    """`async`: outside the request; `stream`: while it is written; else the caller waits."""
    if call.flow is Flow.QUEUE:
        return "async"
    return "stream" if call.streaming else "sync"
