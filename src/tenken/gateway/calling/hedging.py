"""A second target is asked while the first may still answer: where its first token is slow.

Opt-in per route, for streams, and for a bounded share of requests. Whoever has something to say
first answers; the other is cancelled at once, and both are on record with what they cost.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from msgspec import Struct, field

from tenken.gateway.calling.failing import Miss
from tenken.gateway.flow import Flow, Trying
from tenken.policy.hedge import HedgePlan, Seen, hedge_after
from tenken.wire.failure import Failure

SAMPLES = 200
COUNTED_MAX = 1000
"""Requests that a share is counted over: a quiet day is no credit for a bad hour."""
Ask = Callable[[], Coroutine[Any, Any, Miss | None]]
Missed = tuple[tuple[int, Miss], ...]
"""Which of those asked have given no answer; nothing where one has."""


class _Known(Struct):
    first_tokens: deque[float] = field(default_factory=lambda: deque(maxlen=SAMPLES))
    requests: int = 0
    hedges: int = 0

    def count(self) -> None:
        """Count a request; what is long ago counts ever less."""
        self.requests += 1
        if self.requests > COUNTED_MAX:
            self.requests //= 2
            self.hedges = (self.hedges + 1) // 2


class Race:
    """Two attempts, of which one answers."""

    def __init__(self, flow: Flow, *, clock: Callable[[], float]) -> None:
        self.winner: Trying | None = None
        self.decided = asyncio.Event()
        self._flow = flow
        self._clock = clock

    def __call__(self, trying: Trying) -> bool:
        """Let the first who asks answer; the others are booked as they are now."""
        if self.winner is None:
            self.winner = trying
            self.decided.set()
            flow = self._flow
            for other in flow.attempts:
                if other is not trying and other.failure is None:
                    other.failure, other.lost = Failure.CANCELLED, True
                    other.ended = self._clock()
                    other.reason = f"{trying.target.id} answered first"
            flow.finish = ""
            flow.attempts.remove(trying)
            flow.attempts.append(trying)
        return self.winner is trying


class Hedging:
    """Decides on hedges, and runs them."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._routes: dict[str, _Known] = {}

    async def __call__(
        self, flow: Flow, plan: HedgePlan, first: Ask, spare: Callable[[], Ask | None]
    ) -> Missed:
        """Ask the first, and the spare one where that is decided."""
        known = self._routes.setdefault(flow.identity.route, _Known())
        known.count()
        seen = Seen(
            first_tokens_s=tuple(known.first_tokens),
            requests=known.requests,
            hedges=known.hedges,
        )
        after_s = hedge_after(plan, seen)
        if after_s is None:
            miss = await first()
            missed: Missed = () if miss is None else ((0, miss),)
        else:
            missed = await self._hedged(flow, known, first, spare, after_s=after_s)
        self._learn(known, flow)
        return missed

    async def _hedged(
        self,
        flow: Flow,
        known: _Known,
        first: Ask,
        spare: Callable[[], Ask | None],
        *,
        after_s: float,
    ) -> Missed:
        def counted() -> Ask | None:
            found = spare()
            known.hedges += found is not None
            return found

        flow.race = race = Race(flow, clock=self._clock)
        try:
            return await raced(first, counted, after_s=after_s, race=race)
        finally:
            flow.race = None

    def _learn(self, known: _Known, flow: Flow) -> None:
        """Take in how long the first target took, or at least how long it had not answered."""
        tried = next((one for one in flow.attempts if not one.hedge), None)
        if tried is None:
            return  # there was no room for it
        if tried.first_token:
            known.first_tokens.append(tried.first_token - tried.began)
        elif tried.lost:
            known.first_tokens.append(tried.ended - tried.began)


async def raced(
    first: Ask, spare: Callable[[], Ask | None], *, after_s: float, race: Race
) -> Missed:
    """Run one, and after a while another beside it; whoever loses is cancelled."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(first())]
        decided = group.create_task(race.decided.wait())
        some = asyncio.FIRST_COMPLETED
        await asyncio.wait((*tasks, decided), timeout=after_s, return_when=some)
        open_still = not tasks[0].done() and not race.decided.is_set()
        if open_still and (other := spare()) is not None:
            tasks.append(group.create_task(unless_decided(other, race)))
        while not race.decided.is_set() and (going := [one for one in tasks if not one.done()]):
            await asyncio.wait((decided, *going), return_when=some)
        decided.cancel()
        winner = race.winner
        if winner is not None and len(tasks) > 1:
            tasks[not winner.hedge].cancel()
    answering = [int(winner.hedge)] if winner is not None else range(len(tasks))
    results = [(at, tasks[at].result()) for at in answering]
    return tuple([(at, miss) for at, miss in results if miss is not None])


async def unless_decided(ask: Ask, race: Race) -> Miss | None:
    """Ask, but for where the other has answered before this began: then it is not even called."""
    return None if race.decided.is_set() else await ask()
