"""From files to a plan: every name that leads nowhere is told, all at once, with its place."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from tenken import __version__, digest
from tenken.config.application import Model
from tenken.config.manifest import Manifest
from tenken.config.platform import CallFloor, Platform, Provider
from tenken.errors import Malformed, Problem
from tenken.gateway.plan import Key, Plan, Route, Target
from tenken.gateway.settings.behaviour import (
    caller_of,
    identities_of,
    issuers_of,
    limited,
    plain_of,
    route_of,
    share_of,
)
from tenken.gateway.settings.budgets import budgets
from tenken.gateway.settings.places import located, missing
from tenken.gateway.settings.texts import texts_of, unmaskable
from tenken.guardrails.guard import Guard
from tenken.models.check import NOTICE, models_end
from tenken.models.known import Models, Row
from tenken.models.own import row_of
from tenken.models.price import Prices
from tenken.prompts.library import Library, leading_nowhere
from tenken.sentence import Sentence, say


def resolve(
    manifest: Manifest,
    *,
    keys: tuple[Key, ...],
    known: Models,
    today: date,
    guard: Guard | None = None,
    prompts: Library | None = None,
) -> Plan:
    """Give the plan of an application; raises Malformed."""
    app = manifest.application
    platform = manifest.platform.platform if manifest.platform else None
    rows = {model.id: row_of(model, manifest.vendors, known) for model in app.models}
    problems = unservable(manifest, known=known, guard=guard, prompts=prompts)
    if problems:
        raise Malformed(problems)
    targets = {
        model.id: _target(model, _provider(platform, model), rows[model.id], today)
        for model in app.models
    }
    floor = platform.floors.calls if platform else CallFloor()
    routes = {route.name: route_of(route, floor) for route in app.routes}
    policy = guard.policy.digest if guard else ""
    texts = (policy, prompts.digest if prompts else "")
    made_of = [app, platform, known.origin, *(one for one in texts if one)]
    version = digest.of_value(made_of).removeprefix("sha256:")[:16]
    return Plan(
        version=version,
        routes=routes,
        plain=plain_of(floor),
        targets=targets,
        use_cases=limited((one.id, one.limits) for one in app.use_cases),
        credentials=limited((one.id, one.limits) for one in _providers(platform)),
        callers={caller.id: caller_of(caller) for caller in app.callers},
        keys={key.sha256: key for key in keys},
        identities=identities_of(app.callers),
        issuers=issuers_of(app.gateway.issuers),
        pass_through=frozenset(app.gateway.pass_through),
        releases=_releases(routes.values(), targets, policy),
        guard=guard,
        texts=texts_of(app, guard),
        prompts=prompts,
    )


def unservable(
    manifest: Manifest, *, known: Models, guard: Guard | None, prompts: Library | None
) -> tuple[Problem, ...]:
    """Give what keeps settings that are well formed from being served."""
    rows = {
        model.id: row_of(model, manifest.vendors, known) for model in manifest.application.models
    }
    platform = manifest.platform.platform if manifest.platform else None
    return (
        *_problems(manifest, platform),
        *_unpriced(manifest, rows),
        *_unmeasured(manifest, rows),
        *_of_prompts(manifest, prompts),
        *(_judges(manifest, guard, rows) if guard else ()),
        *unmaskable(manifest, guard),
    )


def _problems(manifest: Manifest, platform: Platform | None) -> Iterator[Problem]:
    app = manifest.application
    known = {provider.id: provider for provider in platform.providers} if platform else {}
    for at, model in enumerate(app.models):
        provider = known.get(model.provider)
        where = ("models", at, "provider")
        if provider is None:
            listed = ", ".join(known) or "wording.none_there"
            sentence = say("gateway.no_provider", name=model.provider, known=listed)
            yield manifest.problem(where, sentence)
        elif lacks := missing(model, provider):
            yield manifest.problem(where, lacks)
    yield from _of_issuers(manifest)
    yield from _of_routes(manifest)


def _of_issuers(manifest: Manifest) -> Iterator[Problem]:
    app = manifest.application
    for at, issuer in enumerate(app.gateway.issuers):
        if not (issuer.jwks.startswith("https:") or app.gateway.private_upstreams):
            path = ("gateway", "issuers", at, "jwks")
            yield manifest.problem(path, say("gateway.keys_in_clear"))


def _of_routes(manifest: Manifest) -> Iterator[Problem]:
    for at, route in enumerate(manifest.application.routes):
        if route.hedge and len(route.targets) == 1:
            yield manifest.problem(("routes", at, "hedge"), say("gateway.hedge_alone"))
        if route.weights and sum(route.weights.values()) <= 0:
            yield manifest.problem(("routes", at, "weights"), say("gateway.no_weight"))
        for name in route.weights:
            if name not in route.targets:
                yield manifest.problem(
                    ("routes", at, "weights", name), say("gateway.weight_of_none", name=name)
                )


def _of_prompts(manifest: Manifest, prompts: Library | None) -> Iterator[Problem]:
    app = manifest.application
    known = [*(route.name for route in app.routes), *(model.id for model in app.models)]
    return leading_nowhere(prompts, known) if prompts else iter(())


def _providers(platform: Platform | None) -> tuple[Provider, ...]:
    return platform.providers if platform else ()


def _provider(platform: Platform | None, model: Model) -> Provider:
    return next(one for one in _providers(platform) if one.id == model.provider)


def _unpriced(manifest: Manifest, rows: Mapping[str, Row]) -> Iterator[Problem]:
    """A budget in money that nothing is ever taken from would hold nobody back."""
    for path, holder, reached in budgets(manifest.application):
        for problem in _free(rows, holder, reached):
            yield manifest.problem((*path, "limits", "budget_usd_per_day"), problem)
    if manifest.platform is None:
        return
    for at, provider in enumerate(manifest.platform.platform.providers):
        if provider.limits.budget_usd_per_day is not None:
            called = [one.id for one in manifest.application.models if one.provider == provider.id]
            for problem in _free(rows, f"provider/{provider.id}", called):
                where = ("providers", at, "limits", "budget_usd_per_day")
                yield manifest.platform.problem(where, problem)


def _free(rows: Mapping[str, Row], holder: str, reached: Iterable[str]) -> Iterator[Sentence]:
    for name in dict.fromkeys(reached):
        if name in rows and rows[name].prices is None:
            yield say("pricing.no_price_for_budget", holder=holder, model=name)


def _unmeasured(manifest: Manifest, rows: Mapping[str, Row]) -> Iterator[Problem]:
    """A promise on costs that are recorded as nothing would be kept whatever they are."""
    app = manifest.application
    for at, slo in enumerate(app.slos):
        if slo.sli != "cost_per_request" or slo.query is not None:
            continue
        routes = (
            route
            for route in app.routes
            if slo.use_case in {None, route.use_case} and slo.route in {None, route.name}
        )
        reached = dict.fromkeys(
            name for route in routes for name in (*route.targets, *route.larger_context)
        )
        for name in reached:
            if name in rows and rows[name].prices is None:
                sentence = say("pricing.no_price_for_slo", slo=slo.name, model=name)
                yield manifest.problem(("slos", at, "sli"), sentence)


def _judges(manifest: Manifest, guard: Guard, rows: Mapping[str, Row]) -> Iterator[Problem]:
    """Judges of the policy that could not be asked, or whose budgets would hold nobody back."""
    names = tuple(rows)
    for judge in guard.policy.judges:
        row = rows.get(judge.target)
        if judge.target and row is None:
            known = ", ".join(names) or "wording.none_there"
            sentence = say(
                "guard.judge_unknown_model", name=judge.name, target=judge.target, known=known
            )
            yield manifest.problem(("models",), sentence)
        elif row is not None and judge.budget_usd is not None and row.prices is None:
            sentence = say("guard.judge_unpriced", name=judge.name, target=judge.target)
            yield manifest.problem(("models", names.index(judge.target)), sentence)


def _target(model: Model, provider: Provider, row: Row, today: date) -> Target:
    end = models_end(model, row)
    there = located(model, provider)
    return Target(
        id=model.id,
        provider=provider.id,
        dialect=there.side,
        model=model.model,
        credential=provider.id,
        origin=there.origin,
        base_path=there.base_path,
        query=there.query,
        region=there.region,
        prices=row.prices or Prices(),
        priced=row.prices is not None,
        context_tokens=model.context_tokens or row.context_tokens,
        limits=share_of(model.limits),
        told=((b"x-tenken-model-ends", str(end).encode()),)
        if end and end - today <= NOTICE
        else (),
    )


def _releases(
    routes: Iterable[Route], targets: Mapping[str, Target], policy: str
) -> dict[tuple[str, str], str]:
    return {
        (route.name, name): _release(route, targets[name], policy)
        for route in routes
        for name in (*route.targets, *route.larger_context)
    }


def _release(route: Route, target: Target, policy: str) -> str:
    """Name what answers: target, its model, the guard and the version of what is in between."""
    called = (target.id, target.provider, target.model, target.region)
    parts = (route.name, *called, __version__, *((policy,) if policy else ()))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
