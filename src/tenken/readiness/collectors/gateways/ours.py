"""What our own gateway does for the routes of an application's `tenken.yaml`.

Only what the file states is told: a route that says nothing of its time is served with the
gateway's default, which nobody of the application has chosen.
"""

from collections.abc import Iterator
from datetime import date

from tenken.config.application import Application, Route
from tenken.config.manifest import Manifest
from tenken.config.node import Node, Path
from tenken.config.overlays import Written, every_route
from tenken.config.serving import CallerLimit
from tenken.place import Place
from tenken.readiness.collectors.gateways.emitted import OURS, series
from tenken.readiness.collectors.gateways.policy import Screens, screens_of
from tenken.readiness.collectors.gateways.watching import alerts_of
from tenken.readiness.facts.calls import (
    ABSENT,
    Backoff,
    Fallback,
    Idle,
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
from tenken.readiness.facts.tree import CollectorProblem, Tree

NAME = Product.TENKEN.value
BEFORE_PRODUCTION = ("dev", "stg", "stag", "test", "local")
OUTLIVES = frozenset({"volume", "store"})


def gateway_of(
    tree: Tree, manifest: Manifest, today: date
) -> tuple[Gateway | None, tuple[CollectorProblem, ...]]:
    """Give the gateway that the file sets up, and what is wrong with its guard policy."""
    app = manifest.application
    if not app.routes:
        return None, ()
    guards = screens_of(tree, today)
    routes = (
        *(_route(manifest, one, guards) for one in _written_routes(manifest)),
        *_by_name(manifest, guards),
    )
    gateway = Gateway(
        product=Product.TENKEN,
        place=manifest.place("routes"),
        routes=routes,
        urls=app.behind.urls,
        policy=guards.policy,
        refused=next((Place(one.path, one.line) for one in guards.problems), None),
        tracing=_tracing(manifest),
        alerts=alerts_of(manifest, tree, guarded=guards.policy is not None),
        metrics=_metrics(manifest),
        records_at=_records(manifest),
    )
    return gateway, guards.problems


def _written_routes(manifest: Manifest) -> Iterator[Written[Route]]:
    """What all environments share, and what one of those that users reach puts in its place."""
    for one in every_route(manifest.application):
        stage = str(one.path[1]) if one.path[0] == "environments" else ""
        if not stage or not (manifest.environment or stage.startswith(BEFORE_PRODUCTION)):
            yield one


def _route(manifest: Manifest, written: Written[Route], guards: Screens) -> GatewayRoute:
    route, at = written.entry, written.path
    place = manifest.place(*at)
    targets = tuple(_target(manifest, name) for name in route.targets)
    ways = targets[1:]
    return GatewayRoute(
        name=route.name,
        place=place,
        targets=targets,
        timeout=_timeout(manifest, at, route),
        retry=_retry(manifest, at, route),
        fallbacks=tuple(
            Fallback(how=NAME, place=manifest.place(*at, "targets"), target=one) for one in ways
        ),
        breaker=Wrapping(library=NAME, place=place),
        limiter=_limiter(manifest, at, route),
        guards=guards.of(route.use_case),
        is_served=any(route.name in one.routes for one in manifest.application.callers),
    )


def _by_name(manifest: Manifest, guards: Screens) -> Iterator[GatewayRoute]:
    """Models that callers may ask for by their id, past every route."""
    names = {name for caller in manifest.application.callers for name in caller.models}
    for at, model in enumerate(manifest.application.models):
        if model.id in names:
            place = manifest.place("models", at)
            yield GatewayRoute(
                name=model.id,
                place=place,
                targets=(_target(manifest, model.id),),
                breaker=Wrapping(library=NAME, place=place),
                guards=guards.of(""),
            )


def _target(manifest: Manifest, name: str) -> Target:
    models = manifest.application.models
    at = next((at for at, one in enumerate(models) if one.id == name), None)
    if at is None:
        return Target(provider="", model=Stated(origin=Origin.UNKNOWN))
    model = models[at]
    return Target(
        provider=manifest.vendors.get(model.provider, model.provider),
        model=_literal(model.model, manifest.place("models", at)),
        region=model.region,
    )


def _literal(value: object, place: Place) -> Stated:
    return Stated(origin=Origin.LITERAL, value=str(value), place=place)


def _value(manifest: Manifest, *path: str | int) -> Node:
    """The value at a path of the file; ABSENT where it is not written there."""
    node = manifest.document
    for part in manifest.written(path):
        if isinstance(part, int):
            node = node.items[part] if part < len(node.items) else Node(None)
        else:
            node = node.at(part)
    return node


def _timeout(manifest: Manifest, at: Path, route: Route) -> Stated:
    if route.timeout_s is not None:
        return _literal(route.timeout_s, manifest.place(*at, "timeout_s"))
    if not _value(manifest, *at, "timeouts", "total_s"):
        return ABSENT
    return _literal(route.timeouts.total_s, manifest.place(*at, "timeouts", "total_s"))


def _retry(manifest: Manifest, at: Path, route: Route) -> Retry | None:
    if route.retry is None:
        return None
    place = manifest.place(*at, "retry")
    return Retry(
        by=RetryBy.FRAMEWORK,
        name=NAME,
        place=place,
        attempts=_literal(route.retry.attempts, place),
        depends_on_error=True,
        backoff=Backoff.EXPONENTIAL,
    )


def _limiter(manifest: Manifest, at: Path, route: Route) -> Wrapping | None:
    """A limit of the route, or one of every caller that may use it."""
    app = manifest.application
    if _counts(route.limits):
        place, limits = manifest.place(*at, "limits"), [route.limits]
    else:
        using = [n for n, one in enumerate(app.callers) if route.name in one.routes]
        limits = [app.callers[n].limits for n in using]
        if not using or not all(map(_counts, limits)):
            return None
        place = manifest.place("callers", using[0], "limits")
    idle = Idle.TOO_HIGH if _exceeds(app, route, limits) else None
    return Wrapping(library=NAME, place=place, idle=idle)


def _counts(limits: CallerLimit) -> bool:
    return limits.rpm is not None or limits.tpm is not None


def _exceeds(app: Application, route: Route, limits: list[CallerLimit]) -> bool:
    """More is let through than the share of the first target's provider limit that is ours."""
    model = next((one for one in app.models if one.id == route.targets[0]), None)
    if model is None or model.limits is None:
        return False
    for name in ("rpm", "tpm"):
        granted: float | None = getattr(model.limits, name)
        let = [own for one in limits if (own := getattr(one, name)) is not None]
        if granted is not None and let and sum(let) > granted * model.limits.share:
            return True
    return False


def _tracing(manifest: Manifest) -> Tracing | None:
    """The spans of each call, where they are sent somewhere; they hold no text."""
    traces = manifest.application.telemetry.traces
    if not any(one.url or one.url_env for one in traces):
        return None
    place = manifest.place("telemetry", "traces", 0)
    return Tracing(
        library=NAME,
        imported=place,
        initialised=place,
        exporter=place,
        traces_models=True,
        drops_content=place,
    )


def _metrics(manifest: Manifest) -> tuple[Metric, ...]:
    """The keeper's page, where it has a listener or a token to be read with."""
    door = manifest.application.telemetry.metrics
    if door.port is None and door.token is None:
        return ()
    return series(OURS, manifest.place("telemetry", "metrics"), NAME)


def _records(manifest: Manifest) -> Place | None:
    """Records that outlive the machine: in the store, on a volume, or sent to somebody."""
    app = manifest.application
    if app.gateway.journal.durability in OUTLIVES:
        return manifest.place("gateway", "journal", "durability")
    if app.gateway.store.url_env:
        return manifest.place("gateway", "store", "url_env")
    for name in ("logs", "events", "traces"):
        if getattr(app.telemetry, name):
            return manifest.place("telemetry", name, 0)
    return None
