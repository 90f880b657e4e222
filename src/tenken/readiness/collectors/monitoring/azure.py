"""Azure Monitor in Bicep and Terraform: alert rules, their action groups, dashboards."""

from collections.abc import Iterator, Mapping
from itertools import islice

from tenken.config.node import ABSENT, Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.values import (
    address,
    blocks,
    figure,
    first,
    is_unknown,
    literal,
    pattern,
    truth,
)
from tenken.readiness.collectors.monitoring import metrics
from tenken.readiness.collectors.monitoring.gathered import Gathered
from tenken.readiness.collectors.monitoring.google import definition
from tenken.readiness.collectors.monitoring.runbooks import runbook_in, steps_in
from tenken.readiness.collectors.monitoring.silence import unreachable
from tenken.readiness.facts.infrastructure import Declaration, Source
from tenken.readiness.facts.monitoring import (
    Alert,
    Dashboard,
    Metric,
    Panel,
    Query,
    Reach,
    Receiver,
    Silence,
    Silenced,
    Tool,
)

GROUPS = frozenset({"Microsoft.Insights/actionGroups", "azurerm_monitor_action_group"})
RULES = frozenset({
    "Microsoft.Insights/metricAlerts", "Microsoft.Insights/scheduledQueryRules",
    "azurerm_monitor_metric_alert", "azurerm_monitor_scheduled_query_rules_alert",
    "azurerm_monitor_scheduled_query_rules_alert_v2",
})  # fmt: skip
DASHBOARDS = frozenset({
    "Microsoft.Portal/dashboards", "azurerm_portal_dashboard", "azurerm_dashboard",
})  # fmt: skip
RECEIVERS: Mapping[str, str] = {
    "email": "email", "sms": "sms", "webhook": "webhook", "voice": "voice", "itsm": "itsm",
    "logicApp": "logic app", "azureAppPush": "push", "azureFunction": "function",
    "eventHub": "event hub", "armRole": "role", "automationRunbook": "automation",
    "logic_app": "logic app", "azure_app_push": "push", "azure_function": "function",
    "event_hub": "event hub", "arm_role": "role", "automation_runbook": "automation",
}  # fmt: skip
PAGING = frozenset({"sms", "voice", "push"})
OPERATORS = {
    "GreaterThan": ">", "GreaterThanOrEqual": ">=", "LessThan": "<", "LessThanOrEqual": "<=",
}  # fmt: skip
MAX_NODES = 20_000


def read_azure_monitor(declarations: list[Declaration], gathered: Gathered) -> None:
    """Read every alert rule and every dashboard."""
    groups = {_key(one, one.address): one for one in declarations if one.kind in GROUPS}
    for one in declarations:
        if one.kind in RULES:
            gathered.alerts.append(_alert(one, groups, gathered))
        elif one.kind in DASHBOARDS:
            gathered.dashboards.append(_dashboard(one))


def _key(one: Declaration, named: str) -> str:
    """A symbol of Bicep means something inside its own file only."""
    return f"{one.place.path}#{named}" if one.source is Source.BICEP else named


def _alert(one: Declaration, groups: Mapping[str, Declaration], gathered: Gathered) -> Alert:
    said = one.body.at("properties") or one.body
    path = one.place.path
    criteria = _criteria(said)
    query = _query(path, criteria, said)
    limit = figure(path, criteria, "threshold")
    operator = OPERATORS.get(literal(criteria.at("operator")) or "", "")
    silenced = list(_disabled(path, said))
    if limit is not None and limit.value is not None:
        silenced += unreachable(query, operator, limit.value, limit.place)
    reach, receivers, missing = _reach(one, said, groups)
    text = pattern(said.at("description"))
    place = Place(path, said.line_of("description"))
    return Alert(
        name=pattern(one.body.at("name")) or one.name,
        tool=Tool.AZURE,
        place=one.place,
        query=query,
        threshold=limit,
        severity=_severity(said),
        reach=reach,
        reach_place=Place(path, first(said.at("actions"), said.at("action"), said).line),
        receivers=receivers,
        missing_receiver=missing,
        silenced=tuple(silenced),
        runbook=runbook_in(text, place, gathered.tree) if text else None,
        steps=steps_in(text, place),
        stage=one.stage,
    )


def _severity(said: Node) -> str:
    """0 and 1 are what somebody is woken for."""
    written = literal(said.at("severity")) or ""
    return {"0": "critical", "1": "critical", "2": "warning"}.get(written, written)


def _criteria(said: Node) -> Node:
    """The first condition: a block, or the first of `allOf`."""
    node = said.at("criteria")
    listed = node.at("allOf").items
    return listed[0] if listed else next(iter(blocks(said, "criteria")), ABSENT)


def _query(path: str, criteria: Node, said: Node) -> Query:
    named = first(criteria.at("metricName"), criteria.at("metric_name"))
    if named:
        namespace = first(criteria.at("metricNamespace"), criteria.at("metric_namespace"))
        return _metric(pattern(named), pattern(namespace), Place(path, named.line))
    text = first(criteria.at("query"), said.at("query"))
    return _logs(pattern(text), Place(path, text.line or criteria.line))


def _metric(name: str, namespace: str, place: Place) -> Query:
    """A metric that the platform gives; one of the application's own has a namespace so named."""
    own = "custom" in namespace.lower() or namespace.lower() == "azure.applicationinsights"
    found = metrics.metric(name, f"{namespace} {name}", from_platform=not own)
    return metrics.query(name, place, [] if "*" in name else [found])


def _logs(text: str, place: Place) -> Query:
    """A query over logs: its tables and columns tell what it speaks of."""
    found = Metric(name="logs", topics=metrics.topics_of(text, text), from_platform=True)
    return metrics.query(text, place, [found] if text.strip("*") else [])


def _disabled(path: str, said: Node) -> Iterator[Silenced]:
    if truth(said.at("enabled")) is False:
        place = Place(path, said.line_of("enabled"))
        yield Silenced(because=Silence.DISABLED, place=place, detail="enabled = false")


def _reach(
    one: Declaration, said: Node, groups: Mapping[str, Declaration]
) -> tuple[Reach, tuple[Receiver, ...], str]:
    named = list(_group_nodes(said))
    if any(is_unknown(node) and not address(node) for node in named):
        return Reach.ELSEWHERE, (), ""
    if not named:
        return Reach.NOBODY, (), ""
    found = [groups[key] for node in named if (key := _key(one, address(node))) in groups]
    receivers = tuple(it for group in found for it in _receivers(group))
    if receivers:
        return Reach.SOMEBODY, receivers, ""
    if found:
        return Reach.BROKEN, (), found[0].name
    return Reach.ELSEWHERE, (), ""


def _group_nodes(said: Node) -> Iterator[Node]:
    """The references to action groups, in each of the forms that the two languages know."""
    actions = said.at("actions")
    for node in (*actions.items, *blocks(said, "action")):
        if node.mapping:
            named = first(node.at("actionGroupId"), node.at("action_group_id"))
            yield from (named,) if named else ()
            yield from node.at("action_groups").items
        elif node:
            yield node
    yield from actions.at("actionGroups").items
    if actions.tag:
        yield actions


def _receivers(group: Declaration) -> Iterator[Receiver]:
    said = group.body.at("properties") or group.body
    if truth(said.at("enabled")) is False:
        return
    for prefix, kind in RECEIVERS.items():
        listed = (*said.at(f"{prefix}Receivers").items, *blocks(said, f"{prefix}_receiver"))
        for node in listed:
            name = pattern(node.at("name")) or group.name
            place = Place(group.place.path, node.line)
            yield Receiver(name=name, kind=kind, place=place, pages=kind in PAGING)


def _dashboard(one: Declaration) -> Dashboard:
    held, body = one.place.path, one.body
    if one.source is Source.TERRAFORM:
        held, body = definition(one.place.path, one.body.at("dashboard_properties"))
    panels = tuple(_panels(held, body))
    return Dashboard(
        title=pattern(one.body.at("name")) or one.name,
        tool=Tool.AZURE,
        place=one.place,
        panels=panels,
        followed=bool(panels),
    )


def _panels(path: str, body: Node) -> Iterator[Panel]:
    """Charts of metrics, and parts that show a query over logs; other parts have no query."""
    for node in islice(body.walk(), MAX_NODES):
        charted = [one for one in node.at("metrics").items if one.at("name").text]
        asked = literal(node.at("value")) if node.at("name").text == "Query" else None
        if charted:
            queries = tuple(_charted(path, one) for one in charted)
            title = pattern(node.at("title"))
            yield Panel(title=title, place=queries[0].place, queries=queries)
        elif asked:
            place = Place(path, node.line_of("value"))
            yield Panel(title=asked[:60], place=place, queries=(_logs(asked, place),))


def _charted(path: str, one: Node) -> Query:
    place = Place(path, one.line_of("name"))
    return _metric(pattern(one.at("name")), pattern(one.at("namespace")), place)
