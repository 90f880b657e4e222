"""`render.yaml`: services and databases on Render."""

from collections.abc import Iterator

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.values import figure
from tenken.readiness.facts.infrastructure import (
    AtRest,
    Container,
    Platform,
    Scaling,
    Source,
    Store,
    StoreKind,
    Variable,
    Workload,
)
from tenken.readiness.facts.tree import Tree, Unreadable


def read_render(tree: Tree, found: Found) -> None:
    """Read the one file that Render takes."""
    text = tree.text("render.yaml")
    documents = YamlError(0, "") if isinstance(text, Unreadable) else read_yaml(text)
    if isinstance(documents, YamlError) or not documents:
        return
    for service in documents[0].at("services").items:
        found.workloads.append(_service("render.yaml", service))
    for database in documents[0].at("databases").items:
        found.stores.append(
            Store(
                kind=StoreKind.DATABASE,
                name=database.at("name").text,
                resource="Render Postgres",
                place=Place("render.yaml", database.line),
                at_rest=AtRest.PLATFORM,
            )
        )


def _service(path: str, node: Node) -> Workload:
    name = node.at("name").text
    place = Place(path, node.line)
    return Workload(
        name=name,
        kind=f"Render {node.at('type').text}",
        platform=Platform.RENDER,
        source=Source.RENDER,
        place=place,
        serves=node.at("type").text == "web",
        containers=(Container(name=name, place=place, variables=tuple(_variables(path, node))),),
        scalings=tuple(_scalings(path, node.at("scaling"), name)),
        replicas=figure(path, node, "numInstances"),
    )


def _scalings(path: str, scaling: Node, name: str) -> Iterator[Scaling]:
    if scaling.mapping:
        yield Scaling(
            place=Place(path, scaling.line),
            source=Source.RENDER,
            kind="scaling",
            target=name,
            minimum=figure(path, scaling, "minInstances"),
            maximum=figure(path, scaling, "maxInstances"),
        )


def _variables(path: str, node: Node) -> Iterator[Variable]:
    for one in node.at("envVars").items:
        # `sync: false` is a value that somebody types into the console.
        is_typed_in = one.at("sync").text == "false" or bool(one.at("fromGroup"))
        if name := one.at("key").text:
            yield Variable(
                name=name,
                place=Place(path, one.line),
                value=one.at("value").text if one.at("value") else None,
                secret="" if is_typed_in else None,
            )
