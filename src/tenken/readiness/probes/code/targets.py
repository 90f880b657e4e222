"""Whether the targets of a call are independent of each other."""

from collections.abc import Callable

from tenken.evidence import Answer, Finding, Remark
from tenken.place import Place
from tenken.readiness.answers import fails, gap, lie, partly, seen, unknown
from tenken.readiness.facts.calls import LlmCall, Target
from tenken.readiness.facts.code import SignKind
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code.calls import behind_gateway, target_name
from tenken.readiness.probes.code.judging import as_far_as_judged, no_calls, shown
from tenken.sentence import say


def independent_targets(survey: Survey) -> Answer:
    """Some call can go to two targets that do not fail together."""
    if (other := shown(survey, SignKind.PROVIDER, apart=2)) is not None:
        return other
    calls = tuple(survey.code.generations)
    if not calls:
        return no_calls(survey)
    for call in calls:
        if len(_apart(_reached(call))) > 1:
            return as_far_as_judged(survey.code, _named(call))
    chosen = next((call for call in calls if len(_apart(_of(call))) > 1), None)
    if chosen is not None:
        gaps = (gap("code.targets_chosen", chosen.place, function=chosen.function),)
        return partly((_named(chosen),), gaps)
    everywhere = [target for call in calls for target in _of(call)]
    if any(not target.provider for target in everywhere):
        return unknown(say("code.targets_unknown"))
    if len(_apart(everywhere)) > 1:
        return partly(
            (seen("code.targets_several", calls[0].place),),
            (gap("code.targets_not_joined", calls[0].place),),
        )
    if any(behind_gateway(call) for call in calls):
        return unknown(say("code.targets_unknown"))
    return fails(_alone(calls, everywhere))


def _alone(calls: tuple[LlmCall, ...], targets: list[Target]) -> Finding:
    for call in calls:
        if len(_models(_of(call))) > 1:
            return _together(lie, call.place, _of(call))
    if len(_models(targets)) > 1:  # each call has its own: nothing poses as another way
        return _together(gap, calls[0].place, targets)
    return gap("code.targets_one", calls[0].place, target=target_name(targets[0]))


def _models(targets: list[Target]) -> set[str]:
    return {target.model.value for target in targets if target.model.is_stated}


def _together(kind: Callable[..., Finding], place: Place, targets: list[Target]) -> Finding:
    return kind(
        "code.targets_same_account", place,
        provider=targets[0].provider, models=", ".join(sorted(_models(targets))),
    )  # fmt: skip


def _named(call: LlmCall) -> Remark:
    names = ", ".join(sorted({target_name(one) for one in _of(call)}))
    return seen("code.targets_apart", call.place, targets=names)


def _of(call: LlmCall) -> list[Target]:
    """Every place it can go to: by a setting or a choice, and when it fails."""
    return [*call.targets, *(one.target for one in call.fallbacks if one.target is not None)]


def _reached(call: LlmCall) -> list[Target]:
    """The place it goes to and those that answer when it fails; one of several that are chosen."""
    ways = [one.target for one in call.fallbacks if one.target is not None]
    return [*call.targets, *ways] if ways else list(call.targets[:1])


def _apart(targets: list[Target]) -> set[tuple[str, str]]:
    """What can fail by itself: a provider, or a region of one where that is known."""
    told = {(target.provider, target.region) for target in targets if target.provider}
    regional = {provider for provider, region in told if region}
    return {(one, region) for one, region in told if region or one not in regional}
