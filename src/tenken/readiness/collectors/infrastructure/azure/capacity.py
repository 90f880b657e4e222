"""Token capacity of model deployments: in Bicep, and in the YAML files that Bicep loads."""

import posixpath
from collections.abc import Iterator
from itertools import islice

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.readiness.collectors.infrastructure.azure.bicep import BicepFile, read_bicep
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.values import figure, pattern
from tenken.readiness.facts.infrastructure import ModelCapacity
from tenken.readiness.facts.tree import Role, Tree

LOADED = Pattern(r"loadYamlContent\(\s*'([^']+)'")
MAX_FILES = 400
MAX_NODES = 20_000


def read_capacities(tree: Tree, found: Found) -> None:
    """Read every place where a deployment of a model is given its capacity."""
    files = (one for one in tree.entries if one.suffix == ".bicep" and one.role is Role.PRODUCTION)
    for entry in islice(files, MAX_FILES):
        text = tree.text(entry.path)
        if not isinstance(text, str) or ("capacity" not in text and "loadYaml" not in text):
            continue
        file = read_bicep(text, {})
        for body in _bodies(file) if file else ():
            found.capacities.extend(_capacities(entry.path, body))
        for loaded in LOADED.findall(text):
            path = posixpath.normpath(posixpath.join(entry.path.rpartition("/")[0], loaded))
            found.capacities.extend(_loaded(tree, path))


def _bodies(file: BicepFile) -> Iterator[Node]:
    yield from file.variables
    yield from (one.body for one in (*file.resources, *file.modules))


def _loaded(tree: Tree, path: str) -> Iterator[ModelCapacity]:
    text = tree.text(path)
    documents = read_yaml(text) if isinstance(text, str) else ()
    for document in () if isinstance(documents, YamlError) else documents:
        yield from _capacities(path, document)


def _capacities(path: str, body: Node) -> Iterator[ModelCapacity]:
    for node in islice(body.walk(), MAX_NODES):
        model = pattern(node.at("model", "name"))
        for sku in (node.at("sku"), node.at("scaleSettings"), node):
            stated = figure(path, sku, "capacity") if model else None
            if stated is not None:
                yield ModelCapacity(model=model, capacity=stated, place=stated.place)
                break
