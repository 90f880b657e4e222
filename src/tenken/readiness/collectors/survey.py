"""Takes the survey: every collector once, in an order in which each may use what came before.

A collector that crashes does not end the inspection: its facts become `Broken`, and every probe
that asks for them answers *error* with the cause.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn, TypeVar, cast

from tenken.config.manifest import Manifest
from tenken.readiness.collectors import beside
from tenken.readiness.collectors.code.collect import collect as collect_code
from tenken.readiness.collectors.documents.collect import collect as collect_documents
from tenken.readiness.collectors.git import Opened
from tenken.readiness.collectors.history import changes_of
from tenken.readiness.collectors.infrastructure.collect import collect as collect_infrastructure
from tenken.readiness.collectors.monitoring.collect import collect as collect_monitoring
from tenken.readiness.collectors.pipeline.collect import collect as collect_pipeline
from tenken.readiness.collectors.plumbing import GitFailed
from tenken.readiness.facts.documents import DocumentFacts
from tenken.readiness.facts.infrastructure import InfrastructureFacts
from tenken.readiness.facts.monitoring import MonitoringFacts
from tenken.readiness.facts.pipeline import PipelineFacts
from tenken.readiness.facts.repository import Change
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import CollectorProblem, Role
from tenken.sentence import Sentence, say

Facts = TypeVar("Facts")
DEFAULT_BRANCHES = frozenset({"main", "master", "trunk"})
"""Checked out, one of these is the default branch; any other may be somebody's work."""
LARGE = 600
"""Files, vendored ones apart, from which on a second process pays."""


class CollectorCrashed(Exception):
    """A probe asked for facts whose collector crashed."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.id)
        self.sentence = sentence


class Broken:
    """Stands in for facts that could not be collected; asking for any of them raises."""

    def __init__(self, sentence: Sentence) -> None:
        self._sentence = sentence

    def __getattr__(self, name: str) -> NoReturn:
        raise CollectorCrashed(self._sentence)

    def __reduce__(self) -> tuple[type["Broken"], tuple[Sentence]]:
        """Come from another process as what it was there."""
        return Broken, (self._sentence,)


@dataclass(slots=True)
class _Taking:
    """Runs collectors and keeps what went wrong."""

    problems: list[CollectorProblem]

    def take(self, part: str, collect: Callable[[], Facts]) -> Facts:
        try:
            return collect()
        except Exception as crash:  # noqa: BLE001 - the boundary: a crash becomes facts that say so
            sentence = _told(part, crash)
            self.problems.append(CollectorProblem(path=".", line=0, sentence=sentence))
            return cast("Facts", Broken(sentence))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """Everything but the code, and what went wrong with it."""

    pipeline: PipelineFacts
    infrastructure: InfrastructureFacts
    monitoring: MonitoringFacts
    documents: DocumentFacts
    problems: tuple[CollectorProblem, ...]


def take_survey(
    opened: Opened, manifest: Manifest | None, now: datetime
) -> tuple[Survey, tuple[CollectorProblem, ...]]:
    """Collect everything; gives the survey and the collectors that crashed."""
    taking = _Taking([])
    other = _beside(opened, manifest)
    code = taking.take("code", lambda: collect_code(opened.tree))
    around = (other.result() if other else None) or _around(opened, manifest)
    survey = Survey(
        now=now,
        tree=opened.tree,
        repository=opened.repository,
        pipeline=around.pipeline,
        infrastructure=around.infrastructure,
        monitoring=around.monitoring,
        code=code,
        documents=around.documents,
        manifest=manifest,
    )
    return survey, (*around.problems, *taking.problems)


def _beside(opened: Opened, manifest: Manifest | None) -> beside.Beside[_Around] | None:
    if len(opened.tree.entries) < LARGE or not beside.may_start():
        return None
    return beside.start(lambda: _around(opened, manifest))


def _around(opened: Opened, manifest: Manifest | None) -> _Around:
    taking = _Taking([])
    tree = opened.tree
    branch = opened.repository.branch or ""
    default = branch if branch in DEFAULT_BRANCHES else ""
    remote = opened.repository.remote
    pipeline = taking.take(
        "pipeline", lambda: collect_pipeline(tree, default_branch=default, remote=remote)
    )
    infrastructure = taking.take("infrastructure", lambda: collect_infrastructure(tree, pipeline))
    return _Around(
        pipeline=pipeline,
        infrastructure=infrastructure,
        monitoring=taking.take("monitoring", lambda: collect_monitoring(tree, infrastructure)),
        documents=taking.take(
            "documents", lambda: collect_documents(tree, manifest, _document_changes(opened))
        ),
        problems=tuple(taking.problems),
    )


def _document_changes(opened: Opened) -> tuple[Change, ...]:
    """The dates of documents come from git; where it cannot tell, there are none."""
    if opened.git is None or opened.repository.commit is None:
        return ()
    paths = (entry.path for entry in opened.tree.entries if entry.role is Role.DOCUMENT)
    changes = changes_of(opened.git, paths)
    return () if isinstance(changes, GitFailed) else changes


def _told(part: str, crash: Exception) -> Sentence:
    last = traceback.extract_tb(crash.__traceback__)[-1]
    at = f"{Path(last.filename).name}:{last.lineno}"
    return say(
        "judge.collector_crashed",
        part=part,
        error=type(crash).__name__,
        detail=str(crash)[:200],
        at=at,
    )
