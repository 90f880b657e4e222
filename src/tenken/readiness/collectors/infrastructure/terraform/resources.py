"""Sends each Terraform resource to what understands it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tenken.config.node import Node
from tenken.readiness.collectors.infrastructure.components import component
from tenken.readiness.collectors.infrastructure.deploy_flags import from_provisioner
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.terraform import amazon, azure, google
from tenken.readiness.collectors.infrastructure.terraform.estate import Resource, read_estate
from tenken.readiness.collectors.infrastructure.terraform.remote import remote_service
from tenken.readiness.collectors.infrastructure.terraform.stores import KINDS, store
from tenken.readiness.collectors.infrastructure.terraform.watching import watched_elsewhere
from tenken.readiness.facts.infrastructure import Declaration, Source, Unseen, UnseenBecause
from tenken.readiness.facts.tree import Tree

Handler = Callable[[Resource, Node, Found], None]
HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        **google.HANDLERS,
        **amazon.HANDLERS,
        **azure.HANDLERS,
        **dict.fromkeys(KINDS, store),
    }
)
DECLARED = (
    "google_monitoring_", "datadog_", "aws_cloudwatch_", "aws_sns_topic", "google_billing_budget",
    "aws_budgets_budget", "grafana_", "azurerm_monitor_", "azurerm_consumption_budget",
    "azurerm_portal_dashboard", "azurerm_dashboard",
)  # fmt: skip
"""What the monitoring collector reads."""
ECS = frozenset(
    {
        "aws_ecs_service",
        "aws_ecs_task_definition",
        "aws_appautoscaling_target",
        "aws_appautoscaling_policy",
    }
)


def read_terraform(tree: Tree, found: Found) -> None:
    """Read every Terraform file into `found`."""
    estate = read_estate(tree)
    found.problems.extend(estate.problems)
    found.unseen.extend(estate.unseen)
    for call in estate.remote_calls:
        remote_service(call, found)
    watched_elsewhere(estate.remote_calls, found)
    for resource in estate.resources:
        _read(resource, found)
    found.unmade += [_declaration(one) for one in estate.unmade if one.kind.startswith(DECLARED)]
    amazon.ecs((one for one in estate.resources if one.kind in ECS), found)


def _read(resource: Resource, found: Found) -> None:
    if (drawn := component(resource.kind, resource.place)) is not None:
        found.components.append(drawn)
    if (handler := HANDLERS.get(resource.kind)) is not None:
        handler(resource, resource.body(), found)
    if resource.kind in {"null_resource", "terraform_data"}:
        from_provisioner(resource.path, resource.body(), found)
    if resource.kind == "helm_release":
        found.unseen.append(
            Unseen(
                because=UnseenBecause.REMOTE_CHART,
                place=resource.place,
                detail=resource.block.body.at("chart").text[:120],
            )
        )
    if resource.kind.startswith(DECLARED):
        found.declarations.append(_declaration(resource))


def _declaration(resource: Resource) -> Declaration:
    return Declaration(
        kind=resource.kind,
        name=resource.name,
        address=resource.address,
        place=resource.place,
        body=resource.body(),
        source=Source.TERRAFORM,
        stage=resource.stage,
    )
