"""Workers that share a target, in time that is played: who probes when, and when all are back."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from itertools import pairwise
from random import Random  # noqa: TID251 - seeded by the test

from msgspec import Struct, field

from tenken.gateway.probing.gate import Gate
from tenken.gateway.probing.probing import Probing
from tenken.policy.breaker import Breaker, BreakerPlan, Held, State
from tenken.policy.turn import SECOND, Stood, Turn, Wish
from tenken.wire.failure import Failure

KEY = ("provider", "credential", "model")
EPOCH_US = 1_700_000_000 * SECOND
"""Of a server's clock, which is no worker's."""


class HeldTurns:
    """Turns of one machine, in lists."""

    def __init__(self) -> None:
        self.turns: defaultdict[str, Turn] = defaultdict(Turn)

    def say(self, target: str, wish: Wish, who: int, *, now: float, pause_s: float = 0) -> Stood:
        return self.turns[target].say(wish, who, round(now * SECOND), round(pause_s * SECOND))


class DistantTurns:
    """Turns of all replicas: an answer takes its time, or does not come."""

    def __init__(self, chance: Random) -> None:
        self.turns: defaultdict[str, Turn] = defaultdict(Turn)
        self.reached = True
        self.lags_s = 0.03
        self.asked = 0
        self._chance = chance

    async def say(self, target: str, wish: Wish, who: int, *, pause_s: float = 0) -> Stood | None:
        self.asked += 1
        await asyncio.sleep(self._chance.uniform(0, self.lags_s))
        if not self.reached:
            return None
        now = EPOCH_US + round(asyncio.get_running_loop().time() * SECOND)
        stood = self.turns[target].say(wish, who, now, round(pause_s * SECOND))
        await asyncio.sleep(self._chance.uniform(0, self.lags_s))
        return stood


class Target(Struct):
    """A provider's model, as all workers call it."""

    well: bool = True
    takes_s: float = 0.02
    hangs_s: float = 0.0
    """What it takes to fail, where that is longer."""
    probes: list[float] = field(default_factory=list)
    calls: list[float] = field(default_factory=list)


class Worker:
    """One worker: its requests, its breaker, and whether it lives."""

    def __init__(self, target: Target, probing: Probing, chance: Random, *, per_s: float) -> None:
        self.gate: Gate = probing.gate(KEY, lambda: Breaker(BreakerPlan()))
        self.probing = probing
        self.refused: list[float] = []
        """How long those who were told at once had to wait for that."""
        self.dead = False
        self._target = target
        self._chance = chance
        self._per_s = per_s
        self.leaves: Callable[[], float | None] = lambda: None
        """After so many seconds the client of the next probe leaves."""

    @property
    def closed(self) -> bool:
        return self.gate.breaker.state is State.CLOSED

    async def serve(self) -> None:
        """Ask at random moments until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.probing.kept())
            while True:
                await asyncio.sleep(self._chance.expovariate(self._per_s))
                group.create_task(self._request())

    async def _request(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        admission = self.gate.ask(began)
        if isinstance(admission, Held) and (question := self.gate.question()) is not None:
            await asyncio.wait_for(question.wait(), 1.0)
            admission = self.gate.ask(loop.time())
        if isinstance(admission, Held):
            assert admission.until > began
            self.refused.append(loop.time() - began)
            return
        await self._call(probe=admission.probe)

    async def _call(self, *, probe: bool) -> None:
        loop, target = asyncio.get_running_loop(), self._target
        (target.probes if probe else target.calls).append(loop.time())
        failure: Failure | None = Failure.CANCELLED
        try:
            well = target.well
            takes_s = target.takes_s if well else target.takes_s + target.hangs_s
            leaves = self.leaves() if probe else None
            await asyncio.sleep(min(takes_s, leaves) if leaves is not None else takes_s)
            if leaves is None or leaves >= takes_s:
                failure = None if well else Failure.SERVER_ERROR
        finally:
            if not self.dead:
                chance = self._chance.random()
                self.gate.note(failure, now=loop.time(), chance=chance, probe=probe)


class Fleet(Struct):
    """All of it."""

    target: Target
    far: DistantTurns | None
    workers: list[Worker]
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def down(self, seconds: float) -> float:
        """Let the target be down for a while; gives when all breakers were open."""
        self.target.well = False
        loop = asyncio.get_running_loop()
        began = loop.time()
        await until(lambda: not any(one.closed for one in self.workers))
        opened = loop.time()
        await asyncio.sleep(max(0.0, seconds - (opened - began)))
        return opened

    async def healed(self, within_s: float) -> float:
        """Let it be well; gives after how many seconds every worker that lives lets calls go."""
        self.target.well = True
        loop = asyncio.get_running_loop()
        began = loop.time()
        living = [
            one for one, task in zip(self.workers, self.tasks, strict=True) if not task.done()
        ]
        last = began + within_s
        await until(lambda: all(one.closed for one in living) or loop.time() >= last)
        return loop.time() - began

    def kill(self, number: int) -> None:
        """End one with everything that it does: nothing of it is told to anybody."""
        self.workers[number].dead = True
        self.tasks[number].cancel()


async def until(true: Callable[[], bool]) -> None:
    """Let time pass until something is so."""
    while not true():  # noqa: ASYNC110 - nobody tells when
        await asyncio.sleep(0.01)


def gaps(moments: list[float], *, since: float) -> list[float]:
    """Give the times between those that follow each other."""
    late = [at for at in moments if at >= since]
    return [b - a for a, b in pairwise(late)]
