"""ECS task definitions, in Terraform and as files of their own."""

from tenken.config.json import JsonError, read_json
from tenken.config.node import ABSENT, Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.values import first, literal, pattern
from tenken.readiness.facts.infrastructure import (
    Container,
    Platform,
    Source,
    Variable,
    Workload,
)
from tenken.readiness.facts.tree import Role, Tree, Unreadable


def containers(path: str, definitions: Node) -> tuple[Container, ...]:
    """`containerDefinitions`, whose keys are the same in JSON and in Terraform's `jsonencode`."""
    if not definitions.items and not definitions.tag and definitions.text:
        parsed = read_json(definitions.text)
        definitions = ABSENT if isinstance(parsed, JsonError) else parsed
    return tuple(_container(path, one) for one in definitions.items if one.mapping)


def _container(path: str, node: Node) -> Container:
    literals = [
        Variable(
            name=pattern(one.at("name")),
            place=Place(path, one.line),
            value=literal(one.at("value")),
        )
        for one in node.at("environment").items
    ]
    secrets = [
        Variable(
            name=pattern(one.at("name")),
            place=Place(path, one.line),
            secret=pattern(one.at("valueFrom")),
        )
        for one in node.at("secrets").items
    ]
    ports = (
        first(one.at("containerPort"), one.at("hostPort")).number
        for one in node.at("portMappings").items
    )
    return Container(
        name=pattern(node.at("name")),
        place=Place(path, node.line),
        image=pattern(node.at("image")),
        ports=tuple(int(port) for port in ports if port),
        variables=(*literals, *secrets),
        requests_cpu=True,
    )


def read_task_definitions(tree: Tree, found: Found) -> None:
    """`task-definition.json` files, as deploy actions take them."""
    for entry in tree.entries:
        if (
            entry.suffix != ".json"
            or entry.role is not Role.PRODUCTION
            or "task" not in entry.name
        ):
            continue
        text = tree.text(entry.path)
        if isinstance(text, Unreadable) or '"containerDefinitions"' not in text:
            continue
        node = read_json(text)
        if not isinstance(node, JsonError):
            _workload(entry.path, node, found)


def _workload(path: str, node: Node, found: Found) -> None:
    found.workloads.append(
        Workload(
            name=node.at("family").text,
            kind="task definition",
            platform=Platform.ECS,
            source=Source.ECS,
            place=Place(path, node.line_of("family")),
            serves=None,
            containers=containers(path, node.at("containerDefinitions")),
            service_account=node.at("taskRoleArn").text or None,
        )
    )
