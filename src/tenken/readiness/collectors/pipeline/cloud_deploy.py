"""Delivery pipelines of Cloud Deploy, as a manifest or in Terraform: stages in their order."""

from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.hcl import LABELS, read_hcl
from tenken.readiness.collectors.pipeline.documents import Document
from tenken.readiness.collectors.pipeline.stages import first_stage
from tenken.readiness.facts.pipeline import (
    Canary,
    ContinuousDelivery,
    Job,
    Occasion,
    Pipeline,
    Run,
    Stage,
    Target,
)
from tenken.readiness.facts.tree import Role, Tree

RESOURCE = "google_clouddeploy_delivery_pipeline"
RELEASE = "gcloud deploy releases create"
OPTION = "--delivery-pipeline"
BY_ITSELF = frozenset({
    Occasion.DEFAULT_BRANCH, Occasion.BRANCH, Occasion.TAG, Occasion.AFTER,
})  # fmt: skip


class Step(Struct, frozen=True, kw_only=True):
    """One stage of a delivery pipeline, whichever format it is written in."""

    pipeline: str
    place: Place
    target: str
    profiles: tuple[str, ...]
    canary: Canary | None


def steps_of(documents: tuple[Document, ...], tree: Tree) -> tuple[Step, ...]:
    """Give the stages of every delivery pipeline that is not suspended."""
    return (*_in_manifests(documents), *_in_terraform(tree))


def _in_manifests(documents: tuple[Document, ...]) -> Iterator[Step]:
    for document in documents:
        node = document.node
        if node.at("kind").text != "DeliveryPipeline" or node.at("suspended").text == "true":
            continue
        name = node.at("metadata", "name").text
        for stage in node.at("serialPipeline", "stages").items:
            canary = stage.at("strategy", "canary")
            shares = canary.at("canaryDeployment", "percentages").many
            yield Step(
                pipeline=name,
                place=Place(document.path, stage.line),
                target=stage.at("targetId").text,
                profiles=tuple(it.text for it in stage.at("profiles").many),
                canary=_canary(document.path, canary, shares),
            )


def _in_terraform(tree: Tree) -> Iterator[Step]:
    for entry in tree.entries:
        if entry.suffix != ".tf" or entry.role is not Role.PRODUCTION:
            continue
        text = tree.text(entry.path, limit=400_000)
        if not isinstance(text, str) or RESOURCE not in text:
            continue
        for resource in read_hcl(text).body.at("resource").items:
            labels = [it.text for it in resource.at(LABELS).items]
            if labels[:1] == [RESOURCE] and resource.at("suspended").text != "true":
                yield from _blocks(resource, entry.path)


def _blocks(resource: Node, path: str) -> Iterator[Step]:
    name = resource.at("name").text
    for stage in (it for serial in resource.at("serial_pipeline").many
                  for it in serial.at("stages").many):  # fmt: skip
        found = [it for strategy in stage.at("strategy").many for it in strategy.at("canary").many]
        canary = found[0] if found else stage.at("strategy", "canary")
        shares = tuple(
            share
            for deployment in canary.at("canary_deployment").many
            for share in deployment.at("percentages").many
        )
        yield Step(
            pipeline=name,
            place=Place(path, stage.line),
            target=stage.at("target_id").text,
            profiles=tuple(it.text for it in stage.at("profiles").many),
            canary=_canary(path, canary, shares),
        )


def _canary(path: str, canary: Node, shares: tuple[Node, ...]) -> Canary | None:
    if not canary:
        return None
    percents = tuple(int(it.number or 0) for it in shares)
    return Canary(tool="cloud-deploy", place=Place(path, canary.line), percents=percents)


def promoted(
    steps: tuple[Step, ...], pipelines: tuple[Pipeline, ...]
) -> Iterator[ContinuousDelivery]:
    """Each stage is reached from the one before it; by itself where a push makes the release."""
    names = {it.pipeline for it in steps}
    released = {
        name
        for pipeline in pipelines
        for job in pipeline.jobs
        for run in job.runs
        if _releases(job, run)
        for name in _named(run, names)
    }
    for step in steps:
        target = first_stage((step.target, *step.profiles))
        yield ContinuousDelivery(
            tool="cloud-deploy",
            place=step.place,
            target=target or Target(stage=Stage.UNKNOWN, name=step.target),
            automated=step.pipeline in released,
            pipeline=step.pipeline,
        )


def _releases(job: Job, run: Run) -> bool:
    by_itself = (set(job.occasions) - run.not_on - run.perhaps_on - job.perhaps) & BY_ITSELF
    return run.tool == RELEASE and bool(by_itself) and not job.manual and not run.neutralisers


def _named(run: Run, names: set[str]) -> set[str]:
    """The pipeline that the command names; the only one where the name is a variable."""
    words = (*run.selects, "")
    for word, after in pairwise(words):
        option, _, value = word.partition("=")
        if option == OPTION:
            name = value or after
            return names if "$" in name and len(names) == 1 else names & {name}
    return set()
