"""Everything that the keeper does beside the drain, in one list."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from tenken.cli.observing.proving import Proving
from tenken.cli.serving.keeping.measuring import measuring
from tenken.cli.serving.keeping.outlook import Outlook
from tenken.cli.serving.keeping.side import Side, made_in_time
from tenken.cli.serving.keeping.sinking import Ground, feeds_of
from tenken.cli.serving.keeping.telling import telling
from tenken.cli.serving.keeping.valuing import valuing
from tenken.cli.serving.keeping.watching import Watched, watching
from tenken.cli.serving.machine import wall_us
from tenken.config.application import Application
from tenken.keeper.retention.work import Retaining
from tenken.messages.speech import Speech
from tenken.sentence import Sentence
from tenken.store.watch.leases import Leases

REST_S = 60.0
"""Of a work that newer settings no longer want."""


class Around(Struct, frozen=True, kw_only=True):
    """What a work may need of its process."""

    outlook: Outlook
    engine: Engine
    """Its tables may not be there yet: what is raised then is tried again."""
    state: Path
    journals: Path
    instance: str
    """Of the journals; who holds a lease is told by it."""
    environment: Mapping[str, str]
    speech: Speech
    tell: Callable[[Sentence], None]


def sides(around: Around) -> Iterator[Side]:
    """Give each work; one that cannot be as the settings say is tried again and holds up none."""
    yield _retention(around)
    yield from _sinks(around)
    yield from _proving(around)
    yield from valuing(
        around.engine, around.outlook, holder=around.instance, environment=around.environment
    )
    yield from watching(
        Watched(
            outlook=around.outlook,
            engine=around.engine,
            journals=around.journals,
            instance=around.instance,
            environment=around.environment,
        )
    )


def _proving(around: Around) -> Iterator[Side]:
    if around.outlook.manifest().application.evidence is not None:
        yield made_in_time("evidence", lambda: _proof(around))


def _proof(around: Around) -> Side:
    """Give the work by what the settings say now; raises UsageError where there is no key."""
    settings = around.outlook.manifest().application.evidence
    if settings is None:
        return Side(name="evidence", step=lambda _now: REST_S)
    work = Proving(
        around.engine,
        settings=settings,
        manifest=lambda: (around.outlook.manifest(), around.outlook.files.texts().text),
        holder=around.instance,
        environment=around.environment,
    )
    return Side(name="evidence", step=work.step)


def _retention(around: Around) -> Side:
    work = Retaining(
        around.engine,
        settings=lambda: around.outlook.manifest().application.retention,
        lease=Leases(around.engine),
        holder=around.instance,
    )
    return Side(name="retention", step=work.step)


def _sinks(around: Around) -> Iterator[Side]:
    ground = Ground(
        engine=around.engine,
        journals=around.journals,
        instance=around.instance,
        within=around.outlook.files.within,
        environment=around.environment,
        tell=around.tell,
    )

    def settings() -> Application:
        return around.outlook.manifest().application

    feeds = feeds_of(settings, ground)
    for feed in feeds:
        finish = partial(feed.finish, wall_us)
        yield Side(name=f"sink {feed.name}", step=feed.step, close=finish)
    yield from measuring(settings(), feeds, ground)
    yield from telling(settings, ground)
