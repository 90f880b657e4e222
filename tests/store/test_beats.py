"""Nobody waits long for a Valkey that is slow, and none for one that is known to be."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, cast

import pytest

from tenken.store.counters.counters import Held, Kind, Want
from tenken.store.counters.reach import BEAT_S
from tenken.store.counters.scripts import CHARGE, RESERVE
from tenken.store.counters.valkey import BUDGET_S, Away, Scripted, ValkeyCounters
from tests.simulation.loop import Network, played

RPM = Want(Kind.REQUESTS, "app", 1, 1_000_000)
PLACE = Want(Kind.PARALLEL, "app", 1, 1_000_000)


class Slow:
    """Answers each call after as long as is said of the moment; everything has room."""

    def __init__(self, after_s: Callable[[float], float]) -> None:
        self._after_s = after_s
        self.charged = 0

    def register_script(self, script: str) -> Scripted:
        """Know it by its text."""

        async def called(*, keys: Sequence[str], args: Sequence[str | int]) -> Any:
            await asyncio.sleep(self._after_s(asyncio.get_running_loop().time()))
            if script == RESERVE:
                return [1, 0, *[1] * (len(keys) - 1)]
            if script == CHARGE:
                self.charged += sum(int(amount) for amount in args[4::2])
                return [1] * (len(keys) - 1)
            return 1

        return called


class Course:
    """A replica that is asked a hundred times a second, over a server that is slow at times."""

    def __init__(self, after_s: Callable[[float], float]) -> None:
        numbers = count()
        self.told: list[str] = []
        self.server = Slow(after_s)
        self.counters = ValkeyCounters(
            self.server,
            away=Away(errors=(), replicas=3, tell=self.told.append, forgot=lambda _: None),
            ticket=lambda: str(next(numbers)),
        )
        self.took: list[tuple[float, float]] = []
        self.alone = 0

    async def lasts(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        beating = loop.create_task(self._beats())
        async with asyncio.TaskGroup() as group:
            while loop.time() < seconds:
                group.create_task(self._asks())
                await asyncio.sleep(0.01)
        await asyncio.sleep(2 * BEAT_S)
        beating.cancel()

    async def _beats(self) -> None:
        while True:
            await self.counters.beat(now=asyncio.get_running_loop().time())
            await self.counters.rested()

    async def _asks(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        held = await self.counters.reserve((RPM, PLACE), now=began)
        self.took.append((began, loop.time() - began))
        assert isinstance(held, Held)
        self.alone += held.by == "local"
        await asyncio.sleep(0.02)
        await self.counters.settle(held, (1, 0), now=loop.time())


def course(after_s: Callable[[float], float], *, seconds: float) -> Course:
    async def lasting() -> Course:
        found = Course(after_s)
        await found.lasts(seconds)
        return found

    return played(lambda _loop: cast("Network", None), lasting)[0]


@pytest.mark.parametrize("slow_s", [1000.0, 0.2])
def test_who_asks_first_waits_as_long_as_is_said_and_nobody_after_it(slow_s: float) -> None:
    """Of a server that is paused, or slower than it is waited for, from the second second on."""
    found = course(lambda now: slow_s if now >= 2.0 else 0.001, seconds=10.0)

    waited = [(at, took) for at, took in found.took if took > 0.01]
    assert len(waited) == pytest.approx(BUDGET_S / 0.01, abs=1)
    assert max(took for _, took in waited) == pytest.approx(BUDGET_S)
    assert max(at for at, _ in waited) < 2.0 + BUDGET_S + 0.02
    assert len(found.told) == 1


def test_after_one_late_answer_the_server_is_asked_again_within_two_tenths_of_a_second() -> None:
    """What was let in meanwhile has been charged, and nobody is told."""
    found = course(lambda now: 0.06 if 2.0 <= now < 2.015 else 0.001, seconds=10.0)

    assert 1 < found.alone <= 20
    assert found.server.charged == found.alone
    assert found.told == []


def test_a_server_that_is_late_now_and_then_is_told_away_once() -> None:
    """And back when it has stayed."""
    found = course(lambda now: 0.06 if now < 12.0 and now % 1 < 0.02 else 0.001, seconds=30.0)

    assert [bool(one) for one in found.told] == [True, False]
    assert found.server.charged == found.alone
