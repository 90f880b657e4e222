"""An inspection as every command runs it: opens the folder, takes the survey, judges, reports."""

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import cast

from tenken import __version__, digest
from tenken.cli.checklist import whole_catalogue
from tenken.cli.rim import Rim
from tenken.cli.writing import read_text
from tenken.config.load import MANIFEST_NAMES, PlatformText, load_manifest
from tenken.config.manifest import Manifest
from tenken.errors import UsageError
from tenken.readiness.catalogue import Item, Tier
from tenken.readiness.collectors.git import Opened, open_folder
from tenken.readiness.collectors.survey import take_survey
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import CollectorProblem
from tenken.readiness.inspection import GateResult, Grounds, Report, levels_of, verdicts, weigh_own
from tenken.readiness.probes.registry import probes
from tenken.readiness.run import Run, run_probes
from tenken.readiness.stack import guide_for

TIERS = ("A", "B", "C")
LONGEST_FILE = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a person asked to have inspected, and how."""

    path: Path
    tier: str = ""
    catalogues: tuple[Path, ...] = ()
    platform: Path | None = None
    """The platform file, where it is not the one that `tenken.yaml` names."""
    environment: str = ""
    """The environment of `tenken.yaml` to judge by; empty for what all of them share."""
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
    now = rim.clock.now()
    manifest = read_manifest(opened, request, now.date())
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
        problems=(*opened.repository.problems, *crashes, *_doubts(manifest)),
        manifest=manifest.file if manifest else None,
        stack=request.stack or guide_for(survey),
        files_read=len(opened.tree.entries),
        seconds=perf_counter() - began,
    )
    return Inspected(report=report, survey=survey)


def read_manifest(opened: Opened, request: Request, today: date) -> Manifest | None:
    """Read `tenken.yaml` at the root; None without one, Malformed with every problem in it."""

    def platform(path: str) -> PlatformText | None:
        if request.platform:
            text = read_text(request.platform, limit=LONGEST_FILE)
            return PlatformText(file=str(request.platform), text=text)
        found = _text_of(opened, path) if path else None
        return None if found is None else PlatformText(file=path, text=found)

    for name in MANIFEST_NAMES:
        if (text := _text_of(opened, name)) is not None:
            return load_manifest(
                text,
                file=name,
                platform=platform,
                environment=request.environment,
                today=today,
            )
    return None


def _text_of(opened: Opened, path: str) -> str | None:
    """A tracked file, or one just written by `tenken init`; none behind a link or outside."""
    text = opened.tree.text(path)
    if isinstance(text, str):
        return text
    file = opened.root / path
    if not file.is_file() or file.is_symlink() or not file.resolve().is_relative_to(opened.root):
        return None
    return read_text(file, limit=LONGEST_FILE)


def _doubts(manifest: Manifest | None) -> tuple[CollectorProblem, ...]:
    return tuple(
        CollectorProblem(path=doubt.place.path, line=doubt.place.line, sentence=doubt.sentence)
        for doubt in (manifest.doubts if manifest else ())
    )


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
