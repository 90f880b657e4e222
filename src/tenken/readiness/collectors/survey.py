"""Takes the survey: every collector once, those that need no other side by side.

What is delivered, carried, watched and written needs nothing of what code tells: where there is
much to read, another process begins with it at once, and this one goes on with the code.
"""

from datetime import datetime
from typing import Self

from msgspec import Struct

from tenken.config.manifest import Manifest
from tenken.readiness.collectors.git import Opened
from tenken.readiness.collectors.history import changes_of
from tenken.readiness.collectors.plumbing import GitFailed
from tenken.readiness.collectors.sharing import MANY_FILES, Job, Second
from tenken.readiness.collectors.taking import Broken, Taking
from tenken.readiness.facts.documents import DocumentFacts
from tenken.readiness.facts.gateways import GatewayFacts
from tenken.readiness.facts.infrastructure import InfrastructureFacts
from tenken.readiness.facts.monitoring import MonitoringFacts
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.repository import Change
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import CollectorProblem, Role

DEFAULT_BRANCHES = frozenset({"main", "master", "trunk"})
"""Checked out, one of these is the default branch; any other may be somebody's work."""


class _Running(Struct, frozen=True, kw_only=True):
    """What delivers, carries and watches the application, and what stands before its models."""

    pipeline: PipelineFacts
    infrastructure: InfrastructureFacts
    monitoring: MonitoringFacts
    gateways: GatewayFacts
    problems: tuple[CollectorProblem, ...]


class _Written(Struct, frozen=True, kw_only=True):
    """What documents and data say."""

    documents: DocumentFacts
    problems: tuple[CollectorProblem, ...]


class Surveying:
    """A survey from its beginning on: with `two`, another process is at work from here.

    Left without having been taken, it ends that process.
    """

    def __init__(
        self, opened: Opened, manifest: Manifest | None, now: datetime, *, two: bool = False
    ) -> None:
        self._opened, self._manifest, self._now = opened, manifest, now
        self._running = Job(_Running, lambda: _running(opened, manifest, now))
        self._written = Job(_Written, lambda: _written(opened, manifest))
        self._shared = two and len(opened.tree.entries) >= MANY_FILES
        self._second = Second((self._running, self._written)) if self._shared else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._second is not None:
            self._second.stop()

    def taken(self) -> tuple[Survey, tuple[CollectorProblem, ...]]:
        """Collect everything; gives the survey and the collectors that crashed."""
        # Loaded by the process that asks it, while the other one is at work.
        from tenken.readiness.collectors.coded import survey_code  # noqa: PLC0415

        taking = Taking([])
        coded = survey_code(self._opened.tree, taking, shared=self._shared)
        if self._second is not None:
            self._second.finish()
        running, written = self._running.result(), self._written.result()
        survey = Survey(
            now=self._now,
            tree=self._opened.tree,
            repository=self._opened.repository,
            pipeline=running.pipeline,
            infrastructure=running.infrastructure,
            monitoring=running.monitoring,
            code=coded,
            documents=written.documents,
            gateways=running.gateways,
            manifest=self._manifest,
        )
        problems = (*taking.problems, *running.problems, *written.problems)
        return survey, tuple(dict.fromkeys(problems))


def take_survey(
    opened: Opened, manifest: Manifest | None, now: datetime, *, two: bool = False
) -> tuple[Survey, tuple[CollectorProblem, ...]]:
    """Collect everything at once; with `two` other processes take a share of the work."""
    with Surveying(opened, manifest, now, two=two) as surveying:
        return surveying.taken()


def _running(opened: Opened, manifest: Manifest | None, now: datetime) -> _Running:
    # Loaded by the process that asks them: the other one has enough of its own to load.
    from tenken.readiness.collectors.gateways import collect as gateways_of  # noqa: PLC0415
    from tenken.readiness.collectors.infrastructure import collect as built  # noqa: PLC0415
    from tenken.readiness.collectors.monitoring import collect as watched  # noqa: PLC0415
    from tenken.readiness.collectors.pipeline import collect as delivered  # noqa: PLC0415

    taking = Taking([])
    tree, remote = opened.tree, opened.repository.remote
    branch = opened.repository.branch or ""
    default = branch if branch in DEFAULT_BRANCHES else ""
    pipeline = taking.take(
        "pipeline", lambda: delivered.collect(tree, default_branch=default, remote=remote)
    )
    infrastructure = taking.take("infrastructure", lambda: built.collect(tree, pipeline))
    monitoring = taking.take("monitoring", lambda: watched.collect(tree, infrastructure))
    gateways = taking.take("gateways", lambda: gateways_of.collect(tree, manifest, now.date()))
    told = () if isinstance(gateways, Broken) else gateways.problems
    return _Running(
        pipeline=pipeline,
        infrastructure=infrastructure,
        monitoring=monitoring,
        gateways=gateways,
        problems=(*taking.problems, *told),
    )


def _written(opened: Opened, manifest: Manifest | None) -> _Written:
    from tenken.readiness.collectors.documents import collect as said  # noqa: PLC0415

    taking = Taking([])
    changes = _document_changes(opened)
    documents = taking.take("documents", lambda: said.collect(opened.tree, manifest, changes))
    return _Written(documents=documents, problems=tuple(taking.problems))


def _document_changes(opened: Opened) -> tuple[Change, ...]:
    """The dates of documents come from git; where it cannot tell, there are none."""
    if opened.git is None or opened.repository.commit is None:
        return ()
    paths = (entry.path for entry in opened.tree.entries if entry.role is Role.DOCUMENT)
    changes = changes_of(opened.git, paths)
    return () if isinstance(changes, GitFailed) else changes
