"""What an Envoy AI Gateway does for each model name, as its resources on a cluster state it.

Read after the published resources (github.com/envoyproxy/ai-gateway, `examples/provider_fallback`
and `examples/token_ratelimit`, and Envoy Gateway's `BackendTrafficPolicy`; looked up 2026-11). A
route's backends are tried by `priority`, and the next one is reached by a retry or once a health
check has put the first aside: without a policy that states either, nothing falls over.
"""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from tenken.config.node import ABSENT as NOTHING
from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.facts.calls import (
    ABSENT,
    Backoff,
    Fallback,
    Origin,
    Retry,
    RetryBy,
    Stated,
    Target,
    Unreachable,
    Wrapping,
)
from tenken.readiness.facts.gateways import Gateway, GatewayRoute, Product

NAME = Product.ENVOY.value
MARK = "aigateway.envoyproxy.io/"
"""The group of its own resources; the policies beside them are of `gateway.envoyproxy.io`."""
FAMILY = "gateway.envoyproxy.io/"
BESIDE = ("kind: BackendTrafficPolicy", "kind: Backend\n")
MODEL_HEADER = "x-ai-eg-model"
PROVIDERS = {
    "OpenAI": "openai", "AWSBedrock": "bedrock", "AWSAnthropic": "bedrock",
    "AzureOpenAI": "azure", "GCPVertexAI": "google", "GCPAnthropic": "google",
    "Anthropic": "anthropic", "Cohere": "cohere",
}  # fmt: skip
BLAMED = frozenset({"400", "401", "403", "404", "413", "422"})
"""Answers that are the request's own fault: asked again, they say the same."""
DEFAULT_RETRIES = "2"


class Resource(Struct, frozen=True):
    """A document of a cluster, and the file it stands in."""

    node: Node
    path: str

    @property
    def kind(self) -> str:
        """What it is."""
        return self.node.at("kind").text

    @property
    def key(self) -> tuple[str, str]:
        """Its name space and name."""
        meta = self.node.at("metadata")
        return meta.at("namespace").text, meta.at("name").text

    def place(self, node: Node, key: str) -> Place:
        """Where a key stands."""
        return Place(self.path, node.line_of(key) or self.node.line or 1)


def may_be_one(text: str) -> bool:
    """Whether a file is worth reading for its routes or what is said of them."""
    return MARK in text or (FAMILY in text and any(one in text for one in BESIDE))


def gateways_of(resources: Iterable[Resource]) -> Iterator[Gateway]:
    """Give a gateway with the routes of every `AIGatewayRoute` that hangs on the same doors."""
    known = tuple(resources)
    found: dict[tuple[str, ...], Gateway] = {}
    for one in known:
        if one.kind == "AIGatewayRoute":
            made = _Reading(one, known).gateway()
            before = found.get(made.services)
            found[made.services] = (
                replace(before, routes=(*before.routes, *made.routes)) if before else made
            )
    yield from found.values()


class _Reading:
    """One route, and what the other resources say of it."""

    def __init__(self, route: Resource, known: tuple[Resource, ...]) -> None:
        self._route = route
        self._spec = route.node.at("spec")
        parents = (*self._spec.at("parentRefs").items, *self._spec.at("targetRefs").items)
        self._parents = {one.at("name").text for one in parents}
        self._space = route.key[0]
        self._backends = {one.key: one for one in known if one.kind == "AIServiceBackend"}
        self._hosts = {one.key: one for one in known if one.kind == "Backend"}
        self._doors = [one for one in known if one.kind == "Gateway" and self._is_parent(one)]
        self._policies = [
            one for one in known if one.kind == "BackendTrafficPolicy" and self._is_of(one)
        ]

    def gateway(self) -> Gateway:
        """The route as a gateway of its own."""
        return Gateway(
            product=Product.ENVOY,
            place=self._route.place(self._route.node, "kind"),
            routes=tuple(self._routes()),
            urls=tuple(self._urls()),
            services=tuple(
                f"envoy-{self._space or 'default'}-{one}-" for one in sorted(self._parents)
            ),
        )

    def _is_parent(self, one: Resource) -> bool:
        return one.key[1] in self._parents and one.key[0] in {self._space, ""}

    def _is_of(self, policy: Resource) -> bool:
        """It aims at the route, by the name of what is generated of it, or at its gateway."""
        if policy.key[0] != self._space:
            return False
        spec = policy.node.at("spec")
        for aimed in (*spec.at("targetRefs").items, *spec.at("targetRef").many):
            name, kind = aimed.at("name").text, aimed.at("kind").text
            if kind in {"HTTPRoute", "AIGatewayRoute"} and name == self._route.key[1]:
                return True
            if kind == "Gateway" and name in self._parents:
                return True
        return False

    def _urls(self) -> Iterator[str]:
        for door in self._doors:
            for one in door.node.at("spec", "listeners").items:
                host, port = one.at("hostname").text, one.at("port").text
                scheme = "https" if one.at("protocol").text == "HTTPS" else "http"
                if host and "*" not in host:
                    yield f"{scheme}://{host}:{port}" if port else f"{scheme}://{host}"

    # ------------------------------------------------------------------ routes

    def _routes(self) -> Iterator[GatewayRoute]:
        for rule in self._spec.at("rules").items:
            for name in _names(rule):
                yield self._of(name, rule)

    def _of(self, name: str, rule: Node) -> GatewayRoute:
        ranked = sorted(rule.at("backendRefs").items, key=lambda it: it.at("priority").number or 0)
        first = ranked[0].at("priority").number or 0 if ranked else 0
        front = [one for one in ranked if (one.at("priority").number or 0) == first]
        return GatewayRoute(
            name=name,
            place=Place(self._route.path, rule.line or self._route.node.line),
            targets=tuple(self._targets(front, name)),
            timeout=self._timeout(rule),
            retry=self._retry(),
            fallbacks=tuple(self._fallbacks(ranked[len(front) :], name)),
            breaker=self._breaker(),
            limiter=self._limiter(),
        )

    def _targets(self, references: Iterable[Node], name: str) -> Iterator[Target]:
        """A reference to a backend that is not there leads nowhere."""
        for one in references:
            space = one.at("namespace").text or self._space
            backend = self._backends.get((space, one.at("name").text))
            if backend is None:
                continue
            schema = backend.node.at("spec", "schema", "name").text
            model = one.at("modelNameOverride").text or name
            place = Place(self._route.path, one.line)
            stated = Stated(origin=Origin.LITERAL, value=model, place=place)
            provider = PROVIDERS.get(schema, schema.lower())
            yield Target(provider=provider, model=stated, region=self._host(backend))

    def _host(self, backend: Resource) -> str:
        """Where it stands; empty where that is not written here."""
        reference = backend.node.at("spec", "backendRef")
        key = reference.at("namespace").text or backend.key[0], reference.at("name").text
        home = self._hosts.get(key)
        ends = home.node.at("spec", "endpoints").items if home is not None else ()
        return next((one.at("fqdn", "hostname").text for one in ends), "")

    def _fallbacks(self, references: Iterable[Node], name: str) -> Iterator[Fallback]:
        """Backends of a lower rank; nothing comes to them unless a policy moves on."""
        moves_on = self._retry() is not None or bool(self._policy("healthCheck").node)
        for one in references:
            for target in self._targets((one,), name):
                yield Fallback(
                    how="priority",
                    place=Place(self._route.path, one.line),
                    target=target,
                    unreachable=None if moves_on else Unreachable.NEVER_TRUE,
                )

    # ---------------------------------------------------------------- policies

    def _policy(self, key: str) -> Resource:
        """The policy that states something; the route's own before the gateway's."""
        stating = [one for one in self._policies if one.node.at("spec", key)]
        own = [one for one in stating if self._route.key[1] in _aims(one)]
        return next(iter([*own, *stating]), Resource(NOTHING, ""))

    def _timeout(self, rule: Node) -> Stated:
        for key in ("request", "backendRequest"):
            if rule.at("timeouts", key):
                return self._stated(self._route, rule.at("timeouts"), key)
        policy = self._policy("timeout")
        http = policy.node.at("spec", "timeout", "http")
        if http.at("requestTimeout"):
            return self._stated(policy, http, "requestTimeout")
        policy = self._policy("retry")
        each = policy.node.at("spec", "retry", "perRetry")
        return self._stated(policy, each, "timeout") if each.at("timeout") else ABSENT

    def _stated(self, home: Resource, node: Node, key: str) -> Stated:
        text = node.at(key).text
        value = text.removesuffix("s") if text.removesuffix("s").isdigit() else text
        return Stated(origin=Origin.LITERAL, value=value, place=home.place(node, key))

    def _retry(self) -> Retry | None:
        policy = self._policy("retry")
        stated = policy.node.at("spec", "retry")
        if not stated:
            return None
        place = policy.place(policy.node.at("spec"), "retry")
        attempts = stated.at("numRetries").text or DEFAULT_RETRIES
        if attempts == "0":
            return None
        codes = {one.text for one in stated.at("retryOn", "httpStatusCodes").items}
        waits = bool(stated.at("perRetry", "backOff", "baseInterval"))
        return Retry(
            by=RetryBy.CLIENT,
            name=NAME,
            place=place,
            attempts=Stated(origin=Origin.LITERAL, value=attempts, place=place),
            depends_on_error=not codes & BLAMED,
            backoff=Backoff.EXPONENTIAL if waits else Backoff.UNKNOWN,
        )

    def _breaker(self) -> Wrapping | None:
        """Backends that fail one after another are put aside for a while."""
        policy = self._policy("healthCheck")
        passive = policy.node.at("spec", "healthCheck", "passive")
        counted = ("consecutive5XxErrors", "consecutiveGatewayErrors")
        if not any(passive.at(key).number for key in counted):
            return None
        return Wrapping(library=NAME, place=policy.place(policy.node.at("spec"), "healthCheck"))

    def _limiter(self) -> Wrapping | None:
        """A limit on everything that goes to the models; one for each caller is none of theirs."""
        policy = self._policy("rateLimit")
        limits = policy.node.at("spec", "rateLimit")
        for scope in ("global", "local"):
            for rule in limits.at(scope, "rules").items:
                chosen = [
                    header.at("name").text
                    for one in rule.at("clientSelectors").items
                    for header in (*one.at("headers").items, *one.at("sourceCIDR").many)
                ]
                if rule.at("limit", "requests").number and set(chosen) <= {MODEL_HEADER}:
                    place = policy.place(policy.node.at("spec"), "rateLimit")
                    return Wrapping(library=NAME, place=place)
        return None


def _aims(policy: Resource) -> set[str]:
    spec = policy.node.at("spec")
    aimed = (*spec.at("targetRefs").items, *spec.at("targetRef").many)
    return {one.at("name").text for one in aimed if one.at("kind").text != "Gateway"}


def _names(rule: Node) -> Iterator[str]:
    """The model names of a rule; one without any takes every name."""
    found = [
        header.at("value").text if header.at("type").text in {"", "Exact"} else "*"
        for match in rule.at("matches").items
        for header in match.at("headers").items
        if header.at("name").text.lower() == MODEL_HEADER
    ]
    yield from found or ["*"]
