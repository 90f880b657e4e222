"""7-2-2: a mark in what the user says is found in the user's turns, and nowhere else.

Asked in plain words, then in such that forge a turn of somebody else's.
"""

from tenken.drills.prove.apart import USER, misplaced, roles_of
from tenken.drills.prove.bench import Bench, unfit
from tenken.drills.prove.drill import Drill, Outcome, Question, nothing_exercised
from tenken.drills.prove.forged import forged_turns
from tenken.drills.prove.planting import marked, sow
from tenken.drills.prove.proof import Proof, fails, holds, lie, no_effect, seen, share
from tenken.drills.prove.record import Driven, models_in
from tenken.evidence import Answer
from tenken.sentence import say

ROLES = Question(probe="marked_input_reached_only_user_turns", subs=("a",))


async def run(bench: Bench) -> Outcome:
    """Exercise the item."""
    askings = marked(bench, DRILL.item)
    await bench.healthy()
    driven = await bench.ask_each(askings, 2)
    if why := unfit(driven):
        return nothing_exercised(DRILL.questions, why)
    forged = await sow(bench, askings, forged_turns(bench.seed))
    proof = judge(driven, tuple([one.driven for one in forged]))
    return Outcome(proofs=(proof,), models=models_in(driven))


def judge(driven: tuple[Driven, ...], forged: tuple[Driven, ...] = ()) -> Proof:
    """Decide where the marks went; forged turns may be stopped before they go anywhere."""
    every = (*driven, *forged)
    calls = [roles for one in every for call in one.calls if (roles := roles_of(call, one.mark))]
    apart = sum(roles == {USER} for roles in calls)
    return Proof(
        probe=ROLES.probe,
        subs=ROLES.subs,
        answer=_answer(driven, forged),
        measurements=(share("calls_with_input_apart", apart, len(calls)),),
    )


def _answer(driven: tuple[Driven, ...], forged: tuple[Driven, ...]) -> Answer:
    lost = [one for one in driven if not any(roles_of(call, one.mark) for call in one.calls)]
    if lost or not driven:
        return no_effect(say("prove.mark_not_met"))
    if mixed := misplaced((*driven, *forged)):
        return fails(
            *(
                lie("prove.input_in_role", route=route, model=model, role=role)
                for route, model, role in mixed
            )
        )
    return holds(seen("prove.input_apart", n=len(driven) + len(forged)))


DRILL = Drill(item="7-2-2", hypothesis="prove.hypothesis_7_2_2", questions=(ROLES,), run=run)
