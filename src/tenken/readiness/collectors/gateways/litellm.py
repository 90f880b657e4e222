"""What a LiteLLM proxy does for each model name, as its `config.yaml` states it.

Read after the proxy's documented settings (docs.litellm.ai/docs/proxy/config_settings and
/docs/proxy/guardrails, 2026-11). What a file does not state is the proxy's default, which differs
by version: it is told as not stated.
"""

from collections.abc import Iterator

from tenken.config.node import ABSENT as NOTHING
from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.gateways.emitted import LITELLM as SERIES
from tenken.readiness.collectors.gateways.emitted import series
from tenken.readiness.collectors.gateways.screens import screens_of
from tenken.readiness.facts.calls import (
    ABSENT,
    Backoff,
    Fallback,
    Origin,
    Retry,
    RetryBy,
    Stated,
    Target,
    Wrapping,
)
from tenken.readiness.facts.code import Metric
from tenken.readiness.facts.gateways import Gateway, GatewayRoute, Product
from tenken.readiness.facts.telemetry import Tracing

NAME = Product.LITELLM.value
SENDS_SPANS = frozenset({
    "langfuse", "langfuse_otel", "otel", "arize", "arize_phoenix", "datadog_llm_observability",
    "langsmith", "logfire", "braintrust", "opik", "mlflow", "weave_otel", "lunary",
})  # fmt: skip
COUNTS_LIMITS = frozenset({"usage-based-routing", "usage-based-routing-v2"})
"""Strategies that keep a deployment under its `rpm` and `tpm`."""
BREAKS = ("allowed_fails", "allowed_fails_policy", "cooldown_time")


def is_one(document: Node) -> bool:
    """Tell a proxy's file by its shape."""
    models = document.at("model_list").items
    return bool(models) and all(one.at("litellm_params") for one in models)


def gateway_of(document: Node, path: str) -> Gateway:
    """Give the proxy that a file sets up."""
    reading = _Reading(document, path)
    return Gateway(
        product=Product.LITELLM,
        place=reading.at(document, "model_list"),
        routes=tuple(reading.routes()),
        tracing=reading.tracing(),
        metrics=reading.metrics(),
        records_at=reading.records(),
    )


class _Reading:
    """One file, and how its parts lead to each other."""

    def __init__(self, document: Node, path: str) -> None:
        self._path = path
        self._router = document.at("router_settings")
        self._shared = document.at("litellm_settings")
        self._document = document
        self._models = document.at("model_list").items

    def at(self, node: Node, key: str) -> Place:
        """Where a key stands."""
        return Place(self._path, node.line_of(key) or 1)

    def routes(self) -> Iterator[GatewayRoute]:
        """Give a route for each name that callers may ask for."""
        guards = tuple(screens_of(self._document, self._path, recorded=bool(self.callbacks())))
        for name in dict.fromkeys(one.at("model_name").text for one in self._models):
            group = self._group(name)
            retry = self._retry(group)
            yield GatewayRoute(
                name=name,
                place=Place(self._path, group[0].line),
                targets=tuple(map(self._target, group)),
                timeout=self._timeout(group),
                retry=retry,
                fallbacks=tuple(self._fallbacks(name, group, retry)),
                breaker=self._breaker(),
                limiter=self._limiter(group),
                guards=guards,
            )

    def _group(self, name: str) -> list[Node]:
        return [one for one in self._models if one.at("model_name").text == name]

    def _target(self, model: Node) -> Target:
        params = model.at("litellm_params")
        written = params.at("model").text
        provider, slash, name = written.partition("/")
        if not slash:
            provider, name = params.at("custom_llm_provider").text or "openai", written
        region = params.at("aws_region_name").text or params.at("vertex_location").text
        return Target(
            provider=provider,
            model=self._stated(name, params, "model"),
            region=region or params.at("api_base").text,
        )

    def _stated(self, value: str, node: Node, key: str) -> Stated:
        return Stated(origin=Origin.LITERAL, value=value, place=self.at(node, key))

    def _setting(self, key: str, *homes: Node) -> Stated:
        """The first of the places that state a number; a variable is stated, its value not."""
        for home in homes:
            if not (node := home.at(key)):
                continue
            if node.text.startswith("os.environ/"):
                name = node.text.removeprefix("os.environ/")
                place = self.at(home, key)
                return Stated(origin=Origin.ENVIRONMENT, value=name, place=place)
            return self._stated(node.text, home, key)
        return ABSENT

    def _timeout(self, group: list[Node]) -> Stated:
        """Of the deployment of a name that states least: its own, the router's, everybody's."""
        found = []
        for one in group:
            own = self._setting("timeout", one.at("litellm_params"), self._router)
            found.append(own if own.is_stated else self._setting("request_timeout", self._shared))
        return next((one for one in found if not one.is_stated), found[0])

    def _retry(self, group: list[Node]) -> Retry | None:
        params = [one.at("litellm_params") for one in group]
        attempts = self._setting("num_retries", self._router, self._shared)
        if not attempts.is_stated:
            own = [self._retries_of(one) for one in params]
            attempts = own[0] if all(one.is_stated for one in own) else ABSENT
        if not attempts.is_stated or attempts.place is None:
            return None
        return Retry(
            by=RetryBy.CLIENT,
            name=NAME,
            place=attempts.place,
            attempts=attempts,
            depends_on_error=True,
            backoff=Backoff.EXPONENTIAL,
        )

    def _retries_of(self, params: Node) -> Stated:
        own = self._setting("num_retries", params)
        return own if own.is_stated else self._setting("max_retries", params)

    def _fallbacks(self, name: str, group: list[Node], retry: Retry | None) -> Iterator[Fallback]:
        """Names that answer in its place; another deployment of it where a retry goes there."""
        for home in (self._router, self._shared):
            place = self.at(home, "fallbacks")
            for table in home.at("fallbacks").items:
                for other in table.at(name).many or table.at("*").many:
                    yield from self._to(other.text, place)
            for other in home.at("default_fallbacks").many:
                yield from self._to(other.text, self.at(home, "default_fallbacks"))
        if retry is not None and not retry.is_off:
            for one in group[1:]:
                place = Place(self._path, one.line)
                yield Fallback(how="model_list", place=place, target=self._target(one))

    def _to(self, name: str, place: Place) -> Iterator[Fallback]:
        """A fallback to a name that the list does not have leads nowhere."""
        for one in self._group(name)[:1]:
            yield Fallback(how="fallbacks", place=place, target=self._target(one))

    def _breaker(self) -> Wrapping | None:
        for home in (self._router, self._shared):
            for key in BREAKS:
                if home.at(key):
                    return Wrapping(library=NAME, place=self.at(home, key))
        return None

    def _limiter(self, group: list[Node]) -> Wrapping | None:
        """Figures on every deployment, and something that counts them before a call goes out."""
        params = [one.at("litellm_params") for one in group]
        if not all(one.at("rpm") or one.at("tpm") for one in params):
            return None
        counts = (
            self._router.at("enable_pre_call_checks").text == "true"
            or self._router.at("routing_strategy").text in COUNTS_LIMITS
        )
        key = "rpm" if params[0].at("rpm") else "tpm"
        return Wrapping(library=NAME, place=self.at(params[0], key)) if counts else None

    def callbacks(self) -> frozenset[str]:
        """Everybody who is told of a call that went well."""
        keys = ("callbacks", "success_callback")
        return frozenset(one.text for key in keys for one in self._shared.at(key).many)

    def tracing(self) -> Tracing | None:
        """The spans of each call, where a back end for them is told."""
        key = "callbacks" if self._shared.at("callbacks") else "success_callback"
        if not self.callbacks() & SENDS_SPANS:
            return None
        place = self.at(self._shared, key)
        silent = self._shared.at("turn_off_message_logging").text == "true"
        dropped = self.at(self._shared, "turn_off_message_logging") if silent else None
        return Tracing(
            library=NAME,
            imported=place,
            initialised=place,
            exporter=place,
            traces_models=True,
            drops_content=dropped,
        )

    def metrics(self) -> tuple[Metric, ...]:
        """What its Prometheus callback emits."""
        if "prometheus" not in self.callbacks():
            return ()
        return series(SERIES, self.at(self._shared, "callbacks"), NAME)

    def records(self) -> Place | None:
        """A database, or somebody who is told."""
        general = self._document.at("general_settings")
        if general.at("database_url"):
            return self.at(general, "database_url")
        return self.at(self._shared, "callbacks") if self.callbacks() else None


def document_of(documents: tuple[Node, ...]) -> Node:
    """Give the document of a file that sets up a proxy; nothing where none does."""
    return next((one for one in documents if is_one(one)), NOTHING)
