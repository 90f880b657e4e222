"""Evidence as an in-toto statement, and back: the form in which it is signed, kept and sent.

A statement is read strictly: what does not have exactly this shape is no evidence.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
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
)
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.sentence import Field, Sentence

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:tenken:evidence:v1"
HEX_40 = Pattern(r"[0-9a-f]{40}")
SHA256 = Pattern(r"sha256:[0-9a-f]{64}")


class NotEvidence(Exception):
    """A document that is no statement of ours; says why in a few words."""


class Recorded(Struct, frozen=True, kw_only=True):
    """Evidence with its place in a chain."""

    evidence: Evidence
    previous: str
    """The digest of the line before; empty for the first."""


class _Subject(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    name: str
    digest: dict[str, str]
    uri: str = ""


class _Said(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    id: str
    fields: dict[str, Field] = {}
    path: str = ""
    line: int = 0
    kind: FindingKind | None = None


class _Answer(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    holding: Holding
    grade: str
    seen: tuple[_Said, ...] = ()
    findings: tuple[_Said, ...] = ()
    missing: _Said | None = None


class _Predicate(msgspec.Struct, forbid_unknown_fields=True, rename="camel", kw_only=True):
    item: str
    subs: tuple[str, ...]
    probe: str
    probe_version: int
    method: Method
    answer: _Answer
    observed_at: datetime
    expires_at: datetime | None
    measurements: tuple[Measurement, ...]
    reproduce: str
    previous: str


class _Statement(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    type: str = msgspec.field(name="_type")
    subject: tuple[_Subject, ...]
    predicate_type: str = msgspec.field(name="predicateType")
    predicate: _Predicate


def encode(recorded: Recorded) -> bytes:
    """The statement as canonical JSON."""
    evidence = recorded.evidence
    predicate = _Predicate(
        item=evidence.item,
        subs=evidence.subs,
        probe=evidence.probe,
        probe_version=evidence.probe_version,
        method=evidence.method,
        answer=_answer_out(evidence.answer),
        observed_at=evidence.observed_at.astimezone(UTC),
        expires_at=evidence.expires_at and evidence.expires_at.astimezone(UTC),
        measurements=evidence.measurements,
        reproduce=evidence.reproduce,
        previous=recorded.previous,
    )
    statement = _Statement(
        type=STATEMENT_TYPE,
        subject=tuple(_subject_out(*one) for one in sorted(evidence.subjects.items())),
        predicate_type=PREDICATE_TYPE,
        predicate=predicate,
    )
    return msgspec.json.encode(statement, order="sorted")


def decode(payload: bytes) -> Recorded:
    """Read a statement; raises NotEvidence with the reason."""
    try:
        statement = msgspec.json.decode(payload, type=_Statement)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NotEvidence(str(error)) from error
    if (statement.type, statement.predicate_type) != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise NotEvidence(f"{statement.type} {statement.predicate_type}")
    predicate = statement.predicate
    evidence = Evidence(
        item=predicate.item,
        subs=predicate.subs,
        probe=predicate.probe,
        probe_version=predicate.probe_version,
        method=predicate.method,
        answer=_answer_in(predicate.answer),
        subjects=_subjects_in(statement.subject),
        observed_at=_aware(predicate.observed_at),
        expires_at=predicate.expires_at and _aware(predicate.expires_at),
        measurements=predicate.measurements,
        reproduce=predicate.reproduce,
    )
    return Recorded(evidence=evidence, previous=predicate.previous)


# -- subjects: in-toto wants a digest of each; what has none of its own is named by a URI


def _subject_out(kind: str, value: str) -> _Subject:
    if SHA256.fullmatch(value):
        return _Subject(name=kind, digest={"sha256": value.removeprefix("sha256:")})
    if HEX_40.fullmatch(value):
        return _Subject(name=kind, digest={"gitCommit": value})
    return _Subject(name=kind, digest={"sha256": _hex(value)}, uri=f"urn:tenken:{kind}:{value}")


def _subjects_in(subjects: tuple[_Subject, ...]) -> Mapping[str, str]:
    found = {subject.name: _subject_in(subject) for subject in subjects}
    if len(found) != len(subjects):
        raise NotEvidence("two subjects of one name")
    return found


def _subject_in(subject: _Subject) -> str:
    match subject.digest:
        case {"gitCommit": commit} if not subject.uri:
            return commit
        case {"sha256": hexed} if not subject.uri:
            return f"sha256:{hexed}"
        case {"sha256": hexed}:
            value = subject.uri.removeprefix(f"urn:tenken:{subject.name}:")
            if _hex(value) == hexed:
                return value
        case _:
            pass
    raise NotEvidence(f"subject {subject.name!r}: its digest cannot be read")


def _hex(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


# -- answers


def _answer_out(answer: Answer) -> _Answer:
    return _Answer(
        holding=answer.holding,
        grade=answer.grade.name.lower(),
        seen=tuple(_said_out(one.sentence, one.place) for one in answer.seen),
        findings=tuple(_said_out(one.sentence, one.place, one.kind) for one in answer.findings),
        missing=_said_out(answer.missing, None) if answer.missing else None,
    )


def _said_out(sentence: Sentence, place: Place | None, kind: FindingKind | None = None) -> _Said:
    path, line = (place.path, place.line) if place else ("", 0)
    return _Said(id=sentence.id, fields=sentence.fields, path=path, line=line, kind=kind)


def _answer_in(answer: _Answer) -> Answer:
    return Answer(
        holding=answer.holding,
        grade=_grade(answer.grade),
        seen=tuple(Remark(sentence=_sentence(one), place=_place(one)) for one in answer.seen),
        findings=tuple(_finding(one) for one in answer.findings),
        missing=_sentence(answer.missing) if answer.missing else None,
    )


def _grade(name: str) -> Grade:
    try:
        return Grade[name.upper()]
    except KeyError as error:
        raise NotEvidence(f"grade {name!r}") from error


def _finding(said: _Said) -> Finding:
    kind = said.kind or FindingKind.NOTE
    return Finding(kind=kind, sentence=_sentence(said), place=_place(said))


def _sentence(said: _Said) -> Sentence:
    return Sentence(said.id, tuple(said.fields.items()))


def _place(said: _Said) -> Place | None:
    return Place(said.path, said.line) if said.path else None


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise NotEvidence(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)
