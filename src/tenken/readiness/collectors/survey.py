"""Takes the survey: every collector once, in an order in which each may use what came before.

A collector that crashes does not end the inspection: its facts become `Broken`, and every probe
that asks for them answers *error* with the cause.
"""

import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NoReturn, TypeVar, cast

from msgspec import Struct

from tenken.config.manifest import Manifest
from tenken.readiness.collectors.code.collect import collect as collect_code
from tenken.readiness.collectors.documents.collect import collect as collect_documents
from tenken.readiness.collectors.git import Opened
from tenken.readiness.collectors.history import changes_of
from tenken.readiness.collectors.infrastructure.collect import collect as collect_infrastructure
from tenken.readiness.collectors.monitoring.collect import collect as collect_monitoring
from tenken.readiness.collectors.pipeline.collect import collect as collect_pipeline
from tenken.readiness.collectors.plumbing import GitFailed
from tenken.readiness.facts.repository import Change
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.tree import CollectorProblem, Role
from tenken.sentence import Sentence, say

Facts = TypeVar("Facts")
DEFAULT_BRANCHES = frozenset({"main", "master", "trunk"})
"""Checked out, one of these is the default branch; any other may be somebody's work."""


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


class _Taking(Struct):
    """Runs collectors and keeps what went wrong."""

    problems: list[CollectorProblem]

    def take(self, part: str, collect: Callable[[], Facts]) -> Facts:
        try:
            return collect()
        except Exception as crash:  # noqa: BLE001 - the boundary: a crash becomes facts that say so
            sentence = _told(part, crash)
            self.problems.append(CollectorProblem(path=".", line=0, sentence=sentence))
            return cast("Facts", Broken(sentence))


def take_survey(
    opened: Opened, manifest: Manifest | None, now: datetime
) -> tuple[Survey, tuple[CollectorProblem, ...]]:
    """Collect everything; gives the survey and the collectors that crashed."""
    taking = _Taking([])
    tree = opened.tree
    changes = _document_changes(opened)
    branch = opened.repository.branch or ""
    default = branch if branch in DEFAULT_BRANCHES else ""
    remote = opened.repository.remote
    pipeline = taking.take(
        "pipeline", lambda: collect_pipeline(tree, default_branch=default, remote=remote)
    )
    code = taking.take("code", lambda: collect_code(tree))
    infrastructure = taking.take("infrastructure", lambda: collect_infrastructure(tree, pipeline))
    monitoring = taking.take("monitoring", lambda: collect_monitoring(tree, infrastructure))
    documents = taking.take("documents", lambda: collect_documents(tree, manifest, changes))
    survey = Survey(
        now=now,
        tree=tree,
        repository=opened.repository,
        pipeline=pipeline,
        infrastructure=infrastructure,
        monitoring=monitoring,
        code=code,
        documents=documents,
        manifest=manifest,
    )
    return survey, tuple(taking.problems)


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
