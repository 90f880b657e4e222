"""1-4-1 c: a provider that accepts a call and says nothing is given up in time."""

from tenken.drills.prove.bench import Bench, down_plan, unfit
from tenken.drills.prove.drill import Drill, Outcome, Question, nothing_exercised
from tenken.drills.prove.proof import Proof, fails, gap, holds, no_effect, note, seen, spread
from tenken.drills.prove.record import Driven, models_in
from tenken.drills.prove.requests import Tolerances
from tenken.drills.provider.fault import Fault, Wrong
from tenken.evidence import Answer
from tenken.sentence import say

GIVEN_UP = Question(probe="hanging_call_was_given_up_in_time", subs=("c",))
BEYOND_S = 5.0
"""A little longer is waited than is right, to tell late from never."""


async def run(bench: Bench) -> Outcome:
    """Exercise the item."""
    askings, tolerances = bench.brief.asking_the_model, bench.brief.tolerances
    await bench.healthy()
    healthy = await bench.ask_each(askings)
    if why := unfit(healthy):
        return nothing_exercised(DRILL.questions, why)
    await bench.provider.obey(down_plan(Fault(kind=Wrong.HANG)))
    driven = []
    for asking in askings:
        bench.told(say("prove.hanging", route=asking.route))
        driven.append(await bench.ask(asking, within_s=tolerances.timeout_s + BEYOND_S))
    await bench.healthy()
    return Outcome(proofs=(judge(tuple(driven), tolerances),), models=models_in(healthy))


def judge(driven: tuple[Driven, ...], tolerances: Tolerances) -> Proof:
    """Decide whether every request was answered in time."""
    left = [call.ended_s - call.at_s for one in driven for call in one.calls if call.end == "left"]
    return Proof(
        probe=GIVEN_UP.probe,
        subs=GIVEN_UP.subs,
        answer=_answer(driven, tolerances),
        measurements=(
            spread("answer_while_hanging", tuple(one.answered.took_s for one in driven), "s"),
            spread("call_given_up_after", tuple(left), "s"),
        ),
    )


def _answer(driven: tuple[Driven, ...], tolerances: Tolerances) -> Answer:
    unmet = [one for one in driven if not any(call.fault is Wrong.HANG for call in one.calls)]
    if unmet or not driven:
        return no_effect(say("prove.silence_not_met"))
    late = [one for one in driven if _is_late(one, tolerances)]
    if late:
        return fails(
            *(
                gap("prove.too_late", route=one.asking.route, within_s=tolerances.timeout_s)
                for one in late
            )
        )
    still_open = sum(call.end == "open" for one in driven for call in one.calls)
    notes = (note("prove.still_waiting", n=still_open),) if still_open else ()
    longest = round(max(one.answered.took_s for one in driven), 2)
    told = seen("prove.given_up", longest_s=longest, within_s=tolerances.timeout_s)
    return holds(told, notes=notes)


def _is_late(one: Driven, tolerances: Tolerances) -> bool:
    return one.answered.status == 0 or one.answered.took_s > tolerances.timeout_s


DRILL = Drill(item="1-4-1", hypothesis="prove.hypothesis_1_4_1", questions=(GIVEN_UP,), run=run)
