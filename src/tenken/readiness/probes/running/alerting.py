"""Which alerts somebody hears, and which only look as if."""

from collections.abc import Iterable, Iterator

from tenken.evidence import Answer, Finding, Remark
from tenken.place import Place
from tenken.readiness.answers import (
    declared,
    fails,
    gap,
    holds,
    lie,
    not_visible,
    note,
    partly,
    seen,
    unknown,
)
from tenken.readiness.facts.monitoring import Alert, AlertKind, Reach, Silence, Silenced, Topic
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.running.emitted import Life, dead_metrics, life
from tenken.sentence import say

MOST_TOLD = 10
SPENDING = frozenset({Topic.TOKENS, Topic.COST})
SYMPTOMS = frozenset({Topic.ERRORS, Topic.LATENCY, Topic.FIRST_TOKEN})
SYMPTOM_KINDS = frozenset({AlertKind.BURN_RATE, AlertKind.ABSENCE, AlertKind.ANOMALY})
TEST_STAGES = frozenset({"dev", "stg"})
SILENCES = {
    Silence.DISABLED: "probes_5.alert_disabled",
    Silence.MUTED: "probes_5.alert_muted",
    Silence.HOLDS_TOO_LONG: "probes_5.alert_holds_too_long",
    Silence.NEVER_TRUE: "probes_5.alert_never_true",
    Silence.NULL_ROUTE: "probes_5.alert_null_route",
    Silence.REFUSED: "probes_5.alert_refused",
    Silence.NOT_LOADED: "probes_5.alert_not_loaded",
    Silence.NOT_SENT: "probes_5.alert_not_sent",
}


def alerts_of(survey: Survey) -> list[Alert]:
    """The alerts of production, where an environment is told."""
    every = [one for one in survey.monitoring.alerts if one.kind is not AlertKind.BUDGET]
    real = [one for one in every if one.stage not in TEST_STAGES]
    return real or every


def topics(alert: Alert) -> frozenset[Topic]:
    """Everything its query speaks of."""
    return (
        frozenset(topic for metric in alert.query.metrics for topic in metric.topics)
        if alert.query
        else frozenset()
    )


def flaws(alert: Alert, survey: Survey) -> Iterator[Finding]:
    """Why nobody will hear of it, each with its place."""
    if alert.reach is Reach.NOBODY and not alert.silenced:
        yield lie(
            "probes_5.alert_without_receiver", alert.reach_place or alert.place, alert=alert.name
        )
    elif alert.reach is Reach.BROKEN:
        yield lie(
            "probes_5.alert_to_missing_receiver",
            alert.reach_place or alert.place,
            alert=alert.name,
            receiver=alert.missing_receiver,
        )
    for silenced in alert.silenced:
        yield _silenced(alert, silenced)
    for name in dead_metrics(alert.query, survey):
        place = alert.query.place if alert.query else alert.place
        yield lie("probes_5.alert_on_dead_metric", place, alert=alert.name, metric=name)


def _silenced(alert: Alert, silenced: Silenced) -> Finding:
    return lie(
        SILENCES[silenced.because], silenced.place, alert=alert.name, detail=silenced.detail
    )


def is_heard(alert: Alert, survey: Survey) -> bool:
    """Somebody hears it, and what it watches is there as far as can be told."""
    return alert.is_effective and not dead_metrics(alert.query, survey)


def is_symptom(alert: Alert) -> bool:
    """It tells of what users feel: errors, slowness, absence, a burning objective."""
    names = [metric.name for metric in alert.query.metrics] if alert.query else []
    is_down = any(name in {"up", "probe_success"} or "uptime" in name for name in names)
    return bool(topics(alert) & SYMPTOMS) or alert.kind in SYMPTOM_KINDS or is_down


def reaching(survey: Survey) -> Answer:
    """Alerts on errors, slowness or a burning objective, and whom they reach."""
    alerts = alerts_of(survey)
    if not alerts:
        return (
            _told_elsewhere(survey)
            or _alarms_elsewhere(survey)
            or unknown(say("probes_5.no_alert"))
        )
    findings = tuple(dict.fromkeys(flaw for one in alerts for flaw in flaws(one, survey)))[
        :MOST_TOLD
    ]
    heard = [one for one in alerts if is_heard(one, survey) and is_symptom(one)]
    remarks = tuple(remark(one) for one in heard)[:MOST_TOLD]
    if remarks and not any(one.applied for one in heard):
        return partly(remarks, (gap("probes_5.alerts_not_applied", heard[0].place), *findings))
    if remarks:
        return partly(remarks, findings) if findings else holds(*remarks)
    elsewhere = [
        one for one in alerts if one.reach is Reach.ELSEWHERE and not list(flaws(one, survey))
    ]
    if elsewhere:
        first = elsewhere[0]
        return unknown(
            say("probes_5.routing_elsewhere", alert=first.name, place=str(first.place)), *findings
        )
    if findings:
        return fails(*findings)
    return fails(gap("probes_5.no_symptom_alert", alerts[0].place, count=len(alerts)))


def _told_elsewhere(survey: Survey) -> Answer | None:
    """Alarms of a remote module reach somebody; what they watch, and when, is not here."""
    every = survey.infrastructure.watched_elsewhere
    found = [one for one in every if one.stage not in TEST_STAGES] or list(every)
    if not found:
        return None
    remarks = tuple(
        seen("probes_5.alarms_handed_on", one.place, module=one.name, receiver=one.receiver)
        for one in found[:MOST_TOLD]
    )
    hidden = gap("probes_5.alarms_not_here", found[0].place, detail=found[0].source)
    return partly(remarks, (hidden,))


def _alarms_elsewhere(survey: Survey) -> Answer | None:
    """A remote module that is named for alarms holds them where nobody can look from here."""
    for one in survey.infrastructure.unseen:
        if any(word in one.detail.lower() for word in ("alarm", "alert", "monitoring")):
            missing = say("probes_5.alerts_in_a_module", detail=one.detail, place=str(one.place))
            return not_visible(missing)
    return None


def remark(alert: Alert) -> Remark:
    """An alert and its receivers."""
    names = ", ".join(one.name for one in alert.receivers)
    return seen("probes_5.alert_reaches", alert.place, alert=alert.name, receivers=names)


def on_spending(survey: Survey) -> Answer:
    """An alert on tokens or cost that looks within the day."""
    alerts = [one for one in alerts_of(survey) if topics(one) & SPENDING]
    if not alerts:
        return _only_budget(survey)
    findings = tuple(dict.fromkeys(flaw for one in alerts for flaw in flaws(one, survey)))[
        :MOST_TOLD
    ]
    heard = [one for one in alerts if is_heard(one, survey)]
    fed = [one for one in heard if _is_fed(one, survey)]
    if fed:
        remarks = tuple(remark(one) for one in fed[:MOST_TOLD])
        applied = any(one.applied for one in fed)
        return holds(*remarks, notes=findings) if applied else declared(*remarks, notes=findings)
    if heard:
        first = heard[0]
        return unknown(
            say("probes_5.alert_metric_unknown", alert=first.name, place=str(first.place)),
            *findings,
        )
    if findings:
        return fails(*findings)
    return unknown(
        say("probes_5.routing_elsewhere", alert=alerts[0].name, place=str(alerts[0].place))
    )


def _is_fed(alert: Alert, survey: Survey) -> bool:
    if alert.query is None:
        return False
    return any(
        life(metric, survey) is Life.LIVE
        for metric in alert.query.metrics
        if SPENDING & set(metric.topics)
    )


def _only_budget(survey: Survey) -> Answer:
    budgets = [one for one in survey.monitoring.alerts if one.kind is AlertKind.BUDGET]
    if budgets:
        return fails(gap("probes_5.only_budget", budgets[0].place, alert=budgets[0].name))
    return unknown(say("probes_5.no_spending_alert"))


def by_severity(survey: Survey) -> Answer:
    """Guard alerts of two severities, each with a receiver of its own."""
    alerts = [one for one in alerts_of(survey) if Topic.GUARD in topics(one)]
    if not alerts:
        return unknown(say("probes_5.no_guard_alert"))
    findings = tuple(dict.fromkeys(flaw for one in alerts for flaw in flaws(one, survey)))[
        :MOST_TOLD
    ]
    heard = [one for one in alerts if is_heard(one, survey) and one.severity]
    routes = {
        one.severity: frozenset(receiver.name for receiver in one.receivers) for one in heard
    }
    if len(routes) > 1 and len(set(routes.values())) > 1:
        return holds(*(_routed(one) for one in heard[:MOST_TOLD]), notes=findings)
    if any(one.reach is Reach.ELSEWHERE for one in alerts) and not findings:
        return unknown(
            say("probes_5.routing_elsewhere", alert=alerts[0].name, place=str(alerts[0].place))
        )
    return fails(*findings, _one_route(alerts))


def _routed(alert: Alert) -> Remark:
    names = ", ".join(one.name for one in alert.receivers)
    return seen(
        "probes_5.guard_alert_routed",
        alert.place,
        alert=alert.name,
        severity=alert.severity,
        receivers=names,
    )


def _one_route(alerts: list[Alert]) -> Finding:
    severities = {one.severity for one in alerts if one.severity}
    if len(severities) > 1:
        return lie(
            "probes_5.severities_share_a_route",
            alerts[0].place,
            severities=", ".join(sorted(severities)),
        )
    return gap("probes_5.one_severity", alerts[0].place, count=len(alerts))


def runbooks(survey: Survey) -> Answer:
    """Each alert's runbook, and whether steps stand behind the link."""
    alerts = alerts_of(survey)
    if not alerts:
        return unknown(say("probes_8.no_alert"))
    judged = [_linked(one, survey) for one in alerts]
    remarks = tuple(one for one in judged if isinstance(one, Remark))[:MOST_TOLD]
    flawed = (one for one in judged if isinstance(one, Finding))
    findings = (*flawed, *_shared(alerts), *_steps_inside(alerts))[:MOST_TOLD]
    outside = [
        one for one in alerts if one.runbook and one.runbook.path is None and not one.runbook.dead
    ]
    if findings:
        return partly(remarks, findings) if remarks else fails(*findings)
    if outside:
        link = outside[0].runbook
        missing = say(
            "probes_8.runbook_outside", target=link.target if link else "", count=len(outside)
        )
        return (
            unknown(missing)
            if not remarks
            else partly(remarks, (note(missing.id, None, **missing.fields),))
        )
    return holds(*remarks)


def _linked(alert: Alert, survey: Survey) -> Remark | Finding | None:
    link = alert.runbook
    if link is None and alert.steps is not None:
        return seen("probes_8.steps_in_alert", alert.steps, alert=alert.name)
    if link is None:
        return gap("probes_8.alert_without_runbook", alert.place, alert=alert.name)
    if link.dead:
        return lie("probes_8.runbook_is_gone", link.place, alert=alert.name, target=link.target)
    if link.path is None:
        return _outside(alert, link.target, link.place)
    if not _has_steps(link.path, survey):
        return lie("probes_8.runbook_is_empty", link.place, alert=alert.name, target=link.path)
    return seen("probes_8.runbook_found", link.place, alert=alert.name, target=link.path)


def _steps_inside(alerts: Iterable[Alert]) -> Iterator[Finding]:
    """Steps in the text of an alert are read by whoever gets it, and reviewed by nobody."""
    inside = [one for one in alerts if one.runbook is None and one.steps is not None]
    if inside:
        yield gap("probes_8.steps_only_in_alerts", inside[0].steps, count=len(inside))


def _outside(alert: Alert, target: str, place: Place) -> Finding | None:
    path = target.partition("://")[2].partition("/")[2].strip("/")
    if "://" in target and not path:
        return lie("probes_8.runbook_is_a_front_page", place, alert=alert.name, target=target)
    return None


def _has_steps(path: str, survey: Survey) -> bool:
    document = next((one for one in survey.documents.documents if one.path == path), None)
    if document is None:
        return False
    return any(
        section.commands or section.text for section in document.sections if section.level != 1
    )


def _shared(alerts: Iterable[Alert]) -> Iterator[Finding]:
    """One page for many alerts is a page for none of them."""
    by_target: dict[str, list[Alert]] = {}
    for one in alerts:
        if one.runbook is not None:
            by_target.setdefault(one.runbook.target, []).append(one)
    for target, several in by_target.items():
        if len(several) > 2 and len({one.name for one in several}) > 2:
            first = several[0].runbook
            yield gap(
                "probes_8.runbook_is_shared",
                first.place if first else None,
                target=target,
                count=len(several),
            )
