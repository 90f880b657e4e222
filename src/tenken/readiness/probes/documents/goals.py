"""Goals, targets of use cases and KPIs."""

from collections.abc import Iterator
from datetime import date

from tenken.evidence import Answer, Finding
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.answers import declared, fails, gap, holds, lie, note, partly, seen, unknown
from tenken.readiness.facts.documents import Column, DocumentKind, Source, Statement, Subject
from tenken.readiness.facts.mentions import Mention, Reader
from tenken.readiness.facts.pipeline import Purpose
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.events import events_in
from tenken.readiness.facts.words.figures import date_in, number_in, numbers_in, unit_in
from tenken.readiness.probes.documents.written import MOST_TOLD, has_figure, heard, keys
from tenken.sentence import say

OWNER_SAID = Pattern(r"(?i)owner|responsib|担当|責任者")
GENERIC_KPI = Pattern(
    r"(?i)latency|response time|uptime|availability|error rate|throughput|p9[0-9]|cpu|memory"
    r"|応答時間|稼働率|可用性|エラー率|レイテンシ|スループット|レスポンス"
)


def goal_is_measurable(survey: Survey) -> Answer:
    """The business goal has a metric, a unit, a baseline, a target, a due date and an owner."""
    today = survey.now.date()
    goals = heard(survey.documents.on(Subject.GOAL), lambda goal: _goal_flaw(goal, today))
    if not goals:
        return _no_goal(survey)
    flawed = [(goal, _goal_flaw(goal, today)) for goal in goals]
    whole = [goal for goal, flaw in flawed if flaw is None]
    if not whole:
        return fails(*[flaw for _, flaw in flawed if flaw][:MOST_TOLD])
    remarks = tuple(
        seen(
            "probes_0.goal_stated",
            goal.place,
            goal=goal.text(Column.METRIC, Column.NAME, Column.WHAT, Column.ID),
            baseline=goal.text(Column.BASELINE),
            target=goal.text(Column.TARGET),
        )
        for goal in whole[:MOST_TOLD]
    )
    # Prose beside a complete goal explains it; an incomplete row is a goal nobody can check.
    rest = tuple(flaw for goal, flaw in flawed if flaw and goal.source is not Source.TEXT)
    return partly(remarks, rest[:MOST_TOLD]) if rest else holds(*remarks)


def _no_goal(survey: Survey) -> Answer:
    empty = next(survey.documents.of(DocumentKind.GOALS), None)
    if empty is not None and not empty.is_template:
        return fails(lie("probes_0.goal_is_a_heading", Place(empty.path, 1)))
    return unknown(say("probes_0.no_goal"))


def _goal_flaw(goal: Statement, today: date) -> Finding | None:
    lacking = tuple(column for column in GOAL_PARTS if not _says(goal, column))
    if lacking:
        what = goal.text(Column.METRIC, Column.NAME, Column.WHAT, Column.ID) or goal.heading
        return lie("probes_0.goal_lacks", goal.place, goal=what, parts=keys(lacking))
    due = date_in(goal.text(Column.DUE, Column.WHAT))
    if due is not None and due < today:
        return lie("probes_0.goal_is_over", goal.place, due=str(due))
    if number_in(goal.text(Column.BASELINE)) == number_in(goal.text(Column.TARGET)) is not None:
        return lie("probes_0.goal_moves_nothing", goal.place, value=goal.text(Column.TARGET))
    return None


GOAL_PARTS = (
    Column.METRIC, Column.UNIT, Column.BASELINE, Column.TARGET, Column.DUE, Column.OWNER,
)  # fmt: skip


def _says(goal: Statement, column: Column) -> bool:
    prose = goal.text(Column.WHAT) if goal.source is Source.TEXT else ""
    match column:
        case Column.METRIC:
            return bool(goal.text(Column.METRIC, Column.NAME, Column.WHAT, Column.FORMULA))
        case Column.UNIT:
            figures = (goal.text(Column.UNIT), *_units(goal), unit_in(prose))
            return any(figures)
        case Column.DUE:
            return date_in(goal.text(Column.DUE) or prose) is not None
        case Column.OWNER:
            return bool(goal.text(Column.OWNER)) or bool(OWNER_SAID.search(prose))
        case _:
            return has_figure(goal, column) or len(list(numbers_in(prose))) >= 2


def _units(goal: Statement) -> Iterator[str]:
    for column in (Column.TARGET, Column.BASELINE, Column.METRIC):
        yield goal.units.get(column, "")
        yield unit_in(goal.text(column))


# -- targets


def targets_are_read(survey: Survey) -> Answer:
    """Every use case has a figure for quality and speed, and both the gate and the SLO read it."""
    targets = [one for one in survey.documents.on(Subject.TARGET) if _is_target(one)]
    if not targets:
        return unknown(say("probes_0.no_targets"))
    findings = [flaw for one in targets for flaw in _target_flaws(one, survey)]
    if findings:
        return fails(*findings[:MOST_TOLD])
    remarks = tuple(
        seen("probes_0.target_read", one.place, use_case=one.text(Column.USE_CASE, Column.ID))
        for one in targets[:MOST_TOLD]
    )
    if not all(_gate_runs(one, survey) for one in targets):
        return declared(*remarks, notes=(note("probes_0.target_gate_not_run"),))
    return holds(*remarks)


def _is_target(one: Statement) -> bool:
    said = one.source in {Source.MANIFEST, Source.DATA}
    return said and (
        one.source is Source.MANIFEST or has_figure(one, Column.QUALITY, Column.LATENCY)
    )


def _target_flaws(one: Statement, survey: Survey) -> Iterator[Finding]:
    name = one.text(Column.USE_CASE, Column.ID, Column.NAME)
    lacking = [
        column for column in (Column.QUALITY, Column.LATENCY) if not has_figure(one, column)
    ]
    if lacking:
        yield gap("probes_0.target_lacks", one.place, use_case=name, parts=keys(lacking))
    elif not _gate_reads(one, survey):
        yield lie("probes_0.target_not_in_gate", one.place, use_case=name)
    elif not _slo_reads(one, survey):
        yield lie("probes_0.target_not_in_slo", one.place, use_case=name)


def _readings(one: Statement, survey: Survey, reader: Reader) -> tuple[Mention, ...]:
    return survey.documents.mentioned(one.place.path.rpartition("/")[2], reader)


def _gate_reads(one: Statement, survey: Survey) -> bool:
    use_case = one.text(Column.USE_CASE, Column.ID)
    by_manifest = one.source is Source.MANIFEST and survey.manifest is not None
    gates = survey.manifest.application.gates if survey.manifest and by_manifest else ()
    named = any(gate.use_case == use_case and gate.kind != "load" for gate in gates)
    return named or bool(_readings(one, survey, Reader.EVALUATION))


def _slo_reads(one: Statement, survey: Survey) -> bool:
    use_case = one.text(Column.USE_CASE, Column.ID)
    slos = survey.manifest.application.slos if survey.manifest else ()
    named = one.source is Source.MANIFEST and any(slo.use_case == use_case for slo in slos)
    return named or bool(_readings(one, survey, Reader.SLO))


def _gate_runs(one: Statement, survey: Survey) -> bool:
    """An evaluation in CI, not neutralised, goes through a file that names the targets."""
    readers = {mention.place.path for mention in _readings(one, survey, Reader.EVALUATION)}
    return any(
        run.purpose is Purpose.EVALUATION
        and not run.neutralisers
        and run.evaluation is not None
        and (readers & set(run.evaluation.files) or any(path in run.command for path in readers))
        for job in survey.pipeline.jobs
        for run in job.runs
    )


# -- KPIs


def kpis_name_own_events(survey: Survey) -> Answer:
    """A KPI counts an event that only this application has, and that its code sends."""
    kpis = heard(survey.documents.on(Subject.KPI), lambda kpi: _kpi_flaw(kpi, survey))
    if not kpis:
        return unknown(say("probes_0.no_kpis"))
    own = [kpi for kpi in kpis if not GENERIC_KPI.search(_kpi_words(kpi))]
    if not own:
        return fails(lie("probes_0.kpis_generic", kpis[0].place, count=len(kpis)))
    flawed = [(kpi, _kpi_flaw(kpi, survey)) for kpi in own]
    findings = tuple(flaw for _, flaw in flawed if flaw)[:MOST_TOLD]
    remarks = tuple(
        seen("probes_0.kpi_counts_event", kpi.place, kpi=_kpi_name(kpi), event=events_in(kpi)[0])
        for kpi, flaw in flawed
        if flaw is None
    )
    if not remarks:
        return fails(*findings)
    return partly(remarks, findings) if findings else holds(*remarks)


def _kpi_name(kpi: Statement) -> str:
    return kpi.text(Column.NAME, Column.METRIC, Column.ID, Column.FORMULA)


def _kpi_words(kpi: Statement) -> str:
    return f"{kpi.text(Column.NAME)} {kpi.text(Column.METRIC)} {kpi.text(Column.ID)}"


def _kpi_flaw(kpi: Statement, survey: Survey) -> Finding | None:
    required = (Column.OWNER, Column.FORMULA)
    lacking = [column for column in required if not kpi.text(column)]
    if lacking and not (lacking == [Column.FORMULA] and kpi.text(Column.METRIC)):
        return gap("probes_0.kpi_lacks", kpi.place, kpi=_kpi_name(kpi), parts=keys(lacking))
    events = events_in(kpi)
    if not events:
        return gap("probes_0.kpi_without_event", kpi.place, kpi=_kpi_name(kpi))
    emitted = {metric.name for metric in survey.code.metrics if metric.recorded}
    sent = [
        one for one in events if one in emitted or survey.documents.mentioned(one, Reader.CODE)
    ]
    if not sent:
        return lie("probes_0.kpi_event_never_sent", kpi.place, kpi=_kpi_name(kpi), event=events[0])
    return None
