"""Guards on the path of model calls, by what they look for."""

from tenken.evidence import Answer, Finding, Remark
from tenken.readiness.answers import fails, gap, holds, lie, note, partly, seen, unknown
from tenken.readiness.facts.calls import LlmCall
from tenken.readiness.facts.code import Guard, GuardStage, GuardTopic, GuardWeakness
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code.calls import behind_gateway
from tenken.readiness.probes.code.deployed import guard_off
from tenken.readiness.probes.code.judging import MOST, no_calls, unless_foreign
from tenken.sentence import say

OWN = "own"
"""Rules that the application wrote itself: what they stop, only a drill can tell."""
ASKING = frozenset({"openai-agents", "model-verdict"})
"""Guards that ask a model themselves: those calls need no guard."""
CONSOLE_GUARDS = frozenset({"azure", "bedrock", "vertex", "google", ""})
"""Providers whose guards can be set in a console."""


def guarded(survey: Survey, stage: GuardStage, topic: GuardTopic) -> Answer:
    """A guard for this topic stands on the path of every model call, and stops what it finds."""
    calls = asked_of_users(survey)
    if not calls:
        return no_calls(survey)
    standing = [
        one for one in survey.code.guards if one.stage in {stage, GuardStage.BOTH} and one.calls
    ]
    fit = [one for one in standing if topic in one.topics and one.library != OWN]
    before = {place for one in fit if _is_before(one) for place in one.calls}
    off = None if all(call.place in before for call in calls) else guard_off(survey)
    if off is not None and any(one.function for one in standing):
        value = off.value or ""
        return fails(lie("code.guard_off_deployed", off.place, name=off.name, value=value))
    weak = tuple(_weak(one) for one in fit if one.weakness is not None)
    strong = [one for one in fit if one.weakness is None]
    covered = {place for one in strong for place in one.calls if place not in one.bypassed}
    bare = [call for call in calls if call.place not in covered]
    remarks = tuple(
        seen("code.guard_stands", one.place, library=one.library, topic=_word(topic))
        for one in strong[:MOST]
    )
    lacking = tuple(
        gap(
            "code.guard_in_part" if one.function else "gateways.in_part",
            one.place,
            library=one.library,
            topic=_word(topic),
        )
        for one in strong
        if topic in one.in_part
    )
    if lacking and not bare:
        return partly(remarks, lacking[:MOST])
    if not bare:
        return unless_foreign(survey.code, holds(*remarks))
    if strong or weak:
        open_calls = tuple(
            gap("code.guard_bypassed", call.place, topic=_word(topic), function=call.function)
            for call in bare
        )
        found = weak or open_calls[:MOST]
        return partly(remarks, found) if strong else fails(*found)
    return _none(standing, bare, topic)


def _is_before(one: Guard) -> bool:
    """It stands in a gateway, where no setting of the application reaches it."""
    return not one.function and one.weakness is None


def _word(topic: GuardTopic) -> str:
    return f"wording.topic_{topic.value}"


def asked_of_users(survey: Survey) -> list[LlmCall]:
    """Calls that users reach; where no route was found, all of them."""
    rails = {one.function for one in survey.code.guards if one.library in ASKING}
    calls = [call for call in survey.code.generations if call.function not in rails]
    return [call for call in calls if call.routes] or calls


def _none(standing: list[Guard], bare: list[LlmCall], topic: GuardTopic) -> Answer:
    own = next((one for one in standing if one.library == OWN and topic in one.topics), None)
    if own is not None and own.weakness is GuardWeakness.FAILS_OPEN:
        return unknown(say("code.guard_own", topic=_word(topic)), _weak(own))
    if own is not None:
        return unknown(
            say("code.guard_own", topic=_word(topic)), note("code.guard_own_here", own.place)
        )
    blind = next((one for one in standing if not one.topics), None)
    if blind is not None:
        return unknown(say("code.guard_topics_unknown", library=blind.library, topic=_word(topic)))
    if any(behind_gateway(call) or call.provider in CONSOLE_GUARDS for call in bare):
        return unknown(say("code.guard_elsewhere", topic=_word(topic)))
    return fails(
        *(
            gap("code.guard_missing", call.place, topic=_word(topic), function=call.function)
            for call in bare[:MOST]
        )
    )


def _by(one: Guard) -> str:
    """A library by its name, the application's own check by the function that calls it."""
    return one.function if one.library == OWN else one.library


def _weak(one: Guard) -> Finding:
    match one.weakness:
        case GuardWeakness.FAILS_OPEN:
            if one.library == OWN:
                return lie("code.guard_own_fails_open", one.place)
            return lie("code.guard_fails_open", one.place, library=one.library)
        case GuardWeakness.OFF_BY_DEFAULT:
            return lie("code.guard_off_by_default", one.place, library=one.library)
        case GuardWeakness.SOMETIMES:
            return lie("code.guard_sometimes", one.place, library=_by(one))
        case GuardWeakness.SEES_LITTLE:
            return lie("code.guard_sees_little", one.place, library=_by(one))
        case GuardWeakness.LOGS_ONLY:
            return lie("code.guard_logs_only", one.place, library=one.library)
        case GuardWeakness.RESULT_UNUSED | None:
            return lie("code.guard_result_unused", one.place, library=one.library)


def recorded(survey: Survey) -> Answer:
    """What a guard stops leaves a record."""
    guards = [one for one in survey.code.guards if one.calls and not _only_masks(one)]
    if not guards:
        return unknown(say("code.guard_none_to_record")) if survey.code.calls else no_calls(survey)
    good = tuple(_told(one) for one in guards if one.recorded)
    bad = tuple(_untold(one) for one in guards if not one.recorded)
    if bad:
        return partly(good, bad[:MOST]) if good else fails(*bad[:MOST])
    return unless_foreign(survey.code, holds(*good[:MOST]))


def _told(one: Guard) -> Remark:
    if one.library == OWN:
        return seen("code.guard_own_recorded", one.place)
    return seen("code.guard_recorded", one.place, library=one.library)


def _untold(one: Guard) -> Finding:
    if one.library == OWN:
        return gap("code.guard_own_not_recorded", one.place)
    if not one.function:
        return gap("gateways.not_recorded", one.place, library=one.library)
    return gap("code.guard_not_recorded", one.place, library=one.library)


def _only_masks(one: Guard) -> bool:
    """A mask changes a text and stops nothing, so it has no violations."""
    return one.library == OWN and one.topics == (GuardTopic.PII,)
