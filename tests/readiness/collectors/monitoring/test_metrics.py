"""Queries of four languages: the metrics they name, and thresholds that are out of reach."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.config.yaml import YamlError, read_yaml
from tenken.place import Place
from tenken.readiness.collectors.monitoring import metrics
from tenken.readiness.collectors.monitoring.prometheus import Routing, route
from tenken.readiness.collectors.monitoring.silence import comparison, seconds, unreachable
from tenken.readiness.facts.monitoring import Reach, Topic

PLACE = Place("x", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'sum(rate(a_total{b="c_d"}[5m])) by (e) / sum(rate(f_total[5m])) > 0.1',
            ["a_total", "f_total"],
        ),
        ("histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))", ["x_bucket"]),
        ("a:b:rate5m > 3 and on (job) up == 1", ["a:b:rate5m", "up"]),
        ("avg_over_time(x[1h] offset 1d)", ["x"][:0]),
        ("{", []),
        ("", []),
    ],
)
def test_series_of_promql(text: str, expected: list[str]) -> None:
    """Functions, labels and groupings are no series."""
    assert metrics.prometheus_names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("avg(last_5m):avg:a.b.c{env:prod} by {host} > 1", ["a.b.c"]),
        ("100 * sum:a.b{x:y}.as_count() / sum:c.d{*}.as_count()", ["a.b", "c.d"]),
        ('logs("status:error").index("*").rollup("count").last("5m") > 5', ["logs"]),
        ("avg:${metric}{*}", []),
    ],
)
def test_metrics_of_datadog(text: str, expected: list[str]) -> None:
    """Aggregators, scopes and functions are no metrics."""
    assert [one.name for one in metrics.datadog(text, PLACE).metrics] == expected


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("desk.llm.tokens", Topic.TOKENS),
        ("gen_ai_client_token_usage", Topic.TOKENS),
        ("auth_token_refresh_total", Topic.OTHER),
        ("llm_cost_usd_total", Topic.COST),
        ("time_to_first_token_seconds", Topic.FIRST_TOKEN),
        ("HTTPCode_Target_5XX_Count", Topic.ERRORS),
        ("CPUUtilization", Topic.SATURATION),
        ("run.googleapis.com/request_latencies", Topic.LATENCY),
        ("guardrail_blocked_total", Topic.GUARD),
    ],
)
def test_what_a_metric_speaks_of(name: str, topic: Topic) -> None:
    """Told from the words of its name."""
    assert topic in metrics.topics_of(name)


@pytest.mark.parametrize(
    ("text", "out_of_reach"),
    [
        ('sum(rate(a_total{s="5"}[5m])) / sum(rate(a_total[5m])) > 1', True),
        ('sum(rate(a_total{s="5"}[5m])) / sum(rate(a_total[5m])) > 0.9', False),
        ('100 * sum(rate(a_total{s="5"}[5m])) / sum(rate(a_total[5m])) > 5', False),
        ("a_p95 / a_p95 offset 1h > 1.5", False),
        ("sum(rate(a_sum[5m])) / sum(rate(a_count[5m])) > 5", False),
        ("a_total > 999999999", True),
        ("queue_length > 99999", False),
    ],
)
def test_thresholds_out_of_reach(text: str, *, out_of_reach: bool) -> None:
    """A share of a whole is never more than all of it."""
    compared = comparison(text)
    assert compared is not None

    assert bool(unreachable(metrics.prometheus(text, PLACE), *compared, PLACE)) is out_of_reach


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5m", 300),
        ("1h30m", 5400),
        ("300s", 300),
        ("60", 60),
        ("9999h", 35_996_400),
        ("soon", None),
        ("", None),
    ],
)
def test_durations(text: str, expected: float | None) -> None:
    """As Prometheus, Google and Datadog write them."""
    assert seconds(text) == expected


ROUTES = """\
route:
  receiver: default
  routes:
    - match: {team: other}
      receiver: other
    - match_re: {severity: "crit.*|page"}
      receiver: pager
      routes:
        - matchers: ["night = \\"yes\\""]
          receiver: nobody
receivers:
  - name: default
    slack_configs: [{channel: "#desk", api_url_file: /etc/slack}]
  - name: pager
    pagerduty_configs: [{routing_key: x}]
  - name: nobody
  - name: other
    webhook_configs: [{url: "http://localhost:5001"}]
"""


@pytest.mark.parametrize(
    ("labels", "reach", "receiver"),
    [
        ({}, Reach.SOMEBODY, "default"),
        ({"severity": "critical"}, Reach.SOMEBODY, "pager"),
        ({"severity": "page", "night": "yes"}, Reach.NOBODY, "nobody"),
        ({"team": "other"}, Reach.BROKEN, ""),
    ],
)
def test_routes_lead_where_labels_say(labels: dict[str, str], reach: Reach, receiver: str) -> None:
    """First child that fits, deepest wins; a receiver without an integration is nobody."""
    documents = read_yaml(ROUTES)
    assert not isinstance(documents, YamlError)

    heard = route([Routing(path="alertmanager.yml", body=documents[0])], labels)

    assert heard.reach is reach
    assert next((one.name for one in heard.receivers), "") == receiver


@given(st.text(alphabet="abc_:{}[]()\"'=~,.0123456789 \n/*<>$by", max_size=120))
def test_any_query_is_read(text: str) -> None:
    """No query ends in a crash."""
    for read in (metrics.prometheus, metrics.datadog, metrics.google):
        found = read(text, PLACE)
        if (compared := comparison(text)) is not None:
            unreachable(found, *compared, PLACE)
