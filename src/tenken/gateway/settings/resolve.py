"""From files to a plan: every name that leads nowhere is told, all at once, with its place."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from tenken import __version__, digest
from tenken.config.application import Model
from tenken.config.application import Route as RouteEntry
from tenken.config.manifest import Manifest
from tenken.config.platform import Platform, Provider
from tenken.config.serving import CallerEntry
from tenken.errors import Malformed, Problem
from tenken.gateway.plan import Caller, CallerLimits, Key, Plan, Route, Target
from tenken.models.check import NOTICE, models_end
from tenken.models.known import Models, Row
from tenken.models.own import row_of
from tenken.models.price import Prices
from tenken.policy.admission import Priority
from tenken.policy.deadline import Timeouts
from tenken.policy.retry import RetryPlan
from tenken.sentence import say
from tenken.transport.addresses import Origin

OWN_ADDRESSES = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com/v1",
    "google": "https://generativelanguage.googleapis.com/v1beta",
}
"""Where a kind of provider is when the platform file does not say otherwise."""
SIDES = {
    "openai": "openai",
    "azure": "openai",
    "other": "openai",
    "anthropic": "anthropic",
    "google": "gemini",
}
"""Kinds of providers that can be called with a key so far, and how they are spoken to."""
PRIORITIES = {
    "batch": Priority.BATCH,
    "normal": Priority.NORMAL,
    "critical": Priority.CRITICAL,
}


def resolve(
    manifest: Manifest,
    *,
    keys: tuple[Key, ...],
    known: Models,
    today: date,
) -> Plan:
    """Give the plan of an application; raises Malformed."""
    app = manifest.application
    platform = manifest.platform.platform if manifest.platform else None
    rows = {model.id: row_of(model, manifest.vendors, known) for model in app.models}
    problems = (*_problems(manifest, platform), *_unpriced(manifest, rows))
    if problems:
        raise Malformed(problems)
    targets = {
        model.id: _target(model, _provider(platform, model), rows[model.id], today)
        for model in app.models
    }
    routes = {route.name: _route(route) for route in app.routes}
    version = digest.of_value([app, platform, known.origin]).removeprefix("sha256:")[:16]
    return Plan(
        version=version,
        routes=routes,
        targets=targets,
        callers={caller.id: _caller(caller) for caller in app.callers},
        keys={key.sha256: key for key in keys},
        pass_through=frozenset(app.gateway.pass_through),
        releases={
            (route.name, name): _release(route, targets[name])
            for route in routes.values()
            for name in route.targets
        },
    )


def _problems(manifest: Manifest, platform: Platform | None) -> Iterator[Problem]:
    app = manifest.application
    known = {provider.id: provider for provider in platform.providers} if platform else {}
    for at, model in enumerate(app.models):
        provider = known.get(model.provider)
        where = ("models", at, "provider")
        if provider is None:
            listed = ", ".join(known) or "-"
            sentence = say("gateway.no_provider", name=model.provider, known=listed)
            yield manifest.problem(where, sentence)
        elif provider.kind not in SIDES:
            sentence = say("gateway.no_dialect", name=provider.id, kind=provider.kind)
            yield manifest.problem(where, sentence)
        elif not (provider.base_url or OWN_ADDRESSES.get(provider.kind)):
            yield manifest.problem(where, say("gateway.no_address", name=provider.id))
    for at, route in enumerate(app.routes):
        if route.weights and sum(route.weights.values()) <= 0:
            yield manifest.problem(("routes", at, "weights"), say("gateway.no_weight"))
        for name in route.weights:
            if name not in route.targets:
                yield manifest.problem(
                    ("routes", at, "weights", name), say("gateway.weight_of_none", name=name)
                )


def _provider(platform: Platform | None, model: Model) -> Provider:
    providers = platform.providers if platform else ()
    return next(provider for provider in providers if provider.id == model.provider)


def _unpriced(manifest: Manifest, rows: Mapping[str, Row]) -> Iterator[Problem]:
    """A budget in money that nothing is ever taken from would hold nobody back."""
    app = manifest.application
    routes = {route.name: route.targets for route in app.routes}
    for at, caller in enumerate(app.callers):
        if caller.limits.budget_usd_per_day is None:
            continue
        reached = dict.fromkeys(
            [*caller.models, *(name for route in caller.routes for name in routes.get(route, ()))]
        )
        for name in reached:
            if name in rows and rows[name].prices is None:
                sentence = say("models.no_price_for_budget", caller=caller.id, model=name)
                where = ("callers", at, "limits", "budget_usd_per_day")
                yield manifest.problem(where, sentence)


def _target(model: Model, provider: Provider, row: Row, today: date) -> Target:
    end = models_end(model, row)
    url = urlsplit(provider.base_url or OWN_ADDRESSES[provider.kind])
    tls = url.scheme == "https"
    return Target(
        id=model.id,
        provider=provider.id,
        dialect=SIDES[provider.kind],
        model=model.model,
        credential=provider.id,
        origin=Origin(host=url.hostname or "", port=url.port or (443 if tls else 80), tls=tls),
        base_path=url.path.rstrip("/"),
        region=model.region,
        prices=row.prices or Prices(),
        priced=row.prices is not None,
        context_tokens=row.context_tokens,
        told=((b"x-tenken-model-ends", str(end).encode()),)
        if end and end - today <= NOTICE
        else (),
    )


def _route(route: RouteEntry) -> Route:
    timeouts = route.timeouts
    return Route(
        name=route.name,
        use_case=route.use_case,
        targets=route.targets,
        weights=dict(route.weights),
        timeouts=Timeouts(
            connect_s=timeouts.connect_s,
            ttft_s=timeouts.ttft_s,
            idle_s=timeouts.idle_s,
            total_s=route.timeout_s or timeouts.total_s,
        ),
        retry=(
            RetryPlan(
                attempts_max=route.retry.attempts,
                base_s=route.retry.base_s,
                max_s=route.retry.max_s,
            )
            if route.retry
            else RetryPlan()
        ),
    )


def _caller(entry: CallerEntry) -> Caller:
    limits = entry.limits
    budget = limits.budget_usd_per_day
    return Caller(
        id=entry.id,
        routes=frozenset(entry.routes),
        models=frozenset(entry.models),
        use_cases=entry.use_cases,
        limits=CallerLimits(
            rpm=limits.rpm,
            tpm=limits.tpm,
            parallel=limits.parallel,
            budget_usd=Decimal(str(budget)) if budget is not None else None,
        ),
        priority=PRIORITIES[entry.priority],
    )


def _release(route: Route, target: Target) -> str:
    """Name what answers: target, its model and the version of what stands in between."""
    parts = (route.name, target.id, target.provider, target.model, target.region, __version__)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
