"""The page of metrics, put together from the store, the sinks and this machine."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from tenken.cli.serving.keeping.addressing import page_token
from tenken.cli.serving.keeping.side import Side, made_in_time
from tenken.cli.serving.keeping.sinking import Ground
from tenken.cli.serving.machine import wall_us
from tenken.config.application import Application
from tenken.keeper.sinks.feed import Feed
from tenken.keeper.sinks.metrics.families import Families
from tenken.keeper.sinks.metrics.keeping import Kept
from tenken.keeper.sinks.metrics.page import Door, Page
from tenken.keeper.sinks.metrics.processes import connections, processes
from tenken.keeper.sinks.plain import plain
from tenken.keeper.spikes.sampling import Sampling, Used
from tenken.store.ledger import SINK
from tenken.store.owed.counts import counted
from tenken.store.owed.owed import Owed
from tenken.store.parking import Parking
from tenken.store.resources.resources import Resources
from tenken.store.rollups.reading import Rollups
from tenken.store.sinks.positions import reached
from tenken.store.watch.alerts import Alerts
from tenken.store.watch.leases import Leases

HEARD_S = 60.0
"""A machine that was not heard of for so long is not counted."""
BEAT_S = 15.0
KEEPER = "keeper "


def measuring(settings: Application, feeds: Sequence[Feed], ground: Ground) -> Iterator[Side]:
    """Give the works: one that says that this machine is there, one that opens the door."""
    leases, name = Leases(ground.engine), f"{KEEPER}{ground.instance}"

    def beats(now: int) -> float:
        leases.hold(name, ground.instance, now, HEARD_S)
        return BEAT_S

    yield Side(name="instance", step=beats)
    sampling = Sampling(Resources(ground.engine), instance=ground.instance, used=used)
    yield Side(name="resources", step=sampling.step)
    if settings.telemetry.metrics.port is not None:
        yield made_in_time("metrics", lambda: _page(settings, feeds, ground))


def used() -> Used | None:
    """Give what the processes of this machine have used; None where the system does not tell."""
    running = tuple(processes(os.getppid()))
    if not running:
        return None
    return Used(
        cpu_s={one.pid: one.cpu_s for one in running},
        resident_bytes=sum(one.resident_bytes for one in running),
        connections=connections(one.pid for one in running),
    )


def whose(settings: Application) -> Callable[[str], str] | None:
    """Give what tells the application of a use case; None where only one is served."""
    shared = settings.console.applications
    if not shared:
        return None
    names = {use_case: one.name for one in reversed(shared) for use_case in one.use_cases}
    return lambda use_case: names.get(use_case, settings.application.name)


def _page(settings: Application, feeds: Sequence[Feed], ground: Ground) -> Side:
    """Give the work that opens the door; raises UsageError where its token is not set."""
    door = settings.telemetry.metrics
    token = page_token(door, ground.environment)
    page = Page(
        ever=Rollups(ground.engine).counters,
        kept=lambda now: _kept(feeds, ground, now),
        families=Families(door.series_max, plain=plain, whose=whose(settings)),
        parent=os.getppid(),
        now=wall_us,
    )
    serves = Door(page, port=door.port or 0, token=token)
    return Side(name="metrics", step=serves.step, close=serves.close)


def _kept(feeds: Sequence[Feed], ground: Ground, now: int) -> Kept:
    engine, ours = ground.engine, f"{ground.instance}/"
    ledger = {j: at for j, at in reached(engine, SINK).items() if j.startswith(ours)}
    return Kept(
        instances=max(1, Leases(engine).held(KEEPER, now)),
        parked=Parking(engine).count(),
        reached=ledger,
        tallies=counted(engine),
        lags={feed.name: feed.lag(now) for feed in feeds},
        records={
            feed.name: sum(max(0, at - given.get(journal, 0)) for journal, at in ledger.items())
            for feed in feeds
            for given in (reached(engine, feed.name),)
        },
        alerts=Counter(
            (one.kind, one.severity) for one in Alerts(engine).open() if one.is_told_of
        ),
        owed={feed.name: Owed(engine, feed.name).debt().exchanges for feed in feeds},
    )
