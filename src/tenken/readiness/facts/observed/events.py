"""What users and guards did, in figures, wherever it was counted."""

from collections.abc import Mapping

from msgspec import Struct, field

from tenken.readiness.facts.observed.records import Kept


class BlockFacts(Struct, frozen=True, kw_only=True):
    """Answers that a guard stopped beside the violations on record."""

    kept: Kept
    answers: int = 0
    recorded: int = 0
    """Of these answers, those that have a record of their own."""


class LabelFacts(Struct, frozen=True, kw_only=True):
    """What guards called what they found, and how often."""

    kept: Kept
    found: Mapping[str, int] = field(default_factory=dict)


class SignalFacts(Struct, frozen=True, kw_only=True):
    """How often each signal of online evaluation arrived in the last week."""

    kept: Kept
    arrived: Mapping[str, int] = field(default_factory=dict)
    """By kind: `feedback`, `functional`, `acceptance`, `incidental`."""


class GuardSeries(Struct, frozen=True, kw_only=True):
    """A series that counts what guards stop, before and after attacks of the observer's own."""

    kept: Kept
    name: str
    before: float
    after: float
    attacks: int
    """That were stopped."""
    harmless: int
    """Other requests that were sent meanwhile, and answered."""
