"""Answers in JSON, held against the schema that their request asked for, where a guard looks.

What becomes of one that breaks it the policy says (`schema.invalid`): whole answers before they
leave, streams as soon as a fault shows, and once more when all of them has come.
"""

from collections.abc import Sequence

from tenken.gateway.passage import Passage
from tenken.guardrails.match import Match
from tenken.guardrails.output.schema import Schema, match_of, problems, structure
from tenken.guardrails.output.structure import DETECTOR, RISK
from tenken.guardrails.screening import Found, Part, Seen, Trouble
from tenken.guardrails.text import Origin
from tenken.wire.words.agreed import Agreed
from tenken.wire.words.words import Json


def look(passage: Passage, kept: Agreed, body: Json) -> bool:
    """Put on record where a whole answer breaks its schema; tell whether that stops it."""
    for text in kept.texts(body):
        decide(passage, text, _seen(text, kept.schema))
    return bool(passage.stopped)


def decide(passage: Passage, text: str, seen: Seen) -> None:
    """Let the policy say what becomes of it."""
    if seen.found or seen.troubles:
        part = Part(text=text, origin=Origin.ASSISTANT)
        passage.note(passage.guard.judged(part, seen, passage.answer))


def _seen(text: str, schema: Schema) -> Seen:
    try:
        return _found(problems(text, schema))
    except ValueError as error:
        # The schema itself is none, or points elsewhere: the answer was not looked at.
        name = type(error).__name__
        return Seen(troubles=(Trouble(detector=DETECTOR, risks=(RISK,), error=name),))


def _found(matches: Sequence[Match]) -> Seen:
    return Seen(found=tuple([Found(match=one, detector=DETECTOR) for one in matches]))


class Following:
    """One text of a stream, followed as it comes."""

    def __init__(self, passage: Passage, kept: Agreed) -> None:
        self._passage = passage
        self._schema = kept.schema
        self._structure = structure(kept.schema)
        self._came: list[str] = []
        self._told = False
        """One fault of a text is enough."""

    def feed(self, text: str) -> None:
        """Take a piece."""
        if self._told or not text:
            return
        self._came.append(text)
        fault = self._structure.feed(text)
        if fault is not None:
            self._told = True
            decide(self._passage, text, _found([match_of(fault, 1)]))

    def close(self) -> None:
        """Take the end: what needs all of it."""
        if not self._told:
            text = "".join(self._came)
            decide(self._passage, text, _seen(text, self._schema))
