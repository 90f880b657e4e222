"""What is asked of sums, and what is answered."""

from decimal import Decimal
from typing import Literal

from msgspec import Struct

from tenken.store.rollups.sums import BUCKETS

Dimension = Literal["use_case", "route", "caller", "release", "provider", "model"]
Histogram = tuple[int, ...]
"""Counts by bucket; the last is of what exceeds every bound of `sums.BOUNDS_US`."""
EMPTY: Histogram = (0,) * BUCKETS
NOTHING = Decimal(0)


class Asked(Struct, frozen=True, kw_only=True):
    """Which exchanges are summed; None stands for any."""

    use_case: str | None = None
    route: str | None = None
    caller: str | None = None
    release: str | None = None
    provider: str | None = None
    model: str | None = None
    drills: bool = False
    """Drills, too: they count in no KPI, so that they are left out unless asked for."""
    within: tuple[str, ...] | None = None
    """Only of these use cases; of none at all where it is empty."""


ALL = Asked()


class Totals(Struct, frozen=True, kw_only=True):
    """Sums of exchanges. Times are in microseconds, costs in US dollars."""

    requests: int = 0
    answered: int = 0
    refused: int = 0
    blocked: int = 0
    failed: int = 0
    interrupted: int = 0
    cancelled: int = 0
    unknown: int = 0
    status_none: int = 0
    """The caller saw no status: it left, or the worker died."""
    status_2xx: int = 0
    status_3xx: int = 0
    status_4xx: int = 0
    status_5xx: int = 0
    input: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_hour: int = 0
    output: int = 0
    reasoning: int = 0
    cost: Decimal = NOTHING
    attempts: int = 0
    retries: int = 0
    """Attempts after a request's first."""
    fallbacks: int = 0
    """Requests whose last attempt went to another target than the first."""
    cached: int = 0
    streams: int = 0
    matched: int = 0
    """Requests in which a guard found something."""
    matches: int = 0
    latency_us: int = 0
    """Of answers, from the request's being there whole to the last byte."""
    ttft_us: int = 0
    latency: Histogram = EMPTY
    """Of answers alone; they add up to `answered`."""
    ttft: Histogram = EMPTY
    """Of answers that had a first token."""

    @property
    def read(self) -> int:
        """All tokens that went in."""
        return self.input + self.cache_read + self.cache_write + self.cache_write_hour

    @property
    def written(self) -> int:
        """All tokens that came out."""
        return self.output + self.reasoning

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.read + self.written

    @property
    def errors(self) -> int:
        """Requests that failed for a reason of ours: 5xx, a torn answer, a lost record.

        A status of 5xx is ours, also where no target could be tried and the request was refused;
        one of 4xx is the caller's, also where a provider said it.
        """
        return self.status_5xx + self.interrupted + self.unknown

    @property
    def due(self) -> int:
        """Requests that were owed an answer: they have it, a guard stopped it, or it failed."""
        return self.answered + self.blocked + self.errors

    @property
    def turned_away(self) -> int:
        """Requests that were refused for a reason of the caller's."""
        return max(0, self.requests - self.due - self.cancelled)


class Consumed(Struct, frozen=True, kw_only=True):
    """What some requests took: their tokens and their cost."""

    requests: int = 0
    input: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_hour: int = 0
    output: int = 0
    reasoning: int = 0
    cost: Decimal = NOTHING

    @property
    def read(self) -> int:
        """All tokens that went in."""
        return self.input + self.cache_read + self.cache_write + self.cache_write_hour

    @property
    def written(self) -> int:
        """All tokens that came out."""
        return self.output + self.reasoning

    @property
    def tokens(self) -> int:
        """All tokens."""
        return self.read + self.written


class Peak(Struct, frozen=True, kw_only=True):
    """The most requests of one step of time, and the most tokens of one, which may be another."""

    requests: int = 0
    tokens: int = 0


class Point(Struct, frozen=True):
    """Sums of the time that begins at a moment."""

    at: int
    totals: Totals


class Share(Struct, frozen=True):
    """Sums of what has a name in common."""

    name: str
    totals: Totals


class Combination(Struct, frozen=True, kw_only=True):
    """Sums of one combination of names."""

    use_case: str
    route: str
    caller: str
    release: str
    provider: str
    model: str
    drill: bool
    totals: Totals


class AttemptTotals(Struct, frozen=True, kw_only=True):
    """Sums of calls to one target that ended in one way."""

    target: str
    provider: str
    model: str
    credential: str
    failure: str
    """Empty where the call gave a whole answer, else its class (`wire.failure`)."""
    drill: bool
    calls: int
    input_tokens: int
    output_tokens: int
    cost: Decimal
    duration_us: int
    duration: Histogram


class MatchTotals(Struct, frozen=True, kw_only=True):
    """How often guards found one thing."""

    use_case: str
    risk: str
    rule: str
    action: str
    stage: str
    severity: str
    drill: bool
    matches: int


class ScreeningTotals(Struct, frozen=True, kw_only=True):
    """How many requests' texts guards looked at."""

    use_case: str
    route: str
    stage: str
    """`inward` or `outward`."""
    drill: bool
    screened: int


class FeedbackTotals(Struct, frozen=True, kw_only=True):
    """What was said of answers, in one kind and unit."""

    use_case: str
    route: str
    caller: str
    release: str
    provider: str
    model: str
    kind: str
    """One of `journal.feedback.FeedbackKind`."""
    unit: str
    drill: bool
    said: int
    good: int
    """It spoke for the answer."""
    bad: int
    value_thousandths: int

    @property
    def value(self) -> float:
        """The sum of values: money, minutes, characters changed, stars."""
        return self.value_thousandths / 1_000


class Ever(Struct, frozen=True, kw_only=True):
    """All sums since the beginning: what counters show, whichever process is asked."""

    exchanges: tuple[Combination, ...] = ()
    attempts: tuple[AttemptTotals, ...] = ()
    matches: tuple[MatchTotals, ...] = ()
    feedback: tuple[FeedbackTotals, ...] = ()
    screenings: tuple[ScreeningTotals, ...] = ()
