"""Variables of Terraform that hold nothing until the pipeline hands something in."""

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes.monitoring import alerts_reach_a_receiver
from tenken.readiness.probes.organisation import alerts_link_to_runbooks
from tests.readiness.estates.survey import survey_of

ALERTS = """\
variable "mail" {
  default = ""
}
locals {
  watched = var.mail != ""
}
resource "google_monitoring_notification_channel" "mail" {
  count        = local.watched ? 1 : 0
  type         = "email"
  display_name = "on call"
  labels       = { email_address = var.mail }
}
resource "google_monitoring_alert_policy" "errors" {
  count        = local.watched ? 1 : 0
  display_name = "errors"
  conditions {
    display_name = "errors"
    condition_matched_log {
      filter = "severity>=ERROR"
    }
  }
  documentation {
    content = "Look\\n\\n1. Read the log\\n2. Roll back\\n"
  }
  notification_channels = [google_monitoring_notification_channel.mail[0].id]
}
"""
WORKFLOW = """\
on: {push: {branches: [main]}}
jobs:
  apply:
    runs-on: ubuntu-latest
    env:
      TF_VAR_mail: ${{ vars.MAIL }}
    steps:
      - run: terraform apply -auto-approve
"""
CI = ".github/workflows/deploy.yml"
SCRIPT = 'open("infra/terraform.tfvars", "w").write(f\'mail = "{address}"\\n\')\n'


@pytest.mark.parametrize(
    ("path", "text", "holding"),
    [
        (CI, WORKFLOW, Holding.HOLDS),
        (CI, WORKFLOW.replace("${{ vars.MAIL }}", "desk@example.jp"), Holding.HOLDS),
        (CI, WORKFLOW.replace("approve", 'approve -var="mail=$MAIL"'), Holding.HOLDS),
        ("deploy/apply.sh", 'terraform apply -var "mail=$MAIL"\n', Holding.HOLDS),
        ("tools/generate.py", SCRIPT, Holding.HOLDS),
        (CI, WORKFLOW.replace("TF_VAR_mail", "TF_VAR_region"), Holding.UNKNOWN),
        (CI, WORKFLOW.replace("TF_VAR_mail", "MAIL"), Holding.UNKNOWN),
        ("tests/generate.py", SCRIPT, Holding.UNKNOWN),
        ("tools/generate.py", SCRIPT.replace("tfvars", "settings"), Holding.UNKNOWN),
    ],
)
def test_what_a_variable_decides(path: str, text: str, holding: Holding) -> None:
    """Handed in, the alert is made; left at its default, there is none."""
    survey = survey_of({"infra/main.tf": ALERTS, path: text})

    assert alerts_reach_a_receiver(survey).holding is holding


def test_steps_in_the_text_of_a_policy_are_half_a_runbook() -> None:
    """They are read by whoever gets the alert; without numbers they are no steps."""
    files = {"infra/main.tf": ALERTS, CI: WORKFLOW}
    prose = {**files, "infra/main.tf": ALERTS.replace("1. ", "").replace("2. ", "")}

    assert alerts_link_to_runbooks(survey_of(files)).holding is Holding.PARTLY
    assert alerts_link_to_runbooks(survey_of(prose)).holding is Holding.FAILS
