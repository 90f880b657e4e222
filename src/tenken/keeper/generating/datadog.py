"""Datadog: objectives and their monitors as Terraform, a dashboard, and the agent's check.

An objective's id exists only once it is made, so monitors name it by reference. The check tells
the agent to read the keeper's `/metrics`: the names that everything here asks for come from it.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from tenken.config.operating.alerting import Receiver
from tenken.config.operating.objectives import BurnPair, Severity, Slo, span
from tenken.keeper.generating import beside
from tenken.keeper.generating.given import (
    KIND,
    URGENCIES,
    File,
    Generated,
    Given,
    Loss,
    Objective,
    unread,
)
from tenken.keeper.generating.hcl import Block, Reference, resource_name, written
from tenken.keeper.generating.prometheus import unknown
from tenken.keeper.generating.promql import Events
from tenken.keeper.generating.vocabulary import CALLED, GOOD, SERVED, TORN, scope
from tenken.keeper.generating.yaml import Plain
from tenken.keeper.generating.yaml import written as yaml_written
from tenken.sentence import say

TERRAFORM = "tenken-datadog.tf"
DASHBOARD = "tenken-datadog-dashboard.json"
CHECK = "openmetrics.d/conf.yaml"
DAYS = (7, 30, 90)
LONG_HOURS_MIN, LONG_HOURS_MAX = 1, 48
HOUR_M = 60
NO_DATA_M = 30
"""Datadog advises twice the window that is asked."""
COMMENT = "Made by `tenken slo generate --for datadog`; a change belongs into tenken.yaml."
PREFIX = "tenken"
USUAL_PORT = 9464
METRICS = (
    "requests", "responses", "request_duration_seconds", "time_to_first_token_seconds",
    "requests_fallbacks", "requests_matched", "guard_matches", "feedback", "cost_usd", "tokens",
    "store_up", "alerts_open",
)  # fmt: skip
"""As the check calls them: `tenken_requests_total` is `tenken.requests.count` there."""
PRIORITY: Mapping[Severity, int] = MappingProxyType({"page": 1, "ticket": 3})


def datadog(given: Given) -> Generated:
    """Make the files."""
    known = [(one, events) for one in given.objectives if (events := events_of(one.slo))]
    blocks = [block for one, events in known for block in _blocks(given, one, events)]
    if known and given.of_ours:
        blocks.append(_not_seen(given))
    if beside.told_by(given, "datadog"):
        blocks += [_beside(given, one) for one in URGENCIES]
    files = (
        File(path=TERRAFORM, text=written(blocks, comment=COMMENT)),
        File(path=DASHBOARD, text=_dashboard(given, known)),
        File(path=CHECK, text=_check(given)),
    )
    return Generated(files=files, losses=tuple(_losses(given)))


# -- what is counted


def events_of(slo: Slo) -> Events | None:
    """Give good events and all of them as Datadog asks for them; None where it cannot."""
    if slo.query is not None:
        known = slo.query.language == "datadog"
        return Events(good=slo.query.good, total=slo.query.total) if known else None
    made = INDICATORS.get(slo.sli)
    return made(slo) if made else None


def _count(metric: str, slo: Slo, **more: str | tuple[str, ...]) -> str:
    parts = [f"{name}:{value}" for name, value in scope(slo).items()]
    for name, value in more.items():
        several = value if isinstance(value, tuple) else (value,)
        one = f"{name}:{several[0]}" if len(several) == 1 else f"{name} IN ({','.join(several)})"
        parts.append(one)
    return f"sum:{metric}{{{' AND '.join(parts) or '*'}}}.as_count()"


def _requests(slo: Slo, outcomes: tuple[str, ...]) -> str:
    return _count("tenken.requests.count", slo, outcome=outcomes)


def _availability(slo: Slo) -> Events:
    good = _requests(slo, GOOD)
    failed = _count("tenken.responses.count", slo, status="5xx")
    return Events(good=good, total=f"{good} + {_requests(slo, TORN)} + {failed}")


def _within(metric: str) -> Callable[[Slo], Events]:
    def events(slo: Slo) -> Events:
        bound = f"{slo.threshold_s or 0:g}"
        return Events(
            good=_count(f"{metric}.bucket", slo, upper_bound=bound),
            total=_count(f"{metric}.count", slo),
        )

    return events


def _without(metric: str, served: tuple[str, ...], **labels: str) -> Callable[[Slo], Events]:
    def events(slo: Slo) -> Events:
        total = _requests(slo, served)
        bad = _count(metric, slo, **labels)
        return Events(good=f"{total} - {bad}", total=total)

    return events


def _feedback(slo: Slo) -> Events:
    good = _count("tenken.feedback.count", slo, verdict="good")
    return Events(good=good, total=_count("tenken.feedback.count", slo, verdict=("good", "bad")))


INDICATORS: Mapping[str, Callable[[Slo], Events]] = MappingProxyType(
    {
        "availability": _availability,
        "latency": _within("tenken.request_duration_seconds"),
        "ttft": _within("tenken.time_to_first_token_seconds"),
        "guardrail_available": _without("tenken.guard_matches.count", SERVED, action="failed"),
        "safety_violation_rate": _without("tenken.requests_matched.count", SERVED),
        "fallback_rate": _without("tenken.requests_fallbacks.count", CALLED),
        "feedback_positive_rate": _feedback,
    }
)


# -- objectives and monitors


def days_of(slo: Slo) -> int:
    """Give the window nearest to the one promised: Datadog knows 7, 30 and 90 days."""
    return min(DAYS, key=lambda one: abs(one - slo.window_days))


def pair_of(pair: BurnPair) -> BurnPair | None:
    """Give the pair as Datadog takes it; None where it has none like it."""
    hours = pair.long_minutes / HOUR_M
    if LONG_HOURS_MIN <= hours <= LONG_HOURS_MAX and hours == int(hours):
        return pair
    return None


def _blocks(given: Given, objective: Objective, events: Events) -> Iterator[Block]:
    slo, name = objective.slo, resource_name(objective.slo.name)
    timeframe = f"{days_of(slo)}d"
    yield Block(
        ("resource", "datadog_service_level_objective", name),
        (
            ("name", f"{given.application}: {slo.name}"),
            ("type", "metric"),
            ("description", _described(given, slo)),
            Block(("query",), (("numerator", events.good), ("denominator", events.total))),
            Block(
                ("thresholds",), (("timeframe", timeframe), ("target", float(slo.target_percent)))
            ),
            ("timeframe", timeframe),
            ("target_threshold", float(slo.target_percent)),
            ("tags", _tags(given, slo)),
        ),
    )
    for pair in objective.pairs:
        if pair_of(pair):
            yield _monitor(given, objective, pair)


def _monitor(given: Given, objective: Objective, pair: BurnPair) -> Block:
    slo, name = objective.slo, resource_name(objective.slo.name)
    of = f"${{datadog_service_level_objective.{name}.id}}"
    long, short = f"{pair.long_minutes // HOUR_M}h", f"{pair.short_minutes}m"
    query = (
        f'burn_rate(\\"{of}\\").over(\\"{days_of(slo)}d\\")'
        f'.long_window(\\"{long}\\").short_window(\\"{short}\\") > {pair.burn:g}'
    )
    return Block(
        ("resource", "datadog_monitor", f"{name}_{pair.severity}_{span(pair.long_minutes)}"),
        (
            ("name", f"{given.application}: {slo.name} burns too fast ({pair})"),
            ("type", "slo alert"),
            ("query", Reference(f'"{query}"')),
            ("message", _message(given, slo, pair)),
            ("priority", PRIORITY[pair.severity]),
            ("tags", [*_tags(given, slo), f"severity:{pair.severity}"]),
            Block(("monitor_thresholds",), (("critical", pair.burn),)),
        ),
    )


def _not_seen(given: Given) -> Block:
    """No data is no success: that nothing of the keeper is seen, or nothing new, is told."""
    severity = given.mildest
    lines = [
        "No keeper of tenken that reads its store is seen: no objective is being watched.",
        " ".join(handles(given, severity)),
    ]
    return Block(
        ("resource", "datadog_monitor", "tenken_not_seen"),
        (
            ("name", f"{given.application}: tenken is not seen"),
            ("type", "metric alert"),
            ("query", f"max(last_15m):max:{PREFIX}.store_up{{*}} < 1"),
            ("message", "\n".join(line for line in lines if line)),
            ("priority", PRIORITY[severity]),
            ("notify_no_data", Reference("true")),
            ("no_data_timeframe", NO_DATA_M),
            ("tags", [f"application:{given.application}", f"severity:{severity}"]),
            Block(("monitor_thresholds",), (("critical", 1),)),
        ),
    )


def _beside(given: Given, severity: Severity) -> Block:
    """What the keeper watches besides objectives, one alert for each kind of it."""
    lines = [
        "{{kind.name}}: tenken has {{value}} open alerts of this kind. What it is, since when and",
        "why: `tenken alerts`, or the console.",
        " ".join(handles(given, severity)),
    ]
    chosen = f"{{severity:{severity},!kind:{KIND}}}"
    return Block(
        ("resource", "datadog_monitor", f"tenken_alerts_{severity}"),
        (
            ("name", f"{given.application}: tenken's own alerts ({severity})"),
            ("type", "metric alert"),
            ("query", f"max(last_5m):max:{PREFIX}.alerts_open{chosen} by {{kind}} > 0"),
            ("message", "\n".join(line for line in lines if line)),
            ("priority", PRIORITY[severity]),
            ("tags", [f"application:{given.application}", f"severity:{severity}"]),
            Block(("monitor_thresholds",), (("critical", 0),)),
        ),
    )


def _described(given: Given, slo: Slo) -> str:
    return " ".join(part for part in (slo.sli, given.runbook(slo)) if part)


def _tags(given: Given, slo: Slo) -> list[str]:
    named = {"application": given.application, "slo": slo.name, **scope(slo)}
    named |= {"owner": slo.owner or given.owner}
    return [f"{key}:{value}" for key, value in named.items() if value]


def _message(given: Given, slo: Slo, pair: BurnPair) -> str:
    runbook = given.runbook(slo)
    lines = [
        f"{slo.name} burns its error budget more than {pair.burn:g} times too fast.",
        f"Runbook: {runbook}" if runbook else "",
        " ".join(handles(given, pair.severity)),
    ]
    return "\n".join(line for line in lines if line)


def handles(given: Given, severity: Severity) -> tuple[str, ...]:
    """Give whom a monitor names: receivers by the name that Datadog's integration has."""
    route = given.alerts.routes.get(severity)
    known = {one.name: one for one in given.receivers}
    named = (_handle(known[name]) for name in (route.receivers if route else ()) if name in known)
    return tuple(handle for handle in named if handle)


def _handle(one: Receiver) -> str:
    match one.kind:
        case "slack" | "pagerduty" | "webhook":
            return f"@{one.kind}-{one.name}"
        case "email":
            return " ".join(f"@{address}" for address in (one.mail.to if one.mail else ()))
        case _:
            return ""


# -- dashboard and check


def _dashboard(given: Given, known: list[tuple[Objective, Events]]) -> str:
    widgets = [_widget(one.slo, events) for one, events in known]
    widgets += [
        _lines("Requests by outcome", "sum:tenken.requests.count{*} by {outcome}.as_count()"),
        _lines("Cost (USD) by model", "sum:tenken.cost_usd.count{*} by {model}.as_count()"),
        _lines("Tokens by class", "sum:tenken.tokens.count{*} by {type}.as_count()"),
        _lines("Guard matches by risk", "sum:tenken.guard_matches.count{*} by {risk}.as_count()"),
    ]
    body: Plain = {
        "title": f"{given.application}: objectives",
        "description": COMMENT,
        "layout_type": "ordered",
        "widgets": widgets,
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _widget(slo: Slo, events: Events) -> Plain:
    title = f"{slo.name}: good events in % (target {slo.target_percent:g} %)"
    return _lines(title, f"100 * ({events.good}) / ({events.total})")


def _lines(title: str, query: str) -> Plain:
    request: Plain = {"q": query, "display_type": "line"}
    return {"definition": {"type": "timeseries", "title": title, "requests": [request]}}


def _check(given: Given) -> str:
    door = given.metrics
    key = {"headers": {"Authorization": f"Bearer ENC[{door.token}]"}} if door.token else {}
    instance: Plain = {
        "openmetrics_endpoint": f"http://127.0.0.1:{door.port or USUAL_PORT}/metrics",
        "namespace": PREFIX,
        "metrics": [{f"{PREFIX}_{name}": name} for name in METRICS],
        **key,
    }
    comment = f"{COMMENT}\nThe OpenMetrics check of an agent beside the keeper."
    return yaml_written({"instances": [instance]}, comment=comment)


# -- what it cannot


def _losses(given: Given) -> Iterator[Loss]:
    yield from unread(given)
    yield from beside.losses(given, "datadog")
    for one in given.objectives:
        slo = one.slo
        if events_of(slo) is None:
            why = (
                say("slo.loss_no_ratio", target="Datadog")
                if slo.sli == "cost_per_request" and slo.query is None
                else unknown(one, "Datadog")
            )
            yield Loss(slo=slo.name, sentence=why)
            continue
        if slo.sli == "guardrail_available":
            yield Loss(slo=slo.name, sentence=say("slo.loss_absent_series"))
        if days_of(slo) != slo.window_days:
            yield Loss(
                slo=slo.name,
                sentence=say("slo.loss_days", days=f"{slo.window_days:g}", taken=days_of(slo)),
            )
        for pair in one.pairs:
            if pair_of(pair) is None:
                yield Loss(slo=slo.name, sentence=say("slo.loss_long_window", pair=str(pair)))
    for severity in PRIORITY:
        if not handles(given, severity):
            yield Loss(slo="", sentence=say("slo.loss_nobody_datadog", severity=severity))
