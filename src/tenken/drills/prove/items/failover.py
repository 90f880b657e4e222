"""3-2-3: the first target is down, and requests are answered through another.

A target is a model under a credential, as the provider sees them. Every target that was called in
good health is down; whatever else is called is in good health.
"""

from msgspec import Struct
from msgspec.structs import replace

from tenken.drills.prove.bench import Bench, scripted_plan, status, unfit
from tenken.drills.prove.drill import Drill, Outcome, Question, nothing_exercised
from tenken.drills.prove.proof import Proof, fails, gap, holds, no_effect, note, seen, share
from tenken.drills.prove.record import Driven, models_in
from tenken.drills.prove.requests import Tolerances
from tenken.drills.provider.plan import Course, target_key
from tenken.drills.provider.seen import Seen
from tenken.evidence import Answer, Remark
from tenken.sentence import say

FAILOVER = Question(probe="success_held_through_the_second_target", subs=("b",))
CODE = 503


class Target(Struct, frozen=True, order=True):
    """What a call goes to."""

    model: str
    credential: str


async def run(bench: Bench) -> Outcome:
    """Exercise the item."""
    brief = bench.brief
    await bench.healthy()
    healthy = await bench.ask_each(brief.asking_the_model)
    if why := unfit(healthy):
        return nothing_exercised(DRILL.questions, why)
    first = targets_of(healthy)
    down = Course(then=status(CODE))
    plan = scripted_plan(brief.provider, (), ())
    keys = {target_key(one.model, one.credential): down for one in first}
    await bench.provider.obey(replace(plan, models={**plan.models, **keys}))
    driven = []
    for number in range(brief.tolerances.failover_requests):
        bench.told(say("prove.outage", number=number + 1, of=brief.tolerances.failover_requests))
        driven.append(
            await bench.ask(brief.asking_the_model[number % len(brief.asking_the_model)])
        )
    await bench.healthy()
    return Outcome(
        proofs=(judge(first, tuple(driven), brief.tolerances),),
        models=models_in((*healthy, *driven)),
    )


def targets_of(driven: tuple[Driven, ...]) -> frozenset[Target]:
    """The targets that were called."""
    return frozenset(_target(call) for one in driven for call in one.calls)


def judge(first: frozenset[Target], driven: tuple[Driven, ...], tolerances: Tolerances) -> Proof:
    """Decide whether others stood in for the first targets."""
    through = sum(_is_through(one, first) for one in driven)
    return Proof(
        probe=FAILOVER.probe,
        subs=FAILOVER.subs,
        answer=_answer(first, driven, tolerances, through),
        measurements=(share("answered_by_another", through, len(driven)),),
    )


def _answer(
    first: frozenset[Target], driven: tuple[Driven, ...], tolerances: Tolerances, through: int
) -> Answer:
    met = any(call.status == CODE for one in driven for call in one.calls)
    if not met:
        return no_effect(say("prove.fault_not_met", status=CODE))
    others = targets_of(driven) - first
    if not others:
        return fails(gap("prove.no_other_target", n=len(driven)))
    if through < tolerances.success_share * len(driven):
        return fails(
            gap("prove.failover_too_rare", through=through, n=len(driven)),
            remarks=(_told(others),),
        )
    notes = [note("prove.quality_not_exercised")]
    if {one.credential for one in others} <= {one.credential for one in first}:
        notes.insert(0, note("prove.same_credential"))
    told = seen("prove.failed_over", through=through, n=len(driven))
    return holds(told, _told(others), notes=tuple(notes))


def _told(others: frozenset[Target]) -> Remark:
    names = ", ".join(f"{one.model} ({one.credential or '-'})" for one in sorted(others))
    return seen("prove.other_targets", targets=names)


def _is_through(one: Driven, first: frozenset[Target]) -> bool:
    """Whether it was answered, and no answer of a first target can have helped."""
    answering = [call for call in one.calls if call.status == 200]
    return one.is_served and bool(answering) and not {*map(_target, answering)} & first


def _target(call: Seen) -> Target:
    return Target(call.model, call.credential)


DRILL = Drill(item="3-2-3", hypothesis="prove.hypothesis_3_2_3", questions=(FAILOVER,), run=run)
