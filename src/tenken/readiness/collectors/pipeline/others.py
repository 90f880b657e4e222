"""CI systems that are present and not read: what they do stays not visible."""

from collections.abc import Collection, Iterator, Mapping

from tenken.place import Place
from tenken.readiness.facts.pipeline import Blind, BlindSpot
from tenken.readiness.facts.tree import Tree

FILES: Mapping[str, str] = {
    "Jenkinsfile": "Jenkins", ".circleci/config.yml": "CircleCI", ".travis.yml": "Travis CI",
    "azure-pipelines.yml": "Azure Pipelines", "azure-pipelines.yaml": "Azure Pipelines",
    "bitbucket-pipelines.yml": "Bitbucket Pipelines", ".buildkite/pipeline.yml": "Buildkite",
    ".drone.yml": "Drone", ".woodpecker.yml": "Woodpecker", "buildspec.yml": "AWS CodeBuild",
    "buildspec.yaml": "AWS CodeBuild", ".semaphore/semaphore.yml": "Semaphore",
    "codemagic.yaml": "Codemagic", ".teamcity/settings.kts": "TeamCity",
    "appveyor.yml": "AppVeyor",
    ".azure/pipelines.yml": "Azure Pipelines", ".azdo/pipelines/azure-dev.yml": "Azure Pipelines",
    ".gitea/workflows": "Gitea Actions", ".forgejo/workflows": "Forgejo Actions",
}  # fmt: skip


def other_systems(tree: Tree, read: Collection[str]) -> Iterator[BlindSpot]:
    """Give the files of other systems, but for those that were read."""
    for path, system in FILES.items():
        if path in read:
            continue
        found = tree.entry(path) is not None or next(iter(tree.below(path)), None) is not None
        if found:
            yield BlindSpot(because=Blind.OTHER_SYSTEM, place=Place(path), detail=system)
