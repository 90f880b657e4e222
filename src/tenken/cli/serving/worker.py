"""One process that serves: opens what it needs, answers until it is told to end, and closes it."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime

from msgspec import Struct

from tenken.cli.rim import Rim
from tenken.cli.serving.counting import Counting, Told, counting
from tenken.cli.serving.door import shown_of
from tenken.cli.serving.entrance import Around, Entrance, entrance, metrics, pages
from tenken.cli.serving.machine import Machine, session_key, spare_memory
from tenken.cli.serving.recording import Background, Outside, Recording, recording
from tenken.cli.serving.served import Files, Stamp, Texts
from tenken.config.environment import process_environment
from tenken.config.manifest import Manifest
from tenken.config.serving import GatewaySettings
from tenken.errors import TenkenError
from tenken.gateway.app import Gateway
from tenken.gateway.assembly import Records
from tenken.gateway.assembly import gateway as assembled
from tenken.gateway.credentials.leases import Leases
from tenken.gateway.flow import Flow
from tenken.gateway.house import House
from tenken.gateway.pages.pages import Pages
from tenken.gateway.pages.unreadable import unreadable
from tenken.gateway.plan import Plan
from tenken.gateway.settings.behaviour import manner_of
from tenken.gateway.settings.credentials import Named, credentials
from tenken.journal.keys import sealing_key
from tenken.journal.sealing import TextKey
from tenken.messages.speech import Language, Speech
from tenken.policy.breaker import BreakerPlan
from tenken.sentence import say
from tenken.store.repeats.repeats import Repeats
from tenken.transport.limits import MIB, PoolLimits, ServerLimits
from tenken.transport.server import Server
from tenken.transport.upstream import Pool
from tenken.wire.pairs import DIALECTS

LOOK_S = 0.25
"""How often the files are looked at; a key that is revoked opens nothing after twice that."""
READERS = 4
"""Threads that read large bodies. Disks and names have threads of their own: nobody waits here."""
BACK_S = 5.0
"""After a fault of what goes on beside requests."""


class Reports(Struct, frozen=True, kw_only=True):
    """Whom a worker tells what it does: a person, or the process that started it."""

    ready: Callable[[Plan], None]
    reloaded: Callable[[Plan], None]


class Read(Struct, frozen=True, kw_only=True):
    """What files say, and their stamp."""

    stamp: Stamp
    texts: Texts
    manifest: Manifest
    plan: Plan


class Begun(Struct, frozen=True, kw_only=True):
    """What is served first, and the files that it was made of."""

    read: Read
    named: Named
    """What providers are called with."""
    text_key: TextKey | None = None
    """What stored texts are sealed with."""

    @property
    def manifest(self) -> Manifest:
        """Give what the files say."""
        return self.read.manifest

    @property
    def plan(self) -> Plan:
        """Give what they come to."""
        return self.read.plan


def read_from(source: Files, now: datetime) -> Read:
    """Read files; raises Malformed, UsageError."""
    texts = source.texts()
    stamp = source.changed(texts)
    if source.texts() != texts:
        return read_from(source, now)  # changed in between: the stamp may be of the newer ones
    manifest = source.served(texts, now, environment=process_environment())
    plan = source.plan(texts, manifest, now)
    return Read(stamp=stamp, texts=texts, manifest=manifest, plan=plan)


def begun(source: Files, now: datetime) -> Begun:
    """Read what is to be served; raises Malformed, UsageError."""
    read = read_from(source, now)
    environment = process_environment()
    return Begun(
        read=read,
        named=credentials(read.manifest, environment),
        text_key=sealing_key(read.manifest, environment),
    )


class Serving(Struct, frozen=True, kw_only=True):
    """What is served, and where."""

    source: Files
    begun: Begun
    door: socket.socket
    reports: Reports
    workers: int = 1
    """How many serve here, this one among them."""

    @property
    def settings(self) -> GatewaySettings:
        """Give how the gateway is run."""
        return self.begun.manifest.application.gateway


class Ending:
    """Whether this process was told to end, and how soon."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, *, names: Iterable[signal.Signals]
    ) -> None:
        self.told = asyncio.Event()
        self.at_once = asyncio.Event()
        self.hangups = 0
        for name in names:
            loop.add_signal_handler(name, self.tell)
        loop.add_signal_handler(signal.SIGHUP, self._look)

    def tell(self) -> None:
        """End in order; told again, end now."""
        (self.at_once if self.told.is_set() else self.told).set()

    def _look(self) -> None:
        self.hangups += 1


class Current:
    """The plan that is served now; the files' next version takes its place when it is good."""

    def __init__(self, rim: Rim, serving: Serving, house: House, leases: Leases) -> None:
        self.plan = serving.begun.plan
        self.text_key = serving.begun.text_key
        self.ready = True
        self._rim = rim
        self._serving = serving
        self._house = house
        self._leases = leases
        self._texts = serving.begun.read.texts
        self._stamp = serving.begun.read.stamp

    def look(self, *, again: bool = False) -> None:
        """Take over what has changed; a bad version is told and changes nothing."""
        source = self._serving.source
        stamp = source.changed(self._texts)
        now, until = self._rim.clock.now(), self.plan.overlays_until
        lapsed = bool(until) and now.timestamp() * 1e6 >= until
        if stamp == self._stamp and not (again or lapsed):
            return
        self._stamp = stamp
        try:
            texts = source.texts()
            manifest = source.served(texts, now, environment=process_environment())
            plan = source.plan(texts, manifest, now)
            named = credentials(manifest, process_environment())
            text_key = sealing_key(manifest, process_environment())
        except TenkenError as error:
            self._rim.refuse(error)
            self._rim.say(say("gateway.not_reloaded", version=self.plan.version))
            return
        self._texts, self.plan, self.text_key = texts, plan, text_key
        self._leases.furnish(named.fixed, named.sources)
        self._house.furnish(plan)
        self._serving.reports.reloaded(plan)


class Parts(Struct, frozen=True, kw_only=True):
    """What a worker opens before it serves."""

    machine: Machine
    house: House
    leases: Leases
    current: Current
    recording: Recording
    counting: Counting
    around: Around
    entrance: Entrance

    @property
    def background(self) -> tuple[Background, ...]:
        """Give all that goes on beside requests until the worker ends."""
        return (*self.counting.background, *self.entrance.background)


async def serve(rim: Rim, serving: Serving, ending: Ending) -> None:
    """Serve until told to end, and let what is in flight end."""
    asyncio.get_running_loop().set_default_executor(
        ThreadPoolExecutor(READERS, thread_name_prefix="body")
    )
    async with AsyncExitStack() as stack:
        parts = await _opened(rim, serving, stack)
        size = serving.settings.body_mb_max * MIB
        refuse = unreadable(Speech(Language.EN), body_max=size, chance=parts.machine.token)
        limits = ServerLimits(body=size, refuse=refuse)
        handler, shown = _handler(rim, serving, parts)
        server = Server(handler, limits, direct=handler.direct)
        tls = shown_of(serving.source, serving.settings, rim.say)
        await server.start(sock=serving.door, ssl=tls.certificate.context if tls else None)
        background = (*parts.background, *((tls.kept,) if tls else ()))
        await stack.enter_async_context(metrics(serving.settings.metrics, shown, rim.say))
        spare_memory()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_goes_on(rim, one)) for one in background]
            serving.reports.ready(serving.begun.plan)
            await _until_told(ending, parts.current)
            parts.current.ready = False
            await _drained(rim, server, serving.settings, ending)
            for task in tasks:
                task.cancel()


async def _opened(rim: Rim, serving: Serving, stack: AsyncExitStack) -> Parts:
    machine = Machine(rim.clock)
    settings, source = serving.settings, serving.source
    counted = await stack.enter_async_context(
        counting(
            settings,
            state=source.state,
            environment=process_environment(),
            workers=serving.workers,
            clock=machine.monotonic,
            told=_told(rim),
        )
    )
    recorded = await stack.enter_async_context(
        recording(
            settings,
            journals=source.within(settings.journal.path),
            outside=Outside(
                boot=machine.token(8),
                wall_us=machine.wall_us,
                monotonic=machine.monotonic,
                environment=process_environment(),
                tell=rim.say,
            ),
        )
    )
    house = House(
        dialects=DIALECTS,
        breaker=BreakerPlan(),
        pool_limits=PoolLimits(allow_private=settings.private_upstreams),
        pool=lambda target, given: Pool(target.origin, limits=given, clock=machine.monotonic),
        probing=counted.probing,
    )
    stack.callback(house.close)
    house.furnish(serving.begun.plan)
    leases = await stack.enter_async_context(_leased(rim, serving.begun.named, machine))
    current = Current(rim, serving, house, leases)
    around = _around(rim, serving, machine, current, shared=counted.repeats)
    return Parts(
        machine=machine,
        house=house,
        leases=leases,
        current=current,
        recording=recorded,
        counting=counted,
        around=around,
        entrance=await stack.enter_async_context(entrance(around)),
    )


def _around(
    rim: Rim, serving: Serving, machine: Machine, current: Current, *, shared: Repeats | None
) -> Around:
    source = serving.source
    return Around(
        settings=serving.settings,
        state=source.state,
        journals=source.within(serving.settings.journal.path),
        environment=process_environment(),
        plan=lambda: current.plan,
        shared=shared,
        monotonic=machine.monotonic,
        wall_us=machine.wall_us,
        chance=machine.token,
        tell=rim.say,
    )


@asynccontextmanager
async def _leased(rim: Rim, named: Named, machine: Machine) -> AsyncIterator[Leases]:
    """Renew credentials for as long as the worker serves."""
    leases = Leases(wall_us=machine.wall_us, chance=machine.chance, tell=rim.say)
    leases.furnish(named.fixed, named.sources)
    async with leases.kept():
        yield leases


def _handler(rim: Rim, serving: Serving, parts: Parts) -> tuple[Gateway, Pages]:
    settings = serving.settings
    environment = process_environment()
    shown = pages(
        parts.around,
        lambda: handler,
        parts.house,
        known=parts.entrance,
        ready=lambda: parts.current.ready,
    )
    handler = assembled(
        lambda: parts.current.plan,
        house=parts.house,
        credentials=parts.leases,
        records=Records(parts.recording.committer, parts.recording.holes),
        counters=parts.counting.counters,
        outside=parts.machine,
        manner=manner_of(
            settings,
            fingerprint_key=session_key(
                serving.source.state, settings.session_key_env, environment
            ),
        ),
        speech=Speech(Language.EN),
        pages=shown,
        on_fault=lambda flow, fault: _fault(rim, flow, fault),
        authenticate=parts.entrance.authenticate,
        repeats=parts.entrance.repeats,
        text_key=lambda: parts.current.text_key,
    )
    return handler, shown


async def _goes_on(rim: Rim, task: Background) -> None:
    """Begin it again when it fails: what serves does not end for what stands beside it."""
    while True:
        try:
            await task()
        except Exception as fault:  # noqa: BLE001 - the boundary: told, and begun again
            rim.say(say("serving.beside_failed", error=type(fault).__name__))
        await asyncio.sleep(BACK_S)


async def _until_told(ending: Ending, current: Current) -> None:
    hangups = ending.hangups
    while not ending.told.is_set():
        try:
            async with asyncio.timeout(LOOK_S):
                await ending.told.wait()
        except TimeoutError:
            current.look(again=ending.hangups > hangups)
            hangups = ending.hangups


async def _drained(rim: Rim, server: Server, settings: GatewaySettings, ending: Ending) -> None:
    """Let requests in flight end; told a second time, cut them."""
    try:
        async with asyncio.timeout(settings.unready_s):
            await ending.at_once.wait()
    except TimeoutError:
        pass
    rim.say(say("gateway.ending", count=server.in_flight, seconds=settings.drain_s))
    async with asyncio.TaskGroup() as group:
        patient = group.create_task(server.drain(settings.drain_s))
        sooner = group.create_task(ending.at_once.wait())
        await asyncio.wait((patient, sooner), return_when=asyncio.FIRST_COMPLETED)
        patient.cancel()
        sooner.cancel()
    await server.drain(0)


def _told(rim: Rim) -> Told:
    def changed(why: str) -> None:
        rim.say(say("serving.counters_away", why=why) if why else say("serving.counters_back"))

    return Told(
        changed=changed,
        forgot=lambda count: rim.say(say("serving.counters_forgot", count=count)),
    )


def _fault(rim: Rim, flow: Flow, fault: Exception) -> None:
    # Its type alone: the text of an exception may hold what a caller or a provider sent.
    rim.say(say("gateway.own_fault", id=flow.id, error=type(fault).__name__))
