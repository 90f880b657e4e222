"""Everything a repository says about its CI and CD, read once."""

from tenken.readiness.collectors.pipeline.by_hand import deploys_by_hand
from tenken.readiness.collectors.pipeline.canaries import canaries_of
from tenken.readiness.collectors.pipeline.cloud_deploy import promoted, steps_of
from tenken.readiness.collectors.pipeline.commands.piece import Files
from tenken.readiness.collectors.pipeline.deliveries import deliveries_of
from tenken.readiness.collectors.pipeline.documents import delivery_documents
from tenken.readiness.collectors.pipeline.forges.cloudbuild import (
    exported_triggers,
    read_cloud_build,
)
from tenken.readiness.collectors.pipeline.forges.github import read_github
from tenken.readiness.collectors.pipeline.forges.gitlab import read_gitlab
from tenken.readiness.collectors.pipeline.others import other_systems
from tenken.readiness.collectors.pipeline.reports import scan_reports, test_reports
from tenken.readiness.collectors.pipeline.systems.azure import read_azure_pipelines
from tenken.readiness.collectors.pipeline.systems.circle import read_circle
from tenken.readiness.collectors.pipeline.systems.jenkins import read_jenkins
from tenken.readiness.collectors.pipeline.triggers import terraform_triggers
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.tree import CollectorProblem, Tree


def collect(tree: Tree, *, default_branch: str = "", remote: str | None = None) -> PipelineFacts:
    """Read the pipelines of a repository.

    Without `default_branch` it is told from the branches that the workflows name: `main`,
    `master` or `trunk`.
    """
    files = Files(tree, remote)
    documents = tuple(delivery_documents(tree))
    steps = steps_of(documents, tree)
    triggers = (*exported_triggers(files), *terraform_triggers(tree))
    pipelines = (
        *read_github(files, default_branch),
        *read_gitlab(files, default_branch),
        *read_cloud_build(files, triggers),
        *read_circle(files, default_branch),
        *read_azure_pipelines(files, default_branch),
        *read_jenkins(files),
    )
    problems: list[CollectorProblem] = []
    tests = tuple(test_reports(tree, problems))
    scans = tuple(scan_reports(tree, problems))
    return PipelineFacts(
        pipelines=pipelines,
        canaries=(*canaries_of(documents), *(it.canary for it in steps if it.canary)),
        deliveries=(*deliveries_of(documents, files), *promoted(steps, pipelines)),
        test_reports=tests,
        scan_reports=scans,
        by_hand=deploys_by_hand(pipelines, files),
        others=tuple(other_systems(tree, {it.path for it in pipelines})),
        problems=(*files.problems.values(), *problems),
    )
