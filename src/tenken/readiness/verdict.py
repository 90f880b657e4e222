"""What the inspection concludes: an outcome per item with everything that led to it."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from msgspec import Struct

from tenken.evidence import Evidence, Finding, Grade, Method, Remark
from tenken.place import Place
from tenken.sentence import Sentence


class Outcome(StrEnum):
    """How an item or a sub-criterion stands. Only VERIFIED and NOT_APPLICABLE pass."""

    VERIFIED = "verified"
    CONFIGURED = "configured"
    """Real evidence below the deciding grade, or a signature that is still missing."""
    PARTIAL = "partial"
    """Some of it verified or configured, some not."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_VISIBLE = "not_visible"
    STALE = "stale"
    ERROR = "error"
    NOT_APPLICABLE = "not_applicable"
    """Proved not to apply."""
    WAIVED = "waived"

    @property
    def passes(self) -> bool:
        """Whether nothing more is asked of the application."""
        return self in {Outcome.VERIFIED, Outcome.NOT_APPLICABLE}


class Word(StrEnum):
    """The five words of every first screen."""

    PROVED = "proved"
    CONFIGURED = "configured"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NEEDS_SIGN_OFF = "needs_sign_off"


class Standing(StrEnum):
    """Whether a piece of evidence counts, decided before judging."""

    COUNTS = "counts"
    DECLARED_ONLY = "declared_only"
    """Observed or exercised, but unsigned or signed by a key nobody trusts."""
    STALE = "stale"
    """Expired, or given for digests that have changed."""
    REJECTED = "rejected"
    """For another service, from the future, in a broken chain: shown, but counts for nothing."""


class Weighed(Struct, frozen=True, kw_only=True):
    """A piece of evidence with its standing."""

    evidence: Evidence
    standing: Standing = Standing.COUNTS
    because: Sentence | None = None
    """Why it does not count in full."""
    observer: str = ""
    """The name of the trusted key that signed it; empty for what this inspection read itself."""


class Signed(Struct, frozen=True, kw_only=True):
    """A valid signature of a person on the text of an item."""

    role: str
    name: str
    statement: str
    signed_at: datetime
    expires_on: date
    exempts: bool = False
    """It signs a "not needed" rather than the text."""
    subs: tuple[str, ...] = ()
    """The sub-criteria it speaks to; empty for all of the item."""


class VoidSignature(Struct, frozen=True, kw_only=True):
    """A sign-off that is there and does not count."""

    because: Sentence
    place: Place
    was_valid: bool
    """It has run out, or what it signed was changed: it is stale rather than wrong."""


class Waiver(Struct, frozen=True, kw_only=True):
    """A known gap, accepted by a named person for a reason and a time."""

    item: str
    reason: str
    owner: str
    expires_on: date
    path: str = ""
    line: int = 0


class SubVerdict(Struct, frozen=True, kw_only=True):
    """How a sub-criterion stands; the id is empty for an item without any."""

    id: str
    outcome: Outcome
    grade: Grade
    needed: Grade
    method: Method
    missing: tuple[Sentence, ...] = ()
    """What was looked for and not found, or what would lift it."""


class Verdict(Struct, frozen=True, kw_only=True):
    """How an item stands, and why."""

    item: str
    outcome: Outcome
    grade: Grade
    """The grade of its weakest sub-criterion."""
    needed: Grade
    subs: tuple[SubVerdict, ...]
    seen: tuple[Remark, ...] = ()
    findings: tuple[Finding, ...] = ()
    reasons: tuple[Sentence, ...] = ()
    """The chain of reasons, most telling first."""
    evidence: tuple[Weighed, ...] = ()
    awaits: str | None = None
    """The role whose signature is all that is missing."""
    signed: Signed | None = None
    waiver: Waiver | None = None
    underlying: Outcome | None = None
    """For a waived item: what it would be without the waiver."""
    expires_at: datetime | None = None
    """When the first thing that this verdict rests on runs out."""

    @property
    def word(self) -> Word:
        """The one of five words that a first screen shows."""
        if self.awaits:
            return Word.NEEDS_SIGN_OFF
        match self.outcome:
            case Outcome.VERIFIED | Outcome.NOT_APPLICABLE:
                return Word.PROVED
            case Outcome.CONFIGURED:
                return Word.CONFIGURED
            case Outcome.PARTIAL:
                lacking = any(sub.outcome is Outcome.FAILED for sub in self.subs)
                return Word.NOT_MET if lacking or len(self.subs) == 1 else Word.CONFIGURED
            case Outcome.FAILED | Outcome.WAIVED:
                return Word.NOT_MET
            case _:
                return Word.UNKNOWN


class Levels(Struct, frozen=True, kw_only=True):
    """The level of each section and of the application, 0 to 4."""

    sections: Mapping[str, int]
    application: int
    """The minimum over the sections, capped by hard gates."""
    capped_by: tuple[str, ...] = ()
    """Hard gates that are not verified."""
