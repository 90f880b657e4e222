"""Guardrails of Bedrock: attached to the call, with rules kept beside the infrastructure."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import safety
from tests.readiness.applications import survey_of
from tests.readiness.probes.code.questions import Probe

CALL = """
import os

import boto3

client = boto3.client("bedrock-runtime")


def ask(text: str) -> str:
    request = {
        "modelId": "m",
        "messages": [{"role": "user", "content": [{"text": text}]}],
        "guardrailConfig": {
            "guardrailIdentifier": os.environ["GUARD_ID"],
            "guardrailVersion": "3",
        },
    }
    return client.converse(**request)["output"]
"""
CDK = """
import {Guardrail, ContentFilterType, Strength} from "aws-bedrock-constructs"

const guardrail = new Guardrail(this, "Guard", {
  contentFilters: [
    {type: ContentFilterType.HATE, inputStrength: Strength.HIGH, outputStrength: Strength.HIGH},
    {type: ContentFilterType.SEXUAL, inputStrength: Strength.HIGH, outputStrength: Strength.HIGH},
    {type: ContentFilterType.VIOLENCE, inputStrength: Strength.HIGH, outputStrength: Strength.LOW},
    {type: ContentFilterType.PROMPT_ATTACK, inputStrength: Strength.HIGH,
     outputStrength: Strength.NONE},
  ],
  piiFilters: [
    {type: PIIType.General.EMAIL, action: GuardrailAction.ANONYMIZE},
    {type: PIIType.General.PHONE, action: GuardrailAction.ANONYMIZE},
  ],
  deniedTopics: [Topic.FINANCIAL_ADVICE],
})
"""
TERRAFORM = """
resource "aws_bedrock_guardrail" "main" {
  name = "guard"
  content_policy_config {
    filters_config {
      type            = "PROMPT_ATTACK"
      input_strength  = "HIGH"
      output_strength = "NONE"
    }
    filters_config {
      type            = "HATE"
      input_strength  = "HIGH"
      output_strength = "HIGH"
    }
    filters_config {
      type            = "SEXUAL"
      input_strength  = "HIGH"
      output_strength = "HIGH"
    }
    filters_config {
      type            = "VIOLENCE"
      input_strength  = "HIGH"
      output_strength = "MEDIUM"
    }
  }
  topic_policy_config {
    topics_config {
      name = "stocks"
      type = "DENY"
    }
  }
  sensitive_information_policy_config {
    pii_entities_config {
      type   = "EMAIL"
      action = "BLOCK"
    }
  }
}
"""
WHOLE: tuple[Probe, ...] = (
    safety.input_guard_blocks_injection,
    safety.input_guard_blocks_off_topic,
    safety.output_guard_stops_harm,
)
IN_PART: tuple[Probe, ...] = (safety.input_guard_blocks_pii, safety.output_guard_stops_pii)


def holding(probe: Probe, *, call: str = CALL, cdk: str = CDK, terraform: str = "") -> Holding:
    """What a probe says of the call and the rules beside it."""
    files = {"app/llm.py": call, "cdk/guard.ts": cdk, "infra/guard.tf": terraform}
    return probe(survey_of({path: text for path, text in files.items() if text})).holding


@pytest.mark.parametrize("probe", WHOLE)
def test_rules_beside_an_attached_guardrail_hold(probe: Probe) -> None:
    """Whether they are written for the CDK or for Terraform."""
    assert holding(probe) is Holding.HOLDS
    assert holding(probe, cdk="", terraform=TERRAFORM) is Holding.HOLDS


@pytest.mark.parametrize("probe", IN_PART)
def test_some_kinds_of_personal_data_are_a_part(probe: Probe) -> None:
    """E-mail alone is no screening for personal data and keys."""
    assert holding(probe) is Holding.PARTLY
    assert holding(probe, cdk="", terraform=TERRAFORM) is Holding.PARTLY


@pytest.mark.parametrize("probe", [*WHOLE, *IN_PART])
def test_a_guardrail_that_the_call_does_not_name_stops_nothing(probe: Probe) -> None:
    """Not given where the call takes it, or given as nothing."""
    bare = CALL.replace('"guardrailConfig"', '"additionalModelRequestFields"')
    nothing = CALL.replace('os.environ["GUARD_ID"]', '""')

    assert holding(probe, call=bare) is Holding.UNKNOWN
    assert holding(probe, call=nothing) is Holding.UNKNOWN


@pytest.mark.parametrize(
    ("probe", "old", "new"),
    [
        (WHOLE[0], "ATTACK, inputStrength: Strength.HIGH", "ATTACK, inputStrength: Strength.NONE"),
        (WHOLE[0], "{type: ContentFilterType.PROMPT", "// {type: ContentFilterType.PROMPT"),
        (WHOLE[1], "[Topic.FINANCIAL_ADVICE]", "[]"),
        (WHOLE[2], "outputStrength: Strength.LOW", "outputStrength: Strength.NONE"),
        (IN_PART[0], "GuardrailAction.ANONYMIZE", "GuardrailAction.NONE"),
    ],
)  # fmt: skip
def test_rules_that_are_switched_off_do_not_count(probe: Probe, old: str, new: str) -> None:
    """No strength, no topic, no action, or a comment."""
    assert holding(probe, cdk=CDK.replace(old, new)) is Holding.UNKNOWN


def test_several_guardrails_count_for_what_all_of_them_do() -> None:
    """Which of them the call names is not known here."""
    weak = TERRAFORM.replace('"PROMPT_ATTACK"', '"INSULTS"')

    assert holding(WHOLE[0], terraform=weak) is Holding.UNKNOWN
    assert holding(WHOLE[2], terraform=weak) is Holding.HOLDS


def test_rules_that_are_kept_elsewhere_are_not_known() -> None:
    """The call names a guardrail; what it looks for lies in a console."""
    assert holding(WHOLE[0], cdk="") is Holding.UNKNOWN
