"""A job that calls another workflow: which file that is, or what its name tells else."""

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files
from tenken.readiness.collectors.pipeline.stages import first_stage
from tenken.readiness.collectors.pipeline.tools.match import words_of
from tenken.readiness.facts.pipeline import Purpose, Run, Stage, Target

FORGE = "github.com/"
DEPLOYING = frozenset({"deploy", "deployment", "rollout", "promote"})
APPLYING = frozenset({"apply", "terraform"})


def local_path(uses: str, files: Files) -> str | None:
    """`./.github/workflows/x.yml`, or the same file by the full name of this repository."""
    path = uses.partition("@")[0]
    if path.startswith("./"):
        return path.removeprefix("./")
    name, folder, file = path.partition("/.github/workflows/")
    own = f"{folder}{file}".lstrip("/")
    if not folder or not files.yaml(own).at("on", "workflow_call"):
        return None
    remote = (files.remote or "").removesuffix(".git").lower()
    is_here = FORGE not in remote or remote.endswith(f"{FORGE}{name.lower()}")
    return own if is_here else None


def deploys_elsewhere(uses: str, place: Place, told: tuple[str, ...]) -> tuple[Run, ...]:
    """A workflow of another repository that calls itself a deployment; `told` names where to."""
    words = words_of(uses.partition("@")[0].rpartition("/")[2])
    if not (words & DEPLOYING or words >= APPLYING):
        return ()
    found = first_stage(("", *told))
    target = found or Target(stage=Stage.UNKNOWN, name=uses[:80])
    run = Run(
        purpose=Purpose.DEPLOY_ELSEWHERE,
        tool="called workflow",
        command=uses[:120],
        place=place,
        target=target,
    )
    return (run,)


def environment_inputs(node: Node) -> tuple[str, ...]:
    """What the call says of the environment: `with: environment: preprod`."""
    given = node.at("with").mapping
    return tuple(it.text for name, it in given.items() if "env" in name.lower())
