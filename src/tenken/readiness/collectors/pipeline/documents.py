"""Manifests of delivery among all YAML files: found by a word in the text before any is parsed."""

from collections.abc import Iterator

from msgspec import Struct

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.readiness.facts.tree import Role, Tree

WORDS = ("argoproj.io", "flagger.app", "deploy.cloud.google.com", "fluxcd.io")
MAX_TEXT = 500_000


class Document(Struct, frozen=True):
    """A YAML document and the file it stands in."""

    path: str
    node: Node


def delivery_documents(tree: Tree) -> Iterator[Document]:
    """Give the documents of every production file that speaks of a delivery tool."""
    for entry in tree.entries:
        if entry.suffix not in {".yaml", ".yml"} or entry.role is not Role.PRODUCTION:
            continue
        text = tree.text(entry.path, limit=MAX_TEXT)
        if not isinstance(text, str) or not any(word in text for word in WORDS):
            continue
        documents = read_yaml(text)
        if not isinstance(documents, YamlError):  # a Helm template: not resolved here
            yield from (Document(entry.path, node) for node in documents)
