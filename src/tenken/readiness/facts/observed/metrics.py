"""What a server of metrics answered: series behind queries, rules that it evaluates, silences."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from tenken.readiness.facts.monitoring import Tool
from tenken.readiness.facts.observed.records import Kept


class Wanted(Struct, frozen=True, kw_only=True):
    """A query to ask, in the language of a tool, with how far back points may lie."""

    tool: Tool
    query: str
    """As the dashboard or the rule has it."""
    hours: float = 1.0


class Series(Struct, frozen=True, kw_only=True):
    """What a query gave. A metric that exists and has no samples gives no points."""

    series: int = 0
    points: int = 0
    """That are figures: NaN is none."""
    latest: datetime | None = None
    value: float | None = None
    """The newest figures of all its series together."""
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
    silences: tuple[Silence, ...] | None = None
    """None where nobody was asked."""
