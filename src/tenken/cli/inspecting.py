"""An inspection as every command runs it: opens the folder, takes the survey, judges, reports."""

import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import cast

from tenken import __version__, digest
from tenken.cli.checklist import whole_catalogue
from tenken.cli.rim import Rim
from tenken.config.load import MANIFEST_NAMES, load_manifest
from tenken.config.manifest import Manifest
from tenken.errors import UsageError
from tenken.readiness.catalogue import Item, Tier
from tenken.readiness.collectors.git import Opened, open_folder
from tenken.readiness.collectors.survey import take_survey
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import Unreadable
from tenken.readiness.inspection import GateResult, Grounds, Report, levels_of, verdicts, weigh_own
from tenken.readiness.probes.registry import probes
from tenken.readiness.run import Run, run_probes
from tenken.readiness.stack import guide_for

TIERS = ("A", "B", "C")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asked to have inspected, and how."""

    path: Path
    tier: str = ""
    catalogues: tuple[Path, ...] = ()
    stack: str = ""
    quiet: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """A finished inspection."""

    report: Report
    survey: Survey


def inspect(rim: Rim, request: Request) -> Inspected:
    """Inspect a folder from beginning to end."""
    began = perf_counter()
    progress = _Progress(rim, quiet=request.quiet)
    progress.show(rim.speech.text("cli.reading", root=str(request.path)))
    opened = open_folder(request.path, search_path=rim.settings.search_path)
    manifest = read_manifest(opened)
    now = rim.clock.now()
    survey, crashes = take_survey(opened, manifest, now)
    catalogue = whole_catalogue(request.catalogues)
    run = Run(catalogue=catalogue, probes=probes(), subjects=_subjects(opened), told=progress.item)
    grounds = Grounds(weighed=weigh_own(run_probes(run, survey)))
    judged = verdicts(catalogue, grounds, now)
    progress.clear()
    report = Report(
        tool_version=__version__,
        made_at=now,
        service=manifest.application.application.name if manifest else opened.root.name,
        root=str(request.path),
        tier=_tier(request.tier, manifest),
        catalogue=catalogue,
        repository=opened.repository,
        verdicts=judged,
        levels=levels_of(catalogue, judged),
        gate=GateResult(passed=True, asked=()),
        left_out=opened.tree.left_out,
        problems=(*opened.repository.problems, *crashes),
        manifest=manifest.file if manifest else None,
        stack=request.stack or guide_for(survey),
        files_read=len(opened.tree.entries),
        seconds=perf_counter() - began,
    )
    return Inspected(report=report, survey=survey)


def read_manifest(opened: Opened) -> Manifest | None:
    """Read `tenken.yaml` at the root; None without one, Malformed with every problem in it."""
    for name in MANIFEST_NAMES:
        if opened.tree.entry(name) is None and not (opened.root / name).is_file():
            continue
        text = opened.tree.text(name)
        if isinstance(text, Unreadable):
            # Not tracked yet: a file just written by `tenken init` counts all the same.
            text = (opened.root / name).read_text("utf-8", "replace")
        return load_manifest(text, file=name)
    return None


def _tier(asked: str, manifest: Manifest | None) -> Tier:
    tier = asked.upper() or (manifest.application.application.tier if manifest else "B")
    if tier not in TIERS:
        raise UsageError("cli.no_such_tier", tier=asked)
    return cast("Tier", tier)


def _subjects(opened: Opened) -> dict[str, str]:
    subjects = {"service": digest.of_bytes(str(opened.repository.remote or opened.root).encode())}
    if opened.repository.commit:
        subjects["commit"] = opened.repository.commit
    return subjects


class _Progress:
    """One line on a terminal that is overwritten; nothing in a pipe or in CI."""

    def __init__(self, rim: Rim, *, quiet: bool) -> None:
        self._rim = rim
        self._shown = not quiet and not rim.settings.ci and sys.stderr.isatty()

    def show(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(f"\r\x1b[2K{text[:70]}")
            sys.stderr.flush()

    def item(self, item: Item) -> None:
        title = self._rim.speech.choose(ja=item.title.ja, en=item.title.en)
        self.show(self._rim.speech.text("cli.judging", item=item.id, title=title))

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
