"""What `tenken.yaml` says of its gateway: who may call it, and how it is run."""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from tenken.config.values import Name, PathText, Positive, Text, Url

Whole = Annotated[int, Meta(ge=1)]
LONGEST_REQUEST_S = 3600.0
"""What goes on for longer than this is settled as unknown a while later: nobody hears of it."""
RequestSeconds = Annotated[float, Meta(gt=0, le=LONGEST_REQUEST_S)]
Priority = Literal["batch", "normal", "critical"]
Part = Literal["request", "answer"]
Share = Annotated[float, Meta(gt=0, le=1)]
Origin = Annotated[str, Meta(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$")]
Algorithm = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
]  # fmt: skip


class RouteTimeouts(Struct, frozen=True, kw_only=True):
    """The four timeouts of a call, in seconds."""

    connect_s: Positive = 5.0
    ttft_s: Positive | None = None
    """Until the first token. Where nothing is said: 30 s for a stream; for a whole answer, which
    comes with its first byte however long the model writes, half of the time that is left, and
    all of it at the last target.
    """
    idle_s: Positive = 60.0
    """Between two pieces of an answer."""
    total_s: RequestSeconds = 600.0


class CallerLimit(Struct, frozen=True, kw_only=True):
    """What may be used: a minute, at one time, and a day."""

    rpm: Whole | None = None
    tpm: Whole | None = None
    parallel: Whole | None = None
    budget_usd_per_day: Positive | None = None


class HedgeSettings(Struct, frozen=True, kw_only=True):
    """When a second target is asked although the first may still answer."""

    quantile: Annotated[float, Meta(gt=0, lt=1)] = 0.95
    """After this share of the first target's latest first tokens would have been there."""
    share_max: Annotated[float, Meta(gt=0, le=0.5)] = 0.05
    """Of a route's requests."""
    samples_min: Whole = 100


class CacheSettings(Struct, frozen=True, kw_only=True):
    """Answers given again to the same caller for the very same request, from memory."""

    ttl_s: Positive = 300.0
    size_mb: Whole = 64


class IdentityEntry(Struct, frozen=True, kw_only=True):
    """A token that a caller is known by."""

    issuer: Text
    """The `issuer` of one of `gateway.issuers`."""
    value: Text
    """What the claim says."""
    claim: Text = "sub"


class CallerEntry(Struct, frozen=True, kw_only=True):
    """An application that calls: what is not named here is refused."""

    id: Name
    routes: tuple[Name, ...] = ()
    models: tuple[Name, ...] = ()
    """Ids of `models` that it may call by name, besides its routes."""
    use_cases: tuple[Name, ...] = ()
    priority: Priority = "normal"
    limits: CallerLimit = field(default_factory=CallerLimit)
    identities: tuple[IdentityEntry, ...] = ()
    """Tokens that are good besides keys."""
    drills: bool = False
    """Its requests may belong to a drill, as `x-tenken-drill` names it: those count in no KPI.
    The header of another caller is ignored."""


class JournalSettings(Struct, frozen=True, kw_only=True):
    """Where requests are put on record, and what that survives."""

    durability: Literal["local", "volume", "store"] = "local"
    """Files of this machine, files of a volume that outlives it, or the store itself."""
    fsync: Literal["off", "group"] = "off"
    """Of files: whether a record counts when the kernel has it, or when the disk has it."""
    path: PathText = ".tenken/journal"
    quota_mb: Whole = 4096
    when_full: Literal["refuse", "serve"] = "refuse"


class AdmissionSettings(Struct, frozen=True, kw_only=True):
    """How much is served at one time by one worker, and how much may wait."""

    in_flight_max: Whole = 5000
    queue_max: Annotated[int, Meta(ge=0)] = 100
    wait_s: Positive = 2.0


class IdempotencySettings(Struct, frozen=True, kw_only=True):
    """What becomes of a request that comes again with the same `Idempotency-Key`."""

    keep: Literal["machine", "counters", "memory", "off"] = "machine"
    """Where answers are kept, sealed: a file that the workers of a machine share, the Valkey of
    `counters` that replicas share, or each worker's memory."""
    hours: Positive = 24.0
    answer_kb_max: Whole = 1024
    """A longer answer is not kept: the request is refused when it comes again."""
    size_mb: Whole = 256


class FeedbackSettings(Struct, frozen=True, kw_only=True):
    """What is said of answers on `/v1/feedback`, by whom."""

    tokens: bool = False
    """Each answer carries a token in `x-tenken-feedback`, with which a browser may speak of it."""
    hours: Annotated[float, Meta(gt=0, le=8760)] = 168.0
    """How long a token is good."""
    origins: tuple[Origin, ...] = ()
    """Web pages that may send it from a browser, such as `https://desk.example.com`."""


class MetricsSettings(Struct, frozen=True, kw_only=True):
    """Who may read `/metrics`."""

    port: Annotated[int, Meta(ge=0, le=65535)] | None = None
    """Of a listener of its own on 127.0.0.1."""
    token: Text | None = None
    """The variable that holds the token it is read with on the gateway's own address."""


class IssuerEntry(Struct, frozen=True, kw_only=True):
    """Somebody whose tokens are taken for callers' credentials."""

    issuer: Text
    """What `iss` says."""
    audience: Text
    """What `aud` must hold."""
    jwks: Url
    """Where its public keys are; fetched beside the requests, never for one."""
    algorithms: Annotated[tuple[Algorithm, ...], Meta(min_length=1)] = ("RS256",)
    leeway_s: Annotated[float, Meta(ge=0, le=300)] = 30.0
    refresh_s: Positive = 300.0


class StoreSettings(Struct, frozen=True, kw_only=True):
    """Where the ledger is: SQLite in a file, or a Postgres whose address a variable holds."""

    path: PathText = ".tenken/store.db"
    url_env: str = ""
    """The variable that holds `postgresql://...`; the file itself names no password."""


class CounterSettings(Struct, frozen=True, kw_only=True):
    """Who counts limits: this machine, or a Valkey whose address a variable holds."""

    url_env: str = ""
    """The variable that holds `valkey://...`; empty to count on this machine."""
    replicas: Whole = 1
    """A limit is shared by so many while Valkey is away."""
    timeout_s: Positive = 0.05
    """An answer that takes longer counts as none."""
    when_away: Literal["share", "refuse"] = "share"
    """Without Valkey: count a share of each limit, or let nothing in that has one."""


class KeyReference(Struct, frozen=True, kw_only=True):
    """Where a key is kept; never the key itself. A secret manager's is mounted as a file."""

    kind: Literal["env", "file"]
    name: PathText
    """The variable, or the file."""


class RouteTextSettings(Struct, frozen=True, kw_only=True):
    """Which texts of a route are stored, in place of what is said for all."""

    store: tuple[Part, ...] | None = None
    """Empty for none."""
    sample: Share | None = None


class TextSettings(Struct, frozen=True, kw_only=True):
    """Which masked texts of requests are stored, sealed. None where nothing is said."""

    store: tuple[Part, ...] = ()
    """Of all routes that say nothing else."""
    sample: Share = 1.0
    """Of so many requests."""
    characters_max: Annotated[int, Meta(ge=1, le=1_000_000)] = 32_000
    """Of a request, and of an answer: of a longer request the latest texts are kept, of a longer
    answer its beginning, and it is on record that something is left out."""
    key: KeyReference | None = None
    """Where the key is: 256 random bits in base64 or hex."""
    old_keys: tuple[KeyReference, ...] = ()
    """Keys of before, for reading what was sealed with them."""


class TlsSettings(Struct, frozen=True, kw_only=True):
    """What the gateway's own door shows: two files in PEM, read again when they are renewed."""

    certificate: PathText
    """With the chain up to an authority that callers trust."""
    key: PathText


class GatewaySettings(Struct, frozen=True, kw_only=True):
    """How a gateway is run."""

    host: Text = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    tls: TlsSettings | None = None
    """Speak TLS, 1.2 at the least; without it the door is for this machine, or behind a proxy."""
    body_mb_max: Whole = 36
    workers: Annotated[int, Meta(ge=1, le=32)] = 1
    """Processes of `tenken serve`; one a core serves most."""
    unready_s: Annotated[float, Meta(ge=0)] = 0.0
    """How long requests are still taken after `/readyz` says no, for balancers to notice."""
    drain_s: Positive = 120.0
    """How long streams may go on once the gateway is told to end."""
    session_key_env: str = ""
    """The variable with the key that sessions are hashed by; replicas must share one."""
    pass_through: tuple[Text, ...] = ()
    """Parameters beyond the APIs' own that are handed on."""
    private_upstreams: bool = False
    """Call providers at private addresses: a model server of one's own, or a fake provider."""
    journal: JournalSettings = field(default_factory=JournalSettings)
    store: StoreSettings = field(default_factory=StoreSettings)
    counters: CounterSettings = field(default_factory=CounterSettings)
    admission: AdmissionSettings = field(default_factory=AdmissionSettings)
    keep_alive_s: Positive = 12.0
    """A stream on which nothing was said for so long gets a comment, which clients pass over."""
    idempotency: IdempotencySettings = field(default_factory=IdempotencySettings)
    feedback: FeedbackSettings = field(default_factory=FeedbackSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    texts: TextSettings = field(default_factory=TextSettings)
    issuers: tuple[IssuerEntry, ...] = ()


class Behind(Struct, frozen=True, kw_only=True):
    """The gateway that the application's calls of models go through, for the inspection.

    Without it the inspection follows the names of workloads in this repository alone.
    """

    urls: tuple[Url, ...] = ()
    """Where the application reaches it, in each environment."""
    file: str = ""
    """The settings of a gateway that is not tenken, such as LiteLLM's `config.yaml`."""
