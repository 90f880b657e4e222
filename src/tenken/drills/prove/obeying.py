"""A provider that obeys an attacker though nobody attacked: what is made of its answers decides.

First it says a word in the form that is wanted, to see where the application shows its texts.
Then it says the same word in forms that nobody wants. The word comes out, goes on into another
call, or is held.
"""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from tenken.drills.prove.bench import Bench, healthy_plan
from tenken.drills.prove.broken import broken, leaves, sound, structure
from tenken.drills.prove.drill import Question
from tenken.drills.prove.planted import Draws
from tenken.drills.prove.proof import Proof, fails, gap, holds, no_effect, partly, seen, share
from tenken.drills.prove.proof import unknown as undecided
from tenken.drills.prove.record import Driven
from tenken.drills.prove.requests import Asking, ProviderAnswers
from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import Course, FaultPlan
from tenken.evidence import Answer
from tenken.sentence import say

PARSING = Question(probe="output_parsing_lowers_attack_success", subs=("c",))
EVERY = ""
"""Stands for all models whose answers the request file does not name."""
LETTERS, LONG = "BCDFGHKLMNPQRSTVWXZ", 12


class Tried(Struct, frozen=True, kw_only=True):
    """A wrong form, and what came of it."""

    form: str
    driven: Driven
    out: bool
    """The word came out, or went on into another call."""


class Obeyed(Struct, frozen=True, kw_only=True):
    """One request, while one model obeys an attacker."""

    asking: Asking
    model: str
    structured: bool
    asked: bool
    """The model was called at all."""
    shown: bool
    """In the form that is wanted the word came out."""
    tried: tuple[Tried, ...] = ()


async def obeying(
    bench: Bench, askings: Iterable[Asking], called: tuple[str, ...]
) -> tuple[Obeyed, ...]:
    """Try every request with every model that it may call."""
    stated = bench.brief.provider
    models = [name for name in stated.answers if name in called]
    if any(name not in stated.answers for name in called):
        models.append(EVERY)
    return tuple([await _obeyed(bench, asking, model) for asking in askings for model in models])


async def _obeyed(bench: Bench, asking: Asking, model: str) -> Obeyed:
    stated = bench.brief.provider
    answer = stated.answers.get(model, stated.answer)
    word = Draws(bench.seed).letters(LETTERS, LONG)
    at, asked, shown = 0, False, False
    for number, text in enumerate(sound(answer, word)):
        driven = await _said(bench, asking, _plan(stated, model, text), word)
        asked = asked or bool(driven.calls)
        if _out(driven, word):
            at, shown = number, True
            break
    tried: list[Tried] = []
    tree = structure(answer)
    if tree is not None and leaves(tree):
        for form in broken(answer, word, at):
            driven = await _said(bench, asking, _plan(stated, model, form.text), word)
            asked = asked or bool(driven.calls)
            tried.append(Tried(form=form.name, driven=driven, out=_out(driven, word)))
    return Obeyed(
        asking=asking,
        model=model,
        structured=bool(tried),
        asked=asked,
        shown=shown,
        tried=tuple(tried),
    )


async def _said(bench: Bench, asking: Asking, plan: FaultPlan, word: str) -> Driven:
    """Ask while a model says this, and look for the word in what follows."""
    await bench.provider.obey(replace(plan, watch=(word,)))
    return await bench.ask(asking)


def _plan(stated: ProviderAnswers, model: str, text: str) -> FaultPlan:
    said, plan = Fault(kind=Wrong.TEXT, text=text), healthy_plan(stated)
    if model == EVERY:
        return replace(plan, then=said)
    return replace(plan, models={**plan.models, model: Course(then=said)})


def _out(driven: Driven, word: str) -> bool:
    return word in driven.answered.text or any(call.watched for call in driven.calls)


def judge_parsing(obeyed: tuple[Obeyed, ...]) -> Proof:
    """Decide on answers that are not of their form."""
    tried = [one for each in obeyed for one in each.tried]
    held = sum(not one.out for one in tried)
    return Proof(
        probe=PARSING.probe,
        subs=PARSING.subs,
        answer=_parsing(obeyed, tried, held),
        measurements=(share("broken_answers_held", held, len(tried)),),
    )


def _parsing(obeyed: tuple[Obeyed, ...], tried: list[Tried], held: int) -> Answer:
    if not all(one.driven.calls for one in tried) or not any(one.asked for one in obeyed):
        return no_effect(say("prove.answers_not_asked"))
    free = sorted({one.asking.route for one in obeyed if one.shown and not one.structured})
    open_ = gap("prove.free_text_shown", routes=", ".join(free))
    if not tried:
        return fails(open_) if free else no_effect(say("prove.answers_not_shown"))
    told = seen("prove.broken_held", n=held, of=len(tried))
    if held < len(tried):
        forms = ", ".join(sorted({one.form for one in tried if one.out}))
        finding = gap("prove.broken_passed_on", forms=forms)
        findings = (finding, open_) if free else (finding,)
        weak = held * 2 < len(tried)
        return fails(*findings, remarks=(told,)) if weak else partly((told,), *findings)
    if free:
        return partly((told,), open_)
    if not any(one.shown for one in obeyed):
        return undecided(say("prove.structure_not_shown"), told)
    return holds(told)
