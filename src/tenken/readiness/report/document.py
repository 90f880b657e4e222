"""The JSON form of a report, as types: what is written is what can be read back.

`schema.json` beside this file is generated from these types. Fields are only ever added;
a reader passes over those it does not know.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from tenken.errors import Malformed, Problem
from tenken.evidence import FindingKind, Holding, Method
from tenken.messages.speech import Language, clean
from tenken.place import Place
from tenken.readiness.catalogue import Effort, SignatureKind, Tier
from tenken.readiness.verdict import Outcome, Standing, Word
from tenken.sentence import Field, say

SCHEMA: Final = "urn:tenken:schema:report:1"

GradeCode = Annotated[
    Literal["E0", "E1", "E2", "E3", "E4"],
    Meta(
        description="How strong evidence is: none, declared, configured, observed, exercised.",
    ),
]


class Said(Struct, frozen=True, kw_only=True):
    """A sentence, with its id and fields so that it can be said in the other language."""

    id: str
    text: str
    fields: Mapping[str, Field]


class SaidAt(Said, frozen=True, kw_only=True):
    """A sentence about a place; line 0 is the file as a whole, a null path no file."""

    path: str | None
    line: int


class FindingEntry(SaidAt, frozen=True, kw_only=True):
    """Something that speaks against an item."""

    kind: FindingKind


class MeasurementEntry(Struct, frozen=True, kw_only=True):
    """A figure, the number of samples behind it, and its interval."""

    name: str
    value: float
    unit: str
    n: int
    low: float | None
    high: float | None


class EvidenceEntry(Struct, frozen=True, kw_only=True):
    """What a probe answered, and how far it counts."""

    probe: str
    probe_version: int
    method: Method
    subs: tuple[str, ...]
    holding: Holding
    grade: GradeCode
    standing: Standing
    because: Said | None
    observer: str
    subjects: Mapping[str, str]
    observed_at: datetime
    expires_at: datetime | None
    measurements: tuple[MeasurementEntry, ...]
    reproduce: str


class SubEntry(Struct, frozen=True, kw_only=True):
    """How a sub-criterion stands."""

    id: str
    outcome: Outcome
    grade: GradeCode
    needed_grade: GradeCode
    decides: Method
    missing: tuple[Said, ...]


class RemedyEntry(Struct, frozen=True, kw_only=True):
    """What lifts the item from where it stands."""

    effort: Effort
    text: str
    command: str | None


class SignatureEntry(Struct, frozen=True, kw_only=True):
    """A valid signature."""

    role: str
    name: str
    statement: str
    signed_at: datetime
    expires_on: date


class TextEntry(Struct, frozen=True, kw_only=True):
    """A text with the digest that it has."""

    path: str
    key: str
    """A block of the application's file; empty for the whole file."""
    sha256: str


class AskedEntry(Struct, frozen=True, kw_only=True):
    """The signature that an item takes: whose, for how long at most, and on which texts."""

    kind: SignatureKind
    role: str
    max_days: int
    only_exempts: bool
    """It can only say that the item is not needed."""
    texts: tuple[TextEntry, ...]


class WaiverEntry(Struct, frozen=True, kw_only=True):
    """A gap that a named person accepts until a day."""

    reason: str
    owner: str
    expires_on: date


class ItemEntry(Struct, frozen=True, kw_only=True):
    """One line of the checklist."""

    id: str
    section: str
    title: str
    decides: Method
    hard_gate: bool
    outcome: Outcome
    word: Word
    grade: GradeCode
    needed_grade: GradeCode
    demanded_grade: GradeCode
    """What the gate demands in this tier."""
    underlying: Outcome | None
    awaits: str | None
    expires_at: datetime | None
    subs: tuple[SubEntry, ...]
    findings: tuple[FindingEntry, ...]
    seen: tuple[SaidAt, ...]
    reasons: tuple[Said, ...]
    evidence: tuple[EvidenceEntry, ...]
    remedy: RemedyEntry | None
    signed: SignatureEntry | None
    waiver: WaiverEntry | None
    asked: AskedEntry | None = None
    """None where no signature is asked for, and in reports of earlier versions."""


class ToolEntry(Struct, frozen=True, kw_only=True):
    """What wrote the report."""

    name: str
    version: str


class RepositoryEntry(Struct, frozen=True, kw_only=True):
    """What was inspected."""

    commit: str | None
    branch: str | None
    dirty: bool | None
    remote: str | None
    shallow: bool
    partial: bool


class CatalogueEntry(Struct, frozen=True, kw_only=True):
    """Which checklist it was held against."""

    digest: str
    items: int
    extended_by: tuple[str, ...]


class LevelEntry(Struct, frozen=True, kw_only=True):
    """How far the application is, and each section."""

    application: int
    sections: Mapping[str, int]
    capped_by: tuple[str, ...]


class GateEntry(Struct, frozen=True, kw_only=True):
    """Whether the gate let the application through."""

    passed: bool
    asked: tuple[str, ...]
    stopped_by: tuple[Said, ...]


class ActionEntry(Struct, frozen=True, kw_only=True):
    """What to do next."""

    items: tuple[str, ...]
    effort: Effort
    text: str
    command: str | None


class ChangeEntry(Struct, frozen=True, kw_only=True):
    """An item that stands otherwise than before."""

    item: str
    before: Outcome
    after: Outcome


class DifferenceEntry(Struct, frozen=True, kw_only=True):
    """What changed since an earlier report."""

    since: datetime
    commit: str | None
    lost: tuple[ChangeEntry, ...]
    gained: tuple[ChangeEntry, ...]
    new_items: tuple[str, ...]
    gone_items: tuple[str, ...]


class LeftOutEntry(Struct, frozen=True, kw_only=True):
    """Files that were not read as the application's own."""

    path: str
    files: int
    reason: str


class Document(Struct, frozen=True, kw_only=True):
    """A whole report."""

    schema: Literal["urn:tenken:schema:report:1"]
    tool: ToolEntry
    made_at: datetime
    language: Language
    service: str
    root: str
    tier: Tier
    stack: str
    manifest: str | None
    repository: RepositoryEntry
    catalogue: CatalogueEntry
    level: LevelEntry
    words: Mapping[Word, int]
    outcomes: Mapping[Outcome, int]
    gate: GateEntry
    items: tuple[ItemEntry, ...]
    actions: tuple[ActionEntry, ...]
    difference: DifferenceEntry | None
    left_out: tuple[LeftOutEntry, ...]
    problems: tuple[SaidAt, ...]
    files_read: int
    seconds: float

    @property
    def outcome_by_item(self) -> Mapping[str, Outcome]:
        """How every item stands."""
        return {item.id: item.outcome for item in self.items}


def parse(content: bytes, *, file: str) -> Document:
    """Read a report back; raises Malformed for anything else."""
    try:
        return msgspec.json.decode(content, type=Document)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        sentence = say("report.not_a_report", detail=clean(str(error)))
        raise Malformed((Problem(place=Place(file), key="", sentence=sentence),)) from error


def json_schema() -> dict[str, Any]:
    """Give the published schema of this version, JSON Schema 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA,
        "title": "A tenken report",
        "description": "One inspection: every item with its outcome, grade and evidence.",
        **msgspec.json.schema(Document),
    }
