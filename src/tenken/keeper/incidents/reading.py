"""Reads from the store what happened in a time, and what it cost."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import Engine

from tenken.keeper.incidents.timeline import TOLD, Calls, Happened, Line, timeline
from tenken.store.overlays import Overlays
from tenken.store.rollups.grain import Grain, Window
from tenken.store.rollups.reading import Rollups
from tenken.store.rollups.totals import AttemptTotals, Share, Totals
from tenken.store.versions import Versions
from tenken.store.watch.alerts import Alerts
from tenken.store.watch.effects import Effects
from tenken.store.watch.incidents import FollowUp, Incident, Incidents

MINUTE_US = 60_000_000
BEFORE_US = 60 * MINUTE_US
"""What happened shortly before may be the reason."""
STRETCHES = 60
"""Into so many a time is cut, to see when a target began to fail."""
MOST = 500


class Impact(Struct, frozen=True, kw_only=True):
    """What an incident cost."""

    totals: Totals
    before: Totals
    """Of as long a time just before it."""
    callers: tuple[Share, ...]
    """Those whose requests failed, were interrupted or blocked, the most first."""


class Story(Struct, frozen=True, kw_only=True):
    """All that is known of an incident."""

    incident: Incident
    until: int
    """Its end, or now."""
    lines: tuple[Line, ...]
    impact: Impact
    factors: tuple[str, ...] = ()
    """What people named as contributing."""
    causes: tuple[Line, ...] = ()
    """Changes and failing targets before it and in its beginning."""
    follow_ups: tuple[FollowUp, ...] = ()


def story(engine: Engine, incident: Incident, now: int) -> Story:
    """Give all that is known of an incident; raises Away."""
    until = incident.closed_at or now
    since = _beginning(engine, incident)
    happened = _happened(engine, incident, since - BEFORE_US, until)
    lines = timeline(happened, since=since - BEFORE_US, until=until)
    notes = Incidents(engine).notes(incident.id)
    return Story(
        incident=incident,
        until=until,
        lines=lines,
        impact=_impact(Rollups(engine), Window(since, until)),
        factors=tuple(one.text for one in notes if one.kind == "factor"),
        causes=tuple(
            line for line in lines
            if line.source in {"settings", "overlay", "target"} and line.at <= incident.opened_at
        ),
        follow_ups=Incidents(engine).follow_ups(incident.id),
    )  # fmt: skip


def _beginning(engine: Engine, incident: Incident) -> int:
    """Give since when it was so: an alert knows of it before an incident is opened."""
    alert = Alerts(engine).find(incident.alert) if incident.alert else None
    return min(incident.opened_at, alert.since) if alert else incident.opened_at


def _happened(engine: Engine, incident: Incident, since: int, until: int) -> Happened:
    alerts = Alerts(engine)
    # What comes and goes must not push the end out of it.
    taken = alerts.steps_between(since, until + 1, only=TOLD)
    known = {name: alerts.find(name) for name in {one.alert for one in taken}}
    found = ((known[one.alert], one.step) for one in taken)
    return Happened(
        alerts=[(alert, step) for alert, step in found if alert is not None],
        settings=Versions(engine).newest(MOST),
        overlays=Overlays(engine).newest(MOST),
        effects=Effects(engine).of(incident.id),
        calls=tuple(_calls(Rollups(engine), since, until)),
        notes=Incidents(engine).notes(incident.id),
    )


def _calls(rollups: Rollups, since: int, until: int) -> Iterator[Calls]:
    """Cut a time into stretches, and sum the calls to each target in each."""
    minutes = max(1, -(-(until - since) // (STRETCHES * MINUTE_US)))
    step = minutes * MINUTE_US
    for begin in range(Grain.MINUTE.start(since), until, step):
        by_target: dict[str, list[AttemptTotals]] = defaultdict(list)
        for one in rollups.attempts(Window(begin, begin + step)):
            by_target[one.target].append(one)
        for target, several in by_target.items():
            yield _summed(target, several, begin, begin + step)


def _summed(target: str, several: list[AttemptTotals], since: int, until: int) -> Calls:
    failures = Counter[str]()
    for one in several:
        if one.failure:
            failures[one.failure] += one.calls
    worst = failures.most_common(1)
    return Calls(
        since=since,
        until=until,
        target=target,
        calls=sum(one.calls for one in several),
        failed=failures.total(),
        failure=worst[0][0] if worst else "",
    )


def _impact(rollups: Rollups, window: Window) -> Impact:
    # Sums are of whole minutes: the time before ends where the first one begins.
    since, until = Grain.MINUTE.start(window.since), Grain.MINUTE.end(window.until)
    length = max(MINUTE_US, until - since)
    callers = [one for one in rollups.by("caller", window) if _hurt(one.totals)]
    return Impact(
        totals=rollups.totals(window),
        before=rollups.totals(Window(since - length, since)),
        callers=tuple(sorted(callers, key=lambda one: -_hurt(one.totals))),
    )


def _hurt(totals: Totals) -> int:
    return totals.errors + totals.blocked + totals.turned_away
