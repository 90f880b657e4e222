"""`tenken guard test`: whether each text meets what is expected of it."""

from collections.abc import Iterator

from tenken.cli.guarding.files import Case, CasesFile, GuardOf
from tenken.cli.rim import Rim
from tenken.guardrails.guard import Guard
from tenken.guardrails.screening import Part, Screening
from tenken.sentence import Sentence, say

NOTHING = "-"


def tell_cases(rim: Rim, made: GuardOf, read: CasesFile) -> bool:
    """Tell what differs; gives whether nothing does."""
    met = 0
    for at, case in enumerate(read.cases):
        wrong = list(differences(made.guard, case))
        met += not wrong
        for sentence in wrong:
            rim.write(f"{read.place(at)}: {rim.speech(sentence)}")
    rim.say(say("guard.tested", met=met, count=len(read.cases), policy=made.file or NOTHING))
    return met == len(read.cases)


def differences(guard: Guard, case: Case) -> Iterator[Sentence]:
    """Give what is otherwise than expected."""
    context = case.context
    screening = guard.screen([Part(text=case.text, origin=context.origin)], context)
    was = screening.action or "pass"
    if was != case.expect:
        yield say("guard.differs", expected=case.expect, was=was, seen=_seen(screening))
    risks = sorted({one.risk for one in screening.decisions})
    if case.risks is not None and risks != sorted(set(case.risks)):
        wanted = ", ".join(sorted(case.risks)) or NOTHING
        yield say("guard.other_risks", expected=wanted, was=", ".join(risks) or NOTHING)
    text = "".join(screening.texts)
    if case.masked is not None and text != case.masked:
        yield say("guard.other_text", expected=case.masked, was=text or NOTHING)
    for trouble in screening.troubles:
        yield say("guard.trouble", detector=trouble.detector, error=trouble.error)


def _seen(screening: Screening) -> str:
    seen = (f"{one.risk} ({one.rule} {one.score:g}: {one.action})" for one in screening.decisions)
    return ", ".join(seen) or NOTHING
