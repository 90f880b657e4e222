"""Who counts what callers use: this machine, or a Valkey that replicas share."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import cast

from msgspec import Struct

from tenken.cli.serving.machine import from_environment
from tenken.cli.serving.recording import Background
from tenken.cli.writing import why
from tenken.config.serving import GatewaySettings
from tenken.errors import UsageError
from tenken.gateway.probing.probing import Probing
from tenken.store.counters.counters import Counters
from tenken.store.counters.machine import MachineCounters
from tenken.store.counters.valkey import Away, Server, ValkeyCounters
from tenken.store.repeats.repeats import Repeats
from tenken.store.repeats.valkey import Server as RepeatsServer
from tenken.store.repeats.valkey import ValkeyRepeats
from tenken.store.turns.machine import MachineTurns
from tenken.store.turns.turns import FarTurns
from tenken.store.turns.valkey import ValkeyTurns

WHO_BITS = 62
"""Of the number that a worker has among those that probe."""
LOOK_S = 0.05
"""How often a worker that is alone looks whether another one has joined."""


class Told(Struct, frozen=True, kw_only=True):
    """Who is told of a Valkey that is away."""

    changed: Callable[[str], None]
    """With the reason when it goes, with nothing when it is back."""
    forgot: Callable[[int], None]
    """How many settlements were not kept for it."""


class Counting(Struct, frozen=True, kw_only=True):
    """Who counts, and what has to go on beside requests for that."""

    counters: Counters
    probing: Probing
    background: tuple[Background, ...] = ()
    repeats: Repeats | None = None
    """Where repetitions of requests are kept for all who count there."""


def _of_machine(folder: Path) -> MachineCounters:
    try:
        return MachineCounters(folder)
    except OSError as error:
        path = str(error.filename or folder)
        raise UsageError("cli.cannot_write", path=path, detail=why(error)) from error


def _probing(
    folder: Path, stack: ExitStack, clock: Callable[[], float], *, far: FarTurns | None = None
) -> Probing:
    """Share probes with the others; where nothing can be written, each worker goes by itself."""
    turns = None
    with suppress(OSError):
        turns = MachineTurns(folder / "turns")
        stack.callback(turns.close)
    return Probing(turns, far, who=secrets.randbits(WHO_BITS) or 1, clock=clock)


@asynccontextmanager
async def counting(
    settings: GatewaySettings,
    *,
    state: Path,
    environment: Mapping[str, str],
    workers: int,
    clock: Callable[[], float],
    told: Told,
) -> AsyncIterator[Counting]:
    """Open the counters that the settings name; raises UsageError.

    `workers` is how many serve here: each gets its part of a limit while the server is away.
    """
    folder = state / "counters"
    if not settings.counters.url_env:
        with ExitStack() as stack:
            machine = _of_machine(folder)
            stack.callback(machine.close)
            alone = workers == 1 and machine.keep()
            probing = _probing(folder, stack, clock)
            looks: tuple[Background, ...] = (lambda: _looks(machine),) if alone else ()
            yield Counting(counters=machine, probing=probing, background=(probing.kept, *looks))
        return
    client = _client(from_environment(settings.counters.url_env, environment))
    shared = ValkeyCounters(
        cast("Server", client.server),
        away=Away(
            errors=client.errors,
            replicas=settings.counters.replicas * workers,
            refuse=settings.counters.when_away == "refuse",
            tell=told.changed,
            forgot=told.forgot,
        ),
        ticket=_tickets(),
        budget_s=settings.counters.timeout_s,
    )
    turns = ValkeyTurns(cast("Server", client.server), shared)
    try:
        with ExitStack() as stack:
            probing = _probing(folder, stack, clock, far=turns)
            yield Counting(
                counters=shared,
                probing=probing,
                background=(lambda: _beats(shared, clock), probing.kept),
                repeats=ValkeyRepeats(cast("RepeatsServer", client.server), errors=client.errors),
            )
    finally:
        await client.close()


class _Client(Struct, frozen=True):
    server: object
    errors: tuple[type[Exception], ...]
    close: Callable[[], Awaitable[None]]


def _client(url: str) -> _Client:
    # Here, not above: it takes a fifth of a second that those who count by themselves can spare.
    from valkey.asyncio import Valkey  # noqa: PLC0415
    from valkey.exceptions import ValkeyError  # noqa: PLC0415

    try:
        server = Valkey.from_url(url)
    except ValueError as error:
        # The address may hold a password: what is wrong with it is not repeated.
        raise UsageError("serving.bad_counters_url") from error
    return _Client(server, (ValkeyError,), server.aclose)


def _tickets() -> Callable[[], str]:
    """Give names that no other worker gives: a random one of this life, and a number."""
    life, numbers = secrets.token_hex(8), count()
    return lambda: f"{life}-{next(numbers)}"


async def _looks(counters: MachineCounters) -> None:
    while True:
        counters.look()
        await asyncio.sleep(LOOK_S)


async def _beats(counters: ValkeyCounters, clock: Callable[[], float]) -> None:
    while True:
        await counters.beat(now=clock())
        await counters.rested()
