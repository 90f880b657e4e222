"""Cloud Build triggers kept in Terraform."""

from collections.abc import Iterator

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.hcl import LABELS, read_hcl
from tenken.readiness.collectors.pipeline.forges.cloudbuild import BuildTrigger, trigger
from tenken.readiness.facts.pipeline import Occasion
from tenken.readiness.facts.tree import Role, Tree

RESOURCE = "google_cloudbuild_trigger"
SOURCES = ("github", "trigger_template", "repository_event_config")


def terraform_triggers(tree: Tree) -> Iterator[BuildTrigger]:
    """Give the triggers of every Terraform file that speaks of them."""
    for entry in tree.entries:
        if entry.suffix != ".tf" or entry.role is not Role.PRODUCTION:
            continue
        text = tree.text(entry.path, limit=400_000)
        if not isinstance(text, str) or RESOURCE not in text:
            continue
        for resource in read_hcl(text).body.at("resource").items:
            labels = [it.text for it in resource.at(LABELS).items]
            if labels[:1] == [RESOURCE] and resource.at("disabled").text != "true":
                yield from _triggers(resource, labels[-1], entry.path)


def _triggers(resource: Node, name: str, path: str) -> Iterator[BuildTrigger]:
    file = resource.at("filename").text
    substitutions = {key: it.text for key, it in resource.at("substitutions").mapping.items()}
    for source in SOURCES:
        for block in resource.at(source).many:
            for occasion, branch in _events(block):
                yield trigger(
                    file,
                    occasion,
                    branch,
                    name=resource.at("name").text or name,
                    place=Place(path, resource.line),
                    substitutions=substitutions,
                )


def _events(block: Node) -> Iterator[tuple[Occasion, str]]:
    for push in block.at("push").many:
        if push.at("branch").text:
            yield Occasion.DEFAULT_BRANCH, push.at("branch").text
        if push.at("tag").text:
            yield Occasion.TAG, push.at("tag").text
    for request in block.at("pull_request").many:
        yield Occasion.PULL_REQUEST, request.at("branch").text or ".*"
    if block.at("branch_name").text:
        yield Occasion.DEFAULT_BRANCH, block.at("branch_name").text
