"""Cloud Build triggers in Terraform whose branch a variable names."""

import pytest

from tenken.readiness.collectors.pipeline.triggers import terraform_triggers
from tenken.readiness.facts.pipeline import Occasion
from tests.readiness.trees import FakeTree

TRIGGER = """\
resource "google_cloudbuild_trigger" "deploy" {
  name     = "desk-${var.stage}"
  filename = "cloudbuild.yaml"
  repository_event_config {
    push {
      branch = var.branch
    }
  }
  substitutions = { _STAGE = var.stage }
}
"""


def variables(branch: str) -> str:
    """Two variables with what they hold where nobody sets them."""
    return f'variable "branch" {{\n  {branch}\n}}\nvariable "stage" {{\n  default = "prod"\n}}\n'


@pytest.mark.parametrize(
    ("branch", "occasions"),
    [
        ('default = "^main$"', [Occasion.DEFAULT_BRANCH]),
        ('default = "^release$"', [Occasion.BRANCH]),
        ("type = string", []),
    ],
)
def test_a_branch_that_a_variable_names(branch: str, occasions: list[Occasion]) -> None:
    """By its default; without one it is decided elsewhere, and nothing is said of it."""
    tree = FakeTree({"infra/build.tf": TRIGGER, "infra/variables.tf": variables(branch)})

    found = list(terraform_triggers(tree))

    assert [one.occasion for one in found] == occasions
    assert all(one.name == "desk-prod" for one in found)
    assert all(one.substitutions == {"_STAGE": "prod"} for one in found)


def test_the_default_of_another_folder_is_another_variable() -> None:
    """Each folder of Terraform has variables of its own."""
    tree = FakeTree(
        {"infra/build.tf": TRIGGER, "other/variables.tf": variables('default = "main"')}
    )

    assert list(terraform_triggers(tree)) == []
