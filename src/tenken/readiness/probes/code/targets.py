"""Whether the targets of a call are independent of each other."""

from tenken.evidence import Answer, Finding
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
        targets = _of(call)
        if len(_apart(targets)) > 1:
            names = ", ".join(sorted({target_name(one) for one in targets}))
            return as_far_as_judged(
                survey.code, seen("code.targets_apart", call.place, targets=names)
            )
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
    models = {target.model.value for target in targets if target.model.is_stated}
    place: Place = calls[0].place
    if len(models) > 1:
        return lie(
            "code.targets_same_account",
            place,
            provider=targets[0].provider,
            models=", ".join(sorted(models)),
        )
    return gap("code.targets_one", place, target=target_name(targets[0]))


def _of(call: LlmCall) -> list[Target]:
    return [*call.targets, *(one.target for one in call.fallbacks if one.target is not None)]


def _apart(targets: list[Target]) -> set[tuple[str, str]]:
    """What can fail by itself: a provider, or a region of one."""
    return {(target.provider, target.region) for target in targets if target.provider}
