"""What runs when, what comes before what, and what still has an effect.

Pure functions over the facts; every probe on CI and CD asks here and nowhere else.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec import Struct

from tenken.readiness.facts.pipeline import (
    Blind,
    BlindSpot,
    Job,
    Neutraliser,
    NeutraliserKind,
    Occasion,
    PathFilter,
    PipelineFacts,
    Purpose,
    Run,
    Stage,
)
from tenken.readiness.globs import matches

SHIPPING = frozenset({
    Occasion.DEFAULT_BRANCH, Occasion.BRANCH, Occasion.TAG, Occasion.AFTER,
})  # fmt: skip
"""Occasions that carry code towards an environment without a person starting them."""


class Reach(StrEnum):
    """Whether something runs on an occasion."""

    SURELY = "surely"
    PERHAPS = "perhaps"
    NEVER = "never"


class Placed(Struct, frozen=True):
    """A run together with the job it belongs to."""

    job: Job
    run: Run


def runs_for(facts: PipelineFacts, *purposes: Purpose) -> tuple[Placed, ...]:
    """Every run of these purposes, in the order of the files."""
    return tuple(
        Placed(job, run) for job in facts.jobs for run in job.runs if run.purpose in purposes
    )


def reach(placed: Placed, occasion: Occasion) -> Reach:
    """Tell whether a run happens on an occasion."""
    job, run = placed.job, placed.run
    if occasion in run.not_on or (occasion not in job.occasions and occasion not in job.perhaps):
        return Reach.NEVER
    if occasion in job.perhaps or occasion in run.perhaps_on:
        return Reach.PERHAPS
    return Reach.SURELY


def happens(placed: Placed, occasions: Iterable[Occasion]) -> bool:
    """It surely runs on at least one of these."""
    return any(reach(placed, it) is Reach.SURELY for it in occasions)


def may_happen(placed: Placed, occasions: Iterable[Occasion]) -> bool:
    """On one of these it runs under a condition that no file decides."""
    return any(reach(placed, it) is Reach.PERHAPS for it in occasions)


def neutralisers(placed: Placed, remote: str | None) -> tuple[Neutraliser, ...]:
    """What takes the effect from a run, in the repository of this name.

    `if: always()` is left out: it takes nothing from the run itself, only from what came before.
    """
    return tuple(
        it
        for it in placed.run.neutralisers
        if it.kind is not NeutraliserKind.RUNS_ANYWAY
        and not (it.kind is NeutraliserKind.OTHER_REPOSITORY and _is_here(it.detail, remote))
    )


def _is_here(name: str, remote: str | None) -> bool:
    if remote is None:
        return False
    parts = remote.removesuffix(".git").lower().split("/")
    return name.lower() in {"/".join(parts[-2:]), *parts[-2:-1]}


def covers(paths: PathFilter, path: str) -> bool:
    """Tell whether a change of this file starts the pipeline."""
    if paths.include and not matches(paths.include, path):
        return False
    return not (paths.exclude and matches(paths.exclude, path))


def ancestors(facts: PipelineFacts, job: Job) -> tuple[Job, ...]:
    """Every job that must have succeeded before this one starts."""
    by_key = {it.key: it for it in facts.jobs}
    found: dict[str, Job] = {}
    queue = list(_direct(facts, job))
    while queue:
        key = queue.pop()
        before = by_key.get(key)
        if before is not None and key not in found and key != job.key:
            found[key] = before
            queue += _direct(facts, before)
    return tuple(found.values())


def _direct(facts: PipelineFacts, job: Job) -> tuple[str, ...]:
    """The jobs it needs; of one started after another workflow, all of that workflow."""
    if any(it.kind is NeutraliserKind.RUNS_ANYWAY for it in job.neutralisers):
        return ()
    if job.needs:
        return job.needs
    own = next((it for it in facts.pipelines if job.key.startswith(f"{it.path}#")), None)
    if own is None or not own.after or not own.after_success_only:
        return ()
    followed = [it for it in facts.pipelines if it.name in own.after]
    return tuple(before.key for pipeline in followed for before in pipeline.jobs)


def before(facts: PipelineFacts, placed: Placed, *purposes: Purpose) -> tuple[Placed, ...]:
    """Runs that must succeed before this one: earlier in its job, or in a job it waits for."""
    earlier = [
        Placed(placed.job, run)
        for run in placed.job.runs
        if run.order < placed.run.order and run.purpose in purposes
    ]
    jobs = ancestors(facts, placed.job)
    return (
        *earlier,
        *(Placed(job, it) for job in jobs for it in job.runs if it.purpose in purposes),
    )


def deploys(facts: PipelineFacts) -> tuple[Placed, ...]:
    """Every deploy of the application, previews left out."""
    return tuple(
        it
        for it in runs_for(facts, Purpose.DEPLOY)
        if it.run.target is None or it.run.target.stage is not Stage.PREVIEW
    )


def stage(placed: Placed) -> Stage:
    """Where a deploy goes; from a tag or a release without a name, to production."""
    told = placed.run.target.stage if placed.run.target else Stage.UNKNOWN
    told = placed.job.stage or told if told is Stage.UNKNOWN else told
    if told is Stage.UNKNOWN and set(placed.job.occasions) == {Occasion.TAG}:
        return Stage.PRODUCTION
    return told


def blind_spots(facts: PipelineFacts, *words: str) -> Iterator[BlindSpot]:
    """What may hide a step: whole pipelines elsewhere, and actions whose name says so."""
    whole = {Blind.REMOTE_WORKFLOW, Blind.REMOTE_INCLUDE, Blind.TOO_DEEP}
    for job in facts.jobs:
        for spot in job.blind_spots:
            named = any(word in spot.detail.lower() for word in words)
            if spot.because in whole or (named and spot.because is not Blind.TRIGGER_ELSEWHERE):
                yield spot
    yield from facts.others
