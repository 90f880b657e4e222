"""`serverless.yml`: functions on AWS, and the gateway that the framework makes for them."""

from collections.abc import Iterator

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.values import literal
from tenken.readiness.facts.exposure import Listener
from tenken.readiness.facts.infrastructure import (
    Container,
    Platform,
    Source,
    Variable,
    Workload,
)
from tenken.readiness.facts.tree import Role, Tree

NAMES = frozenset({"serverless.yml", "serverless.yaml"})
DOORS = ("http", "httpApi", "websocket")


def read_serverless(tree: Tree, found: Found) -> None:
    """Read every file of the framework that deploys to AWS."""
    for entry in tree.entries:
        if entry.name not in NAMES or entry.role is not Role.PRODUCTION:
            continue
        text = tree.text(entry.path)
        documents = read_yaml(text) if isinstance(text, str) else ()
        if isinstance(documents, YamlError) or not documents:
            continue
        document = documents[0]
        if document.at("provider", "name").text == "aws":
            shared = tuple(_variables(entry.path, document.at("provider", "environment")))
            for name, one in document.at("functions").mapping.items():
                place = Place(entry.path, one.line)
                own = tuple(_variables(entry.path, one.at("environment")))
                found.listeners.extend(_doors(place, name, one))
                found.workloads.append(_function(place, name, (*shared, *own)))


def _doors(place: Place, name: str, one: Node) -> Iterator[Listener]:
    doors = [key for event in one.at("events").items for key in _keys(event) if key in DOORS]
    if one.at("url"):
        doors.append("url")
    for door in doors[:1]:
        yield Listener(place=place, name=name, encrypted=True, public=True, written=door)


def _variables(path: str, stated: Node) -> Iterator[Variable]:
    for key, value in stated.mapping.items():
        yield Variable(name=key, place=Place(path, stated.line_of(key)), value=literal(value))


def _function(place: Place, name: str, variables: tuple[Variable, ...]) -> Workload:
    return Workload(
        name=name,
        kind="serverless function",
        platform=Platform.FUNCTION,
        source=Source.SERVERLESS,
        place=place,
        serves=True,
        containers=(Container(name=name, place=place, variables=variables),),
        service_account=name,  # the framework makes a role for its functions
    )


def _keys(event: Node) -> tuple[str, ...]:
    """`- httpApi: "*"`, or `- httpApi` alone."""
    return tuple(event.mapping) or (event.text,)
