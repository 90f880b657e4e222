"""7-2-2: a mark in what the user says is found in the user's turns, and nowhere else."""

from tenken.drills.prove.bench import Bench, unfit
from tenken.drills.prove.drill import Drill, Outcome, Question, nothing_exercised
from tenken.drills.prove.proof import Proof, fails, holds, lie, no_effect, seen, share
from tenken.drills.prove.record import Driven, models_in
from tenken.drills.prove.requests import MARK
from tenken.drills.provider.seen import Seen
from tenken.errors import UsageError
from tenken.evidence import Answer
from tenken.sentence import say

ROLES = Question(probe="marked_input_reached_only_user_turns", subs=("a",))
USER = "user"


async def run(bench: Bench) -> Outcome:
    """Exercise the item."""
    marked = tuple(one for one in bench.brief.asking_the_model if MARK in one.body)
    if not marked:
        raise UsageError("prove.needs_mark", item=DRILL.item, mark=MARK)
    await bench.healthy()
    driven = await bench.ask_each(marked, 2)
    if why := unfit(driven):
        return nothing_exercised(DRILL.questions, why)
    return Outcome(proofs=(judge(driven),), models=models_in(driven))


def judge(driven: tuple[Driven, ...]) -> Proof:
    """Decide where the marks went."""
    calls = [roles for one in driven for call in one.calls if (roles := _roles(call, one.mark))]
    apart = sum(roles == {USER} for roles in calls)
    return Proof(
        probe=ROLES.probe,
        subs=ROLES.subs,
        answer=_answer(driven),
        measurements=(share("calls_with_input_apart", apart, len(calls)),),
    )


def _answer(driven: tuple[Driven, ...]) -> Answer:
    lost = [one for one in driven if not any(_roles(call, one.mark) for call in one.calls)]
    if lost or not driven:
        return no_effect(say("prove.mark_not_met"))
    mixed = {
        (one.asking.route, call.model, role)
        for one in driven
        for call in one.calls
        for role in _roles(call, one.mark) - {USER}
    }
    if mixed:
        return fails(
            *(
                lie("prove.input_in_role", route=route, model=model, role=role)
                for route, model, role in sorted(mixed)
            )
        )
    return holds(seen("prove.input_apart", n=len(driven)))


def _roles(call: Seen, mark: str) -> set[str]:
    """The roles in whose turns the mark stands."""
    return {turn.role for turn in call.turns if any(it.startswith(mark) for it in turn.canaries)}


DRILL = Drill(item="7-2-2", hypothesis="prove.hypothesis_7_2_2", questions=(ROLES,), run=run)
