"""What `tenken.yaml` says of telemetry: who gets traces, metrics, log lines and events."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from tenken.config.values import Name, PathText, Positive, Text, Url

Convention = Literal["1.41", "gen-ai-dev", "both"]
Fields = Literal["both", "google", "datadog"]
Share = Annotated[float, Meta(ge=0, le=1)]
Port = Annotated[int, Meta(ge=0, le=65535)]


class TraceSettings(Struct, frozen=True, kw_only=True):
    """A backend that is sent traces, by OTLP over HTTP."""

    name: Name = "traces"
    url: Url | None = None
    """The whole address, as `https://collector.example.com/v1/traces`."""
    url_env: str = ""
    """The variable that holds the address, where the file is not to say it."""
    headers: Mapping[str, Text] = field(default_factory=dict)
    """Headers that are no secret."""
    headers_env: Mapping[str, Text] = field(default_factory=dict)
    """Headers whose value a variable holds: name of the header to name of the variable."""
    convention: Convention = "1.41"
    """Which version of OpenTelemetry's names for generative AI its spans speak."""
    share: Share = 0.05
    """Of healthy requests that nobody's trace holds yet. A request that its caller traces goes as
    the caller decided; errors, blocks and slow ones always go."""
    slow_s: Positive = 10.0
    """Longer than this is slow."""
    required: bool = True
    """Its part of the journal stays until it has it."""
    texts: bool = False
    """It is sent the masked texts that `gateway.texts` stores, opened; who reads there reads
    them, and nothing here tells who did."""


class LogSettings(Struct, frozen=True, kw_only=True):
    """A stream of JSON lines: one a request, and one for each thing that a guard found."""

    name: Name = "logs"
    path: PathText | None = None
    """A file, opened anew for each batch; the keeper's standard output where none is named."""
    fields: Fields = "both"
    """Whose names the trace and the severity have, beside our own."""
    google_project: str = ""
    """The project that traces are in, for `logging.googleapis.com/trace`."""
    required: bool = True


class EventSettings(Struct, frozen=True, kw_only=True):
    """Datadog is sent an event for what a guard found."""

    name: Name = "datadog-events"
    key_env: Text
    """The variable that holds the API key."""
    site: Text = "datadoghq.com"
    url: Url | None = None
    """Another address than the site's, as of a proxy."""
    required: bool = True


class FeedbackTarget(Struct, frozen=True, kw_only=True):
    """A backend that is told what was said of answers, in its own form."""

    name: Name
    kind: Literal["langfuse", "datadog", "mlflow"]
    url: Url | None = None
    """As `https://cloud.langfuse.com`; of Datadog its site's where none is said."""
    site: Text = "datadoghq.com"
    user_env: str = ""
    """The variable with Langfuse's public key, or with a user's name."""
    key_env: str = ""
    """The variable with the secret key, the API key or the password."""


class MetricsDoor(Struct, frozen=True, kw_only=True):
    """One page of metrics of the whole service, for Prometheus."""

    port: Port | None = None
    """Of a listener on 127.0.0.1; there is none without it."""
    token: Text | None = None
    """The variable that holds the token it is read with; nobody is asked for one without."""
    series_max: Annotated[int, Meta(ge=10)] = 2000
    """Combinations of names that stand each for itself; what is beyond counts as `other`."""


class TelemetrySettings(Struct, frozen=True, kw_only=True):
    """Where what is known of requests goes, besides the ledger."""

    service: Name | None = None
    """The service's name there; the application's where none is said."""
    environment: str = ""
    """As `production`."""
    traces: tuple[TraceSettings, ...] = ()
    logs: tuple[LogSettings, ...] = ()
    events: tuple[EventSettings, ...] = ()
    feedback: tuple[FeedbackTarget, ...] = ()
    metrics: MetricsDoor = field(default_factory=MetricsDoor)
