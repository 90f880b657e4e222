"""Model calls in figures, wherever they were counted: spans, a metric, a ledger."""

from collections.abc import Mapping

from msgspec import Struct, field

from tenken.readiness.facts.observed.records import Kept


class Session(Struct, frozen=True, kw_only=True):
    """The tokens of one session on a route."""

    route: str
    """Empty where it is not told."""
    input: int
    output: int


class CallTotals(Struct, frozen=True, kw_only=True):
    """How often each model was called, and what sessions took."""

    kept: Kept
    by_model: Mapping[str, int] = field(default_factory=dict)
    answered: Mapping[str, int] = field(default_factory=dict)
    """How many of them were answered."""
    by_route: Mapping[str, int] = field(default_factory=dict)
    """By route or use case, where that is told."""
    sessions: tuple[Session, ...] = ()
    """Of calls that were answered; a sample where there are very many."""

    @property
    def calls(self) -> int:
        """All calls."""
        return sum(self.by_model.values())


class Waited(Struct, frozen=True, kw_only=True):
    """How long the users of a use case waited."""

    use_case: str
    """Empty where it is not told."""
    requests: int
    p95_low_s: float
    p95_high_s: float
    """The 95th percentile lies between the two: sums in buckets know no more."""


class TrafficFacts(Struct, frozen=True, kw_only=True):
    """What came in, counted as a whole or in a sample."""

    kept: Kept
    is_whole: bool
    """Every request was counted; of a sample no peak and no total is known."""
    waits: tuple[Waited, ...] = ()
    per_day: float | None = None
    """Requests a day of the last week."""
    peak_rps: float | None = None
    """Of the busiest minute of the last 30 days."""
    counted_by: str = ""
    """The metric or the ledger that counted."""
    hours: float = 0.0
    """How long it has been counting, 30 days at most."""
