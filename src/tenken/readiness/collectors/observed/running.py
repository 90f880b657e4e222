"""Puts together what records of several kinds tell: running revisions, ids of real requests."""

from collections import Counter
from collections.abc import Iterator

from tenken.readiness.facts.observed.logs import LogFacts
from tenken.readiness.facts.observed.records import About, Kept
from tenken.readiness.facts.observed.running import OriginFacts, RunningFacts
from tenken.readiness.facts.observed.sent import SentFacts
from tenken.readiness.facts.observed.traces import TraceFacts


def running_of(
    logs: LogFacts | None, traces: TraceFacts | None, about: About
) -> RunningFacts | None:
    """Which revisions the service's own records name; None without any record."""
    spans = traces.spans if traces else ()
    own = [one for one in spans if one.is_entry and one.service in about.services]
    lines = [one for one in (logs.every if logs else ()) if one.service in about.services]
    if not own and not lines:
        return None
    seen = [(one.at, one.version) for one in own] + [(one.at, one.version) for one in lines]
    times = [at for at, _ in seen if at and at <= about.now]
    return RunningFacts(
        kept=Kept(latest=max(times, default=None), earliest=min(times, default=None)),
        revisions=Counter(version for _, version in seen),
    )


def origins_of(
    logs: LogFacts | None, traces: TraceFacts | None, sent: SentFacts | None
) -> OriginFacts | None:
    """Ids of what users asked: without drills, and without what an observer sent itself."""
    if logs is None and traces is None:
        return None
    own = (
        {one.trace for one in sent.sent} | {one.request_id for one in sent.sent} if sent else set()
    )
    kept = [one.kept for one in (logs, traces) if one is not None]
    latest = [one.latest for one in kept if one.latest]
    earliest = [one.earliest for one in kept if one.earliest]
    return OriginFacts(
        kept=Kept(latest=max(latest, default=None), earliest=min(earliest, default=None)),
        ids=frozenset(set(_ids(logs, traces)) - own),
    )


def _ids(logs: LogFacts | None, traces: TraceFacts | None) -> Iterator[str]:
    drills = traces.drilled if traces else frozenset()
    if traces:
        yield from (one.span.trace for one in traces.real_calls)
    for line in logs.lines if logs else ():
        if not drills.intersection(line.ids) and not line.is_drill:
            yield from line.ids
