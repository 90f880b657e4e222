"""Counters, objectives, instances and alerts of a team whose gateway is another or none."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from tenken.cli.observing.watching import counted
from tenken.config.application import Application, Identity, Route
from tenken.config.manifest import Manifest
from tenken.config.node import Node
from tenken.evidence import Holding
from tenken.place import Place
from tenken.readiness.collectors.observed.prometheus import (
    read_firing,
    read_metrics,
    read_on_call,
)
from tenken.readiness.facts.monitoring import Query
from tenken.readiness.facts.observed.metrics import MetricFacts
from tenken.readiness.facts.observed.records import Kept
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.observed import series
from tenken.readiness.probes.observed.asking import requests_counter, selector
from tenken.readiness.probes.observed.traffic import counters, listening
from tests.readiness.adversary.ground import surveyed
from tests.readiness.applications import survey_of
from tests.readiness.observed.making import ABOUT, NOW
from tests.readiness.observed.servers import Counting, Prometheus

HOLDS, FAILS, UNKNOWN = Holding.HOLDS, Holding.FAILS, Holding.UNKNOWN
NOTHING = survey_of({})
OURS = {"job": "desk"}
RETRIES, BREAKER = "litellm_retries_total", "envoy_circuit_breakers_open"
ASK, FIND = {**OURS, "route": "ask"}, {**OURS, "route": "find"}
RISES, STANDS = [0.0, 40.0, 90.0], [7.0, 7.0, 7.0]
Held = Mapping[str, list[tuple[dict[str, str], list[float]]]]


def seen(held: Held, survey: Survey = NOTHING) -> Sighting:
    """What a server has."""
    metrics = read_metrics(Counting(held), series.wanted(survey), NOW)
    return Sighting(about=ABOUT, survey=survey, metrics=metrics)


@pytest.mark.parametrize(
    ("held", "holding"),
    [
        ({RETRIES: [(OURS, RISES)], BREAKER: [(OURS, RISES)]},
         HOLDS),
        ({RETRIES: [(OURS, STANDS)], BREAKER: [(OURS, RISES)]},
         UNKNOWN),
        ({RETRIES: [(OURS, RISES)], BREAKER: [(OURS, STANDS)]},
         UNKNOWN),
        ({RETRIES: [(OURS, RISES)]}, UNKNOWN),
        ({BREAKER: [(OURS, RISES)]}, UNKNOWN),
        ({RETRIES: [], BREAKER: []}, UNKNOWN),
        ({}, UNKNOWN),
    ],
    ids=["true", "no-retry", "no-break", "one", "other", "no-samples", "nothing"],
)  # fmt: skip
def test_a_counter_that_never_moved_shows_nothing(held: Held, holding: Holding) -> None:
    """A name is not a count."""
    assert counters.retry_and_breaker_counters_exist(seen(held)).answer.holding is holding


def test_a_counter_that_began_anew_counts_from_there() -> None:
    """A process that ended takes nothing back."""
    held: Held = {"http_requests_total": [(OURS, [90.0, 95.0, 4.0, 10.0])]}
    metrics = read_metrics(Counting(held), [], NOW)

    assert metrics.counters["http_requests_total"][0].moved == 15.0


def test_another_service_s_counters_are_not_ours() -> None:
    """One server holds the metrics of many."""
    theirs = {"job": "billing"}
    held: Held = {
        RETRIES: [(theirs, RISES)],
        BREAKER: [(theirs, RISES)],
        "guardrail_checks_total": [
            ({**theirs, "route": one, "stage": "input"}, RISES) for one in ("ask", "find")
        ],
        "kube_deployment_status_replicas": [
            ({"deployment": "billing"}, [1.0 + at // 12 % 2 for at in range(61)])
        ],
        "sum(rate(http_requests_total[5m]))": [(OURS, HIGH_AND_LOW)],
    }

    assert counters.retry_and_breaker_counters_exist(seen(held)).answer.holding is UNKNOWN
    for probe in (counters.every_route_counts_input_screenings, counters.layer_counters_move):
        assert probe(seen(held, ROUTED)).answer.holding is UNKNOWN
    instances = counters.instance_count_follows_the_load(seen(held, REPOSITORY))
    assert instances.answer.holding is UNKNOWN


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ('sum(rate(x_total{job="desk", status=~"5.."}[5m]))', 'x_total{job="desk"}'),
        ('rate(x_total{job="$job", le="1"}[5m])', "x_total"),
        ('rate(x_total{app!="billing",path=~"/v1/.+"}[{{.window}}])',
         'x_total{app!="billing",path=~"/v1/.+"}'),
        ("sum(x_total)", "x_total"),
    ],
)  # fmt: skip
def test_whose_a_metric_is_stands_in_the_query(text: str, asked: str) -> None:
    """How requests ended is left out: without an error there is no such series."""
    query = Query(text=text, place=Place("slo.yaml", 1))

    assert selector(query, "x_total") == asked


# -- guards by route

ROUTES = Application(
    application=Identity(name="desk", owner="team"),
    routes=(Route(name="ask", use_case="ask", targets=("main",)),
            Route(name="find", use_case="find", targets=("main",))),
)  # fmt: skip
ROUTED = replace(
    NOTHING, manifest=Manifest(application=ROUTES, file="tenken.yaml", document=Node(None))
)


def guards(
    *, ask: list[float] = RISES, find: list[float] = RISES, stage: str = "input",
    asked: list[float] = RISES,
) -> Held:  # fmt: skip
    """Screenings of two routes, and their requests."""
    return {
        "guardrail_checks_total": [
            ({**ASK, "stage": stage}, ask), ({**FIND, "stage": stage}, find),
        ],
        "http_requests_total": [(ASK, RISES), (FIND, asked)],
    }  # fmt: skip


def of_our_keeper(*, find: list[float], outward: list[float] = RISES) -> Held:
    """What the keeper of a gateway of ours counts of two routes."""
    return {
        "tenken_guard_screenings_total": [
            ({**ASK, "use_case": "ask", "stage": "inward"}, RISES),
            ({**ASK, "use_case": "ask", "stage": "outward"}, outward),
            ({**FIND, "use_case": "find", "stage": "inward"}, find),
            ({**FIND, "use_case": "find", "stage": "outward"}, find),
        ],
        "tenken_requests_total": [
            ({**one, "use_case": one["route"], "outcome": "answered"}, RISES)
            for one in (ASK, FIND)
        ],
    }


@pytest.mark.parametrize(
    ("held", "inward", "outward"),
    [
        (guards(), HOLDS, UNKNOWN),
        (guards(stage="post_call"), UNKNOWN, HOLDS),
        (of_our_keeper(find=RISES), HOLDS, HOLDS),
        (of_our_keeper(find=STANDS), UNKNOWN, UNKNOWN),
        (of_our_keeper(find=RISES, outward=STANDS), HOLDS, UNKNOWN),
        (guards(find=STANDS), FAILS, UNKNOWN),
        (guards(find=STANDS, asked=STANDS), UNKNOWN, UNKNOWN),
        (guards(ask=STANDS, find=STANDS), UNKNOWN, UNKNOWN),
        ({"guardrail_input_checks_total": [(one, RISES) for one in (ASK, FIND)]},
         HOLDS, UNKNOWN),
        ({"guardrail_checks_total": [({**OURS, "stage": "input"}, RISES)]}, UNKNOWN, UNKNOWN),
    ],
    ids=["true", "output", "ours", "ours-bypassed", "ours-inward", "bypassed", "quiet",
         "stand-still", "by-name", "no-route"],
)  # fmt: skip
def test_every_route_counts_its_screenings(held: Held, inward: Holding, outward: Holding) -> None:
    """One that takes requests and counts none goes past the guard."""
    found = seen(held, ROUTED)

    assert counters.every_route_counts_input_screenings(found).answer.holding is inward
    assert counters.every_route_counts_output_screenings(found).answer.holding is outward
    assert counters.every_route_counts_input_screenings(seen(held)).answer.holding is UNKNOWN


@pytest.mark.parametrize(
    ("held", "holding"),
    [
        ({**guards(), "output_parse_failures_total": [(OURS, RISES)]}, HOLDS),
        ({**guards(), "output_parse_failures_total": [(OURS, STANDS)]}, UNKNOWN),
        (guards(), UNKNOWN),
        ({"output_parse_failures_total": [(OURS, RISES)]}, UNKNOWN),
    ],
    ids=["true", "stands-still", "inward-alone", "outward-alone"],
)
def test_both_layers_count(held: Held, holding: Holding) -> None:
    """On the way in and on the way out."""
    assert counters.layer_counters_move(seen(held)).answer.holding is holding


# -- objectives, volume and instances

SLO = """\
version: prometheus/v1
service: desk
slos:
  - name: availability
    objective: 99.5
    sli:
      events:
        error_query: sum(rate(http_requests_total{status=~"5.."}[{{.window}}]))
        total_query: sum(rate(http_requests_total[{{.window}}]))
    alerting: {name: DeskDown}
"""
BOARD = {"schemaVersion": 41, "title": "desk", "panels": [
    {"title": "requests", "type": "graph",
     "targets": [{"expr": "sum(rate(http_requests_total[5m]))"}]}]}  # fmt: skip
REPOSITORY = surveyed({
    "README.md": "# Desk\n", "slo/desk.yaml": SLO, "watch/dashboards/desk.json": json.dumps(BOARD),
})  # fmt: skip


@pytest.mark.parametrize(
    ("held", "holding"),
    [
        ({"http_requests_total": [({"status": "200"}, RISES)]}, HOLDS),
        ({"http_requests_total": [({"status": "200"}, STANDS)]}, UNKNOWN),
        ({"http_requests_total": []}, FAILS),
        ({"another_total": [(OURS, RISES)]}, FAILS),
    ],
    ids=["true", "stands-still", "no-samples", "another"],
)
def test_an_objective_is_worked_out_of_what_is_sent(held: Held, holding: Holding) -> None:
    """Of its bare metrics: a share of nothing gives no points either."""
    assert counters.sli_queries_return_good_and_total(seen(held, REPOSITORY)).answer.holding is (
        holding
    )


def test_a_server_that_is_away_settles_nothing() -> None:
    """It is no failure of the objective's."""
    metrics = read_metrics(lambda _path: (503, b""), series.wanted(REPOSITORY), NOW)
    found = Sighting(about=ABOUT, survey=REPOSITORY, metrics=metrics)

    assert counters.sli_queries_return_good_and_total(found).answer.holding is UNKNOWN


def test_a_counter_of_requests_counts_as_a_whole() -> None:
    """That the repository itself draws: what came in, its peak, and for how long it counted."""
    counter = requests_counter(REPOSITORY)
    held: Held = {
        "sum(increase(http_requests_total[7d])) / 7": [({}, [900.0])],
        "max_over_time(sum(rate(http_requests_total[5m]))": [({}, [2.5])],
        "count_over_time(sum(rate(http_requests_total[5m]))": [({}, [720.0])],
    }
    metrics = read_metrics(Counting(held), series.wanted(REPOSITORY), NOW)
    found = counted(metrics, counter, None)

    assert counter == "http_requests_total"
    assert found
    assert (found.per_day, found.peak_rps, found.hours) == (900.0, 2.5, 720.0)
    assert found.is_whole
    assert counted(read_metrics(Counting({}), [], NOW), counter, None) is None


HIGH_AND_LOW = [float(10 + 40 * (at // 12 % 2)) for at in range(61)]


@pytest.mark.parametrize(
    ("instances", "load", "holding"),
    [
        ([1.0 + at // 12 % 2 for at in range(61)], HIGH_AND_LOW, HOLDS),
        ([2.0] * 61, HIGH_AND_LOW, UNKNOWN),
        ([2.0 - at // 12 % 2 for at in range(61)], HIGH_AND_LOW, UNKNOWN),
        ([1.0 + at // 12 % 2 for at in range(61)], [10.0] * 61, UNKNOWN),
        ([1.0, 2.0], [10.0, 50.0], UNKNOWN),
    ],
    ids=["true", "fixed", "against", "even-load", "few"],
)
def test_instances_follow_the_load(
    instances: list[float], load: list[float], holding: Holding
) -> None:
    """That there is a figure of them is not that they move with it."""
    held: Held = {
        "kube_deployment_status_replicas": [(OURS, instances)],
        "sum(rate(http_requests_total[5m]))": [(OURS, load)],
    }
    probe = counters.instance_count_follows_the_load

    assert probe(seen(held, REPOSITORY)).answer.holding is holding
    assert probe(seen(held)).answer.holding is UNKNOWN, "no counter of requests is known"


# -- alerts

RULES = """\
groups:
  - name: app
    rules:
      - alert: ManyErrors
        expr: sum(rate(http_requests_total{status=~"5.."}[5m])) > 1
"""
WATCHED = replace(
    surveyed(
        {"README.md": "# Desk\n", "watch/rules.yml": RULES, "docs/runbooks/errors.md": "# E\n"}
    ),
)
FORGE = "https://github.com/example/desk/blob/main/"


@pytest.mark.parametrize(
    ("name", "link", "holding"),
    [
        ("ManyErrors", f"{FORGE}docs/runbooks/errors.md#act", HOLDS),
        ("ManyErrors", "docs/runbooks/errors.md", HOLDS),
        ("ManyErrors", f"{FORGE}docs/runbooks/gone.md", FAILS),
        ("ManyErrors", "", FAILS),
        ("ManyErrors", "https://wiki.example.com/errors", UNKNOWN),
        ("Another", f"{FORGE}docs/runbooks/errors.md", UNKNOWN),
    ],
    ids=["true", "path", "gone", "none", "elsewhere", "another-rule"],
)
def test_rules_link_to_runbooks_that_are_there(name: str, link: str, holding: Holding) -> None:
    """As the server has loaded them."""
    rule = {"type": "alerting", "name": name, "query": "x", "duration": 0, "health": "ok",
            "labels": {}, "annotations": {"runbook_url": link} if link else {},
            "lastEvaluation": "2026-11-23T11:59:45Z"}  # fmt: skip
    metrics = read_metrics(Prometheus({}, **rule), [], NOW)
    found = Sighting(about=ABOUT, survey=WATCHED, metrics=metrics)

    assert listening.firing_alerts_link_to_the_scenario_runbook(found).answer.holding is holding


def test_what_fires_is_told_with_its_notes() -> None:
    """By Alertmanager's API v2 (api/v2/openapi.yaml, read 2026-11-23)."""
    alert = {"labels": {"alertname": "ManyErrors"}, "annotations": {"runbook_url": "a.md"},
             "status": {"state": "active"}, "startsAt": "2026-11-23T11:00:00.000Z"}  # fmt: skip
    (found,) = read_firing(lambda _path: (200, json.dumps([alert]).encode())) or ()

    assert (found.name, found.annotations) == ("ManyErrors", {"runbook_url": "a.md"})
    assert read_firing(lambda _path: (503, b"")) is None


ROUTING = """\
route:
  receiver: {default}
  routes:
    - matchers: [severity="page", team="billing"]
      receiver: "null"
    - matchers: [severity="page"]
      receiver: {page}
    - match: {{severity: info}}
      receiver: "null"
receivers:
  - name: on-call
    pagerduty_configs: [{{routing_key: <secret>}}]
  - name: chat
    slack_configs: [{{channel: "#desk"}}]
  - name: "null"
"""


@pytest.mark.parametrize(
    ("page", "default", "holding"),
    [("on-call", "chat", HOLDS), ('"null"', "chat", FAILS), ("nobody", "chat", FAILS)],
)
def test_what_is_urgent_is_sent_on(page: str, default: str, holding: Holding) -> None:
    """By the routes that Alertmanager has loaded, secrets hidden."""
    original = ROUTING.format(page=page, default=default)
    status = json.dumps({"config": {"original": original}}).encode()
    on_call = read_on_call(lambda _path: (200, status))
    metrics = MetricFacts(kept=Kept(latest=NOW), on_call=on_call)
    found = Sighting(about=ABOUT, survey=NOTHING, metrics=metrics)

    assert listening.on_call_target_resolves(found).answer.holding is holding


@pytest.mark.parametrize("answer", [(503, b""), (200, b"{}"), (200, b"no JSON")])
def test_no_routes_say_nothing(answer: tuple[int, bytes]) -> None:
    """Whatever else is told."""
    metrics: Any = MetricFacts(kept=Kept(), on_call=read_on_call(lambda _path: answer))
    found = Sighting(about=ABOUT, survey=NOTHING, metrics=metrics)

    assert listening.on_call_target_resolves(found).answer.holding is UNKNOWN
