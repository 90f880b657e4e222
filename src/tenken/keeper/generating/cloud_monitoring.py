"""Cloud Monitoring: alert policies in PromQL, as Terraform.

Managed Service for Prometheus keeps the keeper's metrics under their own names, so the very
expression is asked; policies evaluate no recorded rules, and each carries its windows in full.
"""

from collections.abc import Iterator

from tenken.config.operating.objectives import BurnPair, Severity, span
from tenken.keeper.generating import vocabulary as names
from tenken.keeper.generating.given import File, Generated, Given, Loss, Objective, unread
from tenken.keeper.generating.hcl import Block, Reference, resource_name, written
from tenken.keeper.generating.prometheus import NOT_SEEN, NOT_SEEN_AFTER_S, unknown
from tenken.keeper.generating.promql import Events, indicator_of
from tenken.sentence import say

FILE = "tenken-cloud-monitoring.tf"
COMMENT = (
    "Made by `tenken slo generate --for cloud-monitoring`; a change belongs into tenken.yaml."
)
SEVERITIES: dict[Severity, str] = {"page": "CRITICAL", "ticket": "WARNING"}
EVALUATED_S, CLOSED_S = 30, 1800


def cloud_monitoring(given: Given) -> Generated:
    """Make the policies, and a variable for each urgency's channels."""
    blocks = [*_variables(given)]
    for one in given.objectives:
        indicator = indicator_of(one.slo)
        if isinstance(indicator, Events):
            blocks += [_policy(given, one, indicator, pair) for pair in one.pairs]
    if blocks and given.of_ours:
        blocks.append(_not_seen(given))
    file = File(path=FILE, text=written(blocks, comment=COMMENT))
    return Generated(files=(file,), losses=tuple(_losses(given)))


def _variables(given: Given) -> Iterator[Block]:
    for severity in SEVERITIES:
        heard = given.of_ours and severity == given.mildest
        if heard or any(one.of(severity) for one in given.objectives):
            told = f"Notification channels that hear of a {severity}"
            body = (("type", Reference("list(string)")), ("description", told))
            yield Block(("variable", f"{severity}_channels"), body)


def burning(objective: Objective, events: Events, pair: BurnPair) -> str:
    """Give when a pair alarms, in one expression."""
    budget = f"{objective.slo.budget:.10g}"
    parts = (
        f"({events.bad_share(span(minutes))}) / {budget} > {pair.burn:g}"
        for minutes in (pair.long_minutes, pair.short_minutes)
    )
    return " and ".join(f"({part})" for part in parts)


def _policy(given: Given, objective: Objective, events: Events, pair: BurnPair) -> Block:
    slo = objective.slo
    name = f"{given.application}: {slo.name} burns too fast ({pair})"
    condition = Block(
        ("condition_prometheus_query_language",),
        (
            ("query", burning(objective, events, pair)),
            ("duration", "0s"),
            ("evaluation_interval", f"{EVALUATED_S}s"),
            ("alert_rule", f"TenkenSlo{pair.severity.capitalize()}"),
        ),
    )
    runbook = given.runbook(slo)
    told = f"{slo.sli}, target {slo.target_percent:g} % over {slo.window_days:g} days."
    told += f" Runbook: {runbook}" if runbook else ""
    label = f"{resource_name(slo.name)}_{pair.severity}_{span(pair.long_minutes)}"
    return Block(
        ("resource", "google_monitoring_alert_policy", label),
        (
            ("display_name", name),
            ("combiner", "OR"),
            ("severity", SEVERITIES[pair.severity]),
            Block(("conditions",), (("display_name", str(pair)), condition)),
            Block(("alert_strategy",), (("auto_close", f"{CLOSED_S}s"),)),
            Block(("documentation",), (("content", told), ("mime_type", "text/markdown"))),
            ("notification_channels", Reference(f"var.{pair.severity}_channels")),
        ),
    )


def _not_seen(given: Given) -> Block:
    """No data is no success: that nothing of the keeper is seen, or nothing new, is told."""
    condition = Block(
        ("condition_prometheus_query_language",),
        (
            ("query", f"absent({names.STORE_UP} == 1)"),
            ("duration", f"{NOT_SEEN_AFTER_S}s"),
            ("evaluation_interval", f"{EVALUATED_S}s"),
            ("alert_rule", NOT_SEEN),
        ),
    )
    told = "No keeper of tenken that reads its store is seen: no objective is being watched."
    return Block(
        ("resource", "google_monitoring_alert_policy", "tenken_not_seen"),
        (
            ("display_name", f"{given.application}: tenken is not seen"),
            ("combiner", "OR"),
            ("severity", SEVERITIES[given.mildest]),
            Block(("conditions",), (("display_name", "not seen"), condition)),
            Block(("documentation",), (("content", told), ("mime_type", "text/markdown"))),
            ("notification_channels", Reference(f"var.{given.mildest}_channels")),
        ),
    )


def _losses(given: Given) -> Iterator[Loss]:
    yield from unread(given)
    for one in given.objectives:
        indicator = indicator_of(one.slo)
        if indicator is None:
            yield Loss(slo=one.slo.name, sentence=unknown(one, "Cloud Monitoring"))
        elif not isinstance(indicator, Events):
            sentence = say("slo.loss_no_ratio", target="Cloud Monitoring")
            yield Loss(slo=one.slo.name, sentence=sentence)
    yield Loss(slo="", sentence=say("slo.loss_no_budget", target="Cloud Monitoring"))
    yield Loss(slo="", sentence=say("slo.loss_channels"))
