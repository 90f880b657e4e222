"""Whether the KPIs that are written down are drawn anywhere."""

from collections.abc import Callable
from functools import cache

from tenken.evidence import Answer, Finding, Remark
from tenken.readiness.answers import fails, gap, holds, lie, partly, seen, unknown
from tenken.readiness.facts.documents import Column, Statement, Subject
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.events import events_in
from tenken.readiness.probes.documents.goals import GENERIC_KPI
from tenken.readiness.probes.running.emitted import Life, plain
from tenken.readiness.probes.running.panels import Shown, shown
from tenken.sentence import Sentence, say

MOST_TOLD = 8
Counting = Callable[[frozenset[str]], list[Shown]]
"""The panels whose metric counts one of some events."""


def answer(survey: Survey) -> Answer:
    """Each KPI, and the panels whose query names what it counts."""
    said = survey.documents.on(Subject.KPI)
    kpis = [kpi for kpi in said if not GENERIC_KPI.search(_name(kpi))] or list(said)
    if not kpis:
        return unknown(say("probes_0.no_kpi_to_find"))
    if not survey.monitoring.dashboards:
        return unknown(say("probes_0.no_dashboard_for_kpis"))
    panels = list(shown(survey, lambda metric: not metric.from_platform))
    counting = cache(lambda events: [one for one in panels if _counts(one, events)])
    judged = [_judge(kpi, counting) for kpi in kpis]
    findings = tuple(one for one in judged if isinstance(one, Finding))[:MOST_TOLD]
    remarks = tuple(one for one in judged if isinstance(one, Remark))[:MOST_TOLD]
    open_ends = [one for one in judged if isinstance(one, Sentence)]
    if remarks and not findings and not open_ends:
        return holds(*remarks)
    if remarks:
        return partly(
            remarks, (*findings, *(gap(one.id, None, **one.fields) for one in open_ends))
        )
    return fails(*findings) if findings else unknown(open_ends[0])


def _judge(kpi: Statement, counting: Counting) -> Remark | Finding | Sentence:
    name = _name(kpi)
    found = counting(frozenset(plain(event) for event in events_in(kpi)))
    if not found:
        return gap("probes_0.kpi_on_no_panel", kpi.place, kpi=name)
    live = [one for one in found if one.life is Life.LIVE]
    first = (live or found)[0]
    place, metric = first.panel.place, first.metric.name
    if live:
        return seen(
            "probes_0.kpi_on_panel", place, kpi=name, panel=first.panel.title, metric=metric
        )
    if first.life is Life.DEAD:
        return lie(
            "probes_0.kpi_panel_is_empty", place, kpi=name, panel=first.panel.title, metric=metric
        )
    return say("probes_0.kpi_metric_unknown", kpi=name, metric=metric, place=str(place))


def _name(kpi: Statement) -> str:
    return kpi.text(Column.NAME, Column.METRIC, Column.ID, Column.FORMULA)


def _counts(one: Shown, events: frozenset[str]) -> bool:
    name = plain(one.metric.name)
    return any(name == event or name.endswith(f"_{event}") for event in events)
