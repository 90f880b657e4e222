"""Finds the gateways that files of a repository set up: ours, and those of others alike."""

from collections.abc import Iterator
from datetime import date

from msgspec.structs import replace

from tenken.config.manifest import Manifest
from tenken.config.yaml import YamlError, read_yaml
from tenken.readiness.collectors.gateways import envoy, litellm
from tenken.readiness.facts.gateways import Gateway, GatewayFacts
from tenken.readiness.facts.monitoring import Objective
from tenken.readiness.facts.tree import CollectorProblem, Role, Tree

YAML = frozenset({".yaml", ".yml"})
MOST = 400_000
"""Characters; a gateway's settings are written by people."""


def collect(tree: Tree, manifest: Manifest | None, today: date) -> GatewayFacts:
    """Give every gateway of production files."""
    found = list(_of_others(tree))
    problems: tuple[CollectorProblem, ...] = ()
    promised: tuple[Objective, ...] = ()
    if manifest is not None:
        behind = manifest.application.behind
        if behind.urls:
            found = [
                replace(one, urls=behind.urls) if one.place.path == behind.file else one
                for one in found
            ]
        # Guards and prompts are loaded for those who have a file of ours.
        from tenken.readiness.collectors.gateways import ours, watching  # noqa: PLC0415

        own, problems = ours.gateway_of(tree, manifest, today)
        if own is not None:
            found.append(replace(own, urls=()) if behind.file else own)
        promised = watching.objectives_of(manifest)
    return GatewayFacts(gateways=tuple(found), objectives=promised, problems=problems)


def _of_others(tree: Tree) -> Iterator[Gateway]:
    resources: list[envoy.Resource] = []
    for entry in tree.entries:
        if entry.suffix not in YAML or entry.role is not Role.PRODUCTION or entry.size > MOST:
            continue
        text = tree.text(entry.path)
        if not isinstance(text, str):
            continue
        proxy, cluster = "litellm_params" in text, envoy.may_be_one(text)
        documents = read_yaml(text) if proxy or cluster else ()
        if isinstance(documents, YamlError):
            continue
        if cluster:
            resources += (envoy.Resource(one, entry.path) for one in documents)
        document = litellm.document_of(documents) if proxy else None
        if document:
            yield litellm.gateway_of(document, entry.path)
    yield from envoy.gateways_of(resources)
