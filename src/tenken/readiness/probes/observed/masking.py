"""What became of marked texts: what is stored of them, and who is said to have spoken them.

A canary that is found nowhere proves a mask only where the mark beside it was stored: prompts that
nobody keeps are not masked prompts.
"""

from collections.abc import Callable

from tenken.evidence import Finding
from tenken.readiness.answers import lie, seen
from tenken.readiness.facts.observed.sent import Sent
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.observed.traces import ModelCall, TraceFacts
from tenken.readiness.probes.observed.said import Observed, fails, holds, unknown
from tenken.readiness.probes.observed.tracing import FEWEST_SENT
from tenken.sentence import Sentence, say

MARK = "${mark}"
USER = frozenset({"user", "human"})
Stored = Callable[[ModelCall], str]


def canary_pii_is_absent_from_stored_inputs(sighting: Sighting) -> Observed:
    """Personal data that a user wrote is not in any span, though what stood beside it is."""
    return _masked(sighting, lambda call: call.input, lambda _one: None, "inputs")


def canary_pii_is_absent_from_stored_outputs(sighting: Sighting) -> Observed:
    """Personal data that a model wrote is not in any span, though what stood beside it is."""
    return _masked(sighting, lambda call: call.output, _not_written, "outputs")


def marked_input_reaches_only_user_parts(sighting: Sighting) -> Observed:
    """What a user wrote stands in the user's turn of the conversation, and in no other."""
    traces = sighting.traces
    marked = _marked(sighting)
    if traces is None or len(marked) < FEWEST_SENT:
        return unknown(say("observed.too_few_marked", n=len(marked), least=FEWEST_SENT, mark=MARK))
    reached = 0
    for one in marked:
        turns = [turn for call in traces.calls_of.get(one.trace, ()) for turn in call.turns]
        holding = [turn for turn in turns if one.mark in turn.text]
        wrong = next((turn for turn in holding if turn.role.lower() not in USER), None)
        if wrong:
            return fails(lie("observed.mark_in_another_turn", request=one.name, role=wrong.role))
        reached += bool(holding)
    if reached < len(marked):
        return unknown(say("observed.turns_not_stored", n=len(marked), times=reached))
    return holds(seen("observed.mark_in_user_turns", n=reached))


def _masked(
    sighting: Sighting, stored: Stored, unfit: Callable[[Sent], Sentence | None], what: str
) -> Observed:
    traces = sighting.traces
    marked = _marked(sighting)
    if traces is None or len(marked) < FEWEST_SENT:
        return unknown(say("observed.too_few_marked", n=len(marked), least=FEWEST_SENT, mark=MARK))
    leaks = tuple(leak for one in marked if (leak := _leak(one, traces, stored)))
    if leaks:
        return fails(*dict.fromkeys(leaks))
    for one in marked:
        if reason := unfit(one):
            return unknown(reason)
        if not any(one.mark in stored(call) for call in traces.calls_of.get(one.trace, ())):
            return unknown(say(f"observed.{what}_not_stored", request=one.name))
    return holds(seen(f"observed.{what}_are_masked", n=len(marked)))


def _leak(one: Sent, traces: TraceFacts, stored: Stored) -> Finding | None:
    """A made-up value on this side of a call, or anywhere that belongs to neither side."""
    calls = {call.span.id: call for call in traces.calls_of.get(one.trace, ())}
    for span in traces.by_trace.get(one.trace, ()):
        call = calls.get(span.id)
        for value in one.canaries:
            sides = f"{call.input}\n{call.output}" if call else ""
            is_elsewhere = span.written.count(value) > sides.count(value)
            if is_elsewhere or (call and value in stored(call)):
                return lie("observed.canary_stored", span.place, span=span.name)
    return None


def _not_written(one: Sent) -> Sentence | None:
    """The model must have written the value, or its absence says nothing."""
    if any(value in one.answer for value in one.canaries):
        return None
    return say("observed.canary_not_answered", request=one.name)


def _marked(sighting: Sighting) -> tuple[Sent, ...]:
    sent = sighting.sent.served if sighting.sent else ()
    return tuple(one for one in sent if one.mark and one.canaries)
