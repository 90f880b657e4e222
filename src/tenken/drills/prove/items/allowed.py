"""7-4-2: only models on the list are called, and a request for another is refused."""

from tenken.drills.prove.bench import Bench, unfit
from tenken.drills.prove.drill import Drill, Outcome, Question, nothing_exercised
from tenken.drills.prove.proof import Proof, fails, gap, holds, lie, seen, share, unknown
from tenken.drills.prove.record import Driven, models_in
from tenken.errors import UsageError
from tenken.evidence import Answer, Finding
from tenken.sentence import say

REFUSED = Question(probe="unlisted_model_call_is_refused")

OTHER_REASONS = frozenset({401, 429})
"""Who asks, or how often: refused for what it asks, a request is not."""


async def run(bench: Bench) -> Outcome:
    """Exercise the item."""
    brief = bench.brief
    if not brief.allowed_models:
        raise UsageError("prove.needs_key", item=DRILL.item, key="allowed_models")
    await bench.healthy()
    listed = await bench.ask_each(brief.asking_the_model, 2)
    if why := unfit(listed):
        return nothing_exercised(DRILL.questions, why)
    asked = tuple(one for one in brief.requests if one.name in brief.unlisted)
    unlisted = await bench.ask_each(asked)
    return Outcome(
        proofs=(judge(brief.allowed_models, listed, unlisted),),
        models=models_in((*listed, *unlisted)),
    )


def judge(
    allowed: tuple[str, ...], listed: tuple[Driven, ...], unlisted: tuple[Driven, ...]
) -> Proof:
    """Decide whether the list is enforced."""
    calls = [call for one in (*listed, *unlisted) for call in one.calls]
    on_list = sum(call.model in allowed for call in calls)
    return Proof(
        probe=REFUSED.probe,
        subs=REFUSED.subs,
        answer=_answer(allowed, listed, unlisted),
        measurements=(share("calls_on_the_list", on_list, len(calls)),),
    )


def _answer(
    allowed: tuple[str, ...], listed: tuple[Driven, ...], unlisted: tuple[Driven, ...]
) -> Answer:
    called = models_in((*listed, *unlisted))
    findings = [lie("prove.model_not_listed", model=one) for one in called if one not in allowed]
    findings += [finding for one in unlisted if (finding := _not_refused(one))]
    models = seen("prove.models_called", models=", ".join(called))
    if findings:
        return fails(*findings, remarks=(models,))
    if not unlisted:
        return unknown(say("prove.needs_unlisted"), models)
    return holds(models, seen("prove.unlisted_refused", n=len(unlisted)))


def _not_refused(one: Driven) -> Finding | None:
    """Refused is an answer that says so, without a call; another model in its place is none."""
    status = one.answered.status
    if 400 <= status < 500 and status not in OTHER_REASONS and not one.calls:
        return None
    return gap("prove.unlisted_served", request=one.asking.name, status=status)


DRILL = Drill(item="7-4-2", hypothesis="prove.hypothesis_7_4_2", questions=(REFUSED,), run=run)
