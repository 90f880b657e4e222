"""Cloud Build triggers kept in Terraform."""

from collections.abc import Iterator, Mapping

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
        defaults = _defaults(tree, entry.path.rpartition("/")[0])
        for resource in read_hcl(text).body.at("resource").items:
            labels = [it.text for it in resource.at(LABELS).items]
            if labels[:1] == [RESOURCE] and resource.at("disabled").text != "true":
                yield from _triggers(resource, Place(entry.path, resource.line), defaults)


def _defaults(tree: Tree, folder: str) -> dict[str, str]:
    """What the variables of a folder hold where nobody sets them."""
    found: dict[str, str] = {}
    for entry in tree.below(folder):
        if entry.suffix != ".tf" or entry.path.rpartition("/")[0] != folder:
            continue
        text = tree.text(entry.path, limit=400_000)
        if not isinstance(text, str) or "variable" not in text:
            continue
        for one in read_hcl(text).body.at("variable").items:
            name = next((it.text for it in one.at(LABELS).items), "")
            default = one.at("default")
            if name and default and not default.tag:
                found[name] = default.text
    return found


def _said(node: Node, defaults: Mapping[str, str]) -> str | None:
    """The text with what variables hold by default; None where that is decided elsewhere."""
    if node.tag == "!template":
        pieces = [_said(piece, defaults) for piece in node.items]
        return None if None in pieces else "".join(filter(None, pieces))
    if node.tag:
        return defaults.get(node.text.removeprefix("var."))
    return node.text


def _triggers(resource: Node, place: Place, defaults: Mapping[str, str]) -> Iterator[BuildTrigger]:
    labels = [it.text for it in resource.at(LABELS).items]
    given = resource.at("substitutions").mapping
    substitutions = {key: _said(it, defaults) or it.text for key, it in given.items()}
    for source in SOURCES:
        for block in resource.at(source).many:
            for occasion, branch in _events(block):
                if (said := _said(branch, defaults)) is not None:
                    yield trigger(
                        _said(resource.at("filename"), defaults) or "",
                        occasion,
                        said or ".*",
                        name=_said(resource.at("name"), defaults) or labels[-1],
                        place=place,
                        substitutions=substitutions,
                    )


def _events(block: Node) -> Iterator[tuple[Occasion, Node]]:
    for push in block.at("push").many:
        if push.at("branch"):
            yield Occasion.DEFAULT_BRANCH, push.at("branch")
        if push.at("tag"):
            yield Occasion.TAG, push.at("tag")
    for request in block.at("pull_request").many:
        yield Occasion.PULL_REQUEST, request.at("branch")
    if block.at("branch_name"):
        yield Occasion.DEFAULT_BRANCH, block.at("branch_name")
