"""What a drill says in the end, and how that becomes evidence."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from tenken.evidence import (
    Answer,
    Evidence,
    Finding,
    FindingKind,
    Grade,
    Holding,
    Measurement,
    Method,
    Remark,
    share,
)
from tenken.sentence import Field, Sentence, say

__all__ = [
    "VERSION",
    "Bound",
    "Proof",
    "evidence_of",
    "fails",
    "gap",
    "holds",
    "lie",
    "no_effect",
    "note",
    "partly",
    "seen",
    "share",
    "spread",
    "unknown",
]

VERSION = 1


class Proof(Struct, frozen=True, kw_only=True):
    """What was seen of one probe of the catalogue."""

    probe: str
    subs: tuple[str, ...]
    answer: Answer
    measurements: tuple[Measurement, ...] = ()


class Bound(Struct, frozen=True, kw_only=True):
    """What evidence is bound to."""

    subjects: Mapping[str, str]
    now: datetime
    days: int
    reproduce: str


def evidence_of(item: str, proof: Proof, bound: Bound) -> Evidence:
    """Give the record of a proof."""
    return Evidence(
        item=item,
        subs=proof.subs,
        probe=proof.probe,
        probe_version=VERSION,
        method=Method.DRILL,
        answer=proof.answer,
        subjects=bound.subjects,
        observed_at=bound.now,
        expires_at=bound.now + timedelta(days=bound.days),
        measurements=proof.measurements,
        reproduce=bound.reproduce,
    )


def seen(id: str, /, **fields: Field) -> Remark:  # noqa: A002 - a message's id
    """Something that supports the answer."""
    return Remark(sentence=say(id, **fields))


def lie(id: str, /, **fields: Field) -> Finding:  # noqa: A002 - a message's id
    """Something that looks done and is not."""
    return Finding(kind=FindingKind.LIE, sentence=say(id, **fields))


def gap(id: str, /, **fields: Field) -> Finding:  # noqa: A002 - a message's id
    """Something that is missing."""
    return Finding(kind=FindingKind.GAP, sentence=say(id, **fields))


def note(id: str, /, **fields: Field) -> Finding:  # noqa: A002 - a message's id
    """Something worth knowing that changes no verdict."""
    return Finding(kind=FindingKind.NOTE, sentence=say(id, **fields))


def holds(*remarks: Remark, notes: tuple[Finding, ...] = ()) -> Answer:
    """It was done, and it worked."""
    return Answer(holding=Holding.HOLDS, grade=Grade.EXERCISED, seen=remarks, findings=notes)


def fails(*findings: Finding, remarks: tuple[Remark, ...] = ()) -> Answer:
    """It was done, and it did not work."""
    return Answer(holding=Holding.FAILS, grade=Grade.EXERCISED, seen=remarks, findings=findings)


def partly(remarks: tuple[Remark, ...], *findings: Finding) -> Answer:
    """It worked in places."""
    return Answer(holding=Holding.PARTLY, grade=Grade.EXERCISED, seen=remarks, findings=findings)


def unknown(missing: Sentence, *remarks: Remark, notes: tuple[Finding, ...] = ()) -> Answer:
    """The drill went as planned and settles nothing; `missing` says what would."""
    return Answer(
        holding=Holding.UNKNOWN,
        grade=Grade.NONE,
        seen=remarks,
        findings=notes,
        missing=missing,
    )


def no_effect(why: Sentence) -> Answer:
    """The fault met nothing, so nothing was exercised: never for or against the application."""
    finding = Finding(kind=FindingKind.NOTE, sentence=why)
    return Answer(holding=Holding.ERROR, grade=Grade.NONE, findings=(finding,), missing=why)


def spread(name: str, values: tuple[float, ...], unit: str) -> Measurement:
    """The median of values between the smallest and the largest."""
    ordered = sorted(values)
    if not ordered:
        return Measurement(name=name, value=0.0, unit=unit, n=0)
    return Measurement(
        name=name,
        value=ordered[len(ordered) // 2],
        unit=unit,
        n=len(ordered),
        low=ordered[0],
        high=ordered[-1],
    )
