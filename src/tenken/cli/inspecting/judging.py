"""What comes after the survey: probes and other grounds, verdicts, the gate and the report."""

import secrets
from datetime import datetime
from pathlib import Path
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from tenken import __version__
from tenken.cli.inspecting.grounding import Ground, Grounded, ground
from tenken.cli.inspecting.manifests import LONGEST_FILE
from tenken.cli.inspecting.progress import Progress
from tenken.cli.inspecting.request import Request, Start, manifest_digest, subjects_of
from tenken.cli.looking.where import Live
from tenken.cli.rim import Rim
from tenken.cli.writing import read_bytes, read_text
from tenken.config.environment import process_environment
from tenken.config.load import load_platform
from tenken.config.platform import Platform
from tenken.errors import Malformed, UsageError
from tenken.readiness.collectors.git import Opened
from tenken.readiness.collectors.sharing import second_core
from tenken.readiness.evidence.masking import Mask
from tenken.readiness.evidence.state import KEY_BYTES, State
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import CollectorProblem
from tenken.readiness.gating.baseline import Baseline, warnings
from tenken.readiness.gating.baseline import parse as parse_baseline
from tenken.readiness.gating.gate import Judged, gate
from tenken.readiness.inspection import Difference, Report, levels_of, verdicts
from tenken.readiness.probes.registry import probes
from tenken.readiness.report import json_report
from tenken.readiness.report.difference import difference, stands_in, stood_in
from tenken.readiness.report.document import parse as parse_report
from tenken.readiness.run import Run, run_probes
from tenken.readiness.signing.asking import asked_of
from tenken.readiness.stack import FIRST, guide_for
from tenken.readiness.verdict import Verdict
from tenken.sentence import say

if TYPE_CHECKING:
    from tenken.cli.looking.live import Fetched

LARGEST_BASELINE = 5_000_000


class Inspected(Struct, frozen=True, kw_only=True):
    """A finished inspection."""

    report: Report
    survey: Survey
    kept: str = ""
    """The report as JSON, as it went into the history; empty where none was kept."""


class Taken(Struct, frozen=True, kw_only=True):
    """The survey, and what went wrong in taking it."""

    survey: Survey
    crashes: tuple[CollectorProblem, ...]
    began: float
    """When the inspection began, by the clock of `perf_counter`."""
    progress: Progress


def judged(rim: Rim, request: Request, start: Start, taken: Taken) -> Inspected:
    """Judge what was surveyed, and keep the report where that was asked for."""
    survey, crashes = taken.survey, taken.crashes
    grounded = _ground(start, request, survey, taken.progress)
    found = verdicts(start.catalogue, grounded.grounds, start.now)
    baseline = _baseline(request.baseline)
    taken.progress.clear()
    report = Report(
        tool_version=__version__,
        made_at=start.now,
        service=start.service,
        root=str(request.path),
        prefix=start.opened.tree.prefix,
        tier=start.tier,
        catalogue=start.catalogue,
        repository=start.opened.repository,
        verdicts=found,
        levels=levels_of(start.catalogue, found),
        gate=gate(request.fail_on, _looked_at(start, grounded, found, baseline)),
        left_out=start.opened.tree.left_out,
        problems=(*_problems(start, crashes, grounded), *_new_gaps(start, found, baseline)),
        manifest=start.manifest.file if start.manifest else None,
        to_sign=asked_of(start.catalogue, found, survey.tree, survey.manifest),
        stack=request.stack or (FIRST if crashes else guide_for(survey)),
        files_read=len(start.opened.tree.entries),
        seconds=perf_counter() - taken.began,
    )
    if request.keep:
        report = replace(report, difference=_since_last(start.state, report))
    kept = _keep(rim, start.state, report) if request.keep else ""
    return Inspected(report=report, survey=survey, kept=kept)


def _ground(start: Start, request: Request, survey: Survey, progress: Progress) -> Grounded:
    subjects = subjects_of(start.opened)
    declared = manifest_digest(start.opened)
    run = Run(catalogue=start.catalogue, probes=probes(), subjects=subjects, told=progress.item)
    mask = Mask(key=_mask_key(start.state))
    own = run_probes(run, survey, two=second_core())
    if request.live:
        from tenken.cli.looking.live import seen_at_the_door  # noqa: PLC0415

        own += seen_at_the_door(
            request.live.url, survey, start.catalogue,
            service=subjects["service"], now=start.now, clock=monotonic,
        )  # fmt: skip
    live = _fetched(request.live, start.now)
    return ground(
        Ground(
            opened=start.opened,
            manifest=start.manifest,
            trusting=_named_platform(request.platform),
            catalogue=start.catalogue,
            tier=start.tier,
            subjects={**subjects, "manifest": declared} if declared else subjects,
            own=tuple(mask(one) for one in own),
            now=start.now,
            kept=start.state.evidence,
            attached=request.evidence,
            live=live,
            url=request.live.url if request.live else "",
            approvals=request.approvals,
        )
    )


def _fetched(live: Live | None, now: datetime) -> "Fetched | None":
    if live is None:
        return None
    from tenken.cli.looking.live import fetched  # noqa: PLC0415

    return fetched(live, now=now, clock=monotonic, environment=process_environment())


def _looked_at(
    start: Start, grounded: Grounded, found: tuple[Verdict, ...], baseline: Baseline | None
) -> Judged:
    return Judged(
        catalogue=start.catalogue,
        verdicts=found,
        tier=start.tier,
        now=start.now,
        waivers=grounded.grounds.waivers,
        baseline=baseline,
    )


def _new_gaps(
    start: Start, found: tuple[Verdict, ...], baseline: Baseline | None
) -> tuple[CollectorProblem, ...]:
    """What is open and was not in the baseline: told, and stops nothing."""
    told = warnings(baseline, start.catalogue, found) if baseline else ()
    return tuple(CollectorProblem(path=".", line=0, sentence=sentence) for sentence in told)


def _baseline(path: Path | None) -> Baseline | None:
    if path is None:
        return None
    return parse_baseline(read_bytes(path, limit=LARGEST_BASELINE), file=str(path))


def _problems(
    start: Start, crashes: tuple[CollectorProblem, ...], grounded: Grounded
) -> tuple[CollectorProblem, ...]:
    """What could not be used: first what somebody named himself, as he waits for its effect."""
    return (*grounded.problems, *_empty(start.opened), *start.opened.repository.problems, *crashes)


def _empty(opened: Opened) -> tuple[CollectorProblem, ...]:
    """A folder without a file is mostly the wrong folder."""
    if opened.tree.entries:
        return ()
    return (CollectorProblem(path=".", line=0, sentence=say("git.no_files")),)


def _named_platform(path: Path | None) -> Platform | None:
    """The platform file that a person named: an inspected repository may not name its own keys."""
    if path is None:
        return None
    return load_platform(read_text(path, limit=LONGEST_FILE), file=str(path)).platform


# -- what outlives an inspection


def _mask_key(state: State) -> bytes:
    try:
        return state.mask_key()
    except OSError:
        # Nowhere to keep a key (a read-only home): values are masked all the same, for this once.
        return secrets.token_bytes(KEY_BYTES)


def _since_last(state: State, report: Report) -> Difference | None:
    last = state.last_report()
    if last is None:
        return None
    try:
        return difference(stood_in(parse_report(last, file="")), stands_in(report))
    except Malformed:
        return None  # written by another version: there is nothing to compare with


def _keep(rim: Rim, state: State, report: Report) -> str:
    """Keep the report, and give the text that was kept: writing a long one takes its time."""
    text = json_report.render(report, rim.speech)
    try:
        state.keep_report(text, report.made_at)
    except UsageError as error:
        rim.say(error.sentence)
    return text
