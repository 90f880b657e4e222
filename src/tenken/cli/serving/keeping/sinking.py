"""The sinks that the settings name, put together."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from tenken.cli.serving.keeping.addressing import (
    SinkSettings,
    event_headers,
    sinks_of,
    trace_headers,
    traces_at,
)
from tenken.cli.serving.machine import wall_us
from tenken.config.application import Application
from tenken.config.operating.telemetry import (
    EventSettings,
    LogSettings,
    TraceSettings,
)
from tenken.errors import TenkenError
from tenken.journal.exchange import Exchange
from tenken.journal.keys import ring_of
from tenken.journal.sealing import Ring
from tenken.keeper.sinks.events.datadog import DatadogEvents
from tenken.keeper.sinks.feed import Feed
from tenken.keeper.sinks.following import Shared
from tenken.keeper.sinks.logs.lines import Style
from tenken.keeper.sinks.logs.writing import File, Logs, Stream
from tenken.keeper.sinks.posting import Posting
from tenken.keeper.sinks.receiver import Later, Receiver
from tenken.keeper.sinks.traces.opening import Opening
from tenken.keeper.sinks.traces.sampling import Sampling
from tenken.keeper.sinks.traces.sending import Manner, Traces
from tenken.sentence import Sentence
from tenken.store.owed.owed import Owed
from tenken.store.owed.tally import Tally
from tenken.store.sinks.positions import Positions
from tenken.store.texts.texts import SealedTexts
from tenken.store.watch.leases import Leases

LEASE_S = 30.0
MICRO = 1_000_000


class Ground(Struct, frozen=True, kw_only=True):
    """What sinks stand on."""

    engine: Engine
    journals: Path
    instance: str
    within: Callable[[str], Path]
    """Gives where a path of the settings leads."""
    environment: Mapping[str, str]
    tell: Callable[[Sentence], None]


def feeds_of(settings: Callable[[], Application], ground: Ground) -> tuple[Feed, ...]:
    """Give a feed for each sink; where one has no address or no key that is told, and awaited."""
    shared, named = Shared(), sinks_of(settings().telemetry)
    return tuple(_feed(name, _received(name, settings, ground), ground, shared) for name in named)


class Awaited:
    """A receiver that cannot be made yet: what is for it waits, as for one that is away."""

    def __init__(self, make: Callable[[], Receiver]) -> None:
        """`make` raises TenkenError."""
        self._make = make
        self._made: Receiver | None = None

    def deliver(self, exchanges: Sequence[Exchange], now: int) -> Tally:
        """Hand over once it can be made; raises Later."""
        if self._made is None:
            try:
                self._made = self._make()
            except TenkenError as error:
                raise Later(type(error).__name__) from error
        return self._made.deliver(exchanges, now)

    def close(self) -> None:
        """Let go of it, where it was made."""
        if self._made is not None:
            self._made.close()


class Whose(Struct, frozen=True, kw_only=True):
    """Under which names a service is known to others."""

    service: str
    environment: str = ""

    @property
    def resource(self) -> dict[str, str]:
        """As OpenTelemetry names them."""
        named = {"service.name": self.service, "deployment.environment.name": self.environment}
        return {name: value for name, value in named.items() if value}

    @property
    def tags(self) -> tuple[str, ...]:
        """As Datadog names them."""
        named = (("service", self.service), ("env", self.environment))
        return tuple(f"{name}:{value}" for name, value in named if value)


def _received(name: str, settings: Callable[[], Application], ground: Ground) -> Receiver:
    """Give the other end of a sink, by the settings as they are when it can be made."""
    first = sinks_of(settings().telemetry)[name]

    def make() -> Receiver:
        application = settings()
        telemetry = application.telemetry
        whose = Whose(
            service=telemetry.service or application.application.name,
            environment=telemetry.environment,
        )
        one = sinks_of(telemetry).get(name, first)
        return _receiver(one, whose, ground, lambda: _ring(settings(), ground))

    try:
        return make()
    except TenkenError as error:
        ground.tell(error.sentence)
        return Awaited(make)


def _ring(application: Application, ground: Ground) -> Ring:
    return ring_of(application.gateway.texts, ground.environment)


def _receiver(
    one: SinkSettings, whose: Whose, ground: Ground, ring: Callable[[], Ring]
) -> Receiver:
    match one:
        case TraceSettings():
            return _traces(one, whose, ground, ring)
        case LogSettings():
            style = Style(
                service=whose.service,
                environment=whose.environment,
                fields=one.fields,
                google_project=one.google_project,
            )
            return Logs(File(ground.within(one.path)) if one.path else Stream(), style)
        case EventSettings():
            url = one.url or f"https://api.{one.site}/api/v1/events"
            headers = event_headers(one, ground.environment)
            return DatadogEvents(Posting(url, headers, now=wall_us), tags=whose.tags)


def _traces(one: TraceSettings, whose: Whose, ground: Ground, ring: Callable[[], Ring]) -> Traces:
    url = traces_at(one, ground.environment)
    headers = trace_headers(one, ground.environment)
    manner = Manner(
        name=one.name,
        resource=whose.resource,
        convention=one.convention,
        sampling=Sampling(share=one.share, slow_us=round(one.slow_s * MICRO)),
        opening=Opening(SealedTexts(ground.engine), ring, tell=ground.tell) if one.texts else None,
    )
    posting = Posting(url, headers, now=wall_us)
    return Traces(posting, manner, tell=ground.tell)


def _feed(name: str, receiver: Receiver, ground: Ground, shared: Shared) -> Feed:
    leases = Leases(ground.engine)
    return Feed(
        name,
        receiver,
        journals=ground.journals,
        instance=ground.instance,
        positions=Positions(ground.engine, name),
        owed=Owed(ground.engine, name),
        mine=lambda now: leases.hold(f"sink {name}", ground.instance, now, LEASE_S),
        tell=ground.tell,
        shared=shared,
    )
