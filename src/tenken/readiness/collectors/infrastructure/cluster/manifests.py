"""Kubernetes-shaped YAML: manifests, and overlays worked out, each with where its values stand."""

import posixpath
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.stages import stage_of
from tenken.readiness.facts.infrastructure import Figure, Source
from tenken.readiness.facts.tree import CollectorProblem, Entry, Role, Tree, Unreadable
from tenken.sentence import say

ENDINGS = frozenset({".yaml", ".yml"})
KUSTOMIZATIONS = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})


class Manifest(Struct, frozen=True, kw_only=True, eq=False):
    """One document with `apiVersion` and `kind`."""

    path: str
    body: Node
    stage: str = ""
    source: Source = Source.KUBERNETES
    origins: Mapping[int, str] = field(default_factory=dict)
    """The file of values that a patch brought, by the identity of the node."""

    @property
    def kind(self) -> str:
        """Such as `Deployment`."""
        return self.body.at("kind").text

    @property
    def name(self) -> str:
        """`metadata.name`."""
        return self.body.at("metadata", "name").text

    @property
    def namespace(self) -> str:
        """`metadata.namespace`; empty where none is stated."""
        return self.body.at("metadata", "namespace").text

    @property
    def place(self) -> Place:
        """Where it begins."""
        return Place(self.path, self.body.line_of("kind"))

    def place_of(self, parent: Node, key: str) -> Place:
        """Where the value under a key stands, whichever file brought it."""
        node = parent.at(key)
        other = self.origins.get(id(node)) or self.origins.get(id(parent))
        return Place(other, node.line) if other else Place(self.path, parent.line_of(key))

    def figure(self, parent: Node, key: str) -> Figure | None:
        """A number under a key; None where the key is absent."""
        node = parent.at(key)
        if not node:
            return None
        return Figure(value=node.number, place=self.place_of(parent, key), written=node.text[:120])


def read_documents(tree: Tree, entry: Entry, found: Found) -> Iterator[Node]:
    """Every Kubernetes-shaped document of a file."""
    text = tree.text(entry.path)
    if isinstance(text, Unreadable) or "apiVersion:" not in text or "kind:" not in text:
        return
    if "{{" in text and "}}" in text and is_template(entry.path):
        return
    yield from documents_in(text, entry.path, found)


def documents_in(text: str, path: str, found: Found) -> Iterator[Node]:
    """Every document with a kind in a text."""
    documents = read_yaml(text)
    if isinstance(documents, YamlError):
        found.problems.append(
            CollectorProblem(
                path=path,
                line=documents.line,
                sentence=say(f"config.{documents.reason}", detail=documents.detail),
            )
        )
        return
    for document in documents:
        if document.at("kind").text and document.at("apiVersion").text:
            yield from _unpacked(document)


def _unpacked(document: Node) -> Iterator[Node]:
    if document.at("kind").text == "List":
        yield from (one for one in document.at("items").items if one.at("kind").text)
    else:
        yield document


def is_template(path: str) -> bool:
    """It stands in a chart's `templates` folder."""
    return "templates" in path.split("/")[:-1]


def read_manifests(tree: Tree, found: Found) -> list[Manifest]:
    """Plain manifests, and what each outermost kustomization makes of them."""
    entries = [
        entry
        for entry in tree.entries
        if (entry.suffix in ENDINGS or entry.name == "Kustomization")
        and entry.role is Role.PRODUCTION
        and "/.github/" not in f"/{entry.path}"
    ]
    builder = Kustomize(tree, entries, found)
    made = [manifest for folder in builder.outermost() for manifest in builder.build(folder)]
    plain = [
        Manifest(path=entry.path, body=document, stage=stage_of(entry.path))
        for entry in entries
        if entry.path not in builder.used and entry.name not in KUSTOMIZATIONS
        for document in read_documents(tree, entry, found)
    ]
    return made + plain


MAX_OVERLAYS = 20


class Kustomize:
    """Works out kustomizations whose parts are in the repository."""

    def __init__(self, tree: Tree, entries: list[Entry], found: Found) -> None:
        self._tree = tree
        self._found = found
        self._files = {entry.path: entry for entry in entries}
        self._folders = {
            entry.path.rpartition("/")[0]: _one(tree, entry)
            for entry in entries
            if entry.name in KUSTOMIZATIONS
        }
        self.used: set[str] = set()

    def outermost(self) -> list[str]:
        """Folders with a kustomization that no other kustomization takes in."""
        inner = {
            target
            for folder, body in self._folders.items()
            for target in _resources(folder, body)
            if target != folder
        }
        return [folder for folder in sorted(self._folders) if folder not in inner]

    def build(self, folder: str, depth: int = 0) -> list[Manifest]:
        """The manifests of a kustomization, its bases' included, patched."""
        body = self._folders[folder]
        manifests = [
            one for target in _resources(folder, body) for one in self._part(folder, target, depth)
        ]
        stage = stage_of(folder)
        path = f"{folder}/kustomization.yaml" if folder else "kustomization.yaml"
        patches = [*self._patch_files(folder, body), *self._inline_patches(path, body)]
        return [_overlaid(one, patches, body, stage) for one in manifests]

    def _part(self, folder: str, target: str, depth: int) -> list[Manifest]:
        if target in self._folders and depth < MAX_OVERLAYS:
            return self.build(target, depth + 1)
        entry = self._files.get(target)
        if entry is None:
            return []
        self.used.add(target)
        return [
            Manifest(path=target, body=document, stage=stage_of(folder))
            for document in read_documents(self._tree, entry, self._found)
        ]

    def _patch_files(self, folder: str, body: Node) -> Iterator["Patch"]:
        named = [one.text for one in body.at("patchesStrategicMerge").items]
        named += [one.at("path").text for one in body.at("patches").items]
        for name in named:
            path = _joined(folder, name)
            if path in self._files:
                self.used.add(path)
                for document in read_documents(self._tree, self._files[path], self._found):
                    yield Patch(path=path, body=document)

    def _inline_patches(self, path: str, body: Node) -> Iterator["Patch"]:
        for one in body.at("patches").items:
            text = one.at("patch").text
            if "kind:" in text:
                for document in documents_in(text, path, self._found):
                    yield Patch(path=path, body=document, line=one.line_of("patch"))


class Patch(Struct, frozen=True, kw_only=True, eq=False):
    """A strategic merge patch."""

    path: str
    body: Node
    line: int = 0
    """For a patch inside a kustomization: where it stands."""

    def fits(self, manifest: Manifest) -> bool:
        """It is for this manifest."""
        same_kind = self.body.at("kind").text == manifest.kind
        return same_kind and self.body.at("metadata", "name").text == manifest.name


def _one(tree: Tree, entry: Entry) -> Node:
    text = tree.text(entry.path)
    documents = YamlError(0, "") if isinstance(text, Unreadable) else read_yaml(text)
    return documents[0] if not isinstance(documents, YamlError) and documents else Node({}, 0)


def _resources(folder: str, body: Node) -> Iterator[str]:
    for key in ("resources", "bases", "components"):
        for one in body.at(key).items:
            if "://" not in one.text and "github.com" not in one.text:
                yield _joined(folder, one.text)


def _joined(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name)).removeprefix("./")


def _overlaid(manifest: Manifest, patches: list[Patch], overlay: Node, stage: str) -> Manifest:
    body = manifest.body
    origins = dict(manifest.origins)
    for patch in patches:
        if patch.fits(manifest):
            body = merged(body, patch.body)
            origins.update((id(node), patch.path) for node in patch.body.walk())
    body = _replicas(body, overlay, manifest.name)
    return Manifest(
        path=manifest.path,
        body=body,
        stage=stage or manifest.stage,
        source=manifest.source,
        origins=origins,
    )


def _replicas(body: Node, overlay: Node, name: str) -> Node:
    for one in overlay.at("replicas").items:
        if one.at("name").text == name and body.at("spec"):
            change = Node({"spec": Node({"replicas": one.at("count")}, one.line)}, one.line)
            return merged(body, change)
    return body


def merged(base: Node, patch: Node) -> Node:
    """A strategic merge: mappings by key, named things by name, anything else replaced."""
    if base.mapping and patch.mapping:
        values = dict(base.mapping)
        for key, value in patch.mapping.items():
            values[key] = merged(values[key], value) if key in values else value
        lines = {**patch.key_lines, **base.key_lines}
        return Node(values, base.line, lines)
    if base.items and patch.items and all(item.at("name") for item in (*base.items, *patch.items)):
        return _merged_by_name(base, patch)
    return patch


def _merged_by_name(base: Node, patch: Node) -> Node:
    patches = {item.at("name").text: item for item in patch.items}
    names = {item.at("name").text for item in base.items}
    kept = [
        merged(item, patches[name]) if (name := item.at("name").text) in patches else item
        for item in base.items
    ]
    return Node((*kept, *(item for name, item in patches.items() if name not in names)), base.line)
