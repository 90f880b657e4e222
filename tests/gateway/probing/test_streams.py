"""Probes that are streams: who has begun to answer is back; who breaks off then is not."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from tenken.policy.breaker import State
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.ground import (
    DONE,
    ROLE,
    STOP,
    TEXT,
    Ground,
    plan_of,
    provider,
    standing,
    target,
    whole,
)
from tests.gateway.probing.fleet import until

pytestmark = pytest.mark.anyio
ASKED = {"model": "desk", "stream": True, "messages": [{"role": "user", "content": "hello"}]}
EVENTS = ((b"content-type", b"text/event-stream"),)


class Ill:
    """Fails, or begins a stream and ends it when it is told to, or in the middle."""

    def __init__(self) -> None:
        self.down = True
        self.cuts = False
        self.goes_on = asyncio.Event()

    async def __call__(self, _request: Request, reply: Reply) -> None:
        if self.down:
            reply.send(500, (), b"")
            return
        reply.start(200, EVENTS)
        await reply.write(ROLE + TEXT)
        await self.goes_on.wait()
        if self.cuts:
            raise ConnectionError("cut")
        await reply.write(STOP + DONE)
        reply.end()


def state(here: Ground) -> State:
    return here.house.states()["t0"]


async def probing(ill: Ill, stack: AsyncExitStack) -> Ground:
    """A gateway whose breaker has closed again over two streams that still go."""
    origin = await stack.enter_async_context(provider(ill))
    here = await stack.enter_async_context(standing(plan_of((target("t0", origin),))))
    for _ in range(6):
        await here.post(ASKED)
    assert state(here) is State.OPEN
    here.house.room("t0").breaker.hold(0.0)  # its pause is over
    ill.down = False
    return here


async def test_a_stream_that_has_begun_is_a_probe_that_is_answered() -> None:
    """Two of them, and calls go again while both are still told."""
    ill = Ill()
    async with AsyncExitStack() as stack:
        here = await probing(ill, stack)
        streams = [await here.open(ASKED) for _ in range(2)]
        await until(lambda: state(here) is State.CLOSED)
        ill.goes_on.set()
        answers = [await whole(one) for one in streams]

    assert [DONE.strip() in one.body for one in answers] == [True, True]
    assert state(here) is State.CLOSED


async def test_a_stream_that_breaks_then_opens_the_breaker_again() -> None:
    """One is enough, as long as no call was answered whole."""
    ill = Ill()
    async with AsyncExitStack() as stack:
        here = await probing(ill, stack)
        streams = [await here.open(ASKED) for _ in range(2)]
        await until(lambda: state(here) is State.CLOSED)
        ill.cuts = True
        ill.goes_on.set()
        answers = [await whole(one) for one in streams]

    assert [b"upstream_stream_interrupted" in one.body for one in answers] == [True, True]
    assert state(here) is State.OPEN
