"""Cloud Monitoring in Terraform: alert policies, channels, dashboards, objectives, budgets."""

from collections.abc import Iterator, Mapping
from itertools import islice

from tenken.config.json import JsonError, read_json
from tenken.config.node import ABSENT, Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.values import (
    address,
    blocks,
    down,
    figure,
    first,
    is_unknown,
    literal,
    number,
    pattern,
    truth,
)
from tenken.readiness.collectors.monitoring import metrics
from tenken.readiness.collectors.monitoring.gathered import Gathered
from tenken.readiness.collectors.monitoring.prometheus import NOWHERE
from tenken.readiness.collectors.monitoring.runbooks import runbook_in, steps_in
from tenken.readiness.collectors.monitoring.silence import (
    burns_too_fast,
    held,
    seconds,
    unreachable,
)
from tenken.readiness.facts.infrastructure import Declaration
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
    RunbookLink,
    Silence,
    Silenced,
    Tool,
    Topic,
)

CHANNEL = "google_monitoring_notification_channel"
PAGERS = frozenset({"pagerduty", "sms"})
OPERATORS = {
    "COMPARISON_GT": ">",
    "COMPARISON_GE": ">=",
    "COMPARISON_LT": "<",
    "COMPARISON_LE": "<=",
}
CONDITIONS = (
    "condition_threshold", "condition_absent", "condition_prometheus_query_language",
    "condition_monitoring_query_language", "condition_matched_log",
)  # fmt: skip
MAX_NODES = 20_000
PLACEHOLDERS = ("channel_id", "xxx", "your", "todo", "replace", "placeholder", "/0000", "123456")


def read_google(declarations: list[Declaration], gathered: Gathered) -> None:
    """Read every Cloud Monitoring resource."""
    channels = {one.address: one for one in declarations if one.kind == CHANNEL}
    goals = {
        one.address: number(one.body.at("goal"))
        for one in declarations
        if one.kind == "google_monitoring_slo"
    }
    gathered.receivers.extend(_channel(one) for one in channels.values())
    for one in declarations:
        if one.kind == "google_monitoring_alert_policy":
            gathered.alerts.append(_policy(one, channels, goals, gathered))
        elif one.kind == "google_monitoring_dashboard":
            gathered.dashboards.append(dashboard(one))
        elif one.kind == "google_monitoring_slo":
            gathered.objectives.append(_objective(one))
        elif one.kind == "google_billing_budget":
            gathered.alerts.append(_budget(one))


def _policy(
    one: Declaration,
    channels: Mapping[str, Declaration],
    goals: Mapping[str, float | None],
    gathered: Gathered,
) -> Alert:
    body, path = one.body, one.place.path
    condition, kind = _condition(body)
    query = _query(path, condition, kind)
    hold = pattern(condition.at("duration"))
    hold_s = seconds(hold) if hold else None
    operator = OPERATORS.get(literal(condition.at("comparison")) or "", ">")
    limit = figure(path, condition, "threshold_value")
    place = limit.place if limit else one.place
    silenced = [*_disabled(one), *held(hold_s, Place(path, condition.line_of("duration")), hold)]
    burning = "select_slo_burn_rate" in query.text
    if limit is not None and limit.value is not None:
        silenced += unreachable(query, operator, limit.value, place)
        if burning:
            silenced += burns_too_fast(limit.value, _goal(condition, goals), place)
    reach, receivers, missing = _reach(body.at("notification_channels"), channels)
    content = down(body, "documentation").at("content")
    return Alert(
        name=pattern(body.at("display_name")),
        tool=Tool.CLOUD_MONITORING,
        place=one.place,
        kind=AlertKind.BURN_RATE
        if burning
        else AlertKind.ABSENCE
        if kind == "condition_absent"
        else AlertKind.THRESHOLD,
        query=query,
        threshold=limit,
        hold_s=hold_s,
        severity=(
            literal(body.at("severity")) or literal(body.at("user_labels", "severity")) or ""
        ).lower(),
        reach=reach,
        reach_place=Place(path, body.line_of("notification_channels")),
        receivers=receivers,
        missing_receiver=missing,
        silenced=tuple(silenced),
        runbook=_runbook(one, content, gathered),
        steps=steps_in(pattern(content), Place(path, content.line)),
        stage=one.stage,
    )


def _runbook(one: Declaration, content: Node, gathered: Gathered) -> RunbookLink | None:
    documentation = down(one.body, "documentation")
    for link in blocks(documentation, "links"):
        place = Place(one.place.path, link.line)
        return runbook_in(pattern(link.at("url")), place, gathered.tree, is_link=True)
    place = Place(one.place.path, documentation.line_of("content"))
    return runbook_in(pattern(content), place, gathered.tree) if content else None


def _condition(body: Node) -> tuple[Node, str]:
    for block in blocks(body, "conditions"):
        for kind in CONDITIONS:
            found = down(block, kind)
            if found.mapping:
                return found, kind
    return ABSENT, ""


def _query(path: str, condition: Node, kind: str) -> Query:
    key = "query" if "language" in kind else "filter"
    text = pattern(condition.at(key))
    place = Place(path, condition.line_of(key))
    if kind == "condition_prometheus_query_language":
        return metrics.prometheus(text, place)
    if kind == "condition_matched_log":
        found = Metric(name="logs", topics=metrics.topics_of(text, text), from_platform=True)
        return metrics.query(text, place, [found])
    return metrics.google(text, place)


def _goal(condition: Node, goals: Mapping[str, float | None]) -> float | None:
    node = condition.at("filter")
    named = [address(piece) for piece in node.items if piece.tag == "!ref"] or [address(node)]
    found = [goals[name] for name in named if name in goals]
    return found[0] if found else next(iter(goals.values())) if len(goals) == 1 else None


def _disabled(one: Declaration) -> Iterator[Silenced]:
    if truth(one.body.at("enabled")) is False:
        place = Place(one.place.path, one.body.line_of("enabled"))
        yield Silenced(because=Silence.DISABLED, place=place, detail="enabled = false")


def _reach(
    node: Node, channels: Mapping[str, Declaration]
) -> tuple[Reach, tuple[Receiver, ...], str]:
    if is_unknown(node):
        return Reach.ELSEWHERE, (), ""
    named = [item for item in node.items if item]
    if not named:
        return Reach.NOBODY, (), ""
    heard = [_heard(item, channels) for item in named]
    receivers = tuple(one for one in heard if isinstance(one, Receiver))
    missing = next((one for one in heard if isinstance(one, str)), "")
    if receivers:
        return Reach.SOMEBODY, receivers, missing
    return (Reach.ELSEWHERE if None in heard else Reach.BROKEN), (), missing


def _heard(item: Node, channels: Mapping[str, Declaration]) -> Receiver | str | None:
    """The receiver; the name of one that is not there; None where that is decided elsewhere."""
    target = address(item)
    if target in channels:
        return _channel(channels[target]) if _is_on(channels[target]) else target
    if CHANNEL in target and not target.startswith(("data.", "var.", "module.")):
        return target
    text = literal(item)
    if not text:
        return None
    is_made_up = any(word in text.lower() for word in PLACEHOLDERS)
    return text[:120] if is_made_up else Receiver(name=text[:120], kind="")


def _is_on(channel: Declaration) -> bool:
    values = [literal(value) for value in channel.body.at("labels").mapping.values()]
    return truth(channel.body.at("enabled")) is not False and not any(
        value == "" or any(word in str(value).lower() for word in NOWHERE) for value in values
    )


def _channel(one: Declaration) -> Receiver:
    kind = literal(one.body.at("type")) or ""
    return Receiver(
        name=pattern(one.body.at("display_name")) or one.name,
        kind=kind,
        place=one.place,
        pages=kind in PAGERS,
    )


def dashboard(one: Declaration) -> Dashboard:
    """`dashboard_json`, as text, as an object or as a file of its own."""
    node = one.body.at("dashboard_json")
    path, body = definition(one.place.path, node)
    panels = tuple(_panels(path, body))
    title = pattern(body.at("displayName")) or one.name
    return Dashboard(
        title=title,
        tool=Tool.CLOUD_MONITORING,
        place=one.place,
        panels=panels,
        followed=bool(body.mapping),
    )


def definition(path: str, node: Node) -> tuple[str, Node]:
    """A JSON definition and the file its lines are counted in."""
    if node.mapping and not node.tag:
        return path, node
    is_file = node.tag.startswith("file:")
    text = str(node.value) if is_file else pattern(node)
    if "{" not in text:
        return path, ABSENT
    parsed = read_json(text, first_line=1 if is_file else node.line)
    place = node.tag.removeprefix("file:") if is_file else path
    return place, ABSENT if isinstance(parsed, JsonError) else parsed


def _panels(path: str, body: Node) -> Iterator[Panel]:
    for node in islice(body.walk(), MAX_NODES):
        if node.at("title") and (
            node.at("xyChart") or node.at("scorecard") or node.at("timeSeriesTable")
        ):
            yield Panel(
                title=pattern(node.at("title")),
                place=Place(path, node.line_of("title")),
                queries=tuple(_panel_queries(path, node)),
            )


def _panel_queries(path: str, node: Node) -> Iterator[Query]:
    for inner in islice(node.walk(), 2_000):
        if inner.at("filter") and not inner.at("filter").mapping:
            yield metrics.google(pattern(inner.at("filter")), Place(path, inner.line_of("filter")))
        if text := pattern(inner.at("prometheusQuery")):
            yield metrics.prometheus(text, Place(path, inner.line_of("prometheusQuery")))
        if text := pattern(inner.at("timeSeriesQueryLanguage")):
            yield metrics.google(text, Place(path, inner.line_of("timeSeriesQueryLanguage")))


SLI_BLOCKS = ("basic_sli", "request_based_sli", "windows_based_sli")


def _objective(one: Declaration) -> Objective:
    body, path = one.body, one.place.path
    target = figure(path, body, "goal")
    window = pattern(first(body.at("rolling_period_days"), body.at("calendar_period")))
    sli = next((down(body, name) for name in SLI_BLOCKS if body.at(name)), ABSENT)
    queries = [
        metrics.google(pattern(node.at(key)), Place(path, node.line_of(key)))
        for node in islice(sli.walk(), 500)
        for key in (
            "good_service_filter",
            "bad_service_filter",
            "total_service_filter",
            "distribution_filter",
        )
        if pattern(node.at(key)).strip("* ")
    ]
    return Objective(
        name=pattern(first(body.at("display_name"), body.at("slo_id"))) or one.name,
        tool=Tool.CLOUD_MONITORING,
        place=one.place,
        target=target,
        window=f"{window}d" if window.isdigit() else window,
        queries=tuple(queries),
        asks=bool(body.at("basic_sli")) or bool(body.at("windows_based_sli")),
    )


def _budget(one: Declaration) -> Alert:
    found = Metric(name="billing budget", topics=(Topic.BUDGET, Topic.COST), from_platform=True)
    return Alert(
        name=pattern(one.body.at("display_name")) or one.name,
        tool=Tool.CLOUD_MONITORING,
        place=one.place,
        kind=AlertKind.BUDGET,
        query=metrics.query("budget", one.place, [found]),
        reach=Reach.ELSEWHERE,
        reach_place=one.place,
        stage=one.stage,
    )
