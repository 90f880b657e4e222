"""Limits of models, credentials and use cases: one for all callers, asked where a call goes."""

import asyncio
from contextlib import AsyncExitStack
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tenken.gateway.plan import Caller, CallerLimits, Plan, Target
from tenken.journal.exchange import Outcome
from tenken.policy.hedge import HedgePlan
from tenken.store.counters.counters import PARALLEL, Held, Over, Unavailable, Want
from tenken.store.counters.memory import MemoryCounters
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.ground import (
    DONE,
    STOP,
    TEXT,
    Behaviour,
    Ground,
    answers,
    fails,
    plan_of,
    provider,
    standing,
    streams,
    target,
)

pytestmark = pytest.mark.anyio
ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
ONE = CallerLimits(rpm=1)


class Seen:
    """A provider that counts who calls it."""

    def __init__(self, then: Behaviour = answers) -> None:
        self.calls = 0
        self._then = then

    async def __call__(self, request: Request, reply: Reply) -> None:
        self.calls += 1
        await self._then(request, reply)


async def plan_over(
    stack: AsyncExitStack, *limits: CallerLimits, then: Behaviour = answers
) -> tuple[Plan, list[Seen]]:
    """A plan with a target for each of these limits, and the providers."""
    seen = [Seen(then) for _ in limits]
    origins = [await stack.enter_async_context(provider(one)) for one in seen]
    targets = [
        replace(target(f"t{at}", origin), limits=limits[at]) for at, origin in enumerate(origins)
    ]
    return plan_of(tuple(targets)), seen


async def test_a_model_without_room_is_passed_over() -> None:
    """The next one answers, nobody calls the first, and why is on record."""
    async with AsyncExitStack() as stack:
        plan, seen = await plan_over(stack, ONE, CallerLimits())
        here = await stack.enter_async_context(standing(plan))
        got = [await here.post(ASKED) for _ in range(3)]

    assert [one.status for one in got] == [200, 200, 200]
    assert [one.calls for one in seen] == [1, 2]
    last = here.kept.exchanges[-1]
    assert last.limits == ("model/t0: requests 1+1 of 1",)
    assert [one.target for one in last.attempts] == ["t1"]
    assert here.straight.count == 0, "what takes room at its model goes through the stages"


async def test_with_no_room_anywhere_the_caller_is_told_when() -> None:
    """And has used nothing of its own limits."""
    async with AsyncExitStack() as stack:
        plan, seen = await plan_over(stack, ONE)
        app = replace(plan.callers["app"], limits=CallerLimits(rpm=2))
        plan = replace(plan, callers={"app": app})
        here = await stack.enter_async_context(standing(plan))
        got = [await here.post(ASKED) for _ in range(3)]

    assert [(one.status, seen[0].calls) for one in got] == [(200, 1), (429, 1), (429, 1)]
    told = got[-1]
    assert told.code == "rate_limit_exceeded"
    assert "model/t0" in told.body.decode()
    assert 1 <= int(told.headers["retry-after"]) <= 61
    assert here.kept.exchanges[-1].outcome is Outcome.REFUSED
    assert told.headers["x-ratelimit-remaining-requests"] == "0", "the one that was answered"


async def test_a_credential_is_limited_whatever_the_model() -> None:
    """Two models of one provider, one quota."""
    async with AsyncExitStack() as stack:
        plan, seen = await plan_over(stack, CallerLimits(), CallerLimits())
        targets = {name: replace(one, credential="shared") for name, one in plan.targets.items()}
        plan = replace(plan, targets=targets, credentials={"shared": ONE})
        here = await stack.enter_async_context(standing(plan))
        got = [await here.post(ASKED) for _ in range(2)]

    assert [one.status for one in got] == [200, 429]
    assert sum(one.calls for one in seen) == 1
    assert "provider/shared" in got[1].body.decode()


async def test_places_of_a_model_are_free_when_its_call_is_over() -> None:
    """Meanwhile another model answers."""
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow_at_first(request: Request, reply: Reply) -> None:
        if not begun.is_set():
            begun.set()
            await go.wait()
        await answers(request, reply)

    async with AsyncExitStack() as stack:
        limits = (CallerLimits(parallel=1), CallerLimits())
        plan, seen = await plan_over(stack, *limits, then=slow_at_first)
        here = await stack.enter_async_context(standing(plan))
        async with asyncio.TaskGroup() as group:
            first = group.create_task(here.post(ASKED))
            await begun.wait()
            second = await here.post(ASKED)
            go.set()
        third = await here.post(ASKED)

    assert [one.status for one in (first.result(), second, third)] == [200] * 3
    assert [one.calls for one in seen] == [2, 1]


async def test_who_leaves_leaves_the_place_of_the_model() -> None:
    """The call is cancelled, and the next one may go."""
    begun = asyncio.Event()

    async def silent(_request: Request, _reply: Reply) -> None:
        begun.set()
        await asyncio.Event().wait()

    counters = MemoryCounters()
    async with AsyncExitStack() as stack:
        plan, _ = await plan_over(stack, CallerLimits(parallel=1), then=silent)
        here = await stack.enter_async_context(standing(plan, counters=counters))
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(here.post(ASKED))
            await begun.wait()
            asking.cancel()
        await here.kept.settled.wait()
        held = await counters.reserve((Want(PARALLEL, "model/t0", 1, 1),), now=0.0)

    assert isinstance(held, Held)


async def test_what_was_never_sent_takes_no_requests() -> None:
    """A provider that nobody reaches counts no call, and so do we."""
    async with AsyncExitStack() as stack:
        plan, _ = await plan_over(stack, ONE, CallerLimits())
        nowhere = replace(plan.targets["t0"].origin, port=9)
        dead = replace(plan.targets["t0"], origin=nowhere)
        plan = replace(plan, targets={**plan.targets, "t0": dead})
        here = await stack.enter_async_context(standing(plan))
        for _ in range(2):
            await here.post(ASKED)

    assert [one.limits for one in here.kept.exchanges] == [(), ()]
    assert [len(one.attempts) for one in here.kept.exchanges] == [2, 2]


async def test_tokens_and_money_of_a_model_are_settled_with_what_was_used() -> None:
    """A thousand are reserved, twenty-five used: many fit one after another."""
    async with AsyncExitStack() as stack:
        limits = CallerLimits(tpm=1200, budget_usd=Decimal("0.02"))
        plan, seen = await plan_over(stack, limits)
        here = await stack.enter_async_context(standing(plan))
        got = [await here.post(ASKED) for _ in range(5)]

    assert ([one.status for one in got], seen[0].calls) == ([200] * 5, 5)


async def test_what_had_no_room_is_no_call() -> None:
    """Three calls are allowed, and the fourth target is the first that is called."""
    async with AsyncExitStack() as stack:
        plan, seen = await plan_over(stack, ONE, ONE, ONE, CallerLimits())
        here = await stack.enter_async_context(standing(plan))
        got = [await here.post(ASKED) for _ in range(5)]

    assert [one.status for one in got] == [200] * 5
    assert [one.calls for one in seen] == [1, 1, 1, 2]


async def test_a_failure_goes_past_a_model_without_room() -> None:
    """What really went wrong is told, not that another one was full."""
    async with AsyncExitStack() as stack:
        plan, seen = await plan_over(stack, CallerLimits(), ONE, then=fails(500))
        here = await stack.enter_async_context(standing(plan))
        got = [await here.post(ASKED) for _ in range(2)]

    assert [(one.status, one.code) for one in got] == [(503, "no_healthy_upstream")] * 2
    assert seen[1].calls == 1


async def test_a_hedge_needs_room_too() -> None:
    """Who answers first is the first where the second may not be called."""

    async def slowly(request: Request, reply: Reply) -> None:
        await asyncio.sleep(0)
        await streams(TEXT, STOP, DONE)(request, reply)

    async with AsyncExitStack() as stack:
        plan, seen = await plan_over(stack, CallerLimits(), ONE, then=slowly)
        hedge = HedgePlan(quantile=0.01, share_max=0.5, samples_min=1)
        plan = replace(plan, routes={"desk": replace(plan.routes["desk"], hedge=hedge)})
        here = await stack.enter_async_context(standing(plan))
        got = [await here.post({**ASKED, "stream": True}) for _ in range(12)]

    assert {one.status for one in got} == {200}
    assert all(b"hello" in one.body for one in got)
    assert seen[1].calls <= 1


class Gone(MemoryCounters):
    """Counters of a server that is away, where nothing is let in then."""

    async def reserve(self, wants: tuple[Want, ...], *, now: float) -> Held | Over:  # noqa: ARG002
        raise Unavailable


async def test_where_nobody_counts_nothing_is_called() -> None:
    """The same answer as for a caller's own limits."""
    async with AsyncExitStack() as stack:
        plan, seen = await plan_over(stack, ONE)
        here = await stack.enter_async_context(standing(plan, counters=Gone()))
        got = await here.post(ASKED)

    assert (got.status, got.code, seen[0].calls) == (503, "limits_unavailable", 0)


def for_use_cases(plan: Plan, given: Target) -> Plan:
    """A caller of a use case by its route, and of either of two by the name of a model."""
    other = Caller(
        id="other", routes=frozenset({"desk"}), models=frozenset({given.id}),
        use_cases=("answer", "else"),
    )  # fmt: skip
    return replace(
        plan,
        callers={"app": other},
        use_cases={"answer": CallerLimits(rpm=2)},
    )


async def test_a_use_case_is_limited_whatever_the_way_to_it() -> None:
    """By its route, or as the request of a model's name says; another one is another limit."""
    async with AsyncExitStack() as stack:
        plan, _ = await plan_over(stack, CallerLimits())
        here: Ground = await stack.enter_async_context(
            standing(for_use_cases(plan, plan.targets["t0"]))
        )
        by_name = {**ASKED, "model": "t0"}
        got = [
            await here.post(ASKED),
            await here.post(by_name, headers=(("x-tenken-use-case", "answer"),)),
            await here.post(by_name, headers=(("x-tenken-use-case", "else"),)),
            await here.post(by_name),
            await here.post(by_name, headers=(("x-tenken-use-case", "answer"),)),
            await here.post(ASKED),
        ]

    assert [one.status for one in got] == [200, 200, 200, 200, 429, 429]
    assert "use_case/answer" in got[-1].body.decode()
    assert got[1].headers["x-ratelimit-remaining-requests"] == "0"
    assert "x-ratelimit-remaining-requests" not in got[2].headers
