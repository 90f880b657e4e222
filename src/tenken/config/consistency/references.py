"""What the parts of `tenken.yaml` say of each other: names that meet, figures that can be."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from tenken.config.application import Application
from tenken.config.manifest import Manifest
from tenken.config.node import Path
from tenken.config.overlays import every_route, every_slo
from tenken.config.schema import nearest
from tenken.errors import Problem
from tenken.sentence import Sentence, say

Named = tuple[Path, str]
"""A name and where it stands."""
Reference = tuple[Path, str, str]
"""Where a name is used, the part of the file that must hold it, and the name."""


def inconsistencies(manifest: Manifest, *, today: date | None = None) -> Iterator[Problem]:
    """Every name that leads nowhere or stands twice, every figure and date that cannot be."""
    yield from _twice(manifest)
    yield from _lost(manifest)
    yield from _impossible_figures(manifest)
    if today is not None:
        yield from _from_the_future(manifest, today)


# -- names


def _twice(manifest: Manifest) -> Iterator[Problem]:
    for part, names in _names(manifest.application):
        seen: set[str] = set()
        for path, name in names:
            if name in seen:
                yield manifest.problem(path, say("config.name_twice", name=name, part=part))
            seen.add(name)


def _names(app: Application) -> Iterator[tuple[str, Iterable[Named]]]:
    yield "goals", _ids("goals", (goal.id for goal in app.goals))
    yield "kpis", _ids("kpis", (kpi.id for kpi in app.kpis))
    yield "use_cases", _ids("use_cases", (use_case.id for use_case in app.use_cases))
    yield "models", _ids("models", (model.id for model in app.models))
    yield "routes", _ids("routes", (route.name for route in app.routes))
    yield "callers", _ids("callers", (caller.id for caller in app.callers))
    issuers = enumerate(app.gateway.issuers)
    yield "issuers", ((("gateway", "issuers", at), one.issuer) for at, one in issuers)
    yield "datasets", _ids("datasets", (dataset.name for dataset in app.datasets))
    yield "slos", _ids("slos", (slo.name for slo in app.slos))
    yield "scenarios", _ids("scenarios", (scenario.id for scenario in app.scenarios))
    tokens = (estimate.route for estimate in app.capacity.tokens)
    yield "capacity.tokens", _ids("capacity.tokens", tokens)
    signals = (decision.signal for decision in app.decisions.online_evaluation)
    yield "decisions.online_evaluation", _ids("decisions.online_evaluation", signals)
    yield "safety.risks", _ids("safety.risks", (risk.id for risk in app.safety.risks))
    yield "safety.guards", _ids("safety.guards", (guard.id for guard in app.safety.guards))
    types = (one.name for one in app.data_classification.types)
    yield "data_classification.types", _ids("data_classification.types", types)
    for name, environment in app.environments.items():
        routes, slos = (f"environments.{name}.{part}" for part in ("routes", "slos"))
        yield routes, _ids(routes, (route.name for route in environment.routes))
        yield slos, _ids(slos, (slo.name for slo in environment.slos))


def _ids(part: str, names: Iterable[str]) -> Iterator[Named]:
    return (((*part.split("."), at), name) for at, name in enumerate(names))


def _lost(manifest: Manifest) -> Iterator[Problem]:
    known = _known(manifest)
    for path, part, name in _references(manifest.application):
        if name not in known[part]:
            yield manifest.problem(path, _leads_nowhere(name, part, known[part]))


def _leads_nowhere(name: str, part: str, known: frozenset[str]) -> Sentence:
    near = nearest(name, sorted(known))
    if near:
        return say("config.leads_nowhere_near", name=name, part=part, near=near)
    listed = ", ".join(sorted(known)) or "wording.none_there"
    return say("config.leads_nowhere", name=name, part=part, known=listed)


def _known(manifest: Manifest) -> Mapping[str, frozenset[str]]:
    app = manifest.application
    floors = manifest.platform.platform.floors.guards if manifest.platform else ()
    guards = {rule.id for rule in app.safety.guards} | {floor.id for floor in floors}
    return {
        "use_cases": frozenset(use_case.id for use_case in app.use_cases),
        "models": frozenset(model.id for model in app.models),
        "routes": frozenset(written.entry.name for written in every_route(app)),
        "datasets": frozenset(dataset.name for dataset in app.datasets),
        "issuers": frozenset(one.issuer for one in app.gateway.issuers),
        "safety.risks": frozenset(risk.id for risk in app.safety.risks),
        "safety.guards": frozenset(guards),
    }


def _references(app: Application) -> Iterator[Reference]:
    yield from _of_purpose(app)
    yield from _of_routes(app)
    yield from _of_callers(app)
    for at, dataset in enumerate(app.datasets):
        for number, use_case in enumerate(dataset.use_cases):
            yield ("datasets", at, "use_cases", number), "use_cases", use_case
    for at, gate in enumerate(app.gates):
        yield ("gates", at, "use_case"), "use_cases", gate.use_case
        yield ("gates", at, "dataset"), "datasets", gate.dataset
    for at, estimate in enumerate(app.capacity.tokens):
        yield ("capacity", "tokens", at, "route"), "routes", estimate.route
    for at, guard in enumerate(app.safety.guards):
        for number, risk in enumerate(guard.risks):
            yield ("safety", "guards", at, "risks", number), "safety.risks", risk


def _of_callers(app: Application) -> Iterator[Reference]:
    for at, caller in enumerate(app.callers):
        parts = {
            "routes": caller.routes,
            "models": caller.models,
            "use_cases": caller.use_cases,
        }
        for part, names in parts.items():
            for number, name in enumerate(names):
                yield ("callers", at, part, number), part, name
        for number, identity in enumerate(caller.identities):
            where = ("callers", at, "identities", number, "issuer")
            yield where, "issuers", identity.issuer


def _of_purpose(app: Application) -> Iterator[Reference]:
    for at, kpi in enumerate(app.kpis):
        if kpi.use_case:
            yield ("kpis", at, "use_case"), "use_cases", kpi.use_case
    for slo in every_slo(app):
        if slo.entry.use_case:
            yield (*slo.path, "use_case"), "use_cases", slo.entry.use_case
        if slo.entry.route:
            yield (*slo.path, "route"), "routes", slo.entry.route


def _of_routes(app: Application) -> Iterator[Reference]:
    for written in every_route(app):
        route, path = written.entry, written.path
        yield (*path, "use_case"), "use_cases", route.use_case
        for number, target in enumerate(route.targets):
            yield (*path, "targets", number), "models", target
        for number, target in enumerate(route.larger_context):
            yield (*path, "larger_context", number), "models", target
        for target in route.weights:
            yield (*path, "weights", target), "models", target
        for number, guard in enumerate(route.guards):
            yield (*path, "guards", number), "safety.guards", guard


# -- figures and dates


def _impossible_figures(manifest: Manifest) -> Iterator[Problem]:
    app = manifest.application
    for at, estimate in enumerate(app.capacity.tokens):
        pairs = {
            "input": (estimate.input_p50, estimate.input_p95),
            "output": (estimate.output_p50, estimate.output_p95),
        }
        for kind, (p50, p95) in pairs.items():
            if p50 > p95:
                sentence = say("config.p50_above_p95", p50=p50, p95=p95)
                yield manifest.problem(("capacity", "tokens", at, f"{kind}_p50"), sentence)
    for at, gate in enumerate(app.gates):
        if gate.min is None and gate.max is None:
            yield manifest.problem(("gates", at), say("config.gate_without_threshold"))
        elif gate.min is not None and gate.max is not None and gate.min > gate.max:
            sentence = say("config.above", least=gate.min, most=gate.max)
            yield manifest.problem(("gates", at, "min"), sentence)
    for written in every_route(app):
        retry = written.entry.retry
        if retry and retry.base_s > retry.max_s:
            sentence = say("config.above", least=retry.base_s, most=retry.max_s)
            yield manifest.problem((*written.path, "retry", "base_s"), sentence)


def _from_the_future(manifest: Manifest, today: date) -> Iterator[Problem]:
    for path, day in _days_of_reading(manifest.application):
        if day is not None and day > today:
            yield manifest.problem(path, say("config.future_day", day=day.isoformat()))


def _days_of_reading(app: Application) -> Iterator[tuple[Path, date | None]]:
    for at, model in enumerate(app.models):
        yield ("models", at, "checked_at"), model.checked_at
        yield ("models", at, "sla", "checked_at"), model.sla.checked_at if model.sla else None
        limits = model.limits
        yield ("models", at, "limits", "checked_at"), limits.checked_at if limits else None
    style = app.decisions.call_style
    yield ("decisions", "call_style", "decided_at"), style.decided_at if style else None
    for at, use in enumerate(app.data_use):
        yield ("data_use", at, "terms_read_at"), use.terms_read_at
    for at, document in enumerate(app.documents):
        yield ("documents", at, "reviewed_at"), document.reviewed_at
