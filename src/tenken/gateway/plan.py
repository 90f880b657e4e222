"""What a gateway has resolved before the first request: routes, targets, callers.

A plan is built once from the settings and replaced as a whole; nothing is merged or looked up by
name of a file while a request waits.
"""

from collections.abc import Mapping
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from tenken.guardrails.guard import Guard
from tenken.models.price import Prices
from tenken.policy.admission import Priority
from tenken.policy.deadline import Timeouts
from tenken.policy.hedge import HedgePlan
from tenken.policy.retry import RetryPlan
from tenken.prompts.library import Library
from tenken.transport.addresses import Origin
from tenken.transport.message import Headers


class CallerLimits(Struct, frozen=True, kw_only=True):
    """What a caller may use, or all that goes one way; None where nothing is said."""

    rpm: int | None = None
    tpm: int | None = None
    parallel: int | None = None
    budget_usd: Decimal | None = None
    """Per day, from midnight UTC."""

    @property
    def any(self) -> bool:
        """Whether anything is limited."""
        return self != NO_LIMITS


NO_LIMITS = CallerLimits()


class Target(Struct, frozen=True, kw_only=True):
    """A model at a provider, called with one credential."""

    id: str
    provider: str
    dialect: str
    """The provider's side, as the table of pairs names it."""
    model: str
    credential: str
    origin: Origin
    base_path: str = "/v1"
    query: str = ""
    """What every call's path ends with, such as `api-version=...`."""
    region: str = ""
    prices: Prices = Prices()
    priced: bool = True
    """Whether these prices are known; calls of others are recorded as costing nothing."""
    context_tokens: int | None = None
    limits: CallerLimits = CallerLimits()
    """Of all calls of it: what its provider allows, or the share of that which is ours."""
    told: Headers = ()
    """What callers of it are told in headers: that it ends soon."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What shares one circuit breaker."""
        return (self.provider, self.credential, self.model)


class CacheFor(Struct, frozen=True, kw_only=True):
    """How long an answer is given again, and how much of them is kept."""

    ttl_s: float
    size: int


class Route(Struct, frozen=True, kw_only=True):
    """A way from a use case to targets."""

    name: str
    use_case: str
    targets: tuple[str, ...]
    weights: Mapping[str, float] = {}
    timeouts: Timeouts = Timeouts()
    retry: RetryPlan = RetryPlan()
    limits: CallerLimits = CallerLimits()
    """Of all callers together."""
    queue_for_place: bool = False
    """Wait for a place where `parallel` is reached."""
    larger_context: tuple[str, ...] = ()
    """Targets that are asked only for what is too long for the others."""
    static_answer: str = ""
    """Said when no target has answered."""
    hedge: HedgePlan | None = None
    cache: CacheFor | None = None
    off: bool = False
    """Switched off for a while."""


class Caller(Struct, frozen=True, kw_only=True):
    """An application that calls: default deny, so each thing it may is named."""

    id: str
    routes: frozenset[str]
    models: frozenset[str] = frozenset()
    """Targets that it may call by name, besides its routes."""
    use_cases: tuple[str, ...] = ()
    limits: CallerLimits = CallerLimits()
    priority: Priority = Priority.NORMAL
    drills: bool = False
    """Its requests may belong to a drill."""


class Key(Struct, frozen=True, kw_only=True):
    """A credential of a caller, as it is kept: never the key itself."""

    caller: str
    sha256: bytes
    prefix: str = ""
    """What people tell it by."""
    expires_at: int | None = None
    """Microseconds since 1970, UTC."""


class Issuer(Struct, frozen=True, kw_only=True):
    """Somebody whose tokens are taken."""

    issuer: str
    audience: str
    jwks: str
    algorithms: tuple[str, ...]
    leeway_s: float = 30.0
    refresh_s: float = 300.0


class Known(Struct, frozen=True):
    """Whom a claim of a token names."""

    claim: str
    value: str
    caller: str


class RouteTexts(Struct, frozen=True, kw_only=True):
    """Which texts of a route's requests are stored, and of how many."""

    request: bool = False
    answer: bool = False
    sample: float = 1.0

    @property
    def any(self) -> bool:
        """Whether anything is."""
        return self.request or self.answer


class TextPlan(Struct, frozen=True, kw_only=True):
    """Which texts are stored, masked, and by what they are masked first."""

    routes: Mapping[str, RouteTexts]
    others: RouteTexts
    """Of a model that is called by its name."""
    guard: Guard
    """Masks whatever may not be kept (`guardrails.policy.storing`)."""
    characters_max: int
    """Of a request, and of an answer."""


class Plan(Struct, frozen=True, kw_only=True):
    """Everything that is served, under one version."""

    version: str
    overlays: str = ""
    """Names what is changed for a while; empty where nothing is."""
    overlays_until: int = 0
    """When the first of that ends, in microseconds since 1970."""
    off: frozenset[str] = frozenset()
    """Targets that are switched off."""
    routes: Mapping[str, Route]
    plain: Route = Route(name="", use_case="", targets=())
    """How a model is served that is called by its own name."""
    targets: Mapping[str, Target]
    use_cases: Mapping[str, CallerLimits] = {}
    """Limits of those that have any, for all their callers and routes together."""
    credentials: Mapping[str, CallerLimits] = {}
    """The same of providers' credentials."""
    callers: Mapping[str, Caller]
    keys: Mapping[bytes, Key]
    """By SHA-256 of the key."""
    identities: Mapping[str, tuple[Known, ...]] = {}
    """By the issuer of a token."""
    issuers: Mapping[str, Issuer] = {}
    pass_through: frozenset[str] = frozenset()
    releases: Mapping[tuple[str, str], str] = {}
    """By route and target."""
    guard: Guard | None = None
    """What looks at texts, on every route."""
    texts: TextPlan | None = None
    """What is stored of them; None where nothing is."""
    prompts: Library | None = None
    """What callers may ask by name, where there is any."""

    @property
    def rationed(self) -> bool:
        """Whether a call takes room of its model or credential, or of what its request says."""
        targets = self.targets.values()
        if any(one.limits.any or one.credential in self.credentials for one in targets):
            return True
        choosing = (set(one.use_cases) for one in self.callers.values() if one.models)
        return any(len(names) > 1 and names & self.use_cases.keys() for names in choosing)

    @property
    def shown(self) -> str:
        """Give what answers are told of the settings in effect."""
        return f"{self.version}+{self.overlays}" if self.overlays else self.version

    def route_for(self, model: str, caller: Caller) -> Route | None:
        """Give the route that `model` names for a caller; a model is a route of its own."""
        if model in caller.routes:
            return self.routes.get(model)
        if model in caller.models and model in self.targets:
            return replace(self.plain, name=model, targets=(model,), off=model in self.off)
        return None
