"""Controllers that deploy from git by themselves: Argo CD, Flux, Render."""

from collections.abc import Iterator

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files
from tenken.readiness.collectors.pipeline.documents import Document
from tenken.readiness.collectors.pipeline.stages import first_stage
from tenken.readiness.facts.pipeline import ContinuousDelivery, Stage, Target

RENDER = ("render.yaml", "render.yml")


def deliveries_of(documents: tuple[Document, ...], files: Files) -> Iterator[ContinuousDelivery]:
    """Give every controller that follows the repository, and whether it does so by itself."""
    for document in documents:
        node, kind = document.node, document.node.at("kind").text
        group = node.at("apiVersion").text
        if kind == "Application" and group.startswith("argoproj.io"):
            automated = "automated" in node.at("spec", "syncPolicy").mapping
            told = (node.at("spec", "source", "path").text,
                    node.at("spec", "destination", "namespace").text)  # fmt: skip
            yield _delivery("argo-cd", document, told, automated=automated)
        elif kind in {"Kustomization", "HelmRelease"} and "toolkit.fluxcd.io" in group:
            automated = node.at("spec", "suspend").text != "true"
            told = (node.at("spec", "path").text, node.at("spec", "targetNamespace").text)
            yield _delivery("flux", document, told, automated=automated)
    yield from _render(files)


def _delivery(
    tool: str, document: Document, told: tuple[str, ...], *, automated: bool
) -> ContinuousDelivery:
    name = document.node.at("metadata", "name").text
    target = first_stage((*told, name, document.path))
    return ContinuousDelivery(
        tool=tool,
        place=Place(document.path, document.node.line),
        target=target or Target(stage=Stage.UNKNOWN, name=name),
        automated=automated,
    )


def _render(files: Files) -> Iterator[ContinuousDelivery]:
    for path in RENDER:
        if files.tree.entry(path) is None:
            continue
        for service in files.yaml(path).at("services").items:
            yield _render_service(service, path)


def _render_service(service: Node, path: str) -> ContinuousDelivery:
    name = service.at("name").text
    automatic = service.at("autoDeploy").text or service.at("autoDeployTrigger").text
    target = first_stage((name, service.at("branch").text))
    return ContinuousDelivery(
        tool="render",
        place=Place(path, service.line),
        target=target or Target(stage=Stage.UNKNOWN, name=name),
        automated=automatic not in {"false", "no", "off"},
    )
