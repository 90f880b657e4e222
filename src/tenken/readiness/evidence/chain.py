"""The append-only file of evidence: one statement or envelope a line, each naming the line before.

The chain is over the raw lines, whatever they hold, so a line that nobody can read breaks
nothing and a line that was changed, removed or put in breaks it. Reading is bounded and never
raises for what the file holds: a line that is no evidence is a problem with its place.
"""

import msgspec
from msgspec import Struct

from tenken import digest
from tenken.evidence import Evidence
from tenken.place import Place
from tenken.readiness.evidence import envelope, statement
from tenken.readiness.evidence.envelope import BadEnvelope, Envelope
from tenken.readiness.evidence.statement import NotEvidence
from tenken.readiness.facts.tree import CollectorProblem
from tenken.sentence import Sentence, say

MAX_LINE = 1_000_000
MAX_FILE = 64_000_000
MAX_PROBLEMS = 50
MOST_LINES = 10_000
"""A running system hands over no more at once: its newest."""
DETAIL = 200


class Line(Struct, frozen=True, kw_only=True):
    """A line that holds evidence."""

    place: Place
    evidence: Evidence
    envelope: Envelope | None
    """None where nobody signed it."""


class Chain(Struct, frozen=True, kw_only=True):
    """What a file of evidence holds."""

    lines: tuple[Line, ...] = ()
    problems: tuple[CollectorProblem, ...] = ()
    broken: Sentence | None = None
    """Why the file cannot be trusted as a whole: a broken chain, or an end nobody read."""


def read(content: bytes, *, file: str, begins: bool = True) -> Chain:
    """Read the bytes of a file of evidence; `file` is what places name.

    What does not begin with the first line names a line before it that is not here.
    """
    if len(content) > MAX_FILE:
        return unread(file, "evidence.file_too_large", most=MAX_FILE)
    reading = _Reading(file, begins=begins)
    for number, raw in enumerate(content.split(b"\n"), 1):
        if raw:
            reading.take(number, raw)
    return Chain(
        lines=tuple(reading.lines), problems=tuple(reading.problems), broken=reading.broken
    )


def previous_of(line: bytes) -> str:
    """What the line after this one must name; empty for the first of a file."""
    return digest.of_bytes(line) if line else ""


class _Reading:
    """Goes through the lines, holding each against the one before."""

    def __init__(self, file: str, *, begins: bool) -> None:
        self._file = file
        self._begins = begins
        self._before = b""
        self.lines: list[Line] = []
        self.problems: list[CollectorProblem] = []
        self.broken: Sentence | None = None

    def take(self, number: int, raw: bytes) -> None:
        before, self._before = self._before, raw
        try:
            line, previous = self._line(number, raw)
        except (NotEvidence, BadEnvelope, msgspec.DecodeError, RecursionError) as error:
            self._problem(number, say("evidence.bad_line", detail=str(error)[:DETAIL]))
            return
        is_first = not before and not self._begins
        if previous != previous_of(before) and not is_first:
            self.broken = self.broken or say("evidence.broken_chain", at=str(line.place))
        self.lines.append(line)

    def _line(self, number: int, raw: bytes) -> tuple[Line, str]:
        if len(raw) > MAX_LINE:
            raise NotEvidence(f"> {MAX_LINE} bytes")
        sealed = _envelope(raw)
        recorded = statement.decode(envelope.payload_of(sealed) if sealed else raw)
        place = Place(self._file, number)
        return Line(place=place, evidence=recorded.evidence, envelope=sealed), recorded.previous

    def _problem(self, number: int, sentence: Sentence) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            problem = CollectorProblem(path=self._file, line=number, sentence=sentence)
            self.problems.append(problem)


def _envelope(raw: bytes) -> Envelope | None:
    if b'"payloadType"' not in raw:
        return None
    return msgspec.json.decode(raw, type=Envelope)


def unread(file: str, id: str, **fields: str | int) -> Chain:  # noqa: A002 - a message's id
    """A file of which nothing could be read, and why."""
    sentence = say(id, file=file, **fields)
    problem = CollectorProblem(path=file, line=0, sentence=sentence)
    return Chain(problems=(problem,), broken=sentence)
