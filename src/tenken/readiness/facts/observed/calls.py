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
    sessions: tuple[Session, ...] = ()
    """Of calls that were answered; a sample where there are very many."""

    @property
    def calls(self) -> int:
        """All calls."""
        return sum(self.by_model.values())
