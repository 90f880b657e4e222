"""The sinks that the settings name, put together."""

from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine

from tenken.cli.serving.machine import from_environment, wall_us
from tenken.config.application import Application
from tenken.config.operating.telemetry import (
    EventSettings,
    LogSettings,
    TelemetrySettings,
    TraceSettings,
)
from tenken.errors import UsageError
from tenken.keeper.sinks.events.datadog import DatadogEvents
from tenken.keeper.sinks.feed import Feed
from tenken.keeper.sinks.following import Shared
from tenken.keeper.sinks.logs.lines import Style
from tenken.keeper.sinks.logs.writing import File, Logs, Stream
from tenken.keeper.sinks.posting import Posting
from tenken.keeper.sinks.receiver import Receiver
from tenken.keeper.sinks.traces.sampling import Sampling
from tenken.keeper.sinks.traces.sending import Manner, Traces
from tenken.sentence import Sentence
from tenken.store.owed.owed import Owed
from tenken.store.sinks.positions import Positions
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


def names_of(telemetry: TelemetrySettings) -> tuple[str, ...]:
    """Give the names of all sinks; raises UsageError where two have one name."""
    names = tuple(one.name for one in _all(telemetry))
    for name in names:
        if names.count(name) > 1:
            raise UsageError("sinks.twice", name=name)
    return names


def required_of(telemetry: TelemetrySettings) -> tuple[str, ...]:
    """Give the names of those that the journal waits for."""
    return tuple(one.name for one in _all(telemetry) if one.required)


def feeds_of(application: Application, ground: Ground) -> tuple[Feed, ...]:
    """Give a feed for each sink; raises UsageError for what has no address or no key."""
    telemetry = application.telemetry
    names_of(telemetry)
    whose = Whose(
        service=telemetry.service or application.application.name,
        environment=telemetry.environment,
    )
    shared = Shared()
    return tuple(
        _feed(one.name, _receiver(one, whose, ground), ground, shared) for one in _all(telemetry)
    )


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


def _all(telemetry: TelemetrySettings) -> tuple[TraceSettings | LogSettings | EventSettings, ...]:
    return (*telemetry.traces, *telemetry.logs, *telemetry.events)


def _receiver(
    one: TraceSettings | LogSettings | EventSettings, whose: Whose, ground: Ground
) -> Receiver:
    match one:
        case TraceSettings():
            return _traces(one, whose, ground)
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
            key = from_environment(one.key_env, ground.environment)
            return DatadogEvents(Posting(url, {"dd-api-key": key}, now=wall_us), tags=whose.tags)


def _traces(one: TraceSettings, whose: Whose, ground: Ground) -> Traces:
    url = one.url
    if url is None and one.url_env:
        url = from_environment(one.url_env, ground.environment)
    if url is None or not url.startswith(("http://", "https://")):
        raise UsageError("sinks.not_set", name=one.name)
    secret = {
        header: from_environment(variable, ground.environment)
        for header, variable in one.headers_env.items()
    }
    manner = Manner(
        name=one.name,
        resource=whose.resource,
        convention=one.convention,
        sampling=Sampling(share=one.share, slow_us=round(one.slow_s * MICRO)),
    )
    posting = Posting(url, {**one.headers, **secret}, now=wall_us)
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
