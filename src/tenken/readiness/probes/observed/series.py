"""Whether what the repository's dashboards and rules ask for is really there.

A panel is drawn from its queries, so a panel counts where every one of its queries gives points.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial

from tenken.evidence import Finding, Remark
from tenken.pattern import Pattern, PatternError
from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.documents import Column, Subject
from tenken.readiness.facts.monitoring import Alert, Metric, Panel, Query, Tool
from tenken.readiness.facts.observed.metrics import Matcher, MetricFacts, Rule, Series, Wanted
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.events import events_in
from tenken.readiness.probes.observed.asking import (
    load_of,
    objectives,
    requests_counter,
    selector,
    volume_of,
)
from tenken.readiness.probes.observed.said import Observed, fails, holds, partly, share, unknown
from tenken.readiness.probes.running.alerting import SPENDING, SYMPTOMS, alerts_of, topics
from tenken.readiness.probes.running.emitted import plain
from tenken.readiness.probes.running.panels import GUARD, LLM, SYSTEM, business_metric, shown
from tenken.sentence import say

PANEL_HOURS = 1.0
KPI_HOURS = 24.0 * 7
LONGEST_HOLD_S = 6 * 3600.0
MOST_TOLD = 5
IN_PROMQL = frozenset({Tool.PROMETHEUS, Tool.GRAFANA})
Of = Callable[[Metric], bool]
FILLED = Pattern(
    r"(?i)\bor\s+(?:on\s*\([^)]*\)\s*)?vector\s*\(|\babsent(?:_over_time)?\s*\("
    r"|\bdefault_zero\s*\("
)
"""What gives points where a metric gives none."""
NAMES = Pattern(r"[A-Za-z_:][A-Za-z0-9_:]*")


def wanted(survey: Survey) -> Iterator[Wanted]:
    """Everything that has to be asked before these questions can be answered."""
    for board in survey.monitoring.dashboards:
        for panel in board.panels:
            for query in panel.queries:
                yield from _asked(board.tool, query, PANEL_HOURS)
                yield from _asked(board.tool, query, KPI_HOURS)
    yield from objectives(survey)
    if counter := requests_counter(survey):
        yield from (*volume_of(counter), load_of(counter))
    for alert in alerts_of(survey):
        # The bare metric: a condition that is not met gives no points.
        if topics(alert) & SPENDING and (found := _metric_of(alert)):
            yield found


def system_panels_return_data(sighting: Sighting) -> Observed:
    """Panels on errors, latency, traffic or saturation have points."""

    def is_system(metric: Metric) -> bool:
        return bool(SYSTEM & set(metric.topics)) and not LLM & set(metric.topics)

    return _panels(sighting, is_system, "system")


def business_panels_return_data(sighting: Sighting) -> Observed:
    """Panels on figures of the business have points."""
    return _panels(sighting, business_metric(sighting.survey), "business")


def llm_panels_return_data(sighting: Sighting) -> Observed:
    """Panels on tokens, cost, time to the first token or quality have points."""
    return _panels(sighting, lambda metric: bool(LLM & set(metric.topics)), "llm")


def kpi_queries_return_recent_points(sighting: Sighting) -> Observed:
    """The panel of every KPI has points within a week."""
    metrics, survey = sighting.metrics, sighting.survey
    kpis = survey.documents.on(Subject.KPI)
    if metrics is None or not kpis:
        return unknown(say("observed.no_kpi"))
    remarks, findings = [], []
    for kpi in kpis:
        name = kpi.text(Column.NAME, Column.METRIC, Column.ID, Column.FORMULA)
        events = {plain(event) for event in events_in(kpi)}
        drawn = list(_drawn(survey, partial(_counts, events)))
        if not drawn:
            findings.append(gap("observed.kpi_on_no_panel", kpi.place, kpi=name))
            continue
        judged = [_judged(metrics, tool, panel, KPI_HOURS) for tool, panel in drawn]
        if any(isinstance(one, Remark) for one in judged):
            remarks.append(seen("observed.kpi_has_points", kpi.place, kpi=name))
        elif None in judged:
            return unknown(say("observed.not_asked", query=name))
        else:
            findings.append(lie("observed.kpi_without_points", kpi.place, kpi=name))
    return _both(remarks, findings, "kpis")


def cost_metric_is_live(sighting: Sighting) -> Observed:
    """The metric behind an alert on tokens or cost has points."""
    metrics = sighting.metrics
    watching = [one for one in alerts_of(sighting.survey) if topics(one) & SPENDING]
    if metrics is None or not watching:
        return unknown(say("observed.no_spending_alert"))
    judged = [(one, _answer(metrics, _metric_of(one))) for one in watching]
    live = [one for one, series in judged if series and series.moved > 0]
    if live:
        return holds(seen("observed.alert_metric_is_live", live[0].place, alert=live[0].name))
    if any(series is None or series.refused for _, series in judged):
        return unknown(say("observed.not_asked", query=watching[0].name))
    if any(series and series.points for _, series in judged):
        return unknown(say("observed.alert_metric_stands_still", alert=watching[0].name))
    return fails(
        *(lie("observed.alert_metric_is_empty", one.place, alert=one.name) for one, _ in judged)
    )


def guard_metric(survey: Survey) -> Wanted | None:
    """The bare metric of the first guard panel: how far its counter has come."""
    drawn = (one for one in shown(survey, lambda metric: bool(GUARD & set(metric.topics))))
    first = next((one for one in drawn if one.dashboard.tool in IN_PROMQL), None)
    if first is None:
        return None
    return Wanted(tool=first.dashboard.tool, query=first.metric.name, hours=PANEL_HOURS)


def alert_rules_are_loaded_and_unmuted(sighting: Sighting) -> Observed:
    """The repository's alerts on what users feel are evaluated, and their receiver is told."""
    metrics = sighting.metrics
    watching = [
        one for one in alerts_of(sighting.survey)
        if one.tool is Tool.PROMETHEUS and topics(one) & SYMPTOMS
    ]  # fmt: skip
    if metrics is None or metrics.rules is None or not watching:
        return unknown(say("observed.no_rules"))
    if not metrics.receivers:
        return fails(lie("observed.rules_tell_nobody", watching[0].place))
    flaws = [(one, _flaw(one, metrics)) for one in watching]
    findings = [flaw for _, flaw in flaws if flaw]
    remarks = [
        seen("observed.rule_is_loaded", one.place, alert=one.name)
        for one, flaw in flaws
        if not flaw
    ]
    return _both(remarks, findings, "rules")


def _flaw(alert: Alert, metrics: MetricFacts) -> Finding | None:
    named = [one for one in metrics.rules or () if one.name == alert.name]
    if not named:
        return lie("observed.rule_not_loaded", alert.place, alert=alert.name)
    rule = next((one for one in named if _is_of(one, alert)), None)
    if rule is None:
        return lie("observed.rule_is_anothers", alert.place, alert=alert.name)
    if not (rule.is_healthy and rule.is_evaluated):
        return lie("observed.rule_not_evaluated", alert.place, alert=alert.name)
    if rule.hold_s > LONGEST_HOLD_S:
        return lie("observed.rule_holds_too_long", alert.place, alert=alert.name,
                   hours=round(rule.hold_s / 3600))  # fmt: skip
    labels = {"alertname": rule.name, **rule.labels}
    for silence in metrics.silences or ():
        if silence.matchers and all(_covers(one, labels) for one in silence.matchers):
            return lie("observed.rule_is_silenced", alert.place, alert=alert.name, by=silence.by)
    return None


def _is_of(rule: Rule, alert: Alert) -> bool:
    """Whether a loaded rule asks for what the alert does: a name alone is anybody's.

    The server writes an expression in its own way, so that its metrics are looked for.
    """
    metrics = alert.query.metrics if alert.query else ()
    asked = set(NAMES.findall(rule.query))
    return not rule.query or all(one.name in asked for one in metrics if "*" not in one.name)


def _covers(one: Matcher, labels: Mapping[str, str]) -> bool:
    value = labels.get(one.name, "")
    if not one.is_pattern:
        return (value == one.value) is one.is_equal
    try:
        found = Pattern(one.value).fullmatch(value) is not None
    except PatternError:
        return True  # the server reads it; what it covers is not known
    return found is one.is_equal


# -- panels


def _panels(sighting: Sighting, of: Of, kind: str) -> Observed:
    metrics = sighting.metrics
    drawn = list(_drawn(sighting.survey, of))
    if metrics is None or not drawn:
        return unknown(say("observed.no_panel", kind=f"wording.observed_kind_{kind}"))
    judged = [_judged(metrics, tool, panel, PANEL_HOURS) for tool, panel in drawn]
    remarks = [one for one in judged if isinstance(one, Remark)]
    findings = [one for one in judged if isinstance(one, Finding)]
    if len(remarks) + len(findings) < len(drawn):
        missing = next(p for one, (_, p) in zip(judged, drawn, strict=True) if one is None)
        return unknown(say("observed.not_asked", query=missing.title), *findings[:MOST_TOLD])
    return _both(remarks, findings, "panels")


def _both(remarks: list[Remark], findings: list[Finding], what: str) -> Observed:
    figures = (share(f"live_{what}", len(remarks), len(remarks) + len(findings)),)
    told, against = tuple(remarks[:MOST_TOLD]), tuple(findings[:MOST_TOLD])
    if not against:
        return holds(*told, figures=figures)
    return partly(told, *against, figures=figures) if told else fails(*against, figures=figures)


def _drawn(survey: Survey, of: Of) -> Iterator[tuple[Tool, Panel]]:
    """Every panel of a kind once, with whose dashboard it is on."""
    found = ((one.dashboard.tool, one.panel) for one in shown(survey, of))
    return iter(dict.fromkeys(found))


def _judged(
    metrics: MetricFacts, tool: Tool, panel: Panel, hours: float
) -> Remark | Finding | None:
    asked = [_asked(tool, query, hours) for query in panel.queries]
    if not all(asked):
        return None
    answers = [metrics.answers.get(one) for several in asked for one in several]
    if any(one is None or one.refused for one in answers):
        return None
    if all(one and one.points for one in answers):
        return seen("observed.panel_has_points", panel.place, panel=panel.title)
    return lie("observed.panel_is_empty", panel.place, panel=panel.title)


def _counts(events: Iterable[str], metric: Metric) -> bool:
    name = plain(metric.name)
    return any(name == event or name.endswith(f"_{event}") for event in events)


def _answer(metrics: MetricFacts, asked: Wanted | None) -> Series | None:
    return metrics.answers.get(asked) if asked else None


def _metric_of(alert: Alert) -> Wanted | None:
    spending = [
        metric.name for metric in (alert.query.metrics if alert.query else ())
        if set(metric.topics) & SPENDING
    ]  # fmt: skip
    if not spending:
        return None
    if alert.tool is Tool.DATADOG:
        return Wanted(tool=alert.tool, query=f"sum:{spending[0]}{{*}}", hours=PANEL_HOURS)
    asked = selector(alert.query, spending[0]) if alert.query else spending[0]
    return Wanted(tool=alert.tool, query=asked, hours=PANEL_HOURS)


def _asked(tool: Tool, query: Query, hours: float) -> tuple[Wanted, ...]:
    """What to ask for a query: where it fills what is missing, its bare metrics.

    `or vector(0)` gives points whatever is there; of such a query nothing is learnt.
    """
    if not FILLED.search(query.text):
        return (Wanted(tool=tool, query=query.text, hours=hours),)
    bare = "sum:{name}{{*}}" if tool is Tool.DATADOG else "{name}"
    named = (one.name for one in query.metrics if "*" not in one.name)
    return tuple(Wanted(tool=tool, query=bare.format(name=name), hours=hours) for name in named)
