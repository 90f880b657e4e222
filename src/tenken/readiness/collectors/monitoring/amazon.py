"""CloudWatch in Terraform: alarms with their topics, dashboards, budgets."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.values import (
    address,
    blocks,
    down,
    figure,
    is_unknown,
    literal,
    number,
    pattern,
    truth,
)
from tenken.readiness.collectors.monitoring import metrics
from tenken.readiness.collectors.monitoring.gathered import Gathered
from tenken.readiness.collectors.monitoring.google import definition
from tenken.readiness.collectors.monitoring.runbooks import runbook_in, steps_in
from tenken.readiness.collectors.monitoring.silence import held, unreachable
from tenken.readiness.facts.infrastructure import Declaration
from tenken.readiness.facts.monitoring import (
    Alert,
    AlertKind,
    Dashboard,
    Metric,
    Panel,
    Query,
    Reach,
    Receiver,
    Silence,
    Silenced,
    Tool,
    Topic,
)

OPERATORS = {
    "GreaterThanThreshold": ">", "GreaterThanOrEqualToThreshold": ">=",
    "LessThanThreshold": "<", "LessThanOrEqualToThreshold": "<=",
}  # fmt: skip
SUBSCRIPTION = "aws_sns_topic_subscription"
MAX_NODES = 20_000


class Topics(Struct, frozen=True, kw_only=True):
    """The topics of the repository, and who hears them."""

    declared: Mapping[str, Declaration]
    subscriptions: Mapping[str, str]
    """Protocol of a subscription by the topic's address."""
    unheard: frozenset[str]
    """Topics whose subscriptions are written down, and for which none is made."""


def read_amazon(
    declarations: list[Declaration], unmade: Sequence[Declaration], gathered: Gathered
) -> None:
    """Read every CloudWatch resource."""
    subscriptions = {
        address(one.body.at("topic_arn")): literal(one.body.at("protocol")) or "sns"
        for one in declarations
        if one.kind == SUBSCRIPTION
    }
    idle = {address(one.body.at("topic_arn")) for one in unmade if one.kind == SUBSCRIPTION}
    topics = Topics(
        declared={one.address: one for one in declarations if one.kind == "aws_sns_topic"},
        subscriptions=subscriptions,
        unheard=frozenset(idle - set(subscriptions)),
    )
    for one in declarations:
        if one.kind in {"aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"}:
            gathered.alerts.append(_alarm(one, topics, gathered))
        elif one.kind == "aws_cloudwatch_dashboard":
            gathered.dashboards.append(_dashboard(one))
        elif one.kind == "aws_budgets_budget":
            gathered.alerts.append(_budget(one))


def _alarm(
    one: Declaration,
    topics: Topics,
    gathered: Gathered,
) -> Alert:
    body, path = one.body, one.place.path
    query = _query(one)
    limit = figure(path, body, "threshold")
    periods = number(body.at("evaluation_periods")) or 1
    hold_s = periods * (number(body.at("period")) or 60)
    operator = OPERATORS.get(literal(body.at("comparison_operator")) or "", "")
    silenced = [
        *_disabled(one),
        *held(hold_s, Place(path, body.line_of("evaluation_periods")), f"{hold_s:g} s"),
    ]
    if limit is not None and limit.value is not None:
        silenced += unreachable(query, operator, limit.value, limit.place)
    reach, receivers, missing = _reach(body.at("alarm_actions"), topics)
    text = pattern(body.at("alarm_description"))
    place = Place(path, body.line_of("alarm_description"))
    return Alert(
        name=pattern(body.at("alarm_name")),
        tool=Tool.CLOUDWATCH,
        place=one.place,
        query=query,
        threshold=limit,
        hold_s=hold_s,
        severity=(
            literal(body.at("tags", "severity")) or literal(body.at("tags", "Severity")) or ""
        ).lower(),
        reach=reach,
        reach_place=Place(path, body.line_of("alarm_actions")),
        receivers=receivers,
        missing_receiver=missing,
        silenced=tuple(silenced),
        runbook=runbook_in(text, place, gathered.tree) if text else None,
        steps=steps_in(text, place),
        stage=one.stage,
    )


def _query(one: Declaration) -> Query:
    body, path = one.body, one.place.path
    found = metrics.cloudwatch(
        pattern(body.at("namespace")),
        pattern(body.at("metric_name")),
        Place(path, body.line_of("metric_name")),
    )
    inner = [
        down(block, "metric")
        for block in blocks(body, "metric_query")
        if down(block, "metric").mapping
    ]
    several = [
        metric
        for node in inner
        for metric in metrics.cloudwatch(
            pattern(node.at("namespace")), pattern(node.at("metric_name")), Place(path, node.line)
        ).metrics
    ]
    return metrics.query(found.text, found.place, (*found.metrics, *several))


def _disabled(one: Declaration) -> Iterator[Silenced]:
    if truth(one.body.at("actions_enabled")) is False:
        place = Place(one.place.path, one.body.line_of("actions_enabled"))
        yield Silenced(because=Silence.DISABLED, place=place, detail="actions_enabled = false")


def _reach(node: Node, topics: Topics) -> tuple[Reach, tuple[Receiver, ...], str]:
    if is_unknown(node):
        return Reach.ELSEWHERE, (), ""
    named = [address(item) or pattern(item) for item in node.items if item]
    if not named:
        return Reach.NOBODY, (), ""
    receivers = tuple(
        Receiver(
            name=name,
            kind=topics.subscriptions[name],
            place=topics.declared[name].place if name in topics.declared else None,
        )
        for name in named
        if name in topics.subscriptions
    )
    if receivers:
        return Reach.SOMEBODY, receivers, ""
    if topics.unheard.issuperset(named):
        return Reach.NOBODY, (), ""
    own = [name for name in named if name.startswith("aws_sns_topic.")]
    gone = [name for name in own if name not in topics.declared]
    # A topic without a subscription here may have one that somebody made by hand.
    return (Reach.BROKEN, (), gone[0]) if len(gone) == len(named) else (Reach.ELSEWHERE, (), "")


def _dashboard(one: Declaration) -> Dashboard:
    path, body = definition(one.place.path, one.body.at("dashboard_body"))
    panels = tuple(_panel(path, widget) for widget in islice(body.at("widgets").items, MAX_NODES))
    return Dashboard(
        title=pattern(one.body.at("dashboard_name")), tool=Tool.CLOUDWATCH, place=one.place,
        panels=panels, followed=bool(body.mapping),
    )  # fmt: skip


def _panel(path: str, widget: Node) -> Panel:
    properties = widget.at("properties")
    place = Place(path, properties.line_of("metrics") or widget.line)
    queries = [
        metrics.cloudwatch(pattern(row.items[0]), pattern(row.items[1]), Place(path, row.line))
        for row in properties.at("metrics").items
        if len(row.items) > 1 and pattern(row.items[0]) not in {".", "..."}
    ]
    return Panel(title=pattern(properties.at("title")), place=place, queries=tuple(queries))


def _budget(one: Declaration) -> Alert:
    found = Metric(name="billing budget", topics=(Topic.BUDGET, Topic.COST), from_platform=True)
    reach = Reach.SOMEBODY if one.body.at("notification") else Reach.NOBODY
    return Alert(
        name=pattern(one.body.at("name")) or one.name,
        tool=Tool.CLOUDWATCH,
        place=one.place,
        kind=AlertKind.BUDGET,
        query=metrics.query("budget", one.place, [found]),
        reach=reach,
        reach_place=one.place,
        stage=one.stage,
    )
