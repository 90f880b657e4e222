"""How one judgement per model call (or route) becomes the answer of a probe."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tenken.evidence import Answer, Finding, Holding, Remark
from tenken.place import Place
from tenken.readiness.answers import (
    fails,
    gap,
    holds,
    lie,
    not_applicable,
    not_visible,
    note,
    partly,
    seen,
    unknown,
)
from tenken.readiness.facts.calls import LlmCall, Operation
from tenken.readiness.facts.code import CodeFacts, SignKind
from tenken.readiness.facts.survey import Survey
from tenken.sentence import Sentence, say

MOST = 12
"""Findings of one answer; a repository with more has the same first steps to take."""


class Half(Struct, frozen=True, kw_only=True):
    """True on some of the ways to a call, false on others."""

    good: Remark
    bad: Finding


Judgement = Remark | Finding | Sentence | Half
"""For it, against it, both, or what is missing to tell."""


def over_calls(survey: Survey, judge: Callable[[LlmCall], Judgement]) -> Answer:
    """Judge every production call that generates text."""
    calls = tuple(survey.code.generations)
    if not calls:
        return no_calls(survey)
    answer = together(survey, [(call.place, judge(call)) for call in calls])
    idle = _idle(survey, judge)
    return replace(answer, findings=(*idle, *answer.findings)) if idle else answer


def _idle(survey: Survey, judge: Callable[[LlmCall], Judgement]) -> tuple[Finding, ...]:
    """What is done well around calls that are never made."""
    found = [(call, judge(call)) for call in survey.code.calls_never_made]
    good = [(call, one.good if isinstance(one, Half) else one) for call, one in found]
    lies = (
        lie("code.never_called", one.place or call.place, function=call.function)
        for call, one in good
        if isinstance(one, Remark)
    )
    return tuple(dict.fromkeys(lies))[:MOST]


def with_embeddings(
    survey: Survey, answer: Answer, judge: Callable[[LlmCall], Judgement]
) -> Answer:
    """What holds for generating and not for embedding holds in part."""
    found = [judge(one) for one in survey.code.calls if one.operation is Operation.EMBED]
    bad = tuple(one for one in found if isinstance(one, Finding))[:MOST]
    return partly(answer.seen, bad) if bad and answer.holding is Holding.HOLDS else answer


def with_others(survey: Survey, answer: Answer, judge: Callable[[LlmCall], Judgement]) -> Answer:
    """What is nowhere around texts, and stands around images or speech, is there in part."""
    if answer.holding is not Holding.FAILS:
        return answer
    found = [judge(one) for one in survey.code.calls if one.operation is Operation.OTHER]
    good = tuple(one for one in found if isinstance(one, Remark))[:MOST]
    return partly(good, answer.findings) if good else answer


def together(survey: Survey, judgements: Sequence[tuple[Place, Judgement]]) -> Answer:
    """One false one is enough to be told; one unknown one is enough not to hold."""
    halves = [one for _, one in judgements if isinstance(one, Half)]
    good = tuple(one for _, one in judgements if isinstance(one, Remark))
    good = (*good, *(one.good for one in halves))
    bad = tuple(one for _, one in judgements if isinstance(one, Finding))
    bad = (*bad, *(one.bad for one in halves))
    open_ones = [(place, one) for place, one in judgements if isinstance(one, Sentence)]
    if bad:
        return partly(good[:MOST], bad[:MOST]) if good else fails(*bad[:MOST])
    if open_ones:
        notes = tuple(note("code.not_followed", place) for place, _ in open_ones[:MOST])
        return partly(good[:MOST], notes) if good else unknown(open_ones[0][1], *notes)
    return unless_foreign(survey.code, holds(*good[:MOST]))


def no_calls(survey: Survey) -> Answer:
    """Nothing to judge: say whether that is because nothing is there or nothing can be seen."""
    code = survey.code
    if code.foreign_calls:
        first = code.foreign_calls[0]
        return not_visible(
            say("code.only_foreign", language=first.language, count=len(code.foreign_calls)),
            note("code.foreign_call", first.place, library=first.library, language=first.language),
        )
    if code.unjudged:
        first_refused = code.unjudged[0]
        return not_visible(
            say("code.only_unjudged", count=len(code.unjudged)),
            note(f"code.unjudged_{first_refused.reason}", first_refused.place)
            if first_refused.reason in REASONS
            else note("code.unjudged_other", first_refused.place),
        )
    return without_models(survey) or unknown(say("code.no_calls"))


def without_models(survey: Survey) -> Answer | None:
    """Questions about model calls have no subject where production is proved to make none."""
    proof = survey.code.models_absent
    if proof is None or _announces_models(survey):
        return None
    remark = seen("code.models_absent", files=proof.python_files, others=proof.other_files)
    if not proof.optional:
        return not_applicable(remark)
    return not_applicable(remark, seen("code.models_optional", names=", ".join(proof.optional)))


def _announces_models(survey: Survey) -> bool:
    """The application's own manifest speaks of models or routes: then the proof is doubted."""
    if survey.manifest is None:
        return False
    told = survey.manifest.application
    return bool(told.models or told.routes or told.allowed_models or told.data_use)


def shown(survey: Survey, kind: SignKind, *, apart: int = 1) -> Answer | None:
    """Places in another language that show it: in part at most, since none of it is followed."""
    found = [one for one in survey.code.foreign_signs if one.kind is kind]
    if len({one.detail for one in found} if apart > 1 else found) < apart:
        return None
    remarks = tuple(seen(f"code.sign_{kind.value}", one.place) for one in found[:3])
    return partly(remarks, (gap("code.sign_not_followed", found[0].place),))


REASONS = frozenset({"newer_syntax", "syntax_error", "too_deep", "too_large"})


def unless_foreign(code: CodeFacts, answer: Answer) -> Answer:
    """What holds for the Python part is not told of a part in another language."""
    if answer.holding is not Holding.HOLDS or not (code.foreign_calls or code.unjudged):
        return answer
    return not_visible(say("code.partly_visible"), *_not_judged(code))


def as_far_as_judged(code: CodeFacts, remark: Remark) -> Answer:
    """What one call shows is true of a part where other languages hold more calls."""
    return partly((remark,), notes) if (notes := _not_judged(code)) else holds(remark)


def _not_judged(code: CodeFacts) -> tuple[Finding, ...]:
    places: Iterable[Place] = (
        *(one.place for one in code.foreign_calls[:2]), *(one.place for one in code.unjudged[:2]),
    )  # fmt: skip
    return tuple(note("code.part_not_judged", place) for place in places)
