"""GitLab's includes and `extends`: the document as the runner sees it, with places kept."""

from collections.abc import Mapping

from msgspec import Struct, field

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files
from tenken.readiness.facts.pipeline import Blind, BlindSpot
from tenken.readiness.globs import matches

MAX_FILES = 50
MAX_EXTENDS = 10


class Merged(Struct):
    """A document with its includes merged in."""

    root: Node
    files: dict[str, str] = field(default_factory=dict)
    """The file each key of the root comes from."""
    blind: list[BlindSpot] = field(default_factory=list)
    templates: list[tuple[str, Place]] = field(default_factory=list)

    def place(self, name: str, path: str) -> Place:
        """Where a job stands."""
        return Place(self.files.get(name, path), self.root.line_of(name))


def merged_document(path: str, files: Files) -> Merged:
    """Read a file with what it includes from the repository, and resolve `extends`."""
    merged = Merged(Node({}))
    values: dict[str, Node] = {}
    lines: dict[str, int] = {}
    _gather(path, files, merged, (values, lines))
    root = Node(values, 1, lines)
    merged.root = Node({name: _extended(node, root, 0) for name, node in values.items()}, 1, lines)
    return merged


def _gather(
    path: str, files: Files, merged: Merged, into: tuple[dict[str, Node], dict[str, int]]
) -> None:
    """Includes come first, so that the including file wins."""
    if path in merged.files or len(merged.files) > MAX_FILES:
        return
    merged.files[path] = path
    for document in files.documents(path):
        for include in document.at("include").many:
            for local in _includes(include, path, files, merged):
                _gather(local, files, merged, into)
        values, lines = into
        for name, node in document.mapping.items():
            base = values.get(name)
            values[name] = _over(base, node) if base is not None else node
            lines[name] = document.line_of(name)
            merged.files[name] = path


def _includes(node: Node, path: str, files: Files, merged: Merged) -> list[str]:
    text = node.text or node.at("local").text
    if text and not text.startswith(("http://", "https://")):
        wanted = text.lstrip("/")
        if "*" in wanted:
            return [it.path for it in files.tree.below("") if matches((wanted,), it.path)]
        return [wanted] if files.tree.entry(wanted) is not None else []
    place = Place(path, node.line)
    if template := node.at("template").text:
        merged.templates.append((template, place))
    for key in ("remote", "project", "component"):
        if node.at(key).text:
            spot = BlindSpot(because=Blind.REMOTE_INCLUDE, place=place, detail=node.at(key).text)
            merged.blind.append(spot)
    return []


def _extended(node: Node, root: Node, depth: int) -> Node:
    """Merge what a job extends under its own keys; mappings deep, lists replaced."""
    names = [it.text for it in node.at("extends").many]
    if not names or depth >= MAX_EXTENDS:
        return node
    base = Node({})
    for name in names:
        base = _over(base, _extended(root.at(name), root, depth + 1))
    return _over(base, node)


def _over(base: Node, own: Node) -> Node:
    if not isinstance(own.value, Mapping) or not isinstance(base.value, Mapping):
        return own
    values = dict(base.mapping)
    for name, node in own.mapping.items():
        values[name] = _over(values[name], node) if name in values else node
    return Node(values, own.line, {**base.key_lines, **own.key_lines}, own.tag)
