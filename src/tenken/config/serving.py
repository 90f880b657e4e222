"""What `tenken.yaml` says of its gateway: who may call it, and how it is run."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from tenken.config.values import Name, PathText, Positive, Text

Whole = Annotated[int, Meta(ge=1)]
Priority = Literal["batch", "normal", "critical"]


class RouteTimeouts(Struct, frozen=True, kw_only=True):
    """The four timeouts of a call, in seconds."""

    connect_s: Positive = 5.0
    ttft_s: Positive = 30.0
    """Until the first token."""
    idle_s: Positive = 60.0
    """Between two pieces of an answer."""
    total_s: Positive = 600.0


class CallerLimit(Struct, frozen=True, kw_only=True):
    """What a caller may use."""

    rpm: Whole | None = None
    tpm: Whole | None = None
    parallel: Whole | None = None
    budget_usd_per_day: Positive | None = None


class CallerEntry(Struct, frozen=True, kw_only=True):
    """An application that calls: what is not named here is refused."""

    id: Name
    routes: tuple[Name, ...] = ()
    models: tuple[Name, ...] = ()
    """Ids of `models` that it may call by name, besides its routes."""
    use_cases: tuple[Name, ...] = ()
    priority: Priority = "normal"
    limits: CallerLimit = field(default_factory=CallerLimit)


class JournalSettings(Struct, frozen=True, kw_only=True):
    """Where requests are put on record, and what that survives."""

    durability: Literal["local", "volume", "store"] = "local"
    path: PathText = ".tenken/journal"
    quota_mb: Whole = 4096
    when_full: Literal["refuse", "serve"] = "refuse"


class GatewaySettings(Struct, frozen=True, kw_only=True):
    """How a gateway is run."""

    host: Text = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    body_mb_max: Whole = 36
    drain_s: Positive = 120.0
    """How long streams may go on once the gateway is told to end."""
    pass_through: tuple[Text, ...] = ()
    """Parameters beyond the APIs' own that are handed on."""
    private_upstreams: bool = False
    """Call providers at private addresses: a model server of one's own, or a fake provider."""
    journal: JournalSettings = field(default_factory=JournalSettings)
