"""What is true of one model call."""

from collections.abc import Callable, Iterable

from tenken.evidence import Finding, Remark
from tenken.pattern import Pattern
from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.calls import (
    Backoff,
    Fallback,
    LlmCall,
    Origin,
    Retry,
    Stated,
    Target,
    Unreachable,
    Wrapping,
)  # fmt: skip
from tenken.readiness.probes.code.judging import Half, Judgement
from tenken.sentence import Sentence, say

SILENT_RETRIES = frozenset(
    {"openai", "anthropic", "langchain", "groq", "together", "boto3", "langgraph"}
)
"""Libraries that retry by themselves, a number of times that nobody here stated."""
ENDLESS_S = 1800.0
"""Nobody waits for an answer this long; the caller has long gone."""
IN_MILLISECONDS = frozenset({"google-genai", "mistral", "mistralai"})
INSIDE = Pattern(r"^https?://([^./]+|[0-9.]+|[^/]+\.(internal|local|svc|lan))(:[0-9]+)?(/|$)")
"""Addresses of one's own machine or network; as a default they stand for any other."""
DATED = Pattern(r"(-latest|-[0-9]{4}-[0-9]{2}-[0-9]{2}|[-@][0-9]{6,8})$")
"""The end of a model's name that says which issue of it is meant."""


def timeout(call: LlmCall) -> Judgement:
    """A timeout is stated, by anyone but the library's default."""
    stated = call.timeout
    if stated.origin is Origin.UNKNOWN:
        return say("code.timeout_unknown", function=call.function)
    if stated.may_be_none:
        return say("code.timeout_may_be_none", function=call.function, variable=stated.value)
    if stated.origin is Origin.ABSENT:
        return gap(
            "code.timeout_missing", call.place, library=call.library, function=call.function
        )
    if stated.number is not None and stated.number <= 0:
        place, value = stated.place or call.place, shown(stated)
        return lie("code.timeout_of_nothing", place, value=value, function=call.function)
    if stated.value == "none":
        return lie("code.timeout_none", stated.place or call.place, function=call.function)
    if _is_endless(stated, call):
        place = stated.place or call.place
        return lie("code.timeout_endless", place, value=shown(stated), function=call.function)
    return seen(
        "code.timeout_stated",
        stated.place or call.place,
        value=shown(stated),
        function=call.function,
    )


def _is_endless(stated: Stated, call: LlmCall) -> bool:
    unit = 1000 if call.library in IN_MILLISECONDS else 1
    value = stated.number if stated.origin in {Origin.LITERAL, Origin.DEFAULT} else None
    return value is not None and value >= ENDLESS_S * unit


def retry(call: LlmCall) -> Judgement:
    """A retry policy is stated, and an error of the call arrives where it is."""
    working = _whole_first(one for one in call.retries if one.unreachable is None)
    if working:
        first = working[0]
        kind = "code.retry_off" if first.is_off else "code.retry_stated"
        told = seen(kind, first.place, by=first.name, attempts=shown(first.attempts))
        return _as_far(told, first, call)
    if call.retries:
        return _lost_retry(call.retries[0], call)
    if call.retries_unknown:
        return say("code.retry_unknown", function=call.function)
    if behind_gateway(call):
        return _elsewhere(call)
    return gap("code.retry_missing", call.place, library=call.library, function=call.function)


def _lost_retry(found: Retry, call: LlmCall) -> Judgement:
    at = str(found.unreachable_at or call.place)
    if found.unreachable is Unreachable.OTHER_ERRORS:
        return gap("code.retry_other_errors", found.place, by=found.name, function=call.function)
    return lie("code.retry_unreachable", found.place, by=found.name, at=at)


def _whole_first(retries: Iterable[Retry]) -> list[Retry]:
    return sorted(retries, key=lambda one: one.bypassed is not None)


def _as_far(told: Judgement, one: Retry, call: LlmCall) -> Judgement:
    """What some way to the call passes by is true in part."""
    if one.bypassed is None or not isinstance(told, Remark):
        return told
    past = gap("code.retry_bypassed", one.bypassed, by=one.name, function=call.function)
    return Half(good=told, bad=past)


def retry_by_error(call: LlmCall) -> Judgement:
    """Only errors that can pass are retried."""
    return _of_retry(call, _depends)


def _depends(one: Retry) -> Judgement:
    if one.depends_on_error is None:
        return say("code.retry_condition_unknown", by=one.name)
    if one.depends_on_error:
        return seen("code.retry_by_error", one.place, by=one.name)
    wide = lie("code.retry_everything", one.place, by=one.name)
    if one.spares is None:
        return wide
    return Half(good=seen("code.retry_spares", one.spares, by=one.name), bad=wide)


def backoff(call: LlmCall) -> Judgement:
    """The waits between attempts grow."""
    return _of_retry(call, _grows)


def _grows(one: Retry) -> Judgement:
    match one.backoff:
        case Backoff.EXPONENTIAL:
            return seen("code.backoff_grows", one.place, by=one.name)
        case Backoff.UNKNOWN:
            return say("code.backoff_unknown", by=one.name)
        case Backoff.FIXED:
            return gap("code.backoff_fixed", one.place, by=one.name)
        case Backoff.NONE:
            return lie("code.backoff_none", one.place, by=one.name)


def _of_retry(call: LlmCall, judge: Callable[[Retry], Judgement]) -> Judgement:
    working = _whole_first(
        one for one in call.retries if one.unreachable is None and not one.is_off
    )
    if working:
        return _of_several([(one, _as_far(judge(one), one, call)) for one in working])
    lost = next((one for one in call.retries if one.unreachable is not None), None)
    if lost is not None:
        return _lost_retry(lost, call)
    if call.retries:
        return gap("code.retry_is_off", call.retries[0].place, function=call.function)
    if behind_gateway(call):
        return _elsewhere(call)
    if call.retries_unknown or call.library in SILENT_RETRIES:
        return say("code.retry_is_silent", library=call.library, function=call.function)
    return gap("code.retry_missing", call.place, library=call.library, function=call.function)


def _of_several(found: list[tuple[Retry, Judgement]]) -> Judgement:
    """A bad one that every way passes spoils the good ones; one on some ways spoils those."""
    bad = next((said for _, said in found if isinstance(said, Finding)), None)
    spoiled = any(isinstance(said, Finding) and not one.bypassed for one, said in found)
    if bad is None or spoiled:
        return bad or found[0][1]
    goods = (_good(said) for _, said in found)
    good = next((one for one in goods if one is not None), None)
    return Half(good=good, bad=bad) if good else bad


def _good(said: Judgement) -> Remark | None:
    return said.good if isinstance(said, Half) else said if isinstance(said, Remark) else None


def fallback(call: LlmCall) -> Judgement:
    """Another target answers when this one does not."""
    if call.is_fallback:
        return seen("code.is_fallback", call.place)
    ways = [one for one in call.fallbacks if one.target is not None]
    for one in ways:
        if one.unreachable is None and not same_target(call, one):
            return seen(
                "code.fallback_set", one.place, how=one.how, target=target_name(one.target)
            )
    if ways:
        return _lost_fallback(ways[0], call)
    if behind_gateway(call):
        return _elsewhere(call)
    if call.fallbacks:
        return gap("code.fallback_is_text", call.fallbacks[0].place, function=call.function)
    return gap("code.fallback_missing", call.place, function=call.function)


def _lost_fallback(one: Fallback, call: LlmCall) -> Judgement:
    at = str(one.unreachable_at or call.place)
    match one.unreachable:
        case Unreachable.SWALLOWED:
            return lie("code.fallback_swallowed", one.place, at=at)
        case Unreachable.OTHER_ERRORS:
            return lie("code.fallback_other_errors", one.place, at=at)
        case Unreachable.AFTER_RETURN:
            return lie("code.fallback_after_return", one.place)
        case Unreachable.NEVER_TRUE:
            return lie("code.fallback_never_true", one.place)
        case None:
            return lie("code.fallback_same", one.place, target=target_name(one.target))


def same_target(call: LlmCall, one: Fallback) -> bool:
    """The fallback goes where the call went."""
    if one.target is None or one.target.model.origin is not Origin.LITERAL:
        return False
    return any(
        target.provider == one.target.provider and _bare(target) == _bare(one.target)
        and target.model.origin is Origin.LITERAL and not target.model.is_one_of_several
        and target.region == one.target.region
        for target in call.targets
    )  # fmt: skip


def _bare(target: Target) -> str:
    """The model without its provider and without the date of its issue."""
    name = target.model.value.removeprefix(f"{target.provider}/")
    return DATED.sub("", name)


def breaker(call: LlmCall) -> Judgement:
    """A circuit breaker stands around the call."""
    return _wrapped(call, call.breakers, "breaker")


def limiter(call: LlmCall) -> Judgement:
    """The call waits its turn under the provider's limit."""
    return _wrapped(call, call.limiters, "limiter")


def _wrapped(call: LlmCall, found: tuple[Wrapping, ...], what: str) -> Judgement:
    acting = [one for one in found if one.idle is None]
    if acting:
        first = min(acting, key=lambda one: one.bypassed is not None)
        fields = {"library": first.library, "function": call.function}
        told = seen(f"code.{what}_around", first.place, **fields)
        past = gap(f"code.{what}_bypassed", first.bypassed, **fields)
        return Half(good=told, bad=past) if first.bypassed else told
    if found and found[0].idle is not None:
        first = found[0]
        sentence = f"code.{what}_{found[0].idle}"
        return lie(sentence, first.place, library=first.library, function=call.function)
    if behind_gateway(call):
        return _elsewhere(call)
    return gap(f"code.{what}_missing", call.place, function=call.function)


def parsed(call: LlmCall) -> Judgement:
    """The answer is held against a schema."""
    if call.structured:
        return seen("code.output_parsed", call.place, function=call.function)
    if call.parse_lost is not None:
        return lie("code.output_parse_lost", call.parse_lost, function=call.function)
    return gap("code.output_not_parsed", call.place, function=call.function)


def _elsewhere(call: LlmCall) -> Sentence:
    unseen = call.base_url.origin is Origin.UNKNOWN
    return say("code.client_unknown" if unseen else "code.behind_base_url", function=call.function)


def behind_gateway(call: LlmCall) -> bool:
    """The client points elsewhere, where somebody may do this for it."""
    base = call.base_url
    if base.origin in {Origin.ENVIRONMENT, Origin.UNKNOWN}:
        return True
    if base.origin is Origin.DEFAULT and INSIDE.search(base.value):
        return True
    return base.is_stated and not any(one.provider for one in call.targets)


def target_name(target: Target | None) -> str:
    """`openai/gpt-x`, as far as known."""
    if target is None:
        return "?"
    model = target.model.value if target.model.is_stated else "?"
    return f"{target.provider or '?'}/{model}"


def shown(stated: Stated) -> str:
    """A value as a person reads it."""
    if stated.origin is Origin.ENVIRONMENT:
        return f"${stated.value}"
    return stated.value or "?"
