"""What the readers of further CI systems share: a job of lines of shell, and what starts it."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from tenken.place import Place
from tenken.readiness.collectors.pipeline.commands.piece import Files, Piece
from tenken.readiness.collectors.pipeline.commands.status import Options
from tenken.readiness.collectors.pipeline.forges.secrets import key_logins
from tenken.readiness.collectors.pipeline.stages import first_stage, target_of
from tenken.readiness.collectors.pipeline.tools.follow import Origin, Trace
from tenken.readiness.facts.pipeline import (
    BlindSpot,
    Job,
    Neutraliser,
    Occasion,
    PathFilter,
    Purpose,
    Run,
)

EVERY = PathFilter()
"""Whatever files change."""
DEPLOYING = frozenset({Purpose.DEPLOY, Purpose.TRAFFIC})


class Script(Struct, frozen=True, kw_only=True):
    """Lines of shell that a step runs."""

    text: str
    place: Place
    folder: str = ""
    pipefail: bool = False
    neutralisers: tuple[Neutraliser, ...] = ()


class Planned(Struct, frozen=True, kw_only=True):
    """A job before its lines are followed."""

    path: str
    name: str
    place: Place
    scripts: tuple[Script, ...]
    runs: tuple[Run, ...] = ()
    """What steps that are no shell run."""
    occasions: Mapping[Occasion, PathFilter] = field(default_factory=dict)
    perhaps: frozenset[Occasion] = frozenset()
    branches: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    environment: str = ""
    manual: bool = False
    neutralisers: tuple[Neutraliser, ...] = ()
    blind: tuple[BlindSpot, ...] = ()


def job_of(planned: Planned, files: Files) -> Job:
    """Follow its lines to their tools."""
    told = (planned.environment, planned.name, *planned.branches[:1])
    stage = first_stage(told)
    trace = Trace(files)
    runs = [*planned.runs, *_traced(planned.scripts, trace)]
    return Job(
        key=f"{planned.path}#{planned.name}",
        name=planned.name,
        place=planned.place,
        pipeline=planned.path,
        occasions=planned.occasions,
        perhaps=planned.perhaps,
        branches=planned.branches,
        needs=tuple(f"{planned.path}#{it}" for it in planned.needs),
        stage=stage.stage if stage else None,
        environment=planned.environment or None,
        manual=planned.manual,
        neutralisers=planned.neutralisers,
        runs=tuple(_finished(run, planned.neutralisers, told) for run in runs),
        blind_spots=(*trace.blind, *planned.blind),
        logins=tuple(it for one in planned.scripts for it in key_logins(one.text, one.place)),
        settings=tuple(f"run={one.text}" for one in planned.scripts),
    )


def _traced(scripts: Sequence[Script], trace: Trace) -> Iterator[Run]:
    for one in scripts:
        before = len(trace.runs)
        options = Options(errexit=True, pipefail=one.pipefail, folder=one.folder)
        key = f"{one.place}:{one.text[:80]}"
        trace.piece(Piece(text=one.text, place=one.place, key=key, options=options), Origin())
        for run in trace.runs[before:]:
            yield replace(run, neutralisers=run.neutralisers + one.neutralisers)


def _finished(run: Run, neutralisers: tuple[Neutraliser, ...], told: tuple[str, ...]) -> Run:
    run = replace(run, neutralisers=run.neutralisers + neutralisers)
    return replace(run, target=target_of(run, told)) if run.purpose in DEPLOYING else run
