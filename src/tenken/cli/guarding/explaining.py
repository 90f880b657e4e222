"""`tenken guard explain`: every match of a text, and what the policy made of it."""

from collections.abc import Iterator

from tenken.cli.guarding.files import Given, GuardOf
from tenken.cli.guarding.table import lines
from tenken.cli.rim import Rim
from tenken.guardrails.explaining import Explained, explain
from tenken.guardrails.screening import Part
from tenken.messages.speech import clean
from tenken.sentence import say

COLUMNS = ("view", "risk", "rule", "span", "score", "threshold", "action", "found")
LONGEST_SHOWN = 40


def tell_explanation(rim: Rim, made: GuardOf, given: Given) -> None:
    """Tell every match, then what becomes of the text."""
    context = given.context
    explained = explain(made.guard, given.text, context)
    if explained.matches:
        head = [rim.speech.text(f"guard.column_{column}") for column in COLUMNS]
        for line in lines(head, [*_rows(rim, given.text, explained.matches)]):
            rim.write(line)
    for trouble in explained.troubles:
        rim.write(rim.speech(say("guard.trouble", detector=trouble.detector, error=trouble.error)))
    part = Part(text=given.text, origin=context.origin)
    screening = made.guard.screen([part], context)
    if screening.blocked and screening.told is not None:
        told = rim.speech.choose(ja=screening.told.ja, en=screening.told.en)
        rim.write(rim.speech(say("guard.becomes_blocked", told=told)))
    elif screening.action == "mask":
        rim.write(rim.speech(say("guard.becomes_masked", text="".join(screening.texts))))
    else:
        rim.write(rim.speech(say("guard.becomes_nothing")))


def _rows(rim: Rim, text: str, matches: tuple[Explained, ...]) -> Iterator[tuple[str, ...]]:
    for one in matches:
        match = one.found.match
        yield (
            match.view,
            match.risk,
            match.rule,
            f"{match.start}-{match.end}",
            f"{match.score:.2f}",
            "-" if one.threshold is None else f"{one.threshold:.2f}",
            one.action or rim.speech.text(f"guard.not_{one.reason}"),
            clean(text[match.start : match.end])[:LONGEST_SHOWN],
        )
