"""An inspection as every command runs it: opens the folder, takes the survey, judges, reports."""

import secrets
from datetime import datetime
from pathlib import Path
from time import monotonic, perf_counter
from typing import cast

from msgspec import Struct
from msgspec.structs import asdict, replace

from tenken import __version__, digest
from tenken.cli.checklist import extended, find_item, whole_catalogue
from tenken.cli.inspecting.grounding import Ground, Grounded, ground
from tenken.cli.inspecting.manifests import LONGEST_FILE, own_lists
from tenken.cli.inspecting.opening import Opening, opening
from tenken.cli.inspecting.progress import Progress
from tenken.cli.looking.live import Fetched, Live, fetched, seen_at_the_door
from tenken.cli.rim import Rim
from tenken.cli.writing import read_bytes, read_text
from tenken.config.environment import process_environment
from tenken.config.load import MANIFEST_NAMES, load_platform
from tenken.config.manifest import Manifest
from tenken.config.platform import Platform
from tenken.errors import Malformed, UsageError
from tenken.readiness.catalogue import Catalogue, Tier
from tenken.readiness.collectors.git import Opened
from tenken.readiness.collectors.sharing import second_core
from tenken.readiness.collectors.survey import take_survey
from tenken.readiness.evidence.masking import Mask
from tenken.readiness.evidence.state import KEY_BYTES, State
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import CollectorProblem
from tenken.readiness.gating.baseline import Baseline, warnings
from tenken.readiness.gating.baseline import parse as parse_baseline
from tenken.readiness.gating.gate import DEFAULT, Condition, Judged, gate
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

TIERS = ("A", "B", "C")
LARGEST_BASELINE = 5_000_000


class Request(Struct, frozen=True, kw_only=True):
    """What a person asked to have inspected, and how."""

    path: Path
    item: str = ""
    """The one item that is wanted, refused before anything is read where there is none."""
    tier: str = ""
    catalogues: tuple[Path, ...] = ()
    platform: Path | None = None
    """The platform file, where it is not the one that `tenken.yaml` names."""
    environment: str = ""
    """The environment of `tenken.yaml` to judge by; empty for what all of them share."""
    evidence: tuple[Path, ...] = ()
    """Files of signed evidence, besides that of the state folder."""
    live: Live | None = None
    """A running gateway, asked for its evidence and looked at from outside."""
    approvals: Path | None = None
    """The forge's approvals, for sign-offs."""
    state: Path | None = None
    """Where evidence and history are kept, if not below the user's state folder."""
    fail_on: tuple[Condition, ...] = DEFAULT
    baseline: Path | None = None
    stack: str = ""
    quiet: bool = False
    keep: bool = True
    """Whether the report goes into the history, against which the next one is compared."""


class Inspected(Struct, frozen=True, kw_only=True):
    """A finished inspection."""

    report: Report
    survey: Survey
    kept: str = ""
    """The report as JSON, as it went into the history; empty where none was kept."""


class _Opening(Opening, frozen=True, kw_only=True):
    """What an inspection settles besides: how strictly, and by which list."""

    tier: Tier
    catalogue: Catalogue


def inspect(rim: Rim, request: Request) -> Inspected:
    """Inspect a folder from beginning to end."""
    began = perf_counter()
    progress = Progress(rim, quiet=request.quiet)
    progress.show(rim.speech.text("cli.reading", root=str(request.path)))
    start = _open(rim, request)
    survey, crashes = take_survey(start.opened, start.manifest, start.now, two=second_core())
    grounded = _ground(start, request, survey, progress)
    judged = verdicts(start.catalogue, grounded.grounds, start.now)
    baseline = _baseline(request.baseline)
    progress.clear()
    report = Report(
        tool_version=__version__,
        made_at=start.now,
        service=start.service,
        root=str(request.path),
        prefix=start.opened.tree.prefix,
        tier=start.tier,
        catalogue=start.catalogue,
        repository=start.opened.repository,
        verdicts=judged,
        levels=levels_of(start.catalogue, judged),
        gate=gate(request.fail_on, _looked_at(start, grounded, judged, baseline)),
        left_out=start.opened.tree.left_out,
        problems=(*_problems(start, crashes, grounded), *_new_gaps(start, judged, baseline)),
        manifest=start.manifest.file if start.manifest else None,
        to_sign=asked_of(start.catalogue, judged, survey.tree, survey.manifest),
        stack=request.stack or (FIRST if crashes else guide_for(survey)),
        files_read=len(start.opened.tree.entries),
        seconds=perf_counter() - began,
    )
    if request.keep:
        report = replace(report, difference=_since_last(start.state, report))
    kept = _keep(rim, start.state, report) if request.keep else ""
    return Inspected(report=report, survey=survey, kept=kept)


def _open(rim: Rim, request: Request) -> _Opening:
    found = opening(
        rim,
        request.path,
        platform=request.platform,
        environment=request.environment,
        state=request.state,
    )
    own = own_lists(found.opened, found.manifest)
    catalogue = extended(whole_catalogue(request.catalogues), own)
    if request.item:
        find_item(catalogue, request.item)
    return _Opening(**asdict(found), tier=_tier(request.tier, found.manifest), catalogue=catalogue)


def _ground(start: _Opening, request: Request, survey: Survey, progress: Progress) -> Grounded:
    subjects = subjects_of(start.opened)
    declared = manifest_digest(start.opened)
    run = Run(catalogue=start.catalogue, probes=probes(), subjects=subjects, told=progress.item)
    mask = Mask(key=_mask_key(start.state))
    own = run_probes(run, survey, two=second_core())
    if request.live:
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


def _fetched(live: Live | None, now: datetime) -> Fetched | None:
    if live is None:
        return None
    return fetched(live, now=now, clock=monotonic, environment=process_environment())


def _looked_at(
    start: _Opening, grounded: Grounded, judged: tuple[Verdict, ...], baseline: Baseline | None
) -> Judged:
    return Judged(
        catalogue=start.catalogue,
        verdicts=judged,
        tier=start.tier,
        now=start.now,
        waivers=grounded.grounds.waivers,
        baseline=baseline,
    )


def _new_gaps(
    start: _Opening, judged: tuple[Verdict, ...], baseline: Baseline | None
) -> tuple[CollectorProblem, ...]:
    """What is open and was not in the baseline: told, and stops nothing."""
    told = warnings(baseline, start.catalogue, judged) if baseline else ()
    return tuple(CollectorProblem(path=".", line=0, sentence=sentence) for sentence in told)


def _baseline(path: Path | None) -> Baseline | None:
    if path is None:
        return None
    return parse_baseline(read_bytes(path, limit=LARGEST_BASELINE), file=str(path))


def _problems(
    start: _Opening, crashes: tuple[CollectorProblem, ...], grounded: Grounded
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


def _tier(asked: str, manifest: Manifest | None) -> Tier:
    tier = asked.upper() or (manifest.application.application.tier if manifest else "B")
    if tier not in TIERS:
        raise UsageError("cli.no_such_tier", tier=asked)
    return cast("Tier", tier)


def subjects_of(opened: Opened) -> dict[str, str]:
    """What evidence on this folder is about."""
    subjects = {"service": digest.of_bytes(str(opened.repository.remote or opened.root).encode())}
    if opened.repository.commit:
        subjects["commit"] = opened.repository.commit
    return subjects


def manifest_digest(opened: Opened) -> str:
    """What a running system is held to, by its digest; empty without `tenken.yaml`."""
    texts = (opened.tree.text(name) for name in MANIFEST_NAMES)
    found = next((text for text in texts if isinstance(text, str)), None)
    return "" if found is None else digest.of_bytes(found.encode())


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
