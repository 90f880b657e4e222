"""Azure Container Apps in Bicep, with local modules followed."""

import posixpath
from collections.abc import Iterator, Mapping
from itertools import islice

from msgspec import Struct

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.azure.bicep import BicepFile, Declared, read_bicep
from tenken.readiness.collectors.infrastructure.azure.sites import SITE, identity, read_site
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.values import figure, literal, pattern, truth
from tenken.readiness.facts.exposure import Exposure, Listener, Opening
from tenken.readiness.facts.infrastructure import (
    AtRest,
    Container,
    Declaration,
    Platform,
    Scaling,
    Source,
    Store,
    StoreKind,
    Unseen,
    UnseenBecause,
    Variable,
    Workload,
)
from tenken.readiness.facts.tree import Role, Tree, Unreadable

CONTAINER_APP = "Microsoft.App/containerApps"
STORES = {
    "Microsoft.DocumentDB/databaseAccounts": StoreKind.DATABASE,
    "Microsoft.DBforPostgreSQL/flexibleServers": StoreKind.DATABASE,
    "Microsoft.Storage/storageAccounts": StoreKind.BUCKET,
    "Microsoft.Search/searchServices": StoreKind.SEARCH,
    "Microsoft.Cache/redis": StoreKind.CACHE,
}
WATCHING = ("Microsoft.Insights/", "Microsoft.Portal/")
"""What the monitoring collector reads."""
SCRIPTS = frozenset({".sh", ".ps1", ".yml", ".yaml", ".cmd", ".mjs", ".js", ".ts", ".py"})
"""What may name another file to be deployed."""
MAX_FILES = 400
MAX_DEEP = 8
MAX_CALLS = 300


class Reading(Struct, frozen=True):
    """A file with the parameters of one call."""

    path: str
    file: BicepFile


def read_azure(tree: Tree, found: Found) -> None:
    """Read every Bicep file that is not only a module of another."""
    texts = dict(_texts(tree))
    called = {
        target
        for path, text in texts.items()
        if (file := read_bicep(text, {})) is not None
        for module in file.modules
        if (target := _target(path, module)) in texts and target != path
    }
    budget = [MAX_CALLS]
    for path in sorted(_deployed(tree, texts, set(texts) - called)):
        for reading in _followed(path, texts, found, budget):
            for resource in reading.file.resources:
                _resource(reading.path, resource, found)


def _deployed(tree: Tree, texts: Mapping[str, str], uncalled: set[str]) -> set[str]:
    """Where deployment begins; beside that, modules that nobody calls are a library."""
    entries = {
        path for path in uncalled
        if path.rpartition("/")[2] == "main.bicep" or "targetScope" in texts[path]
    }  # fmt: skip
    others = uncalled - entries
    if not entries or not others:
        return uncalled
    scripts = [
        text
        for entry in tree.entries
        if entry.suffix in SCRIPTS or entry.name == "Makefile"
        if isinstance(text := tree.text(entry.path), str) and ".bicep" in text
    ]
    named = {it for it in others if any(it.rpartition("/")[2] in text for text in scripts)}
    return entries | named


def _texts(tree: Tree) -> Iterator[tuple[str, str]]:
    files = (one for one in tree.entries if one.suffix == ".bicep")
    for entry in islice((one for one in files if one.role is Role.PRODUCTION), MAX_FILES):
        text = tree.text(entry.path)
        if not isinstance(text, Unreadable):
            yield entry.path, text


def _target(path: str, module: Declared) -> str:
    return posixpath.normpath(posixpath.join(path.rpartition("/")[0], module.type))


def _followed(
    path: str,
    texts: Mapping[str, str],
    found: Found,
    budget: list[int],
) -> Iterator[Reading]:
    pending: list[tuple[str, Mapping[str, Node], int]] = [(path, {}, 0)]
    while pending and budget[0] > 0:
        here, given, depth = pending.pop()
        budget[0] -= 1
        file = read_bicep(texts[here], given)
        if file is None:
            continue
        yield Reading(here, file)
        for module in file.modules:
            target = _target(here, module)
            if target in texts and depth < MAX_DEEP:
                params = module.body.at("params").mapping
                pending.append((target, params, depth + 1))
            elif module.type.startswith(("br:", "br/", "ts:")):
                found.unseen.append(
                    Unseen(
                        because=UnseenBecause.REMOTE_MODULE,
                        place=Place(here, module.line),
                        detail=module.type[:120],
                    )
                )


def _resource(path: str, one: Declared, found: Found) -> None:
    if one.type == CONTAINER_APP:
        _container_app(path, one, found)
    elif one.type == SITE:
        read_site(path, one, found)
    elif one.type in STORES:
        found.stores.append(
            Store(
                kind=STORES[one.type],
                name=pattern(one.body.at("name")),
                resource=one.type,
                place=Place(path, one.line),
                at_rest=AtRest.PLATFORM,
            )
        )
    elif one.type.startswith(WATCHING):
        found.declarations.append(
            Declaration(
                kind=one.type,
                name=pattern(one.body.at("name")) or one.symbol,
                address=one.symbol,
                place=Place(path, one.line),
                body=one.body,
                source=Source.BICEP,
            )
        )


def _container_app(path: str, one: Declared, found: Found) -> None:
    name = pattern(one.body.at("name")) or one.symbol
    properties = one.body.at("properties")
    ingress = properties.at("configuration", "ingress")
    found.workloads.append(
        Workload(
            name=name,
            kind=one.type,
            platform=Platform.CONTAINER_APPS,
            source=Source.BICEP,
            place=Place(path, one.line),
            serves=True if ingress else None,
            containers=tuple(
                _container(path, node) for node in properties.at("template", "containers").items
            ),
            scalings=tuple(_scalings(path, properties.at("template", "scale"), name)),
            service_account=identity(one.body),
        )
    )
    if truth(ingress.at("external")):
        found.exposures.append(
            Exposure(
                opening=Opening.INTERNET,
                workload=name,
                place=Place(path, ingress.line_of("external")),
                written="external: true",
            )
        )
    if truth(ingress.at("allowInsecure")):
        found.listeners.append(
            Listener(
                place=Place(path, ingress.line_of("allowInsecure")),
                name=name,
                encrypted=False,
                public=truth(ingress.at("external")),
                written="allowInsecure: true",
            )
        )


def _scalings(path: str, scale: Node, name: str) -> Iterator[Scaling]:
    if scale.mapping:
        yield Scaling(
            place=Place(path, scale.line),
            source=Source.BICEP,
            kind="scale",
            target=name,
            minimum=figure(path, scale, "minReplicas"),
            maximum=figure(path, scale, "maxReplicas"),
            signals=("requests",),
        )


def _container(path: str, node: Node) -> Container:
    return Container(
        name=pattern(node.at("name")),
        place=Place(path, node.line),
        image=pattern(node.at("image")),
        variables=tuple(
            Variable(
                name=pattern(one.at("name")),
                place=Place(path, one.line),
                value=literal(one.at("value")),
                secret=pattern(one.at("secretRef")) if one.at("secretRef") else None,
            )
            for one in node.at("env").items
            if one.mapping
        ),
    )
