"""What `tenken.yaml` says of objectives: what is promised, over which days, and when it alarms.

The figures come from one rule. An objective of 99.9 % allows a tenth of a percent to go wrong: its
budget. Burning once means that the budget lasts exactly as long as the window; 14.4 times, that an
hour takes 2 % of a budget of thirty days.
"""

from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

from tenken.config.values import Name, Percent, Positive, Text

Indicator = Literal[
    "availability", "latency", "ttft", "guardrail_available", "eval_pass_rate",
    "safety_violation_rate", "feedback_positive_rate", "cost_per_request", "fallback_rate",
]  # fmt: skip
"""What the keeper counts by itself."""
INDICATORS: frozenset[str] = frozenset(get_args(Indicator))
EDGES_S = tuple(round(0.01 * 2**n, 2) for n in range(14))
"""Upper bounds of the buckets that durations are counted in: 0.01 s to 81.92 s."""
DAY_MINUTES = 24 * 60

Minutes = Annotated[int, Meta(ge=1, le=90 * DAY_MINUTES)]
Burn = Annotated[float, Meta(gt=0, le=10_000)]
Usd = Annotated[float, Meta(gt=0, le=1_000_000)]
Severity = Literal["page", "ticket"]


class BurnPair(Struct, frozen=True, kw_only=True):
    """An alarm: so fast over the long window, and still so over the short one."""

    burn: Burn
    """How many times faster than the budget allows."""
    long_minutes: Minutes
    short_minutes: Minutes
    """Ends the alarm soon after the burning ends."""
    severity: Severity = "page"

    def __str__(self) -> str:
        """`14.4x 1h/5m`."""
        return f"{self.burn:g}x {span(self.long_minutes)}/{span(self.short_minutes)}"


STANDARD = (
    BurnPair(burn=14.4, long_minutes=60, short_minutes=5, severity="page"),
    BurnPair(burn=6.0, long_minutes=360, short_minutes=30, severity="page"),
    BurnPair(burn=3.0, long_minutes=1440, short_minutes=120, severity="ticket"),
    BurnPair(burn=1.0, long_minutes=4320, short_minutes=360, severity="ticket"),
)
"""What holds where an objective names no pairs; those that cannot work for it are left out."""


class ObjectiveQuery(Struct, frozen=True, kw_only=True):
    """An indicator of the team's own: two counts that another system answers."""

    good: Text
    """Good events; `$window` stands for the window, as in `rate(x[$window])`."""
    total: Text
    """All events that count, of the same kind."""
    language: Literal["promql", "datadog"] = "promql"


class Slo(Struct, frozen=True, kw_only=True):
    """A promise on an indicator over a window."""

    name: Name
    sli: Text
    """An indicator of the catalogue; any other text only describes, and needs `query` to count."""
    target_percent: Percent
    window_days: Positive
    use_case: Name | None = None
    route: Name | None = None
    threshold_s: Positive | None = None
    """The slowest that is good, for `latency` and `ttft`: one of the bucket bounds."""
    threshold_usd: Usd | None = None
    """The dearest that is good, for `cost_per_request`."""
    query: ObjectiveQuery | None = None
    alerting: tuple[BurnPair, ...] = ()
    """When it alarms; the standard pairs where none are given."""
    owner: str = ""
    runbook: str = ""
    """Path or address of what to do when it burns."""

    @property
    def budget(self) -> float:
        """The share of events that may go wrong."""
        return round(1 - self.target_percent / 100, 12)

    @property
    def burn_max(self) -> float:
        """How fast it burns when everything goes wrong: no alarm above it ever speaks."""
        return 1 / self.budget if self.budget > 0 else 0.0

    @property
    def window_minutes(self) -> float:
        """The window of the promise."""
        return self.window_days * DAY_MINUTES

    @property
    def counts(self) -> bool:
        """Its good and bad events can be counted; otherwise it is only described."""
        return self.sli in INDICATORS or self.query is not None


def span(minutes: int) -> str:
    """Give a window as monitoring tools write it: `5m`, `6h`, `3d`."""
    for unit, length in (("d", DAY_MINUTES), ("h", 60)):
        if minutes % length == 0:
            return f"{minutes // length}{unit}"
    return f"{minutes}m"
