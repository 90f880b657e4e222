"""Cloud Build: its steps in order, and the triggers where the repository keeps them."""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from tenken.config.node import Node
from tenken.pattern import Pattern, PatternError
from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import (
    Files,
)
from tenken.readiness.collectors.pipeline.runners.builds import step_pieces
from tenken.readiness.collectors.pipeline.stages import first_stage, target_of
from tenken.readiness.collectors.pipeline.tools.follow import Origin, Trace
from tenken.readiness.facts.pipeline import (
    Blind,
    BlindSpot,
    Job,
    Occasion,
    PathFilter,
    Pipeline,
    Purpose,
    System,
)

EVERY_PATH = PathFilter()


class BuildTrigger(Struct, frozen=True, kw_only=True):
    """What starts a build, as kept in the repository (Terraform, or an exported trigger)."""

    file: str
    """The build file it names."""
    occasion: Occasion
    name: str
    branch: str = ""
    substitutions: Mapping[str, str]
    paths: PathFilter = EVERY_PATH
    place: Place


def is_build_file(name: str) -> bool:
    """`cloudbuild.yaml`, `cloudbuild-prod.yaml`, `deploy.cloudbuild.yml`."""
    return "cloudbuild" in name.lower() and name.lower().endswith((".yaml", ".yml", ".json"))


def read_cloud_build(files: Files, triggers: tuple[BuildTrigger, ...]) -> Iterator[Pipeline]:
    """Give a pipeline for each build file; one job for each trigger that names it."""
    for entry in files.tree.entries:
        if is_build_file(entry.name):
            document = files.yaml(entry.path)
            if document.at("steps").items:
                named = tuple(it for it in triggers if it.file == entry.path)
                jobs = tuple(_jobs(entry.path, document, files, named))
                yield Pipeline(
                    system=System.CLOUD_BUILD, path=entry.path, name=entry.name, jobs=jobs
                )


def _jobs(
    path: str, document: Node, files: Files, triggers: tuple[BuildTrigger, ...]
) -> Iterator[Job]:
    if not triggers:
        job = _job(path, document, files, given={}, name=path.rpartition("/")[2])
        spot = BlindSpot(because=Blind.TRIGGER_ELSEWHERE, place=Place(path), detail=path)
        yield replace(job, blind_spots=(*job.blind_spots, spot))
    for trigger in triggers:
        job = _job(path, document, files, given=trigger.substitutions, name=trigger.name)
        yield replace(
            job,
            key=f"{path}#{trigger.name}",
            name=trigger.name,
            occasions={trigger.occasion: trigger.paths},
            branches=(trigger.branch,) if trigger.branch else (),
        )


def _job(path: str, document: Node, files: Files, *, given: Mapping[str, str], name: str) -> Job:
    values = {key: it.text for key, it in document.at("substitutions").mapping.items()}
    values |= given
    trace = Trace(files)
    for piece in step_pieces(document, path, values):
        trace.piece(piece, Origin())
    told = (name, *given.values(), path)
    runs = tuple(
        replace(run, target=target_of(run, told))
        if run.purpose in {Purpose.DEPLOY, Purpose.TRAFFIC}
        else run
        for run in trace.runs
    )
    stage = first_stage(told)
    return Job(
        key=f"{path}#build",
        name=name,
        place=Place(path, document.line_of("steps")),
        pipeline=path,
        stage=stage.stage if stage else None,
        runs=runs,
        blind_spots=tuple(trace.blind),
    )


def exported_triggers(files: Files) -> Iterator[BuildTrigger]:
    """Triggers kept as files, in the form that `gcloud builds triggers export` writes."""
    for entry in files.tree.entries:
        if entry.suffix not in {".yaml", ".yml"} or "trigger" not in entry.path.lower():
            continue
        for document in files.documents(entry.path):
            if document.at("filename").text and (
                document.at("github") or document.at("triggerTemplate")
            ):
                yield from _exported(document, entry.path)


def _exported(document: Node, path: str) -> Iterator[BuildTrigger]:
    github = document.at("github")
    events = {
        Occasion.PULL_REQUEST: github.at("pullRequest", "branch").text,
        Occasion.DEFAULT_BRANCH: github.at("push", "branch").text
        or document.at("triggerTemplate", "branchName").text,
        Occasion.TAG: github.at("push", "tag").text,
    }
    for occasion, branch in events.items():
        if branch:
            yield trigger(
                document.at("filename").text,
                occasion,
                branch,
                name=document.at("name").text or path,
                place=Place(path, document.line_of("filename")),
                substitutions={
                    key: it.text for key, it in document.at("substitutions").mapping.items()
                },
            )


def trigger(
    file: str,
    occasion: Occasion,
    branch: str,
    *,
    name: str,
    place: Place,
    substitutions: Mapping[str, str],
) -> BuildTrigger:
    """A trigger; a push counts as one to the default branch where its pattern lets it in."""
    if occasion is Occasion.DEFAULT_BRANCH and not _is_default(branch):
        occasion = Occasion.BRANCH
    return BuildTrigger(
        file=file,
        occasion=occasion,
        name=name,
        branch=branch.strip("^$"),
        substitutions=substitutions,
        place=place,
    )


def _is_default(pattern: str) -> bool:
    try:
        found = Pattern(pattern).checked()
    except PatternError:
        return False
    return any(found.search(name) for name in ("main", "master"))
