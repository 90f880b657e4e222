"""`tenken gateway`: one worker that serves the routes of `tenken.yaml`."""

import asyncio
import random
import secrets
import signal
import time
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from msgspec import Struct

from tenken.cli.rim import Rim
from tenken.cli.serving.served import STATE, Files
from tenken.clock import Clock
from tenken.config.environment import process_environment
from tenken.config.manifest import Manifest
from tenken.config.serving import GatewaySettings
from tenken.errors import TenkenError, UsageError
from tenken.gateway.assembly import Manner
from tenken.gateway.assembly import gateway as assembled
from tenken.gateway.committing import LocalCommitter
from tenken.gateway.flow import Flow
from tenken.gateway.house import House
from tenken.gateway.plan import Plan
from tenken.gateway.settings.credentials import static_keys
from tenken.journal.writer import Writer
from tenken.messages.speech import Language, Speech
from tenken.policy.breaker import BreakerPlan
from tenken.sentence import say
from tenken.store.counters.machine import MachineCounters
from tenken.transport.limits import MIB, PoolLimits, ServerLimits
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.transport.server import Server
from tenken.transport.upstream import Pool
from tenken.wire.pairs import DIALECTS

LOOK_S = 0.25
"""How often the files are looked at; a key that is revoked opens nothing after twice that."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PLAIN = (b"content-type", b"text/plain; charset=utf-8")
FINGERPRINT = "fingerprint.key"


class Machine:
    """Time and chance of this machine."""

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Clock) -> None:
        self.wall = clock.now
        self.monotonic = loop.time
        self.chance = random.SystemRandom().random
        self.token = secrets.token_hex

    def wall_us(self) -> int:
        """Give the moment in microseconds since 1970."""
        return time.time_ns() // 1000


class Serving(Struct, frozen=True, kw_only=True):
    """What is served, and where."""

    files: Files
    manifest: Manifest
    plan: Plan
    host: str
    port: int

    @property
    def settings(self) -> GatewaySettings:
        """Give how the gateway is run."""
        return self.manifest.application.gateway


def gateway(
    ctx: typer.Context,
    path: Annotated[Path, typer.Argument(help="cli.argument_path")] = Path(),
    *,
    platform: Annotated[Path | None, typer.Option(help="cli.option_platform")] = None,
    environment: Annotated[str, typer.Option(help="cli.option_environment")] = "",
    host: Annotated[str, typer.Option(help="cli.option_gateway_host")] = "",
    port: Annotated[int, typer.Option(help="cli.option_gateway_port", min=-1, max=65535)] = -1,
) -> None:
    """Serve until told to end."""
    rim: Rim = ctx.obj
    files = Files(folder=path, platform=platform, environment=environment)
    now = rim.clock.now()
    manifest = files.manifest(now.date())
    plan = files.plan(manifest, now)
    if not plan.keys:
        raise UsageError("gateway.no_callers")
    settings = manifest.application.gateway
    serving = Serving(
        files=files,
        manifest=manifest,
        plan=plan,
        host=host or settings.host,
        port=settings.port if port < 0 else port,
    )
    if serving.host not in LOOPBACK:
        rim.say(say("gateway.open_host", host=serving.host))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(rim, serving))


async def _serve(rim: Rim, serving: Serving) -> None:
    loop = asyncio.get_running_loop()
    machine = Machine(loop, rim.clock)
    state = serving.files.folder / STATE
    writer = Writer(
        serving.files.folder / serving.settings.journal.path / "0",
        worker=0,
        boot=secrets.token_hex(8),
        at=machine.wall_us(),
        quota_bytes=serving.settings.journal.quota_mb * MIB,
    )
    limits = PoolLimits(allow_private=serving.settings.private_upstreams)
    house = House(
        dialects=DIALECTS,
        breaker=BreakerPlan(),
        pool_limits=limits,
        pool=lambda target, given: Pool(target.origin, limits=given),
    )
    house.furnish(serving.plan)
    current = Current(rim, serving.files, serving.plan, house)
    standard = serving.manifest.platform
    handler = assembled(
        lambda: current.plan,
        house=house,
        credentials=static_keys(standard.platform if standard else None, process_environment()),
        committer=LocalCommitter(writer),
        counters=MachineCounters(state / "counters"),
        outside=machine,
        manner=Manner(
            fingerprint_key=_secret(state / FINGERPRINT),
            serves_when_full=serving.settings.journal.when_full == "serve",
        ),
        speech=Speech(Language.EN),
        pages=_pages,
        on_fault=lambda flow, fault: _fault(rim, flow, fault),
        unrecorded=lambda name: rim.say(say("gateway.unrecorded", id=name)),
    )
    server = Server(handler, ServerLimits(body=serving.settings.body_mb_max * MIB))
    await server.start(serving.host, serving.port)
    _told(rim, serving, server)
    await _until_told(loop, current)
    drain_s = serving.settings.drain_s
    rim.say(say("gateway.ending", count=server.in_flight, seconds=drain_s))
    await server.drain(drain_s)
    house.close()
    writer.close()


class Current:
    """The plan that is served now; the files' next version takes its place when it is good."""

    def __init__(self, rim: Rim, files: Files, plan: Plan, house: House) -> None:
        self.plan = plan
        self._rim = rim
        self._files = files
        self._house = house
        self._stamp = files.changed()

    def look(self) -> None:
        """Take over what has changed; a bad version is told and changes nothing."""
        stamp = self._files.changed()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        now = self._rim.clock.now()
        try:
            plan = self._files.plan(self._files.manifest(now.date()), now)
        except TenkenError as error:
            self._rim.refuse(error)
            self._rim.say(say("gateway.not_reloaded", version=self.plan.version))
            return
        self._house.furnish(plan)
        self.plan = plan
        self._rim.say(say("gateway.reloaded", version=plan.version))


async def _until_told(loop: asyncio.AbstractEventLoop, current: Current) -> None:
    told = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, told.set)
    while not told.is_set():
        try:
            async with asyncio.timeout(LOOK_S):
                await told.wait()
        except TimeoutError:
            current.look()


def _told(rim: Rim, serving: Serving, server: Server) -> None:
    host, port = server.address
    rim.say(
        say(
            "gateway.serving",
            routes=len(serving.plan.routes),
            host=host,
            port=port,
            version=serving.plan.version,
            journal=serving.settings.journal.durability,
        )
    )


def _pages(request: Request, reply: Reply) -> bool:
    if request.method in {"GET", "HEAD"} and request.path in {"/healthz", "/readyz"}:
        reply.send(200, (PLAIN,), b"ok\n")
        return True
    return False


def _fault(rim: Rim, flow: Flow, fault: Exception) -> None:
    # Its type alone: the text of an exception may hold what a caller or a provider sent.
    rim.say(say("gateway.own_fault", id=flow.id, error=type(fault).__name__))


def _secret(path: Path) -> bytes:
    """Give the key by which sessions are hashed; made once, and kept beside the journal."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = secrets.token_bytes(32)
        path.touch(mode=0o600)
        path.write_bytes(key)
        return key
