"""Takes the survey: every collector once, those that need no other perhaps side by side.

A collector that crashes does not end the inspection: its facts become `Broken`, and every probe
that asks for them answers *error* with the cause.
"""

import traceback
from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NoReturn, TypeVar, cast

from msgspec import Struct

from tenken.config.manifest import Manifest
from tenken.readiness.collectors.code import collect as code
from tenken.readiness.collectors.git import Opened
from tenken.readiness.collectors.history import changes_of
from tenken.readiness.collectors.plumbing import GitFailed
from tenken.readiness.collectors.sharing import MANY_FILES, Job, Second
from tenken.readiness.facts.code import CodeFacts
from tenken.readiness.facts.documents import DocumentFacts
from tenken.readiness.facts.gateways import GatewayFacts
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


class _Coded(Struct, frozen=True, kw_only=True):
    """A share of what code tells."""

    facts: CodeFacts
    problems: tuple[CollectorProblem, ...]


class _Apart(Struct, frozen=True, kw_only=True):
    """What is told of code apart from its syntax trees."""

    told: code.Apart
    problems: tuple[CollectorProblem, ...]


_Share = _Running | _Written | _Coded | _Apart


def take_survey(
    opened: Opened, manifest: Manifest | None, now: datetime, *, two: bool = False
) -> tuple[Survey, tuple[CollectorProblem, ...]]:
    """Collect everything; gives the survey and the collectors that crashed.

    With `two` a second process takes a share of the work, where there is enough of it.
    """
    taking = _Taking([])
    tree = opened.tree
    begun = taking.take("code", lambda: code.begin(tree))
    running = Job(_Running, lambda: _running(opened, manifest, now))
    written = Job(_Written, lambda: _written(opened, manifest))
    apart = Job(_Apart, lambda: _apart(begun))
    around = Job(_Coded, lambda: _coded(lambda: code.told_around(begun)))
    traces = Job(_Coded, lambda: _coded(lambda: code.told_of_traces(begun)))
    tests = [
        Job(_Coded, partial(_coded, partial(_of_tests, begun, number)))
        for number in range(code.SHARES)
    ]
    shared = two and len(tree.entries) >= MANY_FILES
    # What takes longest comes first, so that nobody waits for it at the end.
    jobs: tuple[Job[_Share], ...] = (running, written, *tests, apart, around, traces)
    # What surrounds the calls leads through much of what leads to them.
    second = Second(jobs, near=2) if shared else None
    told = taking.take("code", lambda: code.told_by(begun))
    if second is not None:
        second.finish()
    survey = Survey(
        now=now,
        tree=tree,
        repository=opened.repository,
        pipeline=running.result().pipeline,
        infrastructure=running.result().infrastructure,
        monitoring=running.result().monitoring,
        code=taking.take(
            "code",
            lambda: code.whole(
                begun,
                code.Told(calls=told, around=around.result().facts, traces=traces.result().facts),
                apart.result().told,
                tuple(chain.from_iterable(one.result().facts.tests for one in tests)),
            ),
        ),
        documents=written.result().documents,
        gateways=running.result().gateways,
        manifest=manifest,
    )
    problems = (*taking.problems, *(it for job in jobs for it in job.result().problems))
    return survey, tuple(dict.fromkeys(problems))


def _running(opened: Opened, manifest: Manifest | None, now: datetime) -> _Running:
    # Loaded by the process that asks them: the other one has enough of its own to load.
    from tenken.readiness.collectors.gateways import collect as gateways_of  # noqa: PLC0415
    from tenken.readiness.collectors.infrastructure import collect as built  # noqa: PLC0415
    from tenken.readiness.collectors.monitoring import collect as watched  # noqa: PLC0415
    from tenken.readiness.collectors.pipeline import collect as delivered  # noqa: PLC0415

    taking = _Taking([])
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

    taking = _Taking([])
    changes = _document_changes(opened)
    documents = taking.take("documents", lambda: said.collect(opened.tree, manifest, changes))
    return _Written(documents=documents, problems=tuple(taking.problems))


def _coded(ask: Callable[[], CodeFacts]) -> _Coded:
    taking = _Taking([])
    return _Coded(facts=taking.take("code", ask), problems=tuple(taking.problems))


def _of_tests(begun: code.Begun, number: int) -> CodeFacts:
    return CodeFacts(tests=code.told_by_tests(begun, code.share_of_tests(begun, number)))


def _apart(begun: code.Begun) -> _Apart:
    taking = _Taking([])
    told = taking.take("code", lambda: code.told_apart(begun))
    return _Apart(told=told, problems=tuple(taking.problems))


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
