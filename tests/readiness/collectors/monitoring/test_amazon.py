"""Alarms, their topics, and who hears them."""

import pytest

from tenken.readiness.collectors.infrastructure.collect import collect as infrastructure
from tenken.readiness.collectors.monitoring.collect import collect
from tenken.readiness.facts.monitoring import Reach
from tenken.readiness.facts.pipeline import PipelineFacts
from tests.readiness.trees import FakeTree

ALARMS = """
variable "people" { type = set(string) }
variable "url" {
  type    = string
  default = null
}
resource "aws_sns_topic" "this" { name = "alarms" }
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name    = "errors"
  metric_name   = "HTTPCode_Target_5XX_Count"
  namespace     = "AWS/ApplicationELB"
  threshold     = 1
  alarm_actions = [aws_sns_topic.this.arn]
}
resource "aws_sns_topic_subscription" "people" {
  for_each  = var.people
  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}
resource "aws_sns_topic_subscription" "tool" {
  count     = var.url != null ? 1 : 0
  topic_arn = aws_sns_topic.this.arn
  protocol  = "https"
  endpoint  = var.url
}
"""
SERVICE = """
variable "environment" { type = string }
module "config" { source = "../config" }
locals {
  config = module.config.environments[var.environment]
  people = local.config.people
}
module "alarms" {
  source = "../alarms"
  people = local.people
}
"""
CONFIG = """
locals {
  environments = { dev = module.dev, prod = module.prod }
}
module "dev" {
  source = "./one"
  people = []
  name   = "dev"
}
module "prod" {
  source = "./one"
  people = PEOPLE
  name   = "prod"
}
output "environments" { value = local.environments }
"""
ONE = """
variable "people" { default = [] }
variable "name" { type = string }
output "people" { value = var.people }
output "name" { value = var.name }
"""


def _reach(people: str, service: str = SERVICE) -> Reach:
    tree = FakeTree({
        "infra/alarms/main.tf": ALARMS, "infra/service/main.tf": service,
        "infra/config/main.tf": CONFIG.replace("PEOPLE", people), "infra/config/one/main.tf": ONE,
    })  # fmt: skip
    (alarm,) = collect(tree, infrastructure(tree, PipelineFacts())).alerts
    return alarm.reach


def test_a_topic_to_which_nobody_subscribes_in_any_environment_reaches_nobody() -> None:
    """Subscriptions are written down, over lists that are empty wherever it is applied."""
    assert _reach("[]") is Reach.NOBODY


@pytest.mark.parametrize(
    "service",
    [
        SERVICE.replace("local.people", '["on-call@example.com"]'),
        SERVICE.replace(
            "people = local.people\n}", 'people = []\n  url = "https://example.com"\n}'
        ),
    ],
)
def test_one_subscription_is_enough(service: str) -> None:
    """An address, or the address of a tool."""
    assert _reach("[]", service) is Reach.SOMEBODY


def test_addresses_of_one_environment_count() -> None:
    """Which environment is applied is not known: the subscription may be made."""
    assert _reach('["on-call@example.com"]') is Reach.SOMEBODY


def test_what_a_person_may_give_at_the_top_is_not_known_to_be_empty() -> None:
    """A variable of the folder that is applied is given from outside."""
    tree = FakeTree({"main.tf": ALARMS.replace("for_each  = var.people", "count = 0")})
    (alarm,) = collect(tree, infrastructure(tree, PipelineFacts())).alerts

    assert alarm.reach is Reach.SOMEBODY
