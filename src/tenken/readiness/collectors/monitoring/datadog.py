"""Datadog: monitors, downtimes, dashboards and objectives, in Terraform and as exported JSON."""

from collections.abc import Iterator
from itertools import islice

from msgspec import Struct

from tenken.config.node import ABSENT, Node
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.stages import stage_of
from tenken.readiness.collectors.infrastructure.values import (
    address,
    blocks,
    down,
    figure,
    first,
    is_unknown,
    literal,
    pattern,
)
from tenken.readiness.collectors.monitoring import metrics
from tenken.readiness.collectors.monitoring.gathered import Gathered
from tenken.readiness.collectors.monitoring.runbooks import runbook_in, steps_in
from tenken.readiness.collectors.monitoring.silence import comparison, seconds, unreachable
from tenken.readiness.facts.infrastructure import Declaration, Figure
from tenken.readiness.facts.monitoring import (
    Alert,
    AlertKind,
    Dashboard,
    Metric,
    Objective,
    Panel,
    Query,
    Reach,
    Receiver,
    Silence,
    Silenced,
    Tool,
)

HANDLE = Pattern(r"(?:^|[\s({>\"',])@([A-Za-z0-9][A-Za-z0-9_.@-]*[A-Za-z0-9])")
KINDS = (
    "slack",
    "pagerduty",
    "opsgenie",
    "webhook",
    "teams",
    "sns",
    "victorops",
    "jira",
    "oncall",
    "workflow",
)
PAGERS = frozenset({"pagerduty", "opsgenie", "victorops", "oncall"})
NEARLY_ALL_DAY_S = 20 * 3600
MAX_NODES = 20_000
EVENTS = frozenset({"spans", "logs", "rum", "events", "security_signals", "llm_observability"})
PLACEHOLDER_HANDLES = frozenset({
    "slack-channel", "your-channel", "slack-your-channel", "example", "todo", "nobody", "none",
    "changeme", "noreply",
})  # fmt: skip


class Downtime(Struct, frozen=True, kw_only=True):
    """A downtime that covers monitors by their tags or by one's address, nearly always."""

    place: Place
    tags: frozenset[str]
    monitor: str
    scope: str
    detail: str


def read_datadog(declarations: list[Declaration], gathered: Gathered) -> None:
    """Read every Datadog resource."""
    downtimes = [found for one in declarations if (found := _downtime(one)) is not None]
    by_rule = any(one.kind == "datadog_monitor_notification_rule" for one in declarations)
    for one in declarations:
        if one.kind == "datadog_monitor":
            gathered.alerts.append(_monitor(one, downtimes, gathered, routed=by_rule))
        elif one.kind == "datadog_dashboard":
            gathered.dashboards.append(_dashboard(one.place.path, one.place, one.body))
        elif one.kind == "datadog_service_level_objective":
            gathered.objectives.append(_objective(one))


def _monitor(
    one: Declaration, downtimes: list[Downtime], gathered: Gathered, *, routed: bool
) -> Alert:
    body = one.body
    tags = frozenset(pattern(tag) for tag in body.at("tags").items)
    muted = tuple(
        Silenced(because=Silence.MUTED, place=time.place, detail=time.detail)
        for time in downtimes
        if time.monitor == one.address or (time.tags and time.tags <= tags)
    )
    return monitor(
        one.place.path, one.place, body, gathered, muted=muted, routed=routed, stage=one.stage
    )


def monitor(
    path: str,
    place: Place,
    body: Node,
    gathered: Gathered,
    *,
    muted: tuple[Silenced, ...] = (),
    routed: bool = False,
    stage: str = "",
) -> Alert:
    """A monitor; Terraform and JSON use the same keys."""
    text = pattern(body.at("query"))
    query = metrics.datadog(text, Place(path, body.line_of("query")))
    message = pattern(body.at("message"))
    message_place = Place(path, body.line_of("message"))
    reach, receivers = _reach(body.at("message"), message, routed=routed)
    threshold = _threshold(path, body)
    return Alert(
        name=pattern(body.at("name")),
        tool=Tool.DATADOG,
        place=place,
        kind=_kind(literal(body.at("type")) or "", text),
        query=query,
        threshold=threshold,
        severity=_severity(body),
        reach=reach,
        reach_place=message_place,
        receivers=receivers,
        silenced=(*muted, *_silenced(path, body), *_never(query, text)),
        runbook=runbook_in(message, message_place, gathered.tree),
        steps=steps_in(message, message_place),
        stage=stage
        or stage_of(
            " ".join(pattern(tag) for tag in body.at("tags").items if "env" in pattern(tag))
        ),
    )


def _kind(kind: str, text: str) -> AlertKind:
    if "slo" in kind or text.startswith(("burn_rate(", "error_budget(")):
        return AlertKind.BURN_RATE
    if text.startswith(("anomalies(", "avg(last_4h):anomalies(")) or "anomalies(" in text:
        return AlertKind.ANOMALY
    return AlertKind.THRESHOLD


def _threshold(path: str, body: Node) -> Figure | None:
    block = down(body, "monitor_thresholds")
    if not block.mapping:
        block = body.at("options", "thresholds")
    return figure(path, block, "critical")


def _never(query: Query, text: str) -> tuple[Silenced, ...]:
    compared = comparison(text)
    return unreachable(query, compared[0], compared[1], query.place) if compared else ()


def _silenced(path: str, body: Node) -> Iterator[Silenced]:
    for holder in (body, body.at("options")):
        if holder.at("silenced").mapping:
            place = Place(path, holder.line_of("silenced"))
            yield Silenced(because=Silence.MUTED, place=place, detail="silenced")
    if literal(body.at("draft_status")) == "draft":
        place = Place(path, body.line_of("draft_status"))
        yield Silenced(because=Silence.DISABLED, place=place, detail="draft_status: draft")


def _severity(body: Node) -> str:
    for tag in body.at("tags").items:
        key, _, value = pattern(tag).partition(":")
        if key.lower() in {"severity", "priority", "level"}:
            return value.lower()
    priority = literal(body.at("priority"))
    return f"p{priority}" if priority else ""


def _reach(node: Node, message: str, *, routed: bool) -> tuple[Reach, tuple[Receiver, ...]]:
    receivers = tuple(
        receiver(handle)
        for handle in dict.fromkeys(HANDLE.findall(message))
        if handle.lower() not in PLACEHOLDER_HANDLES
    )
    if receivers:
        return Reach.SOMEBODY, receivers
    if routed or is_unknown(node):
        return Reach.ELSEWHERE, ()
    return Reach.NOBODY, ()


def receiver(handle: str) -> Receiver:
    """What a handle such as `slack-desk` or a mail address leads to."""
    kind = next(
        (one for one in KINDS if handle.lower().startswith(one)), "email" if "@" in handle else ""
    )
    return Receiver(name=f"@{handle}", kind=kind, pages=kind in PAGERS)


def _downtime(one: Declaration) -> Downtime | None:
    if one.kind not in {"datadog_downtime_schedule", "datadog_downtime"}:
        return None
    body = one.body
    detail = _always(body)
    scope = pattern(body.at("scope")) or " ".join(pattern(part) for part in body.at("scope").items)
    if not detail or stage_of(scope) in {"dev", "stg"}:
        return None
    identifier = down(body, "monitor_identifier")
    tags = first(identifier.at("monitor_tags"), body.at("monitor_tags"))
    return Downtime(
        place=one.place,
        tags=frozenset(pattern(tag) for tag in tags.items),
        monitor=address(first(identifier.at("monitor_id"), body.at("monitor_id"))),
        scope=scope,
        detail=detail,
    )


def _always(body: Node) -> str:
    """Why the downtime covers nearly all the time; empty where it does not."""
    recurrence = down(body, "recurring_schedule", "recurrence")
    if recurrence.mapping:
        lasts = seconds(pattern(recurrence.at("duration"))) or 0
        daily = "FREQ=DAILY" in pattern(recurrence.at("rrule")) or "FREQ=HOURLY" in pattern(
            recurrence.at("rrule")
        )
        return (
            f"{pattern(recurrence.at('rrule'))}; {pattern(recurrence.at('duration'))}"
            if daily and lasts >= NEARLY_ALL_DAY_S
            else ""
        )
    once = down(body, "one_time_schedule")
    if once.mapping:
        return "" if once.at("end") else "wording.silence_without_an_end"
    old = down(body, "recurrence")
    if old.mapping:
        return ""
    return "" if body.at("end") or body.at("end_date") else "wording.silence_without_an_end"


def _dashboard(path: str, place: Place, body: Node) -> Dashboard:
    """The Terraform form: `widget` blocks, groups of them too."""
    panels = [panel for widget in blocks(body, "widget") for panel in _widgets(path, widget, 0)]
    return Dashboard(
        title=pattern(body.at("title")), tool=Tool.DATADOG, place=place, panels=tuple(panels)
    )


def _widgets(path: str, widget: Node, depth: int) -> Iterator[Panel]:
    for kind, definition in widget.mapping.items():
        inner = definition.items[0] if definition.items else ABSENT
        if kind == "group_definition" and depth < 5:
            for one in blocks(inner, "widget"):
                yield from _widgets(path, one, depth + 1)
        elif kind.endswith("_definition"):
            yield panel(path, inner)


def panel(path: str, definition: Node) -> Panel:
    """A widget with everything it asks, however the query is spelt."""
    return Panel(
        title=pattern(definition.at("title")),
        place=Place(path, definition.line),
        queries=tuple(_queries(path, definition)),
    )


def _queries(path: str, definition: Node) -> Iterator[Query]:
    searches: set[int] = set()
    for node in islice(definition.walk(), MAX_NODES):
        if literal(node.at("data_source")) in EVENTS:
            searches.add(id(node.at("search")))
            yield _events(path, node)
            continue
        if id(node) in searches:
            continue
        for key in ("q", "query", "query_string"):
            value = node.at(key)
            if value and not value.mapping and not (value.items and not value.tag):
                yield metrics.datadog(pattern(value), Place(path, node.line_of(key)))


def _events(path: str, node: Node) -> Query:
    """A count or a duration of spans, logs or page views."""
    search = pattern(first(node.at("search", "query"), node.at("search"), node.at("query")))
    measure = pattern(node.at("compute", "metric"))
    name = f"{pattern(node.at('data_source'))}.{'duration' if 'duration' in measure else 'hits'}"
    topics = metrics.topics_of(f"{name} {search}", search)
    found = Metric(name=name, topics=topics, from_platform=True)
    return metrics.query(f"{name} {search}", Place(path, node.line), [found])


def dashboard_json(path: str, body: Node) -> Dashboard:
    """An exported dashboard."""
    panels: list[Panel] = []
    pending = [(widget, 0) for widget in body.at("widgets").items]
    while pending and len(panels) < MAX_NODES:
        widget, depth = pending.pop(0)
        definition = widget.at("definition")
        inner = definition.at("widgets").items
        if inner and depth < 5:
            pending.extend((one, depth + 1) for one in inner)
        else:
            panels.append(panel(path, definition))
    return Dashboard(
        title=body.at("title").text, tool=Tool.DATADOG, place=Place(path, body.line_of("title")),
        panels=tuple(panels),
    )  # fmt: skip


def _objective(one: Declaration) -> Objective:
    body = one.body
    path = one.place.path
    thresholds = down(body, "thresholds")
    asked = down(body, "query")
    queries = [
        metrics.datadog(pattern(asked.at(key)), Place(path, asked.line_of(key)))
        for key in ("numerator", "denominator")
        if pattern(asked.at(key)).strip("* ")
    ]
    queries.extend(
        metrics.datadog(pattern(node.at("query")), Place(path, node.line_of("query")))
        for node in islice(body.at("sli_specification").walk(), 500)
        if pattern(node.at("query")).strip("* ")
    )
    return Objective(
        name=pattern(body.at("name")),
        tool=Tool.DATADOG,
        place=one.place,
        target=_share(figure(path, thresholds, "target")),
        window=pattern(thresholds.at("timeframe")),
        queries=tuple(queries),
        asks=bool(body.at("monitor_ids")),
    )


def _share(percent: Figure | None) -> Figure | None:
    if percent is None or percent.value is None:
        return percent
    return Figure(value=percent.value / 100, place=percent.place, written=percent.written)


def objective_json(path: str, body: Node) -> Objective:
    """An exported objective."""
    threshold = body.at("thresholds").items[0]
    target = figure(path, threshold, "target")
    asked = body.at("query")
    queries = tuple(
        metrics.datadog(asked.at(key).text, Place(path, asked.line_of(key)))
        for key in ("numerator", "denominator")
        if asked.at(key).text
    )
    return Objective(
        name=body.at("name").text,
        tool=Tool.DATADOG,
        place=Place(path, body.line_of("name")),
        target=_share(target) if target and target.value is not None else None,
        window=threshold.at("timeframe").text,
        queries=queries,
    )


def looks_like_monitor(body: Node) -> bool:
    """An exported monitor: a query, a type and a message."""
    return bool(body.at("query").text and body.at("type").text and body.at("message"))
