"""What the dashboards of the repository show, and whether anything feeds it."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from tenken.evidence import Answer, Finding, Holding, Remark
from tenken.pattern import Pattern
from tenken.readiness.answers import fails, gap, holds, lie, partly, seen, unknown
from tenken.readiness.facts.documents import Subject
from tenken.readiness.facts.monitoring import Dashboard, Metric, Panel, Topic
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.events import events_in
from tenken.readiness.probes.running.emitted import Life, life, plain
from tenken.sentence import say

SYSTEM = frozenset({Topic.ERRORS, Topic.LATENCY, Topic.TRAFFIC, Topic.SATURATION})
LLM = frozenset({Topic.TOKENS, Topic.COST, Topic.FIRST_TOKEN, Topic.MODEL})
GUARD = frozenset({Topic.GUARD})
SYSTEM_KINDS = 2
MOST_TOLD = 5
BUSINESS = Pattern(
    r"(?i)kpi|conversion|resolved|resolution|satisfaction|csat|nps|feedback|revenue|orders?\b|booking|"
    r"signup|retention|deflect|escalat|thumbs|adoption|解決|満足|売上|成約|利用者"
)
Wanted = Callable[[Metric], bool]


class Shown(Struct, frozen=True, kw_only=True):
    """A metric of interest on a panel."""

    dashboard: Dashboard
    panel: Panel
    metric: Metric
    life: Life


def shown(survey: Survey, wanted: Wanted) -> Iterator[Shown]:
    """Every panel whose query names such a metric."""
    for dashboard in survey.monitoring.dashboards:
        for panel in dashboard.panels:
            for query in panel.queries:
                for metric in query.metrics:
                    if wanted(metric):
                        yield Shown(
                            dashboard=dashboard,
                            panel=panel,
                            metric=metric,
                            life=life(metric, survey),
                        )


def system(survey: Survey) -> Answer:
    """At least two of errors, latency, traffic and saturation, from something that is there."""
    found = [
        one
        for one in shown(survey, lambda metric: bool(SYSTEM & set(metric.topics)))
        if not LLM & set(one.metric.topics)
    ]
    topics = {topic for one in found if one.life is Life.LIVE for topic in one.metric.topics}
    if (
        found
        and len(topics & SYSTEM) < SYSTEM_KINDS
        and any(one.life is Life.LIVE for one in found)
    ):
        live = next(one for one in found if one.life is Life.LIVE)
        if not all(_is_read(board) for board in survey.monitoring.dashboards):
            return unknown(say("probes_5.dashboard_not_read", place=str(live.dashboard.place)))
        alone = gap("probes_5.one_system_metric", live.panel.place, metric=live.metric.name)
        names = {one.metric.name for one in found if one.life is Life.LIVE}
        if len(names) == 1:
            return partly(_remarks(found, Life.LIVE), (alone,))
        kind = gap("probes_5.one_kind_of_system_metric", live.panel.place)
        return partly(_remarks(found, Life.LIVE), (kind,))
    if not found and (of_models_alone := _timed_models(survey)) is not None:
        return of_models_alone
    return judged(survey, found, "system")


def _timed_models(survey: Survey) -> Answer | None:
    """Errors and latency of the model calls alone: half of what users feel."""
    found = [
        one
        for one in shown(survey, lambda metric: bool(SYSTEM & set(metric.topics)))
        if one.life is Life.LIVE and not one.metric.from_platform
    ]
    topics = {topic for one in found for topic in one.metric.topics}
    if len(topics & SYSTEM) < SYSTEM_KINDS:
        return None
    gaps = [gap("probes_5.system_of_models_only", found[0].panel.place)]
    if not any(one.dashboard.applied for one in found):
        gaps.append(gap("probes_5.dashboard_not_applied", found[0].panel.place))
    return partly(_remarks(found, Life.LIVE), tuple(gaps))


def of_models(survey: Survey) -> Answer:
    """A panel on tokens, cost or quality; how long calls take is the half of it."""
    found = list(shown(survey, lambda metric: bool(LLM & set(metric.topics))))
    answer = judged(survey, found, "llm")
    live = [one for one in found if one.life is Life.LIVE]
    if answer.holding is not Holding.HOLDS or not all(_only_timed(one.metric) for one in live):
        return answer
    return partly(answer.seen, (gap("probes_5.only_llm_latency", live[0].panel.place),))


def _only_timed(metric: Metric) -> bool:
    topics = set(metric.topics)
    return Topic.LATENCY in topics and not topics & (LLM - {Topic.MODEL})


def of_topics(survey: Survey, topics: frozenset[Topic], kind: str) -> Answer:
    """A panel on one of these topics."""
    return judged(
        survey, list(shown(survey, lambda metric: bool(topics & set(metric.topics)))), kind
    )


def business(survey: Survey) -> Answer:
    """A panel on a KPI's own event, or on a figure that is plainly about the business."""
    return judged(survey, list(shown(survey, business_metric(survey))), "business")


def business_metric(survey: Survey) -> Wanted:
    """Tell a metric that counts a KPI's event, or is plainly about the business."""
    counted = kpi_names(survey)

    def is_business(metric: Metric) -> bool:
        name = plain(metric.name)
        is_kpi = any(name == one or name.endswith(f"_{one}") for one in counted)
        is_technical = bool((SYSTEM | LLM) & set(metric.topics))
        return not (metric.from_platform or is_technical) and (
            is_kpi or bool(BUSINESS.search(metric.name))
        )

    return is_business


def kpi_names(survey: Survey) -> set[str]:
    """What the KPIs count, in one spelling."""
    kpis = survey.documents.on(Subject.KPI)
    return {plain(event) for kpi in kpis for event in events_in(kpi)}


def judged(survey: Survey, found: list[Shown], kind: str) -> Answer:
    """Hold where one panel is fed; the dead ones are told either way."""
    live = _remarks(found, Life.LIVE)
    dead = _lies(found)
    if live:
        applied = any(one.dashboard.applied for one in found if one.life is Life.LIVE)
        if applied:
            return holds(*live, notes=dead)
        return partly(live, (gap("probes_5.dashboard_not_applied", live[0].place), *dead))
    if dead:
        return fails(*dead)
    if found:
        first = found[0]
        return unknown(
            say(
                "probes_5.metric_source_unknown",
                metric=first.metric.name,
                panel=first.panel.title,
                place=str(first.panel.place),
            )
        )
    return _none(survey, kind)


def _remarks(found: list[Shown], wanted: Life) -> tuple[Remark, ...]:
    return tuple(
        dict.fromkeys(
            seen(
                "probes_5.panel_shows",
                one.panel.place,
                panel=one.panel.title,
                metric=one.metric.name,
            )
            for one in found
            if one.life is wanted
        )
    )[:MOST_TOLD]


def _lies(found: list[Shown]) -> tuple[Finding, ...]:
    return tuple(
        dict.fromkeys(
            lie(
                "probes_5.panel_on_dead_metric",
                one.panel.place,
                panel=one.panel.title,
                metric=one.metric.name,
            )
            for one in found
            if one.life is Life.DEAD
        )
    )[:MOST_TOLD]


def _none(survey: Survey, kind: str) -> Answer:
    boards = survey.monitoring.dashboards
    if not boards:
        return unknown(say("probes_5.no_dashboard"))
    if not all(_is_read(board) for board in boards):
        return unknown(say("probes_5.dashboard_not_read", place=str(boards[0].place)))
    return fails(gap(f"probes_5.no_{kind}_panel", boards[0].place, dashboard=boards[0].title))


def _is_read(board: Dashboard) -> bool:
    queries = [query for panel in board.panels for query in panel.queries]
    return board.followed and all(query.followed for query in queries)
