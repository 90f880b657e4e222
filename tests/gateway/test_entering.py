"""The door and the places: who waits, who goes first, who is sent away, who is forgotten."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tenken.gateway.assembly import Manner
from tenken.gateway.entering.line import Line, Turn
from tenken.gateway.entering.places import Places
from tenken.gateway.flow import Flow
from tenken.gateway.plan import CallerLimits, Plan
from tenken.policy.admission import AdmissionPlan, Priority, Waiting
from tenken.policy.deadline import Deadline
from tenken.store.counters.counters import PARALLEL, Held, Over, Want
from tenken.store.counters.memory import MemoryCounters
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.ground import Got, Ground, answers, plan_of, provider, standing, target

pytestmark = pytest.mark.anyio
ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
LONG = 30.0
"""Waits end by what happens, not by this."""


class Gate:
    """A provider that answers when it is told to, in the order in which it was asked."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.came = asyncio.Semaphore(0)
        self._go = asyncio.Semaphore(0)

    async def __call__(self, request: Request, reply: Reply) -> None:
        self.seen.append(dict(request.headers)[b"x-request-id"].decode())
        self.came.release()
        await self._go.acquire()
        await answers(request, reply)

    def open(self, times: int = 1) -> None:
        for _ in range(times):
            self._go.release()


@asynccontextmanager
async def gated(admission: AdmissionPlan, **route: object) -> AsyncIterator[tuple[Ground, Gate]]:
    """A gateway before a provider that holds its answers back."""
    gate = Gate()
    async with provider(gate) as origin:
        plan = plan_of((target("t0", origin),), **route)
        async with standing(plan, manner=manner(admission)) as here:
            yield here, gate
            gate.open(100)


def manner(admission: AdmissionPlan) -> Manner:
    return Manner(fingerprint_key=b"k" * 32, admission=admission)


async def until_waiting(here: Ground, count: int) -> None:
    while len(here.door.line) < count:  # noqa: ASYNC110 - nobody tells who joins a line
        await asyncio.sleep(0)


async def asks(here: Ground, name: str, **more: object) -> Got:
    return await here.post(ASKED, headers=(("x-request-id", name),), **more)  # type: ignore[arg-type]


async def test_who_finds_no_place_waits_for_one() -> None:
    """And is answered when there is one; how long it waited is on record."""
    admission = AdmissionPlan(in_flight_max=1, wait_max_s=LONG)
    async with gated(admission) as (here, gate), asyncio.TaskGroup() as group:
        first = group.create_task(asks(here, "first"))
        await gate.came.acquire()
        second = group.create_task(asks(here, "second"))
        await until_waiting(here, 1)
        gate.open(2)

    assert (first.result().status, second.result().status) == (200, 200)
    assert gate.seen == ["first", "second"]
    waited = {one.id: one.timings.queued for one in here.kept.exchanges}
    assert waited["first"] == 0 < waited["second"]
    assert here.door.in_flight == 0


async def test_more_than_may_wait_are_sent_away_at_once() -> None:
    """With when to come again; no provider sees them, and it is on record."""
    admission = AdmissionPlan(in_flight_max=1, queue_max=1, wait_max_s=LONG)
    async with gated(admission) as (here, gate), asyncio.TaskGroup() as group:
        group.create_task(asks(here, "first"))
        await gate.came.acquire()
        group.create_task(asks(here, "second"))
        await until_waiting(here, 1)
        third = await asks(here, "third")
        gate.open(2)

    assert (third.status, third.code) == (503, "overloaded")
    assert third.headers["retry-after"] == "1"
    assert third.json["error"]["type"] == "server_error"  # type: ignore[index]
    assert gate.seen == ["first", "second"]


async def test_who_waits_too_long_is_sent_away() -> None:
    """After the time that the settings say."""
    admission = AdmissionPlan(in_flight_max=1, wait_max_s=0.001)
    async with gated(admission) as (here, gate), asyncio.TaskGroup() as group:
        group.create_task(asks(here, "first"))
        await gate.came.acquire()
        late = await asks(here, "late")
        gate.open()

    assert (late.status, late.code) == (503, "overloaded")
    assert here.door.in_flight == 0


async def test_the_urgent_take_the_place_of_the_others() -> None:
    """The lowest is shed first, and the highest is served first."""
    admission = AdmissionPlan(in_flight_max=1, queue_max=1, wait_max_s=LONG)
    gate = Gate()
    async with provider(gate) as origin:
        plan = with_a_batch(plan_of((target("t0", origin),)))
        async with standing(plan, manner=manner(admission)) as here, asyncio.TaskGroup() as group:
            group.create_task(asks(here, "first"))
            await gate.came.acquire()
            batch = group.create_task(asks(here, "batch", key="tk-batch"))
            await until_waiting(here, 1)
            urgent = group.create_task(asks(here, "urgent"))
            shed = await batch
            gate.open(2)

    assert (shed.status, shed.code) == (503, "overloaded")
    assert urgent.result().status == 200
    assert gate.seen == ["first", "urgent"]


def with_a_batch(plan: Plan) -> Plan:
    app = plan.callers["app"]
    [key] = plan.keys.values()
    other = replace(app, id="nightly", priority=Priority.BATCH)
    return replace(
        plan,
        callers={"app": app, "nightly": other},
        keys={**plan.keys, digest("tk-batch"): replace(key, caller="nightly")},
    )


def digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


async def test_who_leaves_while_waiting_is_forgotten() -> None:
    """Nothing is called for it, and its place in the line is free."""
    admission = AdmissionPlan(in_flight_max=1, wait_max_s=LONG)
    async with gated(admission) as (here, gate), asyncio.TaskGroup() as group:
        group.create_task(asks(here, "first"))
        await gate.came.acquire()
        leaver = group.create_task(asks(here, "leaver"))
        await until_waiting(here, 1)
        here.kept.settled.clear()
        leaver.cancel()
        await here.kept.settled.wait()
        gate.open()

    assert gate.seen == ["first"]
    assert (len(here.door.line), here.door.in_flight) == (0, 0)


@pytest.mark.parametrize("queues", [True, False])
async def test_a_route_may_let_callers_wait_for_a_place(queues: bool) -> None:
    """Where it does not, they are told that there is none."""
    admission = AdmissionPlan(wait_max_s=LONG)
    more = {"queue_for_place": queues, "limits": CallerLimits(parallel=1)}
    async with gated(admission, **more) as (here, gate), asyncio.TaskGroup() as group:
        first = group.create_task(asks(here, "first"))
        await gate.came.acquire()
        second = group.create_task(asks(here, "second"))
        third = group.create_task(asks(here, "third"))
        if not queues:
            await asyncio.wait((second, third))
        gate.open(3)

    assert first.result().status == 200
    assert {second.result().status, third.result().status} == {200 if queues else 429}
    assert len(gate.seen) == (3 if queues else 1)


async def test_who_waits_at_a_second_limit_takes_nobody_s_place_there() -> None:
    """Their numbers are alike: each line counts its own."""
    counters = MemoryCounters()
    places = Places(AdmissionPlan(wait_max_s=LONG), clock=lambda: 0.0)
    mine, ours = (Want(PARALLEL, name, 1, 1) for name in ("caller/app", "route/desk"))
    flow = cast(
        "Flow",
        SimpleNamespace(
            deadline=Deadline(at=LONG, by=""),
            caller=SimpleNamespace(priority=Priority.NORMAL),
            queued_s=0.0,
        ),
    )
    held = [await counters.reserve((want,), now=0.0) for want in (mine, ours)]
    async with asyncio.TaskGroup() as group:
        at_both = group.create_task(places.reserved(flow, (mine, ours), counters))
        at_ours = group.create_task(places.reserved(flow, (ours,), counters))
        await _waiting(places, {"caller/app": 1, "route/desk": 1})
        await _freed(places, counters, held[0])
        await _waiting(places, {"caller/app": 0, "route/desk": 2})
        await _freed(places, counters, held[1])
        await _freed(places, counters, await at_ours)
        await _freed(places, counters, await at_both)

    assert {name: len(line) for name, line in places.lines.items()} == {
        "caller/app": 0,
        "route/desk": 0,
    }


async def _waiting(places: Places, count: dict[str, int]) -> None:
    for _ in range(100_000):
        if {name: len(places.lines.get(name, ())) for name in count} == count:
            return
        await asyncio.sleep(0)
    raise AssertionError(count)


async def _freed(places: Places, counters: MemoryCounters, held: Held | Over) -> None:
    assert isinstance(held, Held)
    await counters.settle(held, (0,) * len(held.wants), now=0.0)
    places.freed(held)


@given(st.lists(st.sampled_from(["join", "urgent", "call", "leave", "look"]), max_size=40))
@settings(deadline=None)
def test_a_line_loses_nobody(steps: list[str]) -> None:
    """Each who joined is called, late or shed once, or has left; the bound is kept."""
    asyncio.run(_walk(steps))


async def _walk(steps: list[str]) -> None:
    now = 0.0
    lost: list[int] = []
    line = Line(AdmissionPlan(queue_max=3), clock=lambda: now, lost=lambda: lost.append(1))
    tasks: list[tuple[Waiting, asyncio.Task[Turn]]] = []
    called = 0
    async with asyncio.TaskGroup() as group:
        for step in steps:
            match step:
                case "join" | "urgent":
                    urgent = step == "urgent"
                    priority = Priority.CRITICAL if urgent else Priority.BATCH
                    place = line.join(priority, until=now + 1)
                    if place is not None:
                        tasks.append((place, group.create_task(line.turn(place))))
                case "call":
                    called += line.call()
                case "leave" if tasks:
                    tasks[-1][1].cancel()
                case _:
                    now += 0.6
                    line.look()
            await asyncio.sleep(0)
            assert len(line) <= 3
        now += 2
        line.look()
    ends = [task.result() for _, task in tasks if not task.cancelled()]
    assert len(line) == 0
    assert ends.count(Turn.CALLED) + len(lost) == called
