"""What stands around the path of requests in a worker: tokens, repetitions, pages, metrics."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from sqlite3 import OperationalError
from typing import assert_never

from msgspec import Struct

from tenken.cli.serving.machine import from_environment, parked_in
from tenken.cli.serving.recording import Background
from tenken.config.serving import GatewaySettings, MetricsSettings
from tenken.errors import UsageError
from tenken.gateway.app import Gateway
from tenken.gateway.callers.keysets import KeySets, fetching
from tenken.gateway.house import House
from tenken.gateway.identify import Authenticate, Chance, Tokens
from tenken.gateway.pages.gauges import Vitals
from tenken.gateway.pages.pages import Pages
from tenken.gateway.plan import Plan
from tenken.messages.speech import Language, Speech
from tenken.sentence import Sentence, say
from tenken.store.repeats.machine import MachineRepeats
from tenken.store.repeats.memory import MemoryRepeats
from tenken.store.repeats.repeats import Repeats
from tenken.transport.limits import MIB
from tenken.transport.server import Server

FIRST_LOOK_S = 2.0
PORTS = 64
"""Each worker of a machine takes the next free port for its metrics."""
LOOPBACK = "127.0.0.1"


class Around(Struct, frozen=True, kw_only=True):
    """What the entrance needs of its worker."""

    settings: GatewaySettings
    state: Path
    journals: Path
    environment: Mapping[str, str]
    plan: Callable[[], Plan]
    shared: Repeats | None
    """Where replicas keep repetitions."""
    monotonic: Callable[[], float]
    wall_us: Callable[[], int]
    chance: Chance
    tell: Callable[[Sentence], None]


class Entrance(Struct, frozen=True, kw_only=True):
    """Who is let in how, and what was answered before."""

    authenticate: Authenticate
    repeats: Repeats | None
    background: tuple[Background, ...]


@asynccontextmanager
async def entrance(around: Around) -> AsyncIterator[Entrance]:
    """Open what the settings name."""
    tokens = LateTokens(around)
    with suppress(TimeoutError):
        async with asyncio.timeout(FIRST_LOOK_S):
            await tokens.first_look()
    async with AsyncExitStack() as stack:
        yield Entrance(
            authenticate=Authenticate(tokens),
            repeats=_repeats(around, stack),
            background=(tokens.keys.kept,),
        )


def _repeats(around: Around, stack: AsyncExitStack) -> Repeats | None:
    settings = around.settings.idempotency
    size = settings.size_mb * MIB
    match settings.keep:
        case "off":
            return None
        case "memory":
            return MemoryRepeats(size=size)
        case "counters":
            if around.shared is None:
                raise UsageError("gateway.no_shared_repeats")
            return around.shared
        case "machine":
            return _of_machine(around.state / "repeats.db", size, stack)
        case _:
            assert_never(settings.keep)


def _of_machine(path: Path, size: int, stack: AsyncExitStack) -> MachineRepeats:
    try:
        shared = MachineRepeats(path, size=size)
    except OperationalError as error:  # a full disk, a read-only one
        raise UsageError("cli.cannot_write", path=str(path), detail=str(error)) from error
    stack.callback(shared.close)
    return shared


class LateTokens:
    """Reads tokens from when an issuer is named: with keys alone a gateway starts sooner."""

    def __init__(self, around: Around) -> None:
        self._plan = around.plan
        self._tokens: Tokens | None = None
        self._fetch = fetching(allow_private=around.settings.private_upstreams)
        self.keys = KeySets(
            lambda: tuple(around.plan().issuers.values()),
            fetch=self._fetched,
            clock=around.monotonic,
            tell=around.tell,
        )

    def caller(self, plan: Plan, token: bytes, *, now: int) -> str | None:
        """Give the id of a caller."""
        return self._tokens.caller(plan, token, now=now) if self._tokens else None

    async def first_look(self) -> None:
        """Know the keys before the first request, where that is a matter of a moment."""
        if self._plan().issuers:
            await self.keys.look()

    async def _fetched(self, url: str) -> bytes:
        # Here, not above: it takes a tenth of a second that those with keys alone can spare.
        from tenken.gateway.callers.tokens import Tokens as ReadTokens  # noqa: PLC0415

        self._tokens = self._tokens or ReadTokens(self.keys)
        return await self._fetch(url)


def pages(
    around: Around,
    gateway: Callable[[], Gateway],
    house: House,
    *,
    known: Entrance,
    ready: Callable[[], bool],
) -> Pages:
    """Give the pages of a worker; raises UsageError where their token is named and absent."""
    named = around.settings.metrics.token
    token = from_environment(named, around.environment).encode() if named else b""
    return Pages(
        plan=around.plan,
        authenticate=known.authenticate,
        vitals=Vitals(
            in_flight=lambda: gateway().door.in_flight,
            waiting=lambda: len(gateway().door.line),
            breakers=house.states,
            recording=lambda: gateway().books.recording,
            journal_bytes=lambda: _size(around.journals),
            ending=lambda: not ready(),
            parked=lambda: parked_in(around.journals),
        ),
        wall_us=around.wall_us,
        chance=around.chance,
        speech=Speech(Language.EN),
        token=token,
    )


@asynccontextmanager
async def metrics(
    settings: MetricsSettings, shown: Pages, tell: Callable[[Sentence], None]
) -> AsyncIterator[None]:
    """Serve the gauges on a listener of their own, where the settings want one."""
    if settings.port is None:
        yield
        return
    server = await _listening(settings.port, shown)
    host, port = server.address
    tell(say("gateway.metrics_at", host=host, port=port))
    try:
        yield
    finally:
        await server.drain(0)


async def _listening(first: int, shown: Pages) -> Server:
    for port in range(first, first + (PORTS if first else 1)):
        server = Server(shown.alone)
        try:
            await server.start(LOOPBACK, port)
        except OSError:
            continue
        return server
    raise UsageError("gateway.no_metrics_port", first=first)


def _size(folder: Path) -> int:
    """Give the bytes of a journal; what is taken away meanwhile counts nothing."""
    size = 0
    for path in folder.glob("*/*"):
        with suppress(OSError):
            size += path.stat().st_size
    return size
