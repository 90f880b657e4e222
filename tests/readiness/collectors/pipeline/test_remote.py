"""Deploys that go over a remote shell or a push: what they start there is the deploy."""

import pytest

from tenken.readiness.collectors.pipeline.collect import collect
from tenken.readiness.facts.pipeline import Purpose
from tests.readiness.trees import FakeTree

WORKFLOW = "on: {push: {branches: [main]}}\njobs:\n  go:\n    steps:\n      - STEP\n"


def deploys(step: str) -> list[str]:
    """The tools that a workflow with this step deploys by."""
    tree = FakeTree({".github/workflows/cd.yml": WORKFLOW.replace("STEP", step)})
    jobs = collect(tree).jobs
    return [run.tool for job in jobs for run in job.runs if run.purpose is Purpose.DEPLOY]


@pytest.mark.parametrize(
    ("step", "tools"),
    [
        ("run: gcloud compute ssh desk --command='docker compose up -d'", ["ssh"]),
        ("run: gcloud compute ssh desk --command='uptime'", []),
        ("run: gcloud compute instances list --filter=docker", []),
        ("run: aws ssm send-command --parameters 'commands=[docker compose pull]'", ["ssh"]),
        ("run: aws ssm get-parameter --name docker", []),
        ("run: git push https://x:$HF@huggingface.co/spaces/desk/desk main", ["Hugging Face"]),
        ("run: git push hf main", ["Hugging Face"]),
        ("run: git push origin main", []),
        ("run: git push origin hf-fixes", []),
        ("run: hf upload desk/desk . --repo-type=space", ["Hugging Face"]),
        ("run: hf upload desk/data . --repo-type=dataset", []),
        (
            "{uses: google-github-actions/ssh-compute@v1, with: {command: docker run desk}}",
            ["ssh"],
        ),
    ],
)
def test_what_is_deployed_over_a_shell(step: str, tools: list[str]) -> None:
    """A look at a machine, or a push to the repository itself, deploys nothing."""
    assert deploys(step) == tools
