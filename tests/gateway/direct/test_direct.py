"""The direct way: what it shows and leaves on record is what the stages would have."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken.gateway.plan import CallerLimits, Plan
from tenken.gateway.settle import Bookkeeper
from tenken.journal.exchange import Outcome
from tenken.policy.breaker import Breaker
from tenken.policy.deadline import Timeouts
from tenken.store.counters.machine import MachineCounters
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.wire.failure import Failure
from tests.gateway.direct.cases import ASKED, CASES, Case
from tests.gateway.direct.own import OWN, SAID
from tests.gateway.direct.ways import Drawn, sides, untimed
from tests.gateway.ground import (
    Behaviour,
    answers,
    fails,
    plan_of,
    provider,
    standing,
    target,
)

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "another"])
@pytest.mark.parametrize("case", [*CASES, *OWN], ids=lambda case: case.name)
async def test_both_ways_show_and_record_the_same(case: Case, others: int) -> None:
    """To the caller, to the provider, in the journal; whatever the provider does."""
    straight = await sides(case, direct=True, others=others)
    staged = await sides(case, direct=False, others=others)

    assert straight.got == staged.got
    assert straight.calls == staged.calls
    assert straight.intents == staged.intents
    assert [*map(untimed, straight.exchanges)] == [*map(untimed, staged.exchanges)]
    assert staged.straight == 0
    assert straight.straight <= case.most
    assert (straight.straight > 0) == (case.most > 0)


@pytest.mark.parametrize("case", OWN[: len(SAID)], ids=lambda case: case.name)
async def test_whoever_says_something_of_its_own_goes_the_direct_way(case: Case) -> None:
    """All but the first, and but for those that have tried before."""
    straight = await sides(case, direct=True, others=0)

    assert straight.straight == case.most


async def test_a_client_that_leaves_stops_the_call() -> None:
    """The provider's connection ends, the record says who left, and nothing stays taken."""
    begun, left = asyncio.Event(), asyncio.Event()

    async def one(request: Request, reply: Reply) -> None:
        if b"slow" not in request.body:
            await answers(request, reply)
            return
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            left.set()

    async with provider(one) as origin, standing(plan_of((target("t0", origin),))) as here:
        await here.post(ASKED)
        here.kept.settled.clear()
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(here.post({**ASKED, "user": "slow"}))
            await begun.wait()
            asking.cancel()
        await left.wait()
        await here.kept.settled.wait()
        assert (here.door.in_flight, here.server.in_flight) == (0, 0)

    assert here.straight.count == 1
    last = here.kept.exchanges[-1]
    assert (last.outcome, last.status) == (Outcome.CANCELLED, 499)
    assert last.attempts[0].failure is Failure.CANCELLED
    assert (last.usage.source, last.usage.output) == ("estimated", 0)
    assert here.faults == []


async def test_patience_ends_and_another_target_answers() -> None:
    """The attempt that took too long is on record with its reason."""

    async def dawdles(request: Request, reply: Reply) -> None:
        if b"slow" in request.body:
            await asyncio.Event().wait()
        await answers(request, reply)

    async with provider(dawdles) as first, provider(answers) as second:
        patient = Timeouts(ttft_s=0.05)
        plan = plan_of((target("t0", first), target("t1", second)), timeouts=patient)
        async with standing(plan) as here:
            await here.post(ASKED)
            got = await here.post({**ASKED, "user": "slow"})

    assert (got.status, here.straight.count) == (200, 1)
    last = here.kept.exchanges[-1]
    assert [one.target for one in last.attempts] == ["t0", "t1"]
    assert last.attempts[0].failure is Failure.TIMEOUT_TTFT
    assert last.outcome is Outcome.ANSWERED


async def test_what_is_under_way_is_answered_before_the_end() -> None:
    """A gateway that is told to end closes the connection behind the answer."""
    begun, go = asyncio.Event(), asyncio.Event()

    async def held(request: Request, reply: Reply) -> None:
        if b"held" in request.body:
            begun.set()
            await go.wait()
        await answers(request, reply)

    async with provider(held) as origin, standing(plan_of((target("t0", origin),))) as here:
        await here.post(ASKED)
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(here.post({**ASKED, "user": "held"}))
            await begun.wait()
            draining = group.create_task(here.server.drain(30))
            await asyncio.sleep(0)
            assert here.server.in_flight == 1
            go.set()
        assert draining.done()

    assert asking.result().status == 200
    assert here.straight.count == 1
    assert here.server.connections == 0


async def test_a_full_journal_is_told_by_the_stages() -> None:
    """Nothing is sent, and nothing stays taken."""
    calls = 0

    async def counting(request: Request, reply: Reply) -> None:
        nonlocal calls
        calls += 1
        await answers(request, reply)

    async with provider(counting) as origin, standing(plan_of((target("t0", origin),))) as here:
        await here.post(ASKED)
        await here.post(ASKED)
        here.kept.full = True
        refused = await here.post(ASKED)
        here.kept.full = False
        again = await here.post(ASKED)
        assert here.door.in_flight == 0

    assert (refused.status, refused.code) == (503, "accounting_unavailable")
    assert (again.status, calls) == (200, 3)
    assert here.straight.count == 2


@pytest.mark.parametrize(("at", "straight"), [("begin", 0), ("end", 1)])
async def test_who_has_to_wait_for_a_journal_waits_by_the_stages(at: str, straight: int) -> None:
    """Begun there, or ended there: with the same records, each once."""

    async def answering(request: Request, reply: Reply) -> None:
        here.kept.late = at == "end" and b"late" in request.body
        await answers(request, reply)

    async with provider(answering) as origin, standing(plan_of((target("t0", origin),))) as here:
        await here.post(ASKED)
        here.kept.late = at == "begin"
        got = await here.post({**ASKED, "user": "late"})
        assert (here.door.in_flight, here.server.in_flight) == (0, 0)

    assert (got.status, here.straight.count) == (200, straight)
    assert [one.status for one in here.kept.exchanges] == [200, 200]
    assert [one.id for one in here.kept.intents] == [one.id for one in here.kept.exchanges]
    assert (here.unrecorded, here.faults) == ([], [])


async def test_an_answer_that_cannot_be_recorded_is_given_all_the_same() -> None:
    """It is paid for; the hole is told."""

    async def filling(request: Request, reply: Reply) -> None:
        here.kept.full = request.body.count(b"fill") == 1
        await answers(request, reply)

    async with provider(filling) as origin, standing(plan_of((target("t0", origin),))) as here:
        await here.post(ASKED)
        got = await here.post({**ASKED, "user": "fill"})

    assert got.status == 200
    assert here.straight.count == 1
    assert len(here.unrecorded) == 1
    assert len(here.kept.exchanges) == 1


async def test_a_fault_of_ours_is_told_and_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection serves on."""
    async with provider(answers) as origin, standing(plan_of((target("t0", origin),))) as here:
        await here.post(ASKED)
        with monkeypatch.context() as patch:
            patch.setattr(Breaker, "answered", broken)
            got = await here.post(ASKED)
        after = await here.post(ASKED)
        assert here.door.in_flight == 0

    assert (got.status, got.code) == (500, "internal_error")
    assert after.status == 200
    assert [str(fault) for fault in here.faults] == ["broken"]
    assert [one.outcome for one in here.kept.exchanges] == [
        Outcome.ANSWERED, Outcome.FAILED, Outcome.ANSWERED,
    ]  # fmt: skip


def broken(_breaker: Breaker, _now: float) -> None:
    raise RuntimeError("broken")


async def test_another_plan_is_asked_for_its_own_way() -> None:
    """A lane ends with the plan it was made under."""
    async with provider(answers) as origin:
        one = plan_of((target("t0", origin),))
        plans = [one]
        async with standing(one, plan=lambda: plans[-1]) as here:
            await here.post(ASKED)
            await here.post(ASKED)
            plans.append(off(one))
            refused = await here.post(ASKED)
            plans.append(replace(one, callers={}))
            denied = await here.post(ASKED)

    assert (refused.code, denied.code) == ("route_switched_off", "invalid_api_key")


def off(plan: Plan) -> Plan:
    return replace(plan, routes={"desk": replace(plan.routes["desk"], off=True)})


async def test_limits_that_are_asked_by_name_go_the_long_way() -> None:
    """Somebody may have to be waited for."""
    async with provider(answers) as origin:
        plan = plan_of((target("t0", origin),))
        app = replace(plan.callers["app"], limits=CallerLimits(rpm=3))
        async with standing(replace(plan, callers={"app": app})) as here:
            got = [await here.post(ASKED) for _ in range(4)]

    assert [one.status for one in got] == [200, 200, 200, 429]
    assert here.straight.count == 0


@pytest.mark.parametrize("behaviour", [answers, fails(500), fails(400)], ids=["ok", "500", "400"])
async def test_limits_hold_the_same_both_ways(behaviour: Behaviour, tmp_path: Path) -> None:
    """What is left is told the same, and what was taken is given back."""
    told = []
    for direct in (True, False):
        async with provider(behaviour) as origin:
            plan = plan_of((target("t0", origin),))
            budget = CallerLimits(rpm=50, tpm=9_000, parallel=2, budget_usd=Decimal("0.5"))
            app = replace(plan.callers["app"], limits=budget)
            limited = replace(plan, callers={"app": app})
            counters = MachineCounters(tmp_path / str(direct))
            async with standing(limited, counters=counters, direct=direct) as here:
                got = [await here.post(ASKED) for _ in range(6)]
                told.append([(one.status, one.headers) for one in got])
                assert (here.straight.count > 0) is direct
            counters.close()

    assert told[0] == told[1]


async def test_who_has_nothing_left_is_refused_the_same_both_ways(tmp_path: Path) -> None:
    """Under the same trace, too: none is drawn for what the stages begin anew."""
    told = []
    for direct in (True, False):
        async with provider(answers) as origin:
            plan = plan_of((target("t0", origin),))
            budget = CallerLimits(budget_usd=Decimal("0.00035"))
            app = replace(plan.callers["app"], limits=budget)
            limited = replace(plan, callers={"app": app})
            counters = MachineCounters(tmp_path / str(direct))
            async with standing(
                limited, counters=counters, direct=direct, outside=Drawn()
            ) as here:
                got = [await here.post({**ASKED, "max_tokens": 5}) for _ in range(6)]
                assert here.door.in_flight == 0
                assert here.straight.count == (2 if direct else 0)
            told.append((got, [*map(untimed, here.kept.exchanges)]))
            counters.close()

    assert [one.status for one in told[0][0]] == [200] * 3 + [429] * 3
    assert told[0] == told[1]


async def test_what_cannot_be_begun_is_begun_by_the_stages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A fault before anything was sent takes nothing with it."""
    async with provider(answers) as origin, standing(plan_of((target("t0", origin),))) as here:
        await here.post(ASKED)
        with monkeypatch.context() as patch:
            patch.setattr(Bookkeeper, "begin", lambda *_: 1 / 0)
            got = await here.post(ASKED)
        assert (got.status, here.door.in_flight, here.server.in_flight) == (200, 0, 0)

    assert [one.status for one in here.kept.exchanges] == [200, 200]


async def test_requests_behind_each_other_are_answered_in_order() -> None:
    """What comes while one is under way waits for it."""
    async with provider(answers) as origin, standing(plan_of((target("t0", origin),))) as here:
        await here.post(ASKED)
        host, port = here.server.address
        reader, writer = await asyncio.open_connection(host, port)
        bodies = [json.dumps({**ASKED, "user": f"u{number}"}).encode() for number in range(6)]
        heads = [
            b"POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\n"
            b"content-type: application/json\r\nx-request-id: r%d\r\n"
            b"authorization: Bearer %b\r\ncontent-length: %d\r\n\r\n"
            % (number, b"tk-" + b"a" * 40, len(body))
            for number, body in enumerate(bodies)
        ]
        writer.writelines([head + body for head, body in zip(heads, bodies, strict=True)])
        ids = list[bytes]()
        while len(ids) < len(bodies):
            head = await reader.readuntil(b"\r\n\r\n")
            lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
            await reader.readexactly(int(lines[b"content-length"]))
            ids.append(lines[b"x-request-id"])
        writer.close()
        await writer.wait_closed()

    assert ids == [b"r%d" % number for number in range(6)]
