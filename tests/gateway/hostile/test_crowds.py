"""Many at once who mean no good: what they take is given back, and others are served meanwhile."""

import asyncio
import gc
from contextlib import AsyncExitStack
from pathlib import Path
from threading import current_thread, main_thread

import pytest

from tenken.gateway.flow import Flow
from tenken.gateway.read import Read
from tenken.transport.limits import ServerLimits
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.wire.asked import Asked
from tests.gateway.ground import (
    DONE,
    ROLE,
    STOP,
    TEXT,
    Ground,
    answers,
    fails,
    plan_of,
    provider,
    standing,
    streams,
    target,
)
from tests.transport.wires import (
    WITHIN_S,
    Clock,
    client_of,
    on_both_loops,
    post,
    serving,
    until,
)

ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
STREAMED = {**ASKED, "stream": True}
MANY = 300
HALF = b"POST /v1/x HTTP/1.1\r\nHost: exa"


@on_both_loops
async def test_half_heads_hold_up_nobody_and_are_let_go() -> None:
    """Each of hundreds sends a few bytes and waits; who sends a whole request is answered."""
    clock = Clock()
    limits = ServerLimits(head_s=10.0, sweep_s=3600.0)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(limits=limits, clock=clock))
        slow = [await stack.enter_async_context(client_of(server)) for _ in range(MANY)]
        for one in slow:
            await one.send(HALF)
        await until(lambda: server.connections == MANY)
        async with client_of(server) as whole:
            await whole.send(post(b"served"))
            assert await whole.answer() == (200, b"served")
        for one in slow:  # one byte more buys no time
            await one.send(b"m")
        clock.now += 10.1
        await until(lambda: not _waiting_for_bytes(server, MANY))
        server.sweep()
        ends = [await one.rest() for one in slow]

    assert {one[:13] for one in ends} == {b"HTTP/1.1 408 "}
    assert server.connections == 0


def _waiting_for_bytes(server: object, count: int) -> bool:
    """Whether some of so many have not been heard of yet."""
    house = vars(server)["_house"]
    heard = [one for one in house.connections if not one._intake.untouched]
    return len(heard) < count


def held() -> tuple[int, int]:
    """How many descriptors and tasks there are."""
    gc.collect()
    return len([*Path("/proc/self/fd").iterdir()]), len(asyncio.all_tasks())


def no_more_than(before: tuple[int, int]) -> bool:
    """Whether nothing has been added since."""
    return all(now <= then for now, then in zip(held(), before, strict=True))


class Hangs:
    """A provider that never answers, and tells that it was asked."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()

    async def __call__(self, _request: Request, _reply: Reply) -> None:
        """Wait for nothing."""
        self.begun.set()
        await asyncio.Event().wait()


async def turn(grounds: list[Ground], hangs: Hangs) -> None:
    """Be answered, refused, failed and cut; and leave, once there is nothing to wait for."""
    for here, body in zip(grounds, (ASKED, STREAMED, STREAMED, ASKED), strict=False):
        await here.post(body)
        await here.post(b"{")
    last = grounds[-1]
    hangs.begun.clear()
    last.kept.settled.clear()
    async with asyncio.TaskGroup() as group:
        asking = group.create_task(last.post(ASKED))
        await hangs.begun.wait()
        asking.cancel()
    await last.kept.settled.wait()
    await until(lambda: last.server.connections == 0)


@pytest.mark.anyio
async def test_what_callers_took_is_given_back() -> None:
    """Answers, streams, failures, refusals and callers who leave: nothing stays open."""
    hangs = Hangs()
    behaviours = (
        answers, streams(ROLE, TEXT, STOP, DONE), streams(ROLE, TEXT, cut=True), fails(400), hangs,
    )  # fmt: skip
    async with AsyncExitStack() as stack:
        origins = [await stack.enter_async_context(provider(one)) for one in behaviours]
        plans = [plan_of((target("t0", origin),)) for origin in origins]
        grounds = [await stack.enter_async_context(standing(plan)) for plan in plans]
        for _ in range(3):
            await turn(grounds, hangs)
        before = held()
        for _ in range(8):
            await turn(grounds, hangs)
        async with asyncio.timeout(WITHIN_S):  # a connection that was left ends in its own time
            await until(lambda: no_more_than(before))

    assert [one.door.in_flight for one in grounds] == [0] * len(grounds)
    assert [one.faults for one in grounds] == [[]] * len(grounds)


@pytest.mark.anyio
async def test_a_large_body_is_read_beside_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a thread, which gives way every few milliseconds, whether it is good or not."""
    beside, read = list[bool](), Read._body

    def watched(stage: Read, flow: Flow) -> Asked:
        beside.append(current_thread() is not main_thread())
        return read(stage, flow)

    monkeypatch.setattr(Read, "_body", watched)
    large = {**ASKED, "messages": [{"role": "user", "content": "word " * 200_000}]}
    async with (
        provider(answers) as origin,
        standing(plan_of((target("t0", origin),)), direct=False) as here,
    ):
        bodies = (ASKED, large, b"[" * 1_000_000, b'{"a":' * 200_000)
        statuses = [(await here.post(body)).status for body in bodies]

    assert statuses == [200, 200, 400, 400]
    assert beside == [False, True, True, True]
