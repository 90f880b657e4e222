"""What the keeper does for alerts: it watches, and it tells."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from tenken.cli.serving.keeping import facts
from tenken.cli.serving.keeping.outlook import Outlook
from tenken.cli.serving.keeping.side import Side
from tenken.config.application import Application
from tenken.config.consistency.objectives import requests_per_day
from tenken.config.operating.alerting import Receiver, receivers
from tenken.keeper.alerts.deliver import Deliver, Send
from tenken.keeper.alerts.posting import NotSent
from tenken.keeper.alerts.receivers.reach import Reach
from tenken.keeper.alerts.receivers.threads import Threads
from tenken.keeper.alerts.settings import policy_of, writer_of
from tenken.keeper.alerts.signal import Signal
from tenken.keeper.incidents.opening import Opening
from tenken.keeper.objectives import watch as objectives
from tenken.keeper.objectives.measuring import Measuring
from tenken.keeper.spikes import resources as taken
from tenken.keeper.spikes import watch as spikes
from tenken.keeper.spikes.noticing import BACK_US, Noticing
from tenken.keeper.watching import budgets, ends, guards, lag, undelivered
from tenken.keeper.watching.slowly import Slowly
from tenken.keeper.watching.watch import Told, Watch, Watcher
from tenken.messages.speech import Language, Speech
from tenken.store.ledger import Ledger
from tenken.store.resources.resources import Resources
from tenken.store.rollups.reading import Rollups
from tenken.store.watch.alerts import Alerts
from tenken.store.watch.effects import Effects
from tenken.store.watch.incidents import Incidents
from tenken.store.watch.leases import Leases
from tenken.store.watch.outbox import Delivery, Outbox

AT_ONCE = 8
WAITING_MOST = 1000
REFUSED_US = 48 * 3600 * 1_000_000
"""What a receiver never got is told of for so long, unless it takes something after it."""


class Watched(Struct, frozen=True, kw_only=True):
    """Where watchers read."""

    outlook: Outlook
    engine: Engine
    journals: Path
    instance: str
    environment: Mapping[str, str]

    def told(self) -> Told:
        """Give what the settings say of telling, now."""
        manifest = self.outlook.manifest()
        settings, known = manifest.application.alerts, self.receivers()
        return Told(
            policy=policy_of(settings, known),
            receivers=known,
            writer=writer_of(manifest.application, manifest.environment),
            language=Language(settings.language),
        )

    def titles(self) -> Speech | None:
        """Give the language of incidents; None where the settings want none."""
        settings = self.outlook.manifest().application.alerts
        wanted = settings.incidents and settings.by == "tenken"
        return Speech(Language(settings.language)) if wanted else None

    def receivers(self) -> Mapping[str, Receiver]:
        """Give who can be told, now."""
        manifest = self.outlook.manifest()
        shared = manifest.platform.platform.alert_receivers if manifest.platform else ()
        return receivers(manifest.application.alerts, shared)


def watching(watched: Watched) -> Iterator[Side]:
    """Give its works."""
    engine, holder = watched.engine, watched.instance
    watchers = watchers_of(watched)
    opening = Opening(Alerts(engine), Incidents(engine), Effects(engine), wanted=watched.titles)
    watch = Watch(
        engine,
        holder=holder,
        watchers=lambda: watchers,
        settings=watched.told,
        after=(opening,),
    )
    yield Side(name="watch", step=watch.step, close=watch.close)
    deliver = Deliver(
        Outbox(engine),
        Leases(engine),
        holder=holder,
        send=_sending(watched),
        works=ThreadPoolExecutor(AT_ONCE, thread_name_prefix="deliveries"),
    )
    yield Side(name="deliveries", step=deliver.step, close=deliver.close)


def watchers_of(watched: Watched) -> Mapping[str, Watcher]:
    """Give all watchers; each reads the settings anew."""
    rollups, outbox = Rollups(watched.engine), Outbox(watched.engine)
    ledger = Ledger(watched.engine)
    files, manifest = watched.outlook.files, watched.outlook.manifest

    def app_of() -> Application:
        return manifest().application

    return {
        **of_sums(rollups, app_of),
        "resources": Slowly(_of_resources(Resources(watched.engine), app_of), every_s=300),
        "guards": Slowly(
            lambda now: guards.watch(tuple(facts.seen(app_of(), rollups, now))), every_s=15
        ),
        "lag": lambda now: lag.watch(
            tuple(facts.behind(watched.journals, watched.instance, ledger)),
            allowed_s=app_of().alerts.rules.lag_seconds,
            now=now,
        ),
        "budgets": Slowly(
            lambda now: budgets.watch(
                tuple(facts.budgets(app_of(), rollups, now)),
                percent=app_of().alerts.rules.budget_percent,
            ),
            every_s=30,
        ),
        "models": Slowly(
            lambda now: ends.watch_models(
                app_of(),
                vendors=manifest().vendors,
                known=files.models(),
                days=app_of().alerts.rules.retirement_days,
                today=facts.day_of(now),
            ),
            every_s=600,
        ),
        "expiry": Slowly(
            lambda now: ends.watch_expiry(
                tuple(facts.endings(watched.outlook, now)),
                days=app_of().alerts.rules.expiry_days,
                today=facts.day_of(now),
            ),
            every_s=600,
        ),
        "deliveries": _of_receivers(watched, outbox),
    }


def _of_resources(resources: Resources, app_of: Callable[[], Application]) -> Watcher:
    return lambda now: taken.watch(resources.since(now - BACK_US), app_of().spikes, now)


def _of_receivers(watched: Watched, outbox: Outbox) -> Watcher:
    return lambda now: undelivered.watch(
        outbox.waiting(WAITING_MOST),
        watched.receivers(),
        refused=outbox.refused(since=now - REFUSED_US),
        now=now,
    )


def of_sums(rollups: Rollups, app_of: Callable[[], Application]) -> Mapping[str, Watcher]:
    """Give what is watched by sums alone: promises, and what is more than usual."""
    measuring, noticing = Measuring(rollups), Noticing(rollups)

    def promised(now: int) -> Iterable[Signal]:
        app = app_of()
        expected = requests_per_day(app)
        return objectives.watch(measuring.watched(app.slos, now, requests_per_day=expected), now)

    def unusual(now: int) -> Iterable[Signal]:
        app = app_of()
        named = [one.id for one in app.use_cases]
        found = tuple(noticing.noticed(named, app.spikes, now))
        return spikes.watch(found, app.spikes.severity, now)

    return {
        "objectives": Slowly(promised, every_s=15),
        "spikes": Slowly(unusual, every_s=30),
    }


def _sending(watched: Watched) -> Send:
    reach, threads = Reach(watched.environment), Threads(Outbox(watched.engine))

    def send(one: Delivery, now: int) -> str:
        receiver = watched.receivers().get(one.receiver)
        if receiver is None:
            raise NotSent("no such receiver", final=True)
        below = threads.below(receiver, one)
        return reach.hand_over(receiver, one.body, id_=one.id, now=now, below=below)

    return send
