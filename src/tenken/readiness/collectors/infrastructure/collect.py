"""Everything that says what runs where, read once."""

from tenken.readiness.collectors.infrastructure.compose import read_compose
from tenken.readiness.collectors.infrastructure.deploy_flags import read_deploy_flags
from tenken.readiness.collectors.infrastructure.dockerfile import read_dockerfiles
from tenken.readiness.collectors.infrastructure.ecs import read_task_definitions
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.joining import attach_scalings, find_conflicts
from tenken.readiness.collectors.infrastructure.kubernetes import read_kubernetes
from tenken.readiness.collectors.infrastructure.manifests import read_manifests
from tenken.readiness.collectors.infrastructure.terraform.resources import read_terraform
from tenken.readiness.collectors.infrastructure.wiring import wire
from tenken.readiness.facts.infrastructure import InfrastructureFacts
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.tree import Tree


def collect(tree: Tree, pipeline: PipelineFacts) -> InfrastructureFacts:
    """Read every description of the running system, then join what speaks of the same thing."""
    found = Found()
    read_terraform(tree, found)
    read_kubernetes(read_manifests(tree, found), found)
    read_task_definitions(tree, found)
    read_deploy_flags(tree, pipeline, found)
    read_compose(tree, found)
    read_dockerfiles(tree, found)
    attach_scalings(found)
    find_conflicts(found)
    wire(found)
    return found.facts()
