"""A CDK program in Python is read from its syntax tree: what it states counts, nothing is run."""

# ruff: noqa: E501 - tables read best with one case a line

import pytest

from tenken.evidence import Answer, Holding
from tenken.readiness.probes.scalability import serving_workload_autoscales
from tenken.readiness.probes.security import data_at_rest_is_encrypted, traffic_is_encrypted
from tests.readiness.estates.survey import survey_of

STACK = """\
from aws_cdk import aws_ecs_patterns as patterns
from aws_cdk import aws_rds as rds
from aws_cdk import aws_s3 as s3

raise SystemExit("never run")


class Desk(Construct):
    def __init__(self, scope, id):
        self.service = patterns.ApplicationLoadBalancedFargateService(
            self, "Desk", certificate=network.certificate, redirect_http=True
        )
        target = self.service.service.auto_scale_task_count(min_capacity=1, max_capacity=4)
        target.scale_on_cpu_utilization("Cpu", target_utilization_percent=70)
        s3.Bucket(self, "Logs", encryption=s3.BucketEncryption.KMS, enforce_ssl=True)
        rds.DatabaseInstance(self, "Db", storage_encrypted=True)
"""
PROBES = (serving_workload_autoscales, traffic_is_encrypted, data_at_rest_is_encrypted)


def answers(text: str) -> dict[str, Answer]:
    """What the probes answer, by their names."""
    survey = survey_of({"infra/desk.py": text})
    return {probe.__name__: probe(survey) for probe in PROBES}


def test_what_a_program_states_counts() -> None:
    """Scaling with a policy, a certificate on the door, stores that are encrypted."""
    found = answers(STACK)

    assert {name: one.holding for name, one in found.items()} == {
        probe.__name__: Holding.HOLDS for probe in PROBES
    }
    assert all(remark.place for one in found.values() for remark in one.seen)


@pytest.mark.parametrize(
    ("old", "new", "probe"),
    [
        pytest.param("max_capacity=4", "max_capacity=1", "serving_workload_autoscales", id="one"),
        pytest.param("max_capacity=4", "max_capacity=most", "serving_workload_autoscales", id="unknown"),
        pytest.param("scale_on_cpu_utilization", "scale_on_schedule", "serving_workload_autoscales", id="clock"),
        pytest.param("        target.scale", "        other.scale", "serving_workload_autoscales", id="another"),
        pytest.param("certificate=network.certificate, ", "", "traffic_is_encrypted", id="plain"),
        pytest.param("storage_encrypted=True", "multi_az=True", "data_at_rest_is_encrypted", id="off"),
        pytest.param("s3.BucketEncryption.KMS", "s3.BucketEncryption.UNENCRYPTED", "data_at_rest_is_encrypted", id="plain-bucket"),
        pytest.param("from aws_cdk import aws_ecs_patterns as patterns\n", "import patterns\n", "serving_workload_autoscales", id="other-library"),
        pytest.param("class Desk", "class Desk(", "serving_workload_autoscales", id="no-python"),
    ],
)  # fmt: skip
def test_a_program_that_does_not_state_it_proves_nothing(old: str, new: str, probe: str) -> None:
    """Spoil one thing in the program, and what it spoils no longer holds."""
    assert answers(STACK.replace(old, new))[probe].holding is not Holding.HOLDS


def test_a_policy_at_once_and_a_listener_of_its_own_are_read() -> None:
    """The other ways to write the same."""
    chained = STACK.replace(
        "max_capacity=4)\n        target.scale", "max_capacity=4).scale"
    ).replace("certificate=network.certificate", "protocol=elb.ApplicationProtocol.HTTPS")
    listener = chained + (
        "        self.service.load_balancer.add_listener('Plain', port=80,"
        " default_action=elb.ListenerAction.redirect(port='443'))\n"
    )

    found = answers(listener)

    assert found["serving_workload_autoscales"].holding is Holding.HOLDS
    assert found["traffic_is_encrypted"].holding is Holding.HOLDS
