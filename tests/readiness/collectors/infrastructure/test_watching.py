"""Alarms of modules kept elsewhere: whom they tell shows, what they watch does not."""

from textwrap import dedent

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes.monitoring import alerts_reach_a_receiver
from tests.readiness.estates.survey import changed, survey_of

FILES = {
    "terraform/main.tf": dedent("""\
        module "oncall" {
          source        = "git::https://git.example.com/modules.git//chat-notifier?ref=v1"
          slack_webhook = data.aws_secretsmanager_secret_version.hook.secret_string
        }
        module "desk_alarms" {
          source         = "git::https://git.example.com/modules.git//ecs-alarms?ref=v2"
          sns_topic_arns = [module.oncall.topic_arn]
        }
        """)
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sns_topic_arns = [", "sns_topic_arns = ["),
        ("sns_topic_arns = [module.oncall.topic_arn]", "alarm_actions = module.oncall.arns"),
        ("slack_webhook = data", "email_addresses = data"),
        ('"desk_alarms"', '"desk"'),
    ],
)
def test_alarms_that_are_handed_to_somebody(old: str, new: str) -> None:
    """A list or a lone value, a webhook or an address: half is seen."""
    answer = alerts_reach_a_receiver(survey_of(changed(FILES, old, new)))

    assert answer.holding is Holding.PARTLY
    assert [it.sentence.id for it in answer.findings] == ["probes_5.alarms_not_here"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[module.oncall.topic_arn]", "[]"),
        ("[module.oncall.topic_arn]", "[module.other.topic_arn]"),
        ("[module.oncall.topic_arn]", "[module.desk_alarms.topic_arn]"),
        ("sns_topic_arns = [", "cluster_names = ["),
        ("  slack_webhook = data.aws_secretsmanager_secret_version.hook.secret_string\n", ""),
        ("slack_webhook = data.aws_secretsmanager_secret_version.hook.secret_string",
         'slack_webhook = ""'),
        ("  sns_topic_arns = [", "  enabled = false\n  sns_topic_arns = ["),
    ],
)  # fmt: skip
def test_alarms_that_nobody_hears_of(old: str, new: str) -> None:
    """Nobody, somebody unknown, itself, no address, an empty one, or switched off."""
    answer = alerts_reach_a_receiver(survey_of(changed(FILES, old, new)))

    assert answer.holding is Holding.NOT_VISIBLE
