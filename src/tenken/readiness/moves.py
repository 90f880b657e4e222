"""What must be proved again when an application moves to another stack.

What was observed or drilled was observed or drilled *there*, so it counts for nothing elsewhere.
What a repository shows stays true, save where a probe reads the files of the stack itself.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from tenken.evidence import Method
from tenken.readiness.catalogue import Catalogue, Item

STACKS: Mapping[str, str] = MappingProxyType(
    {
        "cloud-run": "cloud-run-datadog",
        "cloud-run-datadog": "cloud-run-datadog",
        "gke": "gke",
        "kubernetes": "gke",
        "ecs": "ecs",
    }
)
"""What a person may call a stack → the name of its guides."""
READS_THE_STACK = frozenset(
    {
        "alerts_link_to_runbooks",
        "alerts_reach_a_receiver",
        "canary_watches_errors_accuracy_and_cost",
        "data_at_rest_is_encrypted",
        "dependency_failures_are_listed",
        "deploys_come_from_the_pipeline",
        "diagrams_match_the_infrastructure",
        "environments_are_deployed_by_cd",
        "evaluation_gates_production",
        "needed_throughput_is_stated",
        "no_static_key_is_reachable",
        "resource_failures_are_listed",
        "scenarios_have_runbooks",
        "serving_workload_autoscales",
        "slos_are_machine_readable",
        "traffic_is_encrypted",
    }
)
"""Repository probes whose answer comes from the stack's own files, or from texts about it."""


class Because(StrEnum):
    """Why an item's proof does not survive the move."""

    OBSERVED_THERE = "observed_there"
    DRILLED_THERE = "drilled_there"
    FILES_OF_THE_STACK = "files_of_the_stack"


class ProveAgain(Struct, frozen=True, kw_only=True):
    """An item whose proof does not survive a move."""

    item: Item
    because: Because


def proved_again(catalogue: Catalogue) -> Iterator[ProveAgain]:
    """Every item to prove again, in the order of the checklist."""
    for item in catalogue.items:
        methods = {item.decides, *(sub.decides for sub in item.subs)}
        if Method.DRILL in methods:
            yield ProveAgain(item=item, because=Because.DRILLED_THERE)
        elif Method.RUNTIME in methods:
            yield ProveAgain(item=item, because=Because.OBSERVED_THERE)
        elif any(use.probe in READS_THE_STACK for use in item.probes.repository):
            yield ProveAgain(item=item, because=Because.FILES_OF_THE_STACK)
