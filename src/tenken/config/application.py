"""What `tenken.yaml` says: the application as its team declares it.

The JSON Schema that users see is generated from these types; every text may be a placeholder
(`TODO: ...`), which counts as nothing said.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from tenken.config.operating.alerting import AlertSettings
from tenken.config.operating.console import ConsoleSettings
from tenken.config.operating.impact import Kpi, ValueSettings
from tenken.config.operating.objectives import Slo
from tenken.config.operating.proving import EvidenceSettings
from tenken.config.operating.retention import RetentionSettings
from tenken.config.operating.spikes import SpikeSettings
from tenken.config.operating.telemetry import TelemetrySettings
from tenken.config.safety import Classification, DataUse, Safety
from tenken.config.serving import (
    Behind,
    CacheSettings,
    CallerEntry,
    CallerLimit,
    GatewaySettings,
    HedgeSettings,
    RequestSeconds,
    RouteTextSettings,
    RouteTimeouts,
    Whole,
)
from tenken.config.values import (
    Count,
    Name,
    PathText,
    Percent,
    Positive,
    Price,
    ScenarioClass,
    Sha256,
    Signal,
    Text,
    TierName,
    Url,
)


class Identity(Struct, frozen=True, kw_only=True):
    """Which application this is, and whose."""

    name: Name
    owner: Text
    tier: TierName = "B"
    description: str = ""


class Extends(Struct, frozen=True, kw_only=True):
    """The platform file this one stands on, pinned."""

    platform: PathText
    version: Text
    sha256: Sha256 | None = None


class Goal(Struct, frozen=True, kw_only=True):
    """A business goal that can be measured."""

    id: Name
    metric: Text
    unit: Text
    baseline: float
    target: float
    due: date
    owner: Text
    source: str = ""


class Targets(Struct, frozen=True, kw_only=True):
    """What a use case must reach; latencies in seconds."""

    quality_metric: str = ""
    quality_min: float | None = None
    latency_p95_s: Positive | None = None
    ttft_p95_s: Positive | None = None
    error_rate_max_percent: Percent | None = None
    cost_per_request_max: Positive | None = None
    cost_currency: str = ""


class UseCase(Struct, frozen=True, kw_only=True):
    """Something the application does for a user."""

    id: Name
    description: Text
    task: Literal["classification", "generation", "extraction", "chat", "search", "other"] = (
        "other"
    )
    targets: Targets = field(default_factory=Targets)
    limits: CallerLimit = field(default_factory=CallerLimit)
    """Of all callers and routes of it together."""


class Limits(Struct, frozen=True, kw_only=True):
    """What the provider allows for a model, and the share of it that is ours.

    The gateway calls it no more often; where there is no room, the next target is asked.
    """

    rpm: Positive | None = None
    tpm: Positive | None = None
    parallel: Positive | None = None
    budget_usd_per_day: Positive | None = None
    """Ours alone: no share is taken of it."""
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0
    source: str = ""
    checked_at: date | None = None


class Sla(Struct, frozen=True, kw_only=True):
    """The availability a provider promises for a model, with where and when it was read."""

    availability_percent: Percent
    source: Url
    checked_at: date


class ModelPrices(Struct, frozen=True, kw_only=True):
    """US dollars for a million tokens: what a contract says, or a model of one's own costs."""

    input: Price
    output: Price
    cache_read: Price | None = None
    """As input where nothing is said."""
    cache_write: Price | None = None
    cache_write_hour: Price | None = None
    """As `cache_write` where nothing is said."""
    source: Text
    checked_at: date


class Model(Struct, frozen=True, kw_only=True):
    """A model in use: what is promised, allowed and known of its end."""

    id: Name
    provider: Text
    model: Text
    """The pinned name that is sent to the provider."""
    known_as: str = ""
    """Its name in the table of prices, where a deployment is called otherwise."""
    prices: ModelPrices | None = None
    """In place of the table's."""
    region: str = ""
    owner: str = ""
    retires_on: date | None = None
    source: str = ""
    """Where the retirement date was read."""
    checked_at: date | None = None
    replacement: str = ""
    """What takes its place when it ends: the id of another model, or the vendor's name for it."""
    sla: Sla | None = None
    limits: Limits | None = None
    context_tokens: Whole | None = None
    """What a request and its answer may hold together, where it differs from what is known."""


class Retry(Struct, frozen=True, kw_only=True):
    """When a call is tried again; waits in seconds."""

    attempts: Annotated[int, Meta(ge=1, le=10)]
    on: tuple[Text, ...] = ()
    """Said for people. A gateway decides by what went wrong, whatever stands here."""
    base_s: Positive = 0.5
    max_s: Positive = 20.0


class Route(Struct, frozen=True, kw_only=True):
    """A way from a use case to models: the first target, then the fallbacks in order."""

    name: Name
    use_case: Name
    targets: Annotated[tuple[Name, ...], Meta(min_length=1)]
    """Ids of `models`."""
    weights: Mapping[Name, Annotated[float, Meta(ge=0)]] = field(default_factory=dict)
    """Shares of targets; a session stays with its target. In order where none are given."""
    timeouts: RouteTimeouts = field(default_factory=RouteTimeouts)
    timeout_s: RequestSeconds | None = None
    retry: Retry | None = None
    guards: tuple[Name, ...] = ()
    """Of `safety.guards`, for the checklist; what is screened says `guard/policy.yaml` alone."""
    limits: CallerLimit = field(default_factory=CallerLimit)
    """Of all its callers together."""
    queue_for_place: bool = False
    """Wait where `parallel` is reached, as `gateway.admission` says, instead of refusing."""
    larger_context: tuple[Name, ...] = ()
    """Ids of `models` that are asked only where a request is too long for the others."""
    static_answer: str = ""
    """What is said, marked as such, when no target has answered."""
    hedge: HedgeSettings | None = None
    cache: CacheSettings | None = None
    texts: RouteTextSettings | None = None
    """Which of its texts are stored, where it differs from `gateway.texts`."""


class Dataset(Struct, frozen=True, kw_only=True):
    """A set of examples that evaluation runs on."""

    name: Name
    path: PathText
    kind: Literal["golden", "edge", "adversarial", "regression", "production_sample"] = "golden"
    use_cases: tuple[Name, ...] = ()
    owner: str = ""
    rules: str = ""
    """How rows come in and go out, or the document that says so."""
    sha256: Sha256 | None = None


class Gate(Struct, frozen=True, kw_only=True):
    """A threshold that stops a release."""

    use_case: Name
    dataset: Name
    metric: Text
    min: float | None = None
    max: float | None = None
    kind: Literal["classification", "generation", "safety", "load"] = "generation"
    judge_model: str = ""
    """The pinned model that judges, where one does."""


class Impact(Struct, frozen=True, kw_only=True):
    """What an outage costs."""

    users: Count
    cost_per_hour: Annotated[float, Meta(ge=0)]
    currency: Text
    basis: Text


class Scenario(Struct, frozen=True, kw_only=True):
    """A way this application can fail."""

    id: Name
    kind: ScenarioClass
    what: Text
    detection: str = ""
    dependency: str = ""
    impact: Impact | None = None
    runbook: str = ""
    """Path of the runbook."""
    drill: str = ""
    """The drill that exercises it, or the reason why none does."""


class Forecast(Struct, frozen=True, kw_only=True):
    """Expected traffic."""

    requests_per_day: Positive
    horizon: date
    source: Text
    growth_percent: float | None = None


class TokenEstimate(Struct, frozen=True, kw_only=True):
    """Tokens of a session on a route."""

    route: Name
    input_p50: Count
    input_p95: Count
    output_p50: Count
    output_p95: Count
    basis: str = ""


class Capacity(Struct, frozen=True, kw_only=True):
    """What must be carried, and what can be."""

    needed_rps: Positive | None = None
    needed_tpm: Positive | None = None
    headroom: Annotated[float, Meta(ge=1)] = 1.5
    maximum_rps: Positive | None = None
    maximum_from: str = ""
    """The id of the drill that measured the maximum."""
    basis: str = ""
    forecast: Forecast | None = None
    tokens: tuple[TokenEstimate, ...] = ()


class CallStyle(Struct, frozen=True, kw_only=True):
    """Whether callers wait, and why."""

    style: Literal["sync", "stream", "async"]
    reason: Text
    decided_at: date | None = None


class LongOutage(Struct, frozen=True, kw_only=True):
    """What happens when the model stays away."""

    after_minutes: Positive
    mode: Text
    decided_by: Text


class SignalDecision(Struct, frozen=True, kw_only=True):
    """Whether a signal of online evaluation is used, and why."""

    signal: Signal
    adopt: bool
    reason: Text
    event: str = ""
    """The event that carries it, where adopted."""


class Decisions(Struct, frozen=True, kw_only=True):
    """Decisions that no machine can take."""

    call_style: CallStyle | None = None
    long_outage: LongOutage | None = None
    online_evaluation: tuple[SignalDecision, ...] = ()


class OutsideDocument(Struct, frozen=True, kw_only=True):
    """A document kept elsewhere, with an export that a person has reviewed."""

    kind: Literal[
        "architecture", "runbook", "postmortem", "incident_process", "risk_taxonomy", "capacity",
        "load_test", "red_team", "policy", "other",
    ]  # fmt: skip
    title: Text
    url: Url
    export: str = ""
    """Path of the export in the repository."""
    sha256: Sha256 | None = None
    reviewed_by: str = ""
    reviewed_at: date | None = None


class Environment(Struct, frozen=True, kw_only=True):
    """What differs in one environment."""

    url: str = ""
    project: str = ""
    slos: tuple[Slo, ...] = ()
    routes: tuple[Route, ...] = ()


class Application(Struct, frozen=True, kw_only=True):
    """The whole of `tenken.yaml`."""

    application: Identity
    version: Literal[1] = 1
    extends: Extends | None = None
    goals: tuple[Goal, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    use_cases: tuple[UseCase, ...] = ()
    models: tuple[Model, ...] = ()
    routes: tuple[Route, ...] = ()
    callers: tuple[CallerEntry, ...] = ()
    gateway: GatewaySettings = field(default_factory=GatewaySettings)
    behind: Behind = field(default_factory=Behind)
    datasets: tuple[Dataset, ...] = ()
    gates: tuple[Gate, ...] = ()
    slos: tuple[Slo, ...] = ()
    telemetry: TelemetrySettings = field(default_factory=TelemetrySettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    spikes: SpikeSettings = field(default_factory=SpikeSettings)
    console: ConsoleSettings = field(default_factory=ConsoleSettings)
    retention: RetentionSettings = field(default_factory=RetentionSettings)
    value: ValueSettings = field(default_factory=ValueSettings)
    evidence: EvidenceSettings | None = None
    scenarios: tuple[Scenario, ...] = ()
    capacity: Capacity = field(default_factory=Capacity)
    decisions: Decisions = field(default_factory=Decisions)
    data_use: tuple[DataUse, ...] = ()
    data_classification: Classification = field(default_factory=Classification)
    safety: Safety = field(default_factory=Safety)
    allowed_models: tuple[Text, ...] = ()
    documents: tuple[OutsideDocument, ...] = ()
    environments: Mapping[Name, Environment] = field(default_factory=dict)
    catalogues: tuple[PathText, ...] = ()
    """Lists of the team's own, added to the checklist."""
