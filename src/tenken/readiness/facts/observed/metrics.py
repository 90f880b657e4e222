"""What a server of metrics answered: series behind queries, rules that it evaluates, silences."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from tenken.pattern import Pattern
from tenken.readiness.facts.monitoring import Tool
from tenken.readiness.facts.observed.records import Kept

COUNTERS = Pattern(
    r"(?i)retr(?:y|ies)|circuit|breaker|outlier_detection|guard|moderation|screening|http_\w*requests?"
    r"|parse_(?:error|failure)|schema_(?:error|validation)|output_(?:parse|validation)"
)
INSTANCES = Pattern(
    r"(?i)(?:current|desired|ready|available|status)_?replicas|replicas_(?:available|ready)"
    r"|instance_?count|running_?task_?count|tenken_instances"
)
PARTS = Pattern(r"(?i)_(?:bucket|sum|created)$")
"""Of histograms: what counts them ends in `_count`."""


class Wanted(Struct, frozen=True, kw_only=True):
    """A query to ask, in the language of a tool, with how far back points may lie."""

    tool: Tool
    query: str
    """As the dashboard or the rule has it."""
    hours: float = 1.0


class Line(Struct, frozen=True, kw_only=True):
    """One series of a metric."""

    labels: Mapping[str, str] = field(default_factory=dict)
    moved: float = 0.0
    """How far it rose in all; a counter that began anew counts from there."""
    curve: tuple[tuple[float, float], ...] = ()
    """At each moment, where that is kept."""

    def is_of(self, services: frozenset[str]) -> bool:
        """Whether a label names one of them: a server holds the metrics of many."""
        named = {one.lower() for one in services}
        return any(value.lower() in named for value in self.labels.values())


class Series(Struct, frozen=True, kw_only=True):
    """What a query gave. A metric that exists and has no samples gives no points."""

    series: int = 0
    points: int = 0
    """That are figures: NaN is none."""
    latest: datetime | None = None
    value: float | None = None
    """The newest figures of all its series together."""
    moved: float = 0.0
    """How far its series rose in all. A counter that never moved counts nothing yet."""
    curve: tuple[tuple[float, float], ...] = ()
    """All its series together, at each moment."""
    refused: str = ""
    """Why the server did not answer it; empty where it did."""


class Rule(Struct, frozen=True, kw_only=True):
    """An alerting rule that the server has loaded."""

    name: str
    query: str = ""
    hold_s: float = 0.0
    is_healthy: bool = True
    """Its last evaluation went without an error."""
    is_evaluated: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)


class Firing(Struct, frozen=True, kw_only=True):
    """An alert that fires now."""

    name: str
    annotations: Mapping[str, str] = field(default_factory=dict)


class OnCall(Struct, frozen=True, kw_only=True):
    """Where alerts of a kind go, as the server that routes them has it."""

    receiver: str
    matchers: str = ""
    """Which alerts; empty for all the others."""
    sends: bool = False
    """It has somewhere to send them to."""


class Matcher(Struct, frozen=True, kw_only=True):
    """One condition of a silence on a label; a label that is not there is an empty one."""

    name: str
    value: str
    is_pattern: bool = False
    """`value` is a pattern that matches the whole of the label."""
    is_equal: bool = True
    """False where the label must not be so."""


class Silence(Struct, frozen=True, kw_only=True):
    """Something that keeps alerts from being told."""

    matchers: tuple[Matcher, ...] = ()
    """All of them have to hold."""
    by: str = ""
    until: datetime | None = None


class MetricFacts(Struct, frozen=True, kw_only=True):
    """One look at a server of metrics."""

    kept: Kept
    answers: Mapping[Wanted, Series] = field(default_factory=dict)
    rules: tuple[Rule, ...] | None = None
    """None where the server was not asked for any, or has none to tell."""
    receivers: int = 0
    """Alertmanagers that it sends to and that are up."""
    counters: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    """By the names of metrics that may count retries, breakers or guards: the last week."""
    instances: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    """By the names of metrics that may count instances: the last day."""
    firing: tuple[Firing, ...] | None = None
    on_call: tuple[OnCall, ...] | None = None
    """None where no Alertmanager was asked."""
    silences: tuple[Silence, ...] | None = None
    """None where nobody was asked."""
