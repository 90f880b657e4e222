"""What `tenken.yaml` says: the application as its team declares it.

The JSON Schema that users see is generated from these types; every text may be a placeholder
(`TODO: ...`), which counts as nothing said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from tenken.config.safety import Classification, DataUse, Safety
from tenken.config.values import (
    Count,
    Name,
    PathText,
    Percent,
    Positive,
    ScenarioClass,
    Sha256,
    Signal,
    Text,
    TierName,
    Url,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which application this is, and whose."""

    name: Name
    owner: Text
    tier: TierName = "B"
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extends:
    """The platform file this one stands on, pinned."""

    platform: PathText
    version: Text
    sha256: Sha256 | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A business goal that can be measured."""

    id: Name
    metric: Text
    unit: Text
    baseline: float
    target: float
    due: date
    owner: Text
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """A figure that tells whether this use case pays."""

    id: Name
    formula: Text
    owner: Text
    events: tuple[Text, ...] = ()
    """Events of this application that the formula counts."""
    source: str = ""
    """The query or table it is read from."""
    period_days: Positive = 7
    use_case: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What a use case must reach; latencies in seconds."""

    quality_metric: str = ""
    quality_min: float | None = None
    latency_p95_s: Positive | None = None
    ttft_p95_s: Positive | None = None
    error_rate_max_percent: Percent | None = None
    cost_per_request_max: Positive | None = None
    cost_currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCase:
    """Something the application does for a user."""

    id: Name
    description: Text
    task: Literal["classification", "generation", "extraction", "chat", "search", "other"] = (
        "other"
    )
    targets: Targets = field(default_factory=Targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the provider allows for a model, and the share of it that is ours."""

    rpm: Positive | None = None
    tpm: Positive | None = None
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0
    source: str = ""
    checked_at: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """The availability a provider promises for a model, with where and when it was read."""

    availability_percent: Percent
    source: Url
    checked_at: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model in use: what is promised, allowed and known of its end."""

    id: Name
    provider: Text
    model: Text
    """The pinned name that is sent to the provider."""
    region: str = ""
    owner: str = ""
    retires_on: date | None = None
    source: str = ""
    """Where the retirement date was read."""
    checked_at: date | None = None
    sla: Sla | None = None
    limits: Limits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """When a call is tried again; waits in seconds."""

    attempts: Annotated[int, Meta(ge=1, le=10)]
    on: tuple[Text, ...] = ()
    base_s: Positive = 0.5
    max_s: Positive = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way from a use case to models: the first target, then the fallbacks in order."""

    name: Name
    use_case: Name
    targets: Annotated[tuple[Name, ...], Meta(min_length=1)]
    """Ids of `models`."""
    timeout_s: Positive | None = None
    retry: Retry | None = None
    guards: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A set of examples that evaluation runs on."""

    name: Name
    path: PathText
    kind: Literal["golden", "edge", "adversarial", "regression", "production_sample"] = "golden"
    use_cases: tuple[Name, ...] = ()
    owner: str = ""
    rules: str = ""
    """How rows come in and go out, or the document that says so."""
    sha256: Sha256 | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A threshold that stops a release."""

    use_case: Name
    dataset: Name
    metric: Text
    min: float | None = None
    max: float | None = None
    kind: Literal["classification", "generation", "safety", "load"] = "generation"
    judge_model: str = ""
    """The pinned model that judges, where one does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slo:
    """A promise on an indicator over a window."""

    name: Name
    sli: Text
    """An indicator's name or a query."""
    target_percent: Percent
    window_days: Positive
    use_case: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What an outage costs."""

    users: Count
    cost_per_hour: Annotated[float, Meta(ge=0)]
    currency: Text
    basis: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Expected traffic."""

    requests_per_day: Positive
    horizon: date
    source: Text
    growth_percent: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEstimate:
    """Tokens of a session on a route."""

    route: Name
    input_p50: Count
    input_p95: Count
    output_p50: Count
    output_p95: Count
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStyle:
    """Whether callers wait, and why."""

    style: Literal["sync", "stream", "async"]
    reason: Text
    decided_at: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LongOutage:
    """What happens when the model stays away."""

    after_minutes: Positive
    mode: Text
    decided_by: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalDecision:
    """Whether a signal of online evaluation is used, and why."""

    signal: Signal
    adopt: bool
    reason: Text
    event: str = ""
    """The event that carries it, where adopted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Decisions that no machine can take."""

    call_style: CallStyle | None = None
    long_outage: LongOutage | None = None
    online_evaluation: tuple[SignalDecision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideDocument:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """What differs in one environment."""

    url: str = ""
    project: str = ""
    slos: tuple[Slo, ...] = ()
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """The whole of `tenken.yaml`."""

    application: Identity
    version: Literal[1] = 1
    extends: Extends | None = None
    goals: tuple[Goal, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    use_cases: tuple[UseCase, ...] = ()
    models: tuple[Model, ...] = ()
    routes: tuple[Route, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    gates: tuple[Gate, ...] = ()
    slos: tuple[Slo, ...] = ()
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
