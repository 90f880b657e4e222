"""Brings together what a person named for an observation: files, folders and addresses."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from msgspec import Struct

from tenken.cli.looking.knocking import knock
from tenken.cli.observing.prices import prices_of
from tenken.cli.observing.sending import Sending, brief_of, send
from tenken.cli.observing.watching import (
    NOBODY,
    Watching,
    counted,
    forge_of,
    guard_counter,
    metrics_of,
)
from tenken.cli.writing import read_text
from tenken.config.application import SignalDecision
from tenken.errors import UsageError
from tenken.readiness.collectors.observed.credentials import look_at
from tenken.readiness.collectors.observed.evaluations import read_runs
from tenken.readiness.collectors.observed.events import blocks_in, labels_in, signals_in
from tenken.readiness.collectors.observed.logs import read_logs
from tenken.readiness.collectors.observed.otlp import read_traces
from tenken.readiness.collectors.observed.running import (
    origins_of,
    read_described,
    running_of,
)
from tenken.readiness.collectors.observed.totals import totals_of, traffic_of
from tenken.readiness.facts.observed.doors import DoorFacts
from tenken.readiness.facts.observed.events import GuardSeries
from tenken.readiness.facts.observed.logs import LogFacts
from tenken.readiness.facts.observed.records import About, Kept
from tenken.readiness.facts.observed.sent import SentFacts
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.observed.traces import TraceFacts
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.observed.asking import requests_counter

LARGEST_EXPORT = 256_000_000
MOST_FILES = 1_000
LOOK_AGAIN_S = 1.0


Counter = tuple[str, Callable[[datetime], float]]
"""A counter's name, and what asks how far it is."""


class Knocking(Struct, frozen=True, kw_only=True):
    """A door that is tried, and the requests that it is tried with."""

    url: str
    requests: Path


class Asked(Struct, frozen=True, kw_only=True):
    """Where a person said to look."""

    logs: tuple[Path, ...] = ()
    traces: tuple[Path, ...] = ()
    runs: tuple[Path, ...] = ()
    described: tuple[Path, ...] = ()
    sending: Sending | None = None
    watching: Watching = NOBODY
    door: Knocking | None = None
    credential: str = ""
    """As the running process has it; nothing of it goes on record."""
    arrive_within_s: float = 60.0
    """How long the traces of what was sent are waited for."""

    @property
    def anything(self) -> bool:
        """Whether there is anything to look at."""
        return (
            bool(self.logs or self.traces or self.runs or self.described)
            or bool(self.door or self.credential)
            or self.watching.anything
        )


class Clocks(Struct, frozen=True, kw_only=True):
    """The time of day, and one that only ever goes on."""

    now: Callable[[], datetime]
    going_on: Callable[[], float]


def sighting(asked: Asked, about: About, survey: Survey, clocks: Clocks) -> Sighting:
    """Look everywhere; raises UsageError for a place that cannot be read."""
    sent = None
    counter = guard_counter(asked.watching, survey, clocks.going_on) if asked.sending else None
    before = counter[1](clocks.now()) if counter else 0.0
    if asked.sending:
        sent = send(asked.sending, now=clocks.now, clock=clocks.going_on)
        about = About(services=about.services, commit=about.commit, now=clocks.now())
    logs, traces = _arrived(asked, about, sent, clocks)
    metrics = metrics_of(asked.watching, survey, clocks.now(), clocks.going_on)
    return Sighting(
        about=about,
        survey=survey,
        logs=logs,
        traces=traces,
        metrics=metrics,
        calls=totals_of(traces) if traces else None,
        blocks=blocks_in(sent, logs) if sent and logs else None,
        guard_series=_moved(counter, before, sent, within_s=asked.arrive_within_s, clocks=clocks)
        if counter and sent
        else None,
        signals=signals_in(logs, _signals(survey), about) if logs else None,
        forge=forge_of(asked.watching, survey, clocks.now(), clocks.going_on),
        credential=look_at(asked.credential, clocks.now()) if asked.credential else None,
        doors=_knocked(asked.door, clocks) if asked.door else None,
        sent=sent,
        runs=read_runs(_texts(asked.runs), clocks.now()) if asked.runs else None,
        running=running_of(logs, traces, about),
        origins=origins_of(logs, traces, sent),
        traffic=counted(metrics, requests_counter(survey), traffic_of(traces) if traces else None),
        labels=labels_in(logs, traces),
        described=read_described(_printed(asked.described)) if asked.described else None,
        prices=prices_of(survey.manifest),
    )


def _moved(
    counter: Counter, before: float, sent: SentFacts, *, within_s: float, clocks: Clocks
) -> GuardSeries:
    """Look at the guard's counter until it has moved far enough, or time is up."""
    name, far = counter
    attacks = sum(one.is_attack and one.served for one in sent.sent)
    until = clocks.going_on() + within_s
    while (after := far(clocks.now())) - before < attacks and clocks.going_on() < until:
        Event().wait(LOOK_AGAIN_S)
    return GuardSeries(
        kept=Kept(latest=clocks.now()), name=name, before=before, after=after, attacks=attacks,
        harmless=len(sent.served),
    )  # fmt: skip


def _knocked(door: Knocking, clocks: Clocks) -> DoorFacts:
    brief = brief_of(door.requests)
    return knock(door.url, brief, now=clocks.now(), clock=clocks.going_on)


def _signals(survey: Survey) -> tuple[SignalDecision, ...]:
    manifest = survey.manifest
    return manifest.application.decisions.online_evaluation if manifest else ()


def _arrived(
    asked: Asked, about: About, sent: SentFacts | None, clocks: Clocks
) -> tuple[LogFacts | None, TraceFacts | None]:
    """Read logs and traces, again and again until what was sent is there or time is up."""
    until = clocks.going_on() + asked.arrive_within_s
    while True:
        logs = read_logs(_texts(asked.logs), about) if asked.logs else None
        traces = read_traces(_texts(asked.traces), about) if asked.traces else None
        awaited = {one.trace for one in sent.served} if sent else set()
        missing = awaited - set(traces.calls_of) if traces else set()
        if not missing or clocks.going_on() >= until:
            return logs, traces
        Event().wait(LOOK_AGAIN_S)


def _texts(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    left = LARGEST_EXPORT
    for file in _files(paths):
        text = read_text(file, limit=left)
        left -= len(text)
        yield str(file), text


def _printed(paths: Iterable[Path]) -> Iterator[tuple[datetime, str]]:
    """What was printed to files, and when: nothing in it says so."""
    for file in _files(paths):
        at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        yield at, read_text(file, limit=LARGEST_EXPORT)


def _files(paths: Iterable[Path]) -> list[Path]:
    """The files that were named, and those in a folder that was; never behind a link in one."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(one for one in path.rglob("*") if one.is_file() and not one.is_symlink())
        found += inside if path.is_dir() else [path]
    if len(found) > MOST_FILES:
        raise UsageError("observe.too_many_files", n=len(found), most=MOST_FILES)
    return found
