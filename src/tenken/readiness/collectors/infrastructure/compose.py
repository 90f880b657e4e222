"""Compose files: what runs beside the application on a developer's machine, or on one host."""

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.stages import stage_of
from tenken.readiness.facts.infrastructure import Container, Platform, Source, Variable, Workload
from tenken.readiness.facts.tree import Entry, Role, Tree, Unreadable


def read_compose(tree: Tree, found: Found) -> None:
    """Read every compose file into `found`."""
    for entry in tree.entries:
        if not is_compose(entry):
            continue
        text = tree.text(entry.path)
        documents = YamlError(0, "") if isinstance(text, Unreadable) else read_yaml(text)
        if not isinstance(documents, YamlError) and documents:
            services = documents[0].at("services")
            for name, service in services.mapping.items():
                _service(entry.path, name, service, found)


def is_compose(entry: Entry) -> bool:
    """`compose.yaml`, `docker-compose.prod.yml`."""
    is_named = entry.name.startswith(("docker-compose", "compose."))
    return is_named and entry.suffix in {".yml", ".yaml"} and entry.role is Role.PRODUCTION


def _service(path: str, name: str, service: Node, found: Found) -> None:
    found.workloads.append(
        Workload(
            name=name,
            kind="compose service",
            platform=Platform.COMPOSE,
            source=Source.COMPOSE,
            place=Place(path, service.line),
            serves=bool(service.at("ports").items) or None,
            stage=stage_of(path),
            containers=(
                Container(
                    name=name,
                    place=Place(path, service.line),
                    image=service.at("image").text,
                    variables=_variables(path, service.at("environment")),
                    more_variables=bool(service.at("env_file")),
                ),
            ),
        )
    )


def _variables(path: str, environment: Node) -> tuple[Variable, ...]:
    if environment.items:
        pairs = [(*item.text.partition("=")[::2], item.line) for item in environment.items]
    else:
        pairs = [
            (name, value.text, environment.line_of(name))
            for name, value in environment.mapping.items()
        ]
    return tuple(
        Variable(
            name=name,
            place=Place(path, line),
            value=value if value and "${" not in value else None,
        )
        for name, value, line in pairs
    )
