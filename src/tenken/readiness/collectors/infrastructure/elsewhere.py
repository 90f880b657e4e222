"""Tools whose infrastructure is the output of a program: seen to be there, never run."""

from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.facts.infrastructure import Unseen, UnseenBecause
from tenken.readiness.facts.tree import Role, Tree

TOOLS = {
    "Pulumi.yaml": "Pulumi",
    "cdk.json": "AWS CDK",
    "serverless.yml": "Serverless Framework",
    "serverless.yaml": "Serverless Framework",
    "sst.config.ts": "SST",
    "samconfig.toml": "AWS SAM",
    "railway.json": "Railway",
    "railway.toml": "Railway",
    "vercel.json": "Vercel",
    "app.yaml": "App Engine",
    "Procfile": "Heroku",
    "helmfile.yaml": "Helmfile",
    "copilot/.workspace": "AWS Copilot",
}


def read_elsewhere(tree: Tree, found: Found) -> None:
    """Name each such tool once, by the file that shows it."""
    for entry in tree.entries:
        tool = TOOLS.get(entry.name)
        if tool == "App Engine" and not _is_app_engine(tree, entry.path):
            continue
        if tool is not None and entry.role is Role.PRODUCTION:
            found.unseen.append(
                Unseen(because=UnseenBecause.OTHER_TOOL, place=Place(entry.path), detail=tool)
            )


def _is_app_engine(tree: Tree, path: str) -> bool:
    head = tree.head(path, 2_000)
    return isinstance(head, bytes) and b"runtime:" in head and b"apiVersion" not in head
