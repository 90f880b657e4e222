"""Alerts, dashboards and objectives kept as files: what they watch and whom they reach.

Whether a metric exists is not asked here: `CodeFacts.metrics` says what the code emits,
`Metric.from_platform` what a platform or an agent gives by itself; a probe joins the two.
"""

from enum import StrEnum

from msgspec import Struct

from tenken.place import Place
from tenken.readiness.facts.infrastructure import Figure, Unseen
from tenken.readiness.facts.tree import CollectorProblem


class Tool(StrEnum):
    """Whose format it is."""

    PROMETHEUS = "Prometheus"
    GRAFANA = "Grafana"
    CLOUD_MONITORING = "Cloud Monitoring"
    CLOUDWATCH = "CloudWatch"
    DATADOG = "Datadog"
    AZURE = "Azure Monitor"
    SLOTH = "Sloth"
    PYRRA = "Pyrra"
    OPENSLO = "OpenSLO"
    TENKEN = "tenken"
    OWN = "a form of its own"


class Topic(StrEnum):
    """What a metric speaks of, told from its name."""

    ERRORS = "errors"
    LATENCY = "latency"
    TRAFFIC = "traffic"
    SATURATION = "saturation"
    TOKENS = "tokens"
    COST = "cost"
    FIRST_TOKEN = "first_token"  # noqa: S105 - time to the first token
    GUARD = "guard"
    MODEL = "model"
    """Another figure of model calls: their number, latency, refusals, quality."""
    BUDGET = "budget"
    """A monthly budget of a cloud account."""
    OTHER = "other"


class Metric(Struct, frozen=True, kw_only=True):
    """A metric that a query names."""

    name: str
    topics: tuple[Topic, ...]
    from_platform: bool
    """A platform, an agent or an integration gives it: nothing in the code has to."""


class Query(Struct, frozen=True, kw_only=True):
    """What a panel, an alert or an objective asks."""

    text: str
    """With `*` for what could not be resolved; shortened."""
    place: Place
    metrics: tuple[Metric, ...] = ()
    followed: bool = True
    """False where the metric's name could not be resolved or the language is not known."""


class Reach(StrEnum):
    """Whether somebody hears of an alert."""

    SOMEBODY = "somebody"
    """A receiver that is defined here, or named where the vendor defines it (`@slack-...`)."""
    NOBODY = "nobody"
    """No receiver is stated, and none can come from elsewhere."""
    BROKEN = "broken"
    """The receiver that is named is not defined anywhere, or sends nothing anywhere."""
    ELSEWHERE = "elsewhere"
    """Routing is decided outside the repository, or by a value that could not be resolved."""


class Receiver(Struct, frozen=True, kw_only=True):
    """Where a notification goes."""

    name: str
    kind: str
    """`slack`, `pagerduty`, `email`, `webhook`, `sns` ...; empty where not told."""
    place: Place | None = None
    """Its definition, where that is in the repository."""
    pages: bool = False
    """It wakes somebody (PagerDuty, Opsgenie, a phone)."""


class Silence(StrEnum):
    """Why an alert that is there says nothing."""

    DISABLED = "disabled"
    """`enabled = false`, `actions_enabled = false`, a commented rule's like."""
    MUTED = "muted"
    """A downtime or a silence covers it for good or nearly all day."""
    HOLDS_TOO_LONG = "holds_too_long"
    """`for: 9999h`: the condition would have to last for days."""
    NEVER_TRUE = "never_true"
    """Its threshold lies outside what the metric can take."""
    NULL_ROUTE = "null_route"
    """The route it takes ends in a receiver that sends nothing."""
    REFUSED = "refused"
    """The server refuses its file, for this or for another rule in it."""
    NOT_LOADED = "not_loaded"
    """No server of the repository loads its file."""
    NOT_SENT = "not_sent"
    """The server that loads it names nobody who takes alerts."""


class Silenced(Struct, frozen=True, kw_only=True):
    """One thing that silences an alert, and where it stands."""

    because: Silence
    place: Place
    detail: str


class RunbookLink(Struct, frozen=True, kw_only=True):
    """A link to a runbook in the text or the annotations that reach the person on call."""

    target: str
    """As written: a URL or a path."""
    place: Place
    path: str | None = None
    """The file of this repository it leads to; None where it leads elsewhere."""
    dead: bool = False
    """It should lead to a file of this repository and that file is not there."""


class AlertKind(StrEnum):
    """What raises it."""

    THRESHOLD = "threshold"
    BURN_RATE = "burn_rate"
    ANOMALY = "anomaly"
    ABSENCE = "absence"
    BUDGET = "budget"
    """A spending budget of the account: tells days later, for the whole month."""


class Alert(Struct, frozen=True, kw_only=True):
    """A rule that is to tell somebody something."""

    name: str
    tool: Tool
    place: Place
    kind: AlertKind = AlertKind.THRESHOLD
    query: Query | None = None
    threshold: Figure | None = None
    hold_s: float | None = None
    """How long the condition has to last."""
    severity: str = ""
    """Lower case, as written: `critical`, `warning`, `page`, `p1`."""
    reach: Reach = Reach.ELSEWHERE
    reach_place: Place | None = None
    """The line that names the receiver, or should."""
    receivers: tuple[Receiver, ...] = ()
    missing_receiver: str = ""
    """For BROKEN: the name that leads nowhere."""
    silenced: tuple[Silenced, ...] = ()
    runbook: RunbookLink | None = None
    steps: Place | None = None
    """Where its own text tells in numbered steps what to do."""
    stage: str = ""
    applied: bool = True
    """False for an exported file that nothing in the repository applies."""

    @property
    def is_effective(self) -> bool:
        """Somebody hears it, as far as the files show."""
        return self.reach is Reach.SOMEBODY and not self.silenced


class Panel(Struct, frozen=True, kw_only=True):
    """A picture on a dashboard; text panels have no queries."""

    title: str
    place: Place
    queries: tuple[Query, ...] = ()


class Dashboard(Struct, frozen=True, kw_only=True):
    """A dashboard kept as a file."""

    title: str
    tool: Tool
    place: Place
    panels: tuple[Panel, ...] = ()
    followed: bool = True
    """False where its definition could not be read (a file that is not here, a template)."""
    applied: bool = True
    """False for an exported file that nothing in the repository applies."""


class Objective(Struct, frozen=True, kw_only=True):
    """A service level objective."""

    name: str
    tool: Tool
    place: Place
    target: Figure | None = None
    """As a share between 0 and 1."""
    window: str = ""
    """As written, such as `28d`; empty where none is stated."""
    queries: tuple[Query, ...] = ()
    asks: bool = False
    """Asks by an indicator, a service or monitors that it names, without a query of its own."""
    service: str = ""
    applied: bool = True
    """False for an export, or a form of one's own, that nothing here hands to a tool."""

    @property
    def missing(self) -> tuple[str, ...]:
        """Of `query`, `target`, `window`: what is not stated, empty or out of range."""
        share = self.target.value if self.target else None
        # A target that is decided elsewhere (a variable) is stated, whatever it comes to.
        target = self.target is not None and (share is None or 0 < share < 1)
        states = {
            "query": self.asks or bool(self.queries),
            "target": target,
            "window": bool(self.window),
        }
        return tuple(part for part, is_stated in states.items() if not is_stated)


class MonitoringFacts(Struct, frozen=True, kw_only=True):
    """Alerts, dashboards and objectives kept as files."""

    alerts: tuple[Alert, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()
    objectives: tuple[Objective, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    problems: tuple[CollectorProblem, ...] = ()
