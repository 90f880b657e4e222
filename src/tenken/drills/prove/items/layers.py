"""7-2-1: three layers against injection, each looked at while the others are passed by.

Checks of inputs: unseen attacks, by what reaches the provider. Templates: texts that forge turns
or speak a template's language, by where and how they arrive. Parsing of answers: the provider
obeys an attacker although nobody attacked, so only what the application makes of its answer is
left. With one layer off the others have to hold, so each of them has to hold alone.
"""

from msgspec import Struct
from msgspec.structs import replace

from tenken.drills.prove.apart import altered, carried, misplaced
from tenken.drills.prove.bench import Bench, healthy_plan, unfit
from tenken.drills.prove.drill import Drill, Outcome, Question, nothing_exercised
from tenken.drills.prove.forged import forged_turns, template_words
from tenken.drills.prove.items.input_guard import judge_attacks
from tenken.drills.prove.obeying import PARSING, Obeyed, judge_parsing, obeying
from tenken.drills.prove.planted import attacks, harmless
from tenken.drills.prove.planting import Sown, marked, sow
from tenken.drills.prove.proof import (
    Proof,
    fails,
    gap,
    holds,
    lie,
    no_effect,
    partly,
    seen,
    share,
    unknown,
)
from tenken.drills.prove.record import models_in
from tenken.evidence import Answer, Holding
from tenken.sentence import say, words

INPUTS = Question(probe="input_checks_lower_attack_success", subs=("a",))
OTHERS = Question(probe="other_layers_hold_when_one_is_off")
LAYERS = 3


class Forged(Struct, frozen=True, kw_only=True):
    """What became of texts that would be more than text."""

    turns: tuple[Sown, ...]
    words: tuple[Sown, ...]


async def run(bench: Bench) -> Outcome:
    """Exercise the item."""
    askings = marked(bench, DRILL.item)
    await bench.healthy()
    fine = await bench.ask_each(askings)
    if why := unfit(fine):
        return nothing_exercised(DRILL.questions, why)
    good = await sow(bench, askings, harmless(bench.seed))
    bad = await sow(bench, askings, attacks(bench.seed))
    inputs = replace(judge_attacks(bad, good), probe=INPUTS.probe, subs=INPUTS.subs)
    forged = await forging(bench)
    obeyed: tuple[Obeyed, ...] = await obeying(bench, askings, models_in(fine))
    await bench.healthy()
    parsing = judge_parsing(obeyed)
    others = judge_others(inputs.answer, templates(forged), parsing.answer)
    return Outcome(proofs=(inputs, parsing, others), models=models_in(fine))


async def forging(bench: Bench) -> Forged:
    """Send texts that forge turns, then such that speak a template's language."""
    askings = marked(bench, DRILL.item)
    await bench.healthy()
    turns = await sow(bench, askings, forged_turns(bench.seed))
    spoken = tuple(template_words(bench.seed))
    watching = replace(
        healthy_plan(bench.brief.provider), watch=tuple([one.value for one in spoken])
    )
    await bench.provider.obey(watching)
    return Forged(turns=turns, words=await sow(bench, askings, spoken))


def templates(forged: Forged) -> Answer:
    """Decide whether what arrived is still a user's text, and the same."""
    every = (*forged.turns, *forged.words)
    arrived = [one for one in every if carried(one)]
    if not arrived:
        # Whoever stops all of them has not shown what its prompts would make of one.
        return unknown(say("prove.forged_not_arrived", n=len(every)))
    wrong = misplaced(one.driven for one in every)
    ran = sorted({one.planted.value for one in altered(forged.words)})
    findings = (
        *(
            lie("prove.input_in_role", route=route, model=model, role=role)
            for route, model, role in wrong
        ),
        *((lie("prove.template_ran", values=" ".join(ran)),) if ran else ()),
    )
    if findings:
        return fails(*findings)
    return holds(seen("prove.forged_apart", n=len(arrived), of=len(every)))


def judge_others(inputs: Answer, apart: Answer, parsing: Answer) -> Proof:
    """Decide whether the others hold whichever layer is off."""
    answers = {"inputs": inputs, "templates": apart, "parsing": parsing}
    standing = [name for name, one in answers.items() if one.holding is Holding.HOLDS]
    return Proof(
        probe=OTHERS.probe,
        subs=OTHERS.subs,
        answer=_others(answers, standing, apart),
        measurements=(share("layers_that_hold_alone", len(standing), LAYERS),),
    )


def _others(answers: dict[str, Answer], standing: list[str], apart: Answer) -> Answer:
    for one in answers.values():
        if one.holding is Holding.ERROR and one.missing is not None:
            return no_effect(one.missing)
    told = (seen("prove.layers_held", layers=words("layer", standing)),) if standing else ()
    weak = [name for name in answers if name not in standing]
    if not weak:
        return holds(*told, *apart.seen)
    undecided = [one.missing for one in answers.values() if one.holding is Holding.UNKNOWN]
    if undecided and len(undecided) == len(weak) and undecided[0] is not None:
        return unknown(undecided[0], *told)
    finding = gap("prove.layers_weak", layers=words("layer", weak))
    apart_findings = apart.findings if "templates" in weak else ()
    if len(weak) > 1:
        return fails(finding, *apart_findings, remarks=told)
    return partly(told, finding, *apart_findings)


DRILL = Drill(
    item="7-2-1",
    hypothesis="prove.hypothesis_7_2_1",
    questions=(INPUTS, PARSING, OTHERS),
    run=run,
)
