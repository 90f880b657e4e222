"""Alerts that Grafana evaluates: heard by a contact point that sends something, or by nobody."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes.monitoring import alerts_reach_a_receiver
from tenken.readiness.probes.organisation import alerts_link_to_runbooks
from tests.readiness.estates.survey import changed, survey_of

RULES = """\
apiVersion: 1
groups:
  - orgId: 1
    name: desk
    folder: desk
    interval: 1m
    rules:
      - uid: desk-errors
        title: Errors
        condition: C
        for: 5m
        isPaused: false
        labels: {severity: critical}
        annotations: {runbook_url: docs/runbooks/errors.md}
        data:
          - refId: A
            datasourceUid: prometheus
            model: {expr: 'sum(rate(desk_requests_total{status=~"5.."}[5m]))'}
          - refId: C
            datasourceUid: __expr__
            model:
              type: threshold
              expression: A
              conditions: [{evaluator: {type: gt, params: [0.05]}}]
"""
POINTS = """\
apiVersion: 1
contactPoints:
  - orgId: 1
    name: on-call
    receivers: [{uid: a, type: slack, settings: {url: $SLACK_WEBHOOK_URL}}]
  - orgId: 1
    name: nobody
    receivers: [{uid: b, type: email, settings: {addresses: <example@email.com>}}]
policies:
  - receiver: nobody
    routes:
      - receiver: on-call
        object_matchers: [[severity, "=", critical]]
"""
PAGE = "# Errors\n\n## Act\n\n1. Look at the log\n2. Roll back\n"
COMPOSE = """\
services:
  grafana:
    image: grafana/grafana
    volumes: ["./grafana/provisioning:/etc/grafana/provisioning"]
"""
WHOLE = {
    "grafana/provisioning/alerting/rules.yaml": RULES,
    "grafana/provisioning/alerting/points.yaml": POINTS,
    "docs/runbooks/errors.md": PAGE,
    "compose.yaml": COMPOSE,
}
AT = "      - receiver: on-call\n        object_matchers"


def test_a_rule_that_is_heard_and_leads_to_steps() -> None:
    """Rule, policy, contact point and page belong together."""
    assert alerts_reach_a_receiver(survey_of(WHOLE)).holding is Holding.HOLDS
    assert alerts_link_to_runbooks(survey_of(WHOLE)).holding is Holding.HOLDS


@pytest.mark.parametrize(
    ("old", "new", "holding"),
    [
        ("{severity: critical}", "{severity: warning}", Holding.FAILS),
        ("isPaused: false", "isPaused: true", Holding.FAILS),
        ("$SLACK_WEBHOOK_URL", "https://example.com/hook", Holding.FAILS),
        ("name: on-call", "name: other", Holding.FAILS),
        ("[severity,", "[team,", Holding.FAILS),
        ("grafana/provisioning:", "grafana/other:", Holding.PARTLY),
        ("policies:", "notes:", Holding.UNKNOWN),
        ("title: Errors", "note: Errors", Holding.UNKNOWN),
    ],
)
def test_a_rule_that_nobody_hears(old: str, new: str, holding: Holding) -> None:
    """Paused, sent nowhere, to a point that is not there, or in a folder nobody mounts."""
    assert alerts_reach_a_receiver(survey_of(changed(WHOLE, old, new))).holding is holding


def test_a_rule_that_names_its_point_itself() -> None:
    """Its own settings are asked before the policies."""
    direct = changed(
        WHOLE,
        "        isPaused",
        "        notification_settings: {receiver: on-call}\n        isPaused",
    )
    without = changed(direct, "policies:", "notes:")

    assert alerts_reach_a_receiver(survey_of(without)).holding is Holding.HOLDS
