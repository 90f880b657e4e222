"""Limits of a caller and a route: refused in the words of the APIs, settled with what was used."""

import asyncio
from contextlib import AsyncExitStack
from decimal import Decimal
from itertools import pairwise

import pytest
from msgspec.structs import replace

from tenken.gateway.plan import CallerLimits, Plan
from tenken.journal.exchange import Outcome
from tenken.store.counters.counters import Held, Over, Unavailable, Want
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.ground import (
    TEXT,
    Behaviour,
    Got,
    Ground,
    answers,
    fails,
    plan_of,
    provider,
    standing,
    target,
)

pytestmark = pytest.mark.anyio
ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}


def limited(plan: Plan, limits: CallerLimits, *, route: CallerLimits | None = None) -> Plan:
    app = replace(plan.callers["app"], limits=limits)
    desk = replace(plan.routes["desk"], limits=route or CallerLimits())
    return replace(plan, callers={"app": app}, routes={"desk": desk})


async def asked(
    limits: CallerLimits,
    *bodies: object,
    behaviour: Behaviour = answers,
    route: CallerLimits | None = None,
) -> tuple[list[Got], Ground]:
    """Ask one after another."""
    async with AsyncExitStack() as stack:
        origin = await stack.enter_async_context(provider(behaviour))
        plan = limited(plan_of((target("t0", origin),)), limits, route=route)
        here = await stack.enter_async_context(standing(plan))
        return [await here.post(body) for body in bodies], here


async def test_requests_beyond_the_limit_are_told_when_to_come_again() -> None:
    """And what changed is on record; no provider saw them."""
    got, here = await asked(CallerLimits(rpm=2), ASKED, ASKED, ASKED)

    assert [one.status for one in got] == [200, 200, 429]
    assert [one.headers["x-ratelimit-remaining-requests"] for one in got] == ["1", "0", "0"]
    refused = got[-1]
    assert (refused.code, refused.json["error"]["type"]) == ("rate_limit_exceeded", "requests")  # type: ignore[index]
    assert refused.headers["x-ratelimit-limit-requests"] == "2"
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    assert refused.headers["x-ratelimit-reset-requests"].endswith("s")
    assert refused.headers["x-should-retry"] == "true"
    last = here.kept.exchanges[-1]
    assert last.outcome is Outcome.REFUSED
    assert last.limits == ("caller/app: requests 2+1 of 2",)
    assert len(here.kept.intents) == 2


async def test_a_route_has_a_limit_of_its_own() -> None:
    """For all callers together."""
    got, here = await asked(CallerLimits(), ASKED, ASKED, route=CallerLimits(rpm=1))

    assert [one.status for one in got] == [200, 429]
    assert here.kept.exchanges[-1].limits == ("route/desk: requests 1+1 of 1",)


async def test_tokens_are_settled_with_what_the_provider_reports() -> None:
    """Each request reserves over a thousand and uses 25, so that many fit one after another."""
    got, _ = await asked(CallerLimits(tpm=1200), *[ASKED] * 5)

    assert [one.status for one in got] == [200] * 5
    left = [int(one.headers["x-ratelimit-remaining-tokens"]) for one in got]
    assert [before - after for before, after in pairwise(left)] == [25] * 4


async def test_tokens_beyond_the_limit_are_refused() -> None:
    """What is reserved by those in flight counts."""
    body = {**ASKED, "max_tokens": 700}
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow(request: Request, reply: Reply) -> None:
        begun.set()
        await go.wait()
        await answers(request, reply)

    async with provider(slow) as origin:
        plan = limited(plan_of((target("t0", origin),)), CallerLimits(tpm=1000))
        async with standing(plan) as here, asyncio.TaskGroup() as group:
            first = group.create_task(here.post(body))
            await begun.wait()
            second = await here.post(body)
            go.set()
    assert (first.result().status, second.status, second.code) == (200, 429, "rate_limit_exceeded")
    assert second.json["error"]["type"] == "tokens"  # type: ignore[index]


async def test_what_can_never_fit_is_refused_for_good() -> None:
    """No client should try it again."""
    got, _ = await asked(CallerLimits(tpm=100), {**ASKED, "max_tokens": 101}, ASKED)

    assert (got[0].status, got[0].code) == (400, "request_exceeds_limit")
    assert got[0].headers["x-should-retry"] == "false"
    assert got[1].status == 200, "an answer without a maximum may be short"


async def test_a_budget_that_is_used_up_is_refused_for_the_day() -> None:
    """Reserved by the maximum, settled by the cost; told with the moment it begins anew."""
    cost = Decimal("0.0001")
    body = {**ASKED, "max_tokens": 5}
    got, _ = await asked(CallerLimits(budget_usd=3 * cost), *[body] * 4)

    assert [one.status for one in got][:2] == [200, 200]
    last = got[-1]
    assert (last.status, last.code) == (429, "insufficient_quota")
    assert last.headers["x-should-retry"] == "false"
    assert int(last.headers["retry-after"]) == 86_400


async def test_a_request_that_failed_gives_its_tokens_and_money_back() -> None:
    """Nothing was used, so nothing is missing for the next."""
    limits = CallerLimits(tpm=1100, budget_usd=Decimal("0.012"))
    got, _ = await asked(limits, *[ASKED] * 4, behaviour=fails(400))

    assert [one.status for one in got] == [400] * 4


async def test_a_caller_who_leaves_gives_the_place_back() -> None:
    """A cancelled stream holds no place."""
    begun = asyncio.Event()

    async def endless(_request: Request, reply: Reply) -> None:
        reply.start(200, ((b"content-type", b"text/event-stream"),))
        await reply.write(TEXT)
        begun.set()
        await asyncio.Event().wait()

    async with provider(endless) as origin:
        plan = limited(plan_of((target("t0", origin),)), CallerLimits(parallel=1))
        async with standing(plan) as here:
            for _ in range(3):
                begun.clear()
                here.kept.settled.clear()
                async with asyncio.TaskGroup() as group:
                    asking = group.create_task(here.post({**ASKED, "stream": True}))
                    await begun.wait()
                    refused = await here.post(ASKED)
                    here.kept.settled.clear()
                    asking.cancel()
                assert (refused.status, refused.code) == (429, "rate_limit_exceeded")
                assert refused.headers["retry-after"] == "1"
                await here.kept.settled.wait()


async def test_what_nobody_can_count_is_not_served() -> None:
    """Where the deployment says so."""

    class Gone:
        async def reserve(self, _wants: tuple[Want, ...], *, now: float) -> Held | Over:
            raise Unavailable(now)

        async def settle(self, _held: Held, _actual: tuple[int, ...], *, now: float) -> None:
            raise Unavailable(now)

    async with provider(answers) as origin:
        plan = limited(plan_of((target("t0", origin),)), CallerLimits(rpm=1))
        async with standing(plan, counters=Gone()) as here:
            got = await here.post(ASKED)
    assert (got.status, got.code) == (503, "limits_unavailable")


async def test_a_request_that_is_not_recorded_gives_everything_back() -> None:
    """It was not served either."""
    async with provider(answers) as origin:
        plan = limited(plan_of((target("t0", origin),)), CallerLimits(rpm=1, parallel=1))
        async with standing(plan) as here:
            here.kept.full = True
            first = await here.post(ASKED)
            here.kept.full = False
            second = await here.post(ASKED)
    assert (first.status, second.status) == (503, 200)
