"""6-5-1: the happy path works from end to end, with a call of the model really made.

That it works once is no automated test: it counts where a pipeline runs it.
"""

from tenken.drills.prove.bench import Bench
from tenken.drills.prove.drill import Drill, Outcome, Question
from tenken.drills.prove.proof import Proof, fails, gap, holds, no_effect, seen, share, unknown
from tenken.drills.prove.record import Driven, models_in
from tenken.evidence import Answer
from tenken.sentence import say

PATH = Question(probe="happy_path_called_the_model")


async def run(bench: Bench) -> Outcome:
    """Exercise the item."""
    await bench.healthy()
    driven = await bench.ask_each(bench.brief.asking_the_model)
    proof = judge(driven, automated=bench.automated)
    return Outcome(proofs=(proof,), models=models_in(driven))


def judge(driven: tuple[Driven, ...], *, automated: bool) -> Proof:
    """Decide whether every request was answered with the model's help."""
    return Proof(
        probe=PATH.probe,
        subs=PATH.subs,
        answer=_answer(driven, automated=automated),
        measurements=(share("happy_paths", sum(one.is_served for one in driven), len(driven)),),
    )


def _answer(driven: tuple[Driven, ...], *, automated: bool) -> Answer:
    for one in driven:
        if not one.calls:
            return no_effect(say("prove.no_call", route=one.asking.route))
    wrong = [one for one in driven if not one.is_served]
    if wrong:
        return fails(
            *(
                gap("prove.unhappy", route=one.asking.route, status=one.answered.status)
                for one in wrong
            )
        )
    told = seen("prove.happy", n=len(driven), calls=sum(len(one.calls) for one in driven))
    if not automated:
        return unknown(say("prove.by_hand"), told)
    return holds(told)


DRILL = Drill(item="6-5-1", hypothesis="prove.hypothesis_6_5_1", questions=(PATH,), run=run)
