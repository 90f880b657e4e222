"""Lays out what the manifest says as statements, in the columns that documents use."""

from collections.abc import Iterator

from tenken.config.application import Application, Model, Scenario
from tenken.config.manifest import Manifest
from tenken.place import Place
from tenken.readiness.collectors.documents.data.datasets import content_digest
from tenken.readiness.collectors.documents.data.measures import metric_name
from tenken.readiness.collectors.documents.statements import resolve
from tenken.readiness.facts.datasets import EvaluationConfig, Judge, MetricUse, Task
from tenken.readiness.facts.documents import (
    Column,
    CopyState,
    OutsideCopy,
    Source,
    Statement,
    Subject,
)
from tenken.readiness.facts.tree import Tree
from tenken.readiness.facts.words.figures import is_blank
from tenken.readiness.facts.words.models import is_pinned

C = Column
Cells = dict[Column, object]
Stated = tuple[Subject, tuple[str | int, ...], Cells]
SCENARIO_CLASSES = {
    "llm_api": "LLM API",
    "dependency": "dependency",
    "network": "network",
    "resource": "resource",
}


def from_manifest(tree: Tree, manifest: Manifest) -> Iterator[Statement]:
    """Every statement of the manifest."""
    for subject, path, cells in _stated(manifest.application):
        place = manifest.place(*path)
        said = {key: str(value) for key, value in cells.items() if not _says_nothing(value)}
        runbook = said.get(C.RUNBOOK, "")
        links = (resolve(tree, manifest.file, runbook, place.line),) if runbook else ()
        blanks = tuple(sorted(key for key in cells if key not in said))
        yield Statement(
            subject=subject,
            source=Source.MANIFEST,
            place=place,
            cells=said,
            links=links,
            blanks=blanks,
        )


def _says_nothing(value: object) -> bool:
    return value is None or is_blank(str(value))


def _stated(app: Application) -> Iterator[Stated]:
    yield from _purpose(app)
    for at, model in enumerate(app.models):
        yield from _model(at, model)
    yield from _capacity(app)
    for at, scenario in enumerate(app.scenarios):
        yield Subject.SCENARIO, ("scenarios", at), _scenario(scenario)
    yield from _decisions(app)
    yield from _safety(app)
    yield from _data(app)


def _purpose(app: Application) -> Iterator[Stated]:
    for at, goal in enumerate(app.goals):
        yield (
            Subject.GOAL,
            ("goals", at),
            {
                C.ID: goal.id,
                C.METRIC: goal.metric,
                C.UNIT: goal.unit,
                C.BASELINE: goal.baseline,
                C.TARGET: goal.target,
                C.DUE: goal.due,
                C.OWNER: goal.owner,
                C.SOURCE: goal.source,
            },
        )
    for at, kpi in enumerate(app.kpis):
        yield (
            Subject.KPI,
            ("kpis", at),
            {
                C.ID: kpi.id,
                C.NAME: kpi.id,
                C.FORMULA: kpi.formula,
                C.OWNER: kpi.owner,
                C.EVENT: ", ".join(kpi.events),
                C.SOURCE: kpi.source,
                C.USE_CASE: kpi.use_case,
            },
        )
    for at, use_case in enumerate(app.use_cases):
        targets = use_case.targets
        yield (
            Subject.TARGET,
            ("use_cases", at),
            {
                C.ID: use_case.id,
                C.USE_CASE: use_case.id,
                C.METRIC: targets.quality_metric,
                C.QUALITY: targets.quality_min,
                C.LATENCY: targets.latency_p95_s or targets.ttft_p95_s,
                C.CLASS: use_case.task,
            },
        )


def _model(at: int, model: Model) -> Iterator[Stated]:
    base: Cells = {
        C.ID: model.id,
        C.MODEL: model.model,
        C.PROVIDER: model.provider,
        C.REGION: model.region,
    }
    register = {
        C.RETIRES: model.retires_on,
        C.SOURCE: model.source,
        C.CHECKED: model.checked_at,
        C.OWNER: model.owner,
    }
    yield Subject.MODEL, ("models", at), base | register
    if sla := model.sla:
        said: Cells = {
            C.SLA: f"{sla.availability_percent}%",
            C.SOURCE: sla.source,
            C.CHECKED: sla.checked_at,
        }
        yield Subject.SLA, ("models", at, "sla"), base | said
    if limits := model.limits:
        yield (
            Subject.LIMIT,
            ("models", at, "limits"),
            base
            | {
                C.RPM: limits.rpm,
                C.TPM: limits.tpm,
                C.SOURCE: limits.source,
                C.CHECKED: limits.checked_at,
            },
        )


def _capacity(app: Application) -> Iterator[Stated]:
    capacity = app.capacity
    if forecast := capacity.forecast:
        yield (
            Subject.FORECAST,
            ("capacity", "forecast"),
            {
                C.REQUESTS: forecast.requests_per_day,
                C.HORIZON: forecast.horizon,
                C.SOURCE: forecast.source,
                C.GROWTH: forecast.growth_percent,
            },
        )
    if capacity.needed_rps or capacity.needed_tpm or capacity.maximum_rps:
        yield (
            Subject.THROUGHPUT,
            ("capacity",),
            {
                C.NEEDED: capacity.needed_rps or capacity.needed_tpm,
                C.HEADROOM: capacity.headroom,
                C.MAXIMUM: capacity.maximum_rps,
                C.SOURCE: capacity.maximum_from,
                C.BASIS: capacity.basis,
            },
        )
    for at, one in enumerate(capacity.tokens):
        yield (
            Subject.TOKENS,
            ("capacity", "tokens", at),
            {
                C.ROUTE: one.route,
                C.INPUT_TOKENS: f"{one.input_p50}; {one.input_p95}",
                C.OUTPUT_TOKENS: f"{one.output_p50}; {one.output_p95}",
                C.BASIS: one.basis,
            },
        )


def _scenario(scenario: Scenario) -> Cells:
    impact = scenario.impact
    return {
        C.ID: scenario.id,
        C.CLASS: SCENARIO_CLASSES[scenario.kind],
        C.WHAT: scenario.what,
        C.DEPENDENCY: scenario.dependency,
        C.RUNBOOK: scenario.runbook,
        C.USERS: impact.users if impact else None,
        C.COST: f"{impact.cost_per_hour} {impact.currency}" if impact else None,
        C.BASIS: impact.basis if impact else None,
    }


def _decisions(app: Application) -> Iterator[Stated]:
    if outage := app.decisions.long_outage:
        yield (
            Subject.LONG_OUTAGE,
            ("decisions", "long_outage"),
            {
                C.AFTER: f"{outage.after_minutes} minutes",
                C.MODE: outage.mode,
                C.DECIDER: outage.decided_by,
            },
        )
    for at, one in enumerate(app.decisions.online_evaluation):
        yield (
            Subject.SIGNAL,
            ("decisions", "online_evaluation", at),
            {
                C.SIGNAL: one.signal,
                C.ADOPT: "yes" if one.adopt else "no",
                C.REASON: one.reason,
                C.EVENT: one.event,
            },
        )


def _safety(app: Application) -> Iterator[Stated]:
    for at, risk in enumerate(app.safety.risks):
        yield (
            Subject.RISK,
            ("safety", "risks", at),
            {
                C.ID: risk.id,
                C.SEVERITY: risk.severity,
                C.EXAMPLE: risk.example,
                C.OWNER: risk.owner,
            },
        )
    for at, rule in enumerate(app.safety.guards):
        yield (
            Subject.GUARD_RULE,
            ("safety", "guards", at),
            {
                C.ID: rule.id,
                C.RISKS: ", ".join(rule.risks),
                C.ACTION: rule.action,
                C.STAGE: rule.stage,
                C.TESTS: ", ".join(rule.tests),
            },
        )


def _data(app: Application) -> Iterator[Stated]:
    classification = app.data_classification
    for at, one in enumerate(classification.types):
        yield (
            Subject.DATA_TYPE,
            ("data_classification", "types", at),
            {
                C.NAME: one.name,
                C.CLASS: one.data_class,
                C.TREATMENT: one.treatment,
                C.BASIS: classification.criteria,
                C.OWNER: app.application.owner,
            },
        )
    for at, use in enumerate(app.data_use):
        yield (
            Subject.DATA_USE,
            ("data_use", at),
            {
                C.PROVIDER: use.provider,
                C.PLAN: use.tier,
                C.REGION: use.region,
                C.TERMS: use.terms,
                C.CHECKED: use.terms_read_at,
                C.TRAINING: None if use.training == "unknown" else use.training,
                C.OPT_OUT: use.opt_out,
            },
        )
    for at, model in enumerate(app.allowed_models):
        yield Subject.ALLOWED_MODEL, ("allowed_models", at), {C.MODEL: model}


# -- gates


def gates_of(manifest: Manifest) -> EvaluationConfig | None:
    """The thresholds of the manifest as one evaluation."""
    app = manifest.application
    metrics = tuple(
        MetricUse(
            place=manifest.place("gates", at),
            metric=metric_name(gate.metric),
            task=TASKS.get(gate.kind, Task.UNKNOWN),
            use_case=gate.use_case,
            threshold=gate.min if gate.min is not None else gate.max,
            judge=_judge(manifest.place("gates", at), gate.judge_model),
        )
        for at, gate in enumerate(app.gates)
        if gate.kind != "load"
    )
    return (
        EvaluationConfig(path=manifest.file, tool="tenken", metrics=metrics) if metrics else None
    )


TASKS = {
    "classification": Task.CLASSIFICATION,
    "generation": Task.GENERATION,
    "safety": Task.SAFETY,
}


def _judge(place: Place, model: str) -> Judge | None:
    return None if is_blank(model) else Judge(place=place, model=model, pinned=is_pinned(model))


# -- documents kept elsewhere


def outside_of(tree: Tree, manifest: Manifest) -> tuple[OutsideCopy, ...]:
    """Whether each document kept elsewhere has a copy here, and is the one that was reviewed."""
    return tuple(
        OutsideCopy(
            kind=one.kind,
            title=one.title,
            place=manifest.place("documents", at),
            export=one.export,
            state=_copy_state(tree, one.export, (one.sha256 or "").removeprefix("sha256:")),
            reviewed_by="" if is_blank(one.reviewed_by) else one.reviewed_by,
            reviewed_on=one.reviewed_at,
        )
        for at, one in enumerate(manifest.application.documents)
    )


def _copy_state(tree: Tree, export: str, digest: str) -> CopyState:
    if is_blank(export):
        return CopyState.NO_COPY
    entry = tree.entry(export)
    if entry is None:
        return CopyState.MISSING
    if not digest:
        return CopyState.UNPINNED
    return CopyState.MATCHES if content_digest(tree, entry) == digest else CopyState.DIFFERS
