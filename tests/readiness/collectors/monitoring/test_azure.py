"""Azure Monitor: what is deployed counts, whom it reaches is followed, what is off is told."""

from textwrap import dedent

import pytest

from tenken.evidence import FindingKind, Holding
from tenken.readiness.facts.monitoring import Reach, Topic
from tenken.readiness.probes.monitoring import (
    alerts_reach_a_receiver,
    dashboard_shows_system_metrics,
)
from tests.readiness.estates.survey import Files, changed, survey_of

MONITOR = dedent("""\
    param enabled bool = true
    resource oncall 'Microsoft.Insights/actionGroups@2023-01-01' = {
      name: 'oncall'
      properties: {
        emailReceivers: [{ name: 'desk', emailAddress: 'oncall@example.com' }]
        enabled: true
      }
    }
    resource slow 'Microsoft.Insights/metricAlerts@2018-03-01' = {
      name: 'slow'
      properties: {
        severity: 1
        enabled: true
        criteria: {
          allOf: [
            {
              metricName: 'HttpResponseTime'
              metricNamespace: 'Microsoft.Web/sites'
              operator: 'GreaterThan'
              threshold: 5
            }
          ]
        }
        actions: [{ actionGroupId: oncall.id }]
      }
    }
    resource failing 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
      name: 'failing'
      properties: {
        enabled: true
        criteria: {
          allOf: [{ query: 'exceptions | count', operator: 'GreaterThan', threshold: 5 }]
        }
        actions: { actionGroups: [oncall.id] }
      }
    }
    """)
MAIN = dedent("""\
    targetScope = 'subscription'
    param dashboard string = 'desk'
    module monitor 'monitor.bicep' = { name: 'monitor' }
    module board 'board.bicep' = if (!empty(dashboard)) {
      name: 'board'
      params: { name: dashboard }
    }
    """)
BOARD = dedent("""\
    param name string
    resource board 'Microsoft.Portal/dashboards@2020-09-01-preview' = {
      name: name
      properties: {
        lenses: [
          {
            parts: [
              { metadata: { inputs: [{ name: 'options', value: { chart: {
                title: 'Failed'
                metrics: [{ name: 'exceptions/server', namespace: 'microsoft.insights' }]
              } } }] } }
              { metadata: { inputs: [
                { name: 'Query', value: 'requests | summarize avg(duration)' }
              ] } }
            ]
          }
        ]
      }
    }
    """)
BICEP = {
    "infra/main.bicep": MAIN,
    "infra/monitor.bicep": MONITOR,
    "infra/board.bicep": BOARD,
}
TERRAFORM = {
    "infra/main.tf": dedent("""\
        resource "azurerm_monitor_action_group" "oncall" {
          name = "oncall"
          email_receiver {
            name          = "desk"
            email_address = "oncall@example.com"
          }
        }
        resource "azurerm_monitor_metric_alert" "slow" {
          name     = "slow"
          enabled  = true
          severity = 1
          criteria {
            metric_namespace = "Microsoft.Web/sites"
            metric_name      = "HttpResponseTime"
            operator         = "GreaterThan"
            threshold        = 5
          }
          action {
            action_group_id = azurerm_monitor_action_group.oncall.id
          }
        }
        resource "azurerm_monitor_scheduled_query_rules_alert_v2" "failing" {
          name = "failing"
          criteria {
            query     = "exceptions | count"
            operator  = "GreaterThan"
            threshold = 5
          }
          action {
            action_groups = [azurerm_monitor_action_group.oncall.id]
          }
        }
        resource "azurerm_portal_dashboard" "desk" {
          name                 = "desk"
          dashboard_properties = jsonencode({
            lenses = [{ parts = [{ metadata = { inputs = [{ name = "options", value = { chart = {
              title   = "Failed"
              metrics = [
                { name = "requests/failed", namespace = "microsoft.insights/components" },
                { name = "requests/duration", namespace = "microsoft.insights/components" },
              ]
            } } }] } }] }]
          })
        }
        """)
}
EMAIL = """\
  email_receiver {
    name          = "desk"
    email_address = "oncall@example.com"
  }
"""
BOTH = [pytest.param(BICEP, id="bicep"), pytest.param(TERRAFORM, id="terraform")]


@pytest.mark.parametrize("files", BOTH)
def test_alerts_are_followed_to_their_receivers(files: Files) -> None:
    """A metric and a query over logs, both to the same group."""
    alerts = survey_of(files).monitoring.alerts

    told = [(one.name, one.reach, [it.kind for it in one.receivers]) for one in alerts]
    assert told == [("slow", Reach.SOMEBODY, ["email"]), ("failing", Reach.SOMEBODY, ["email"])]
    assert alerts[0].severity == "critical"
    assert [Topic.ERRORS in it.metrics[0].topics for one in alerts if (it := one.query)] == [
        False, True,
    ]  # fmt: skip
    assert alerts_reach_a_receiver(survey_of(files)).holding is Holding.HOLDS


@pytest.mark.parametrize(
    ("files", "old", "new"),
    [
        (BICEP, "actions: [{ actionGroupId: oncall.id }]", "actions: []"),
        (BICEP, "    enabled: true\n    criteria: {\n", "    enabled: false\n    criteria: {\n"),
        (BICEP, "[{ name: 'desk', emailAddress: 'oncall@example.com' }]", "[]"),
        (TERRAFORM, "  enabled  = true", "  enabled  = false"),
        (TERRAFORM, EMAIL, ""),
    ],
)  # fmt: skip
def test_alerts_that_nobody_hears(files: Files, old: str, new: str) -> None:
    """Without an action, switched off, or to a group in which nobody is."""
    answer = alerts_reach_a_receiver(survey_of(changed(files, old, new)))

    assert answer.holding is not Holding.HOLDS
    assert any(it.kind is FindingKind.LIE for it in answer.findings)


def test_a_group_that_is_handed_in_may_be_anywhere() -> None:
    """A parameter tells nothing of who is behind it."""
    given = "param group string\n" + MONITOR.replace("oncall.id", "group")
    files = {**BICEP, "infra/monitor.bicep": given}

    assert {one.reach for one in survey_of(files).monitoring.alerts} == {Reach.ELSEWHERE}


@pytest.mark.parametrize("files", BOTH)
def test_a_dashboard_that_is_deployed_shows_something(files: Files) -> None:
    """Failures, and how long requests take."""
    assert dashboard_shows_system_metrics(survey_of(files)).holding is Holding.HOLDS


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("param dashboard string = 'desk'", "param dashboard string = ''"),
        ("if (!empty(dashboard))", "if (dashboard == 'other' && !empty(dashboard))"),
        ("if (!empty(dashboard))", "if (false || empty(dashboard))"),
        ("module board 'board.bicep'", "module board 'other.bicep'"),
        ("'requests | summarize avg(duration)'", "'customEvents | count'"),
    ],
)
def test_a_dashboard_that_nothing_deploys(old: str, new: str) -> None:
    """Its condition is false, no module calls it, or it shows a single figure."""
    answer = dashboard_shows_system_metrics(survey_of(changed(BICEP, old, new)))

    assert answer.holding is not Holding.HOLDS


def test_a_template_that_a_script_names_is_deployed() -> None:
    """Beside `main.bicep`, what no module calls is deployed only where something says so."""
    alone = {**changed(BICEP, "module board 'board.bicep'", "module board 'other.bicep'")}
    by_hand = {
        **alone,
        "deploy.sh": "az deployment group create --template-file infra/board.bicep\n",
    }

    assert survey_of(alone).monitoring.dashboards == ()
    assert len(survey_of(by_hand).monitoring.dashboards) == 1
