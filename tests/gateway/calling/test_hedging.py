"""Hedges: a second target where the first is slow to begin; one answers, both are booked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal

import pytest

from tenken.journal.exchange import Outcome
from tenken.policy.hedge import HedgePlan
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.wire.failure import Failure
from tests.gateway.ground import (
    DONE,
    ROLE,
    STOP,
    TEXT,
    Behaviour,
    Ground,
    fails,
    plan_of,
    provider,
    standing,
    streams,
    target,
)

pytestmark = pytest.mark.anyio
STREAMED = {
    "model": "desk", "messages": [{"role": "user", "content": "hello"}], "stream": True
}  # fmt: skip
GOOD = streams(ROLE, TEXT, STOP, DONE)
OTHER = TEXT.replace(b"hello", b"other")
SPARE = streams(ROLE, OTHER, STOP, DONE)
OFTEN = HedgePlan(share_max=1.0, samples_min=1)


class Slow:
    """A provider that is quick at first, and then says nothing until it is left or told."""

    def __init__(self, quick: int, *before: bytes, then: Behaviour = GOOD) -> None:
        self.calls = 0
        self.came = asyncio.Event()
        self.left = asyncio.Event()
        self.told = asyncio.Event()
        self._quick = quick
        self._before = before
        self._then = then

    async def __call__(self, request: Request, reply: Reply) -> None:
        self.calls += 1
        if self.calls <= self._quick:
            await GOOD(request, reply)
            return
        self.came.set()
        if self._before:
            reply.start(200, ((b"content-type", b"text/event-stream"),))
            for part in self._before:
                await reply.write(part)
        try:
            await self.told.wait()
        except asyncio.CancelledError:
            self.left.set()
            raise
        await self._then(request, reply)


@asynccontextmanager
async def hedged(*behaviours: Behaviour, hedge: HedgePlan = OFTEN) -> AsyncIterator[Ground]:
    async with AsyncExitStack() as stack:
        targets = tuple(
            [
                target(f"t{number}", await stack.enter_async_context(provider(behaviour)))
                for number, behaviour in enumerate(behaviours)
            ]
        )
        yield await stack.enter_async_context(standing(plan_of(targets, hedge=hedge)))


@pytest.mark.parametrize("before", [(), (ROLE,)], ids=["silent", "after the preamble"])
async def test_a_slow_first_token_is_answered_by_another(before: tuple[bytes, ...]) -> None:
    """The slow one is left, and both are on record: what was asked of it is paid for."""
    slow = Slow(1, *before)
    async with hedged(slow, SPARE) as here:
        first = await here.post(STREAMED)
        second = await here.post(STREAMED)
        await slow.left.wait()

    assert first.body == ROLE + TEXT + STOP + DONE
    assert second.body == ROLE + OTHER + STOP + DONE
    one = here.kept.exchanges[-1]
    lost, won = one.attempts
    assert (one.outcome, one.finish) == (Outcome.ANSWERED, "stop")
    assert (lost.target, lost.failure, lost.hedge) == ("t0", Failure.CANCELLED, False)
    assert (won.target, won.failure, won.hedge) == ("t1", None, True)
    assert lost.reason == "t1 answered first"
    assert (lost.usage.source, lost.usage.written) == ("estimated", 0)
    assert lost.cost > Decimal(0)
    assert one.cost == lost.cost + won.cost


async def test_the_first_answers_where_it_begins_sooner_after_all() -> None:
    """The hedge is cancelled, and nothing of it is said."""
    slow, spare = Slow(1), Slow(0)
    async with hedged(slow, spare) as here:
        await here.post(STREAMED)
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(here.post(STREAMED))
            await spare.came.wait()
            slow.told.set()
        await spare.left.wait()

    assert asking.result().body == ROLE + TEXT + STOP + DONE
    lost, won = here.kept.exchanges[-1].attempts
    assert (lost.target, lost.hedge, lost.failure) == ("t1", True, Failure.CANCELLED)
    assert (won.target, won.hedge, won.failure) == ("t0", False, None)


async def test_without_samples_there_is_no_hedge() -> None:
    """What is slow is not known yet."""
    slow, spare = Slow(0), Slow(99)
    async with hedged(slow, spare, hedge=HedgePlan(samples_min=2)) as here:
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(here.post(STREAMED))
            await slow.came.wait()
            asking.cancel()
        await slow.left.wait()

    assert (slow.calls, spare.calls) == (1, 0)


async def test_no_more_than_a_share_is_hedged() -> None:
    """Of 30 slow requests with a tenth allowed, three at most."""
    pauses = Slow(0)

    async def slow(request: Request, reply: Reply) -> None:
        pauses.calls += 1
        await asyncio.sleep(0.0 if pauses.calls == 1 else 0.02)
        await GOOD(request, reply)

    spare = Slow(99)
    plan = HedgePlan(quantile=0.01, share_max=0.1, samples_min=1)
    async with hedged(slow, spare, hedge=plan) as here:
        got = [await here.post(STREAMED) for _ in range(30)]

    assert {one.status for one in got} == {200}
    assert all(one.body.count(DONE) == 1 for one in got)
    assert spare.calls <= 3


async def test_where_both_fail_the_caller_is_told_once() -> None:
    """With both attempts on record, and no third target."""
    slow = Slow(1, then=fails(500))
    spare = Slow(0, then=fails(400))
    async with hedged(slow, spare) as here:
        await here.post(STREAMED)
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(here.post(STREAMED))
            await spare.came.wait()
            slow.told.set()
            spare.told.set()

    assert (asking.result().status, asking.result().code) == (400, "x")
    attempts = here.kept.exchanges[-1].attempts
    assert {one.failure for one in attempts} == {Failure.SERVER_ERROR, Failure.CALLER_ERROR}


async def test_who_leaves_during_a_hedge_stops_both() -> None:
    """Both connections end."""
    slow, spare = Slow(1), Slow(0)
    async with hedged(slow, spare) as here:
        await here.post(STREAMED)
        here.kept.settled.clear()
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(here.post(STREAMED))
            await spare.came.wait()
            asking.cancel()
        await slow.left.wait()
        await spare.left.wait()
        await here.kept.settled.wait()

    one = here.kept.exchanges[-1]
    assert one.outcome is Outcome.CANCELLED
    assert {it.failure for it in one.attempts} == {Failure.CANCELLED}
