"""Everything that says what runs where, read once."""

from tenken.readiness.collectors.infrastructure.azure.apps import read_azure
from tenken.readiness.collectors.infrastructure.azure.capacity import read_capacities
from tenken.readiness.collectors.infrastructure.cdk.services import read_cdk
from tenken.readiness.collectors.infrastructure.cluster.helm import read_charts
from tenken.readiness.collectors.infrastructure.cluster.kubernetes import read_kubernetes
from tenken.readiness.collectors.infrastructure.cluster.manifests import read_manifests
from tenken.readiness.collectors.infrastructure.compose import read_compose
from tenken.readiness.collectors.infrastructure.deploy_flags import read_deploy_flags
from tenken.readiness.collectors.infrastructure.dockerfile import read_dockerfiles
from tenken.readiness.collectors.infrastructure.ecs import read_task_definitions
from tenken.readiness.collectors.infrastructure.elsewhere import read_elsewhere
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.joining import attach_scalings, find_conflicts
from tenken.readiness.collectors.infrastructure.platforms.cloudformation import (
    read_cloudformation,
)
from tenken.readiness.collectors.infrastructure.platforms.fly import read_fly
from tenken.readiness.collectors.infrastructure.platforms.serverless import read_serverless
from tenken.readiness.collectors.infrastructure.proxies.doors import read_proxies
from tenken.readiness.collectors.infrastructure.render import read_render
from tenken.readiness.collectors.infrastructure.terraform.resources import read_terraform
from tenken.readiness.collectors.infrastructure.wiring import wire
from tenken.readiness.facts.infrastructure import InfrastructureFacts
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.tree import Tree


def collect(tree: Tree, pipeline: PipelineFacts) -> InfrastructureFacts:
    """Read every description of the running system, then join what speaks of the same thing."""
    found = Found()
    read_terraform(tree, found)
    read_kubernetes([*read_manifests(tree, found), *read_charts(tree, found)], found)
    read_task_definitions(tree, found)
    read_deploy_flags(tree, pipeline, found)
    read_azure(tree, found)
    read_capacities(tree, found)
    read_cdk(tree, found)
    read_render(tree, found)
    read_fly(tree, found)
    read_cloudformation(tree, found)
    read_serverless(tree, found)
    read_compose(tree, found)
    read_dockerfiles(tree, found)
    read_proxies(tree, found)
    read_elsewhere(tree, found)
    attach_scalings(found)
    find_conflicts(found)
    wire(found)
    return found.facts()
