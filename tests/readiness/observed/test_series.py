"""Panels and rules of a repository beside what a server of metrics really has."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tenken.evidence import Holding
from tenken.readiness.collectors.observed import datadog as from_datadog
from tenken.readiness.collectors.observed.prometheus import (
    filled,
    read_metrics,
    read_silences,
)
from tenken.readiness.facts.monitoring import Tool
from tenken.readiness.facts.observed.metrics import Wanted
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed import series
from tenken.readiness.probes.observed.said import Observed
from tests.readiness.adversary.ground import surveyed
from tests.readiness.observed.making import ABOUT, NOW
from tests.readiness.observed.servers import Prometheus, alertmanager, datadog, silence

HOLDS, FAILS, PARTLY, UNKNOWN = Holding.HOLDS, Holding.FAILS, Holding.PARTLY, Holding.UNKNOWN
REQUESTS = 'sum(rate(http_requests_total{status=~"5..", job="$job"}[$__rate_interval]))'
LATENCY = "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))"
TOKENS = "sum(rate(llm_tokens_total[5m]))"
SOLVED = "sum(increase(tickets_resolved_total[1d]))"
PANELS = [REQUESTS, LATENCY, TOKENS, SOLVED]
RULES = """\
groups:
  - name: app
    rules:
      - alert: ManyErrors
        expr: sum(rate(http_requests_total{status=~"5.."}[5m])) > 1
        for: 5m
        labels: {severity: page}
      - alert: TokenSpike
        expr: sum(rate(llm_tokens_total[5m])) > 5000
"""
KPIS = """\
application: {name: desk, owner: desk}
kpis:
  - {id: solved, formula: tickets resolved, owner: product, events: [tickets_resolved]}
"""
FILES = {
    "README.md": "# Desk\n",
    "watch/dashboards/desk.json": json.dumps({
        "schemaVersion": 41, "title": "desk",
        "panels": [{"title": one[:20], "type": "graph", "targets": [{"expr": one}]}
                   for one in PANELS],
    }),
    "watch/rules.yml": RULES,
    "docs/kpi.md": "# KPI\n\n| KPI | 計算式 | イベント |\n|---|---|---|\n"
                   "| 解決件数 | `tickets_resolved` の件数 | `tickets_resolved` |\n",
}  # fmt: skip
SURVEY = surveyed(FILES)
LIVE: dict[str, str | None] = {
    "http_requests_total": "0", "http_request_duration_seconds_bucket": "0.4",
    "llm_tokens_total": "12", "tickets_resolved_total": "31",
}  # fmt: skip
LOADED = 'sum(rate(http_requests_total{status=~"5.."}[5m])) > 1'
RULE: dict[str, Any] = {
    "type": "alerting", "name": "ManyErrors", "query": LOADED, "duration": 300, "health": "ok",
    "state": "inactive", "labels": {"severity": "page"}, "annotations": {}, "alerts": [],
    "lastEvaluation": "2026-11-23T11:59:45.1Z", "evaluationTime": 0.001,
}  # fmt: skip
Probe = Callable[[Sighting], Observed]


def seen(server: Any = None, silences: Any = None) -> Sighting:
    """What a server has of all that the repository draws."""
    get = server or Prometheus(LIVE, **RULE)
    metrics = read_metrics(get, series.wanted(SURVEY), NOW)
    if silences is not None:
        metrics = type(metrics)(
            kept=metrics.kept, answers=metrics.answers, rules=metrics.rules,
            receivers=metrics.receivers, silences=read_silences(silences),
        )  # fmt: skip
    return Sighting(about=ABOUT, survey=SURVEY, metrics=metrics)


EVERY: tuple[Probe, ...] = (
    series.system_panels_return_data,
    series.business_panels_return_data,
    series.llm_panels_return_data,
    series.kpi_queries_return_recent_points,
    series.cost_metric_is_live,
    series.alert_rules_are_loaded_and_unmuted,
)


@pytest.mark.parametrize("probe", EVERY, ids=lambda one: one.__name__)
def test_what_is_drawn_is_there(probe: Probe) -> None:
    """Every query that the repository draws has points, a rule is loaded and told somebody."""
    assert probe(seen()).answer.holding is HOLDS


@pytest.mark.parametrize(
    ("probe", "name", "holding"),
    [
        (EVERY[0], "http_requests_total", PARTLY),
        (EVERY[1], "tickets_resolved_total", FAILS),
        (EVERY[2], "llm_tokens_total", FAILS),
        (EVERY[3], "tickets_resolved_total", FAILS),
        (EVERY[4], "llm_tokens_total", FAILS),
    ],
)
@pytest.mark.parametrize("found", [None, "NaN"], ids=["no-samples", "nan"])
def test_a_panel_without_points_is_empty(
    probe: Probe, name: str, holding: Holding, found: str | None
) -> None:
    """Its metric may exist: without samples it is not observed."""
    assert probe(seen(Prometheus({**LIVE, name: found}, **RULE))).answer.holding is holding


@pytest.mark.parametrize(
    ("fill", "holding"), [("", HOLDS), (" or vector(0)", FAILS), (" or on() vector(0)", FAILS)]
)
def test_a_query_that_fills_what_is_missing_proves_nothing(fill: str, holding: Holding) -> None:
    """It gives points whatever is there; its bare metric is asked for."""
    panel = {"title": "tokens", "type": "graph", "targets": [{"expr": f"{TOKENS}{fill}"}]}
    board = {"schemaVersion": 41, "title": "desk", "panels": [panel]}
    survey = surveyed({"README.md": "# Desk\n", "watch/dashboards/desk.json": json.dumps(board)})
    live = {name: value for name, value in LIVE.items() if not fill or "tokens" not in name}
    for held, expected in ((live, holding), (LIVE, HOLDS)):
        metrics = read_metrics(Prometheus(held), series.wanted(survey), NOW)
        sighting = Sighting(about=ABOUT, survey=survey, metrics=metrics)
        assert series.llm_panels_return_data(sighting).answer.holding is expected


@pytest.mark.parametrize("probe", EVERY, ids=lambda one: one.__name__)
def test_a_server_that_does_not_answer_settles_nothing(probe: Probe) -> None:
    """It is no failure of the application's."""
    assert probe(seen(lambda _path: (503, b"down"))).answer.holding is UNKNOWN


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Another"},
        {"query": "sum(rate(http_requests_total_of_billing[5m])) > 1"},
        {"health": "err"},
        {"duration": 9999 * 3600},
        {"lastEvaluation": "0001-01-01T00:00:00Z"},
    ],
    ids=["not-loaded", "anothers", "fails", "holds-too-long", "never-evaluated"],
)
def test_a_rule_that_will_never_tell_is_seen(changed: dict[str, Any]) -> None:
    """It is in a file, and that is all."""
    sighting = seen(Prometheus(LIVE, **{**RULE, **changed}))

    assert series.alert_rules_are_loaded_and_unmuted(sighting).answer.holding is FAILS


def test_rules_that_tell_nobody_are_seen() -> None:
    """A server without an Alertmanager evaluates for itself."""
    server = Prometheus(LIVE, **RULE)
    server.alertmanagers = 0

    assert series.alert_rules_are_loaded_and_unmuted(seen(server)).answer.holding is FAILS


@pytest.mark.parametrize(
    ("silenced", "holding"),
    [
        (silence(alertname="ManyErrors"), FAILS),
        (silence(severity="page"), FAILS),
        (silence(alertname="ManyErrors", state="expired"), HOLDS),
        (silence(alertname="Another"), HOLDS),
        (silence(alertname=".+", is_regex=True), FAILS),
        (silence(alertname="Many.*", severity="page|ticket", is_regex=True), FAILS),
        (silence(alertname="Many", is_regex=True), HOLDS),
        (silence(severity="ticket", is_equal=False), FAILS),
        (silence(severity="page", is_equal=False), HOLDS),
    ],
    ids=[
        "by-name",
        "by-severity",
        "expired",
        "another",
        "all",
        "by-pattern",
        "other-pattern",
        "all-but",
        "all-but-it",
    ],
)
def test_a_silence_mutes(silenced: dict[str, Any], holding: Holding) -> None:
    """While it is active, and of what it covers."""
    sighting = seen(silences=alertmanager(silenced))

    assert series.alert_rules_are_loaded_and_unmuted(sighting).answer.holding is holding


def test_variables_of_a_dashboard_stand_for_everything() -> None:
    """As a person sees it who chooses nothing."""
    assert filled(REQUESTS) == 'sum(rate(http_requests_total{status=~"5..", job=~".*"}[5m]))'


def test_a_variable_that_stays_open_is_not_asked() -> None:
    """The metric's very name may depend on it."""
    wanted = Wanted(tool=Tool.GRAFANA, query="rate($metric[5m])")
    answers = read_metrics(Prometheus(LIVE), [wanted], NOW).answers

    assert answers[wanted].refused == "variable"


@pytest.mark.parametrize(("points", "found"), [([(1.7e12, 4.0)], 1), ([], 0)])
def test_datadog_answers_with_points(points: list[tuple[float, float]], found: int) -> None:
    """Or with no series at all."""
    wanted = Wanted(tool=Tool.DATADOG, query="sum:llm.tokens{$env}")

    assert from_datadog.ask(datadog(points), wanted, NOW).points == found
