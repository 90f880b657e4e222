"""Traffic over many requests: what callers notice of a provider that is down, ill, or back."""

import asyncio
from collections.abc import Mapping
from itertools import pairwise

import pytest
from msgspec import Struct

from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan, Share
from tenken.policy.hedge import HedgePlan
from tests.faults.cells import routed
from tests.gateway.ground import plan_of
from tests.simulation.net import Weather
from tests.simulation.world import WAYS, Had, World, net, run, world

pytestmark = pytest.mark.slow

CHAT = WAYS["chat"]
DOWN = Fault(kind=Wrong.STATUS, status=503)
ILL = Share(share=0.3, fault=Fault(kind=Wrong.STATUS, status=500))
HEALTHY_PLAN = FaultPlan(latency_s=0.02)
DOWN_PLAN = FaultPlan(then=DOWN, latency_s=0.02)


class Traffic(Struct, frozen=True):
    """What came of it."""

    had: list[Had]
    calls: Mapping[str, list[float]]
    """By provider, the moments at which it was called."""

    @property
    def errors(self) -> list[Had]:
        """Answers that are none."""
        return [one for one in self.had if not one.whole(CHAT, stream=False)]


async def offered(here: World, *, per_s: float, seconds: float, stream: bool = False) -> list[Had]:
    """Ask at a steady rate, whatever becomes of it."""
    async with asyncio.TaskGroup() as group:
        asking = []
        for _ in range(round(per_s * seconds)):
            asking.append(group.create_task(here.ask(CHAT, stream=stream)))
            await asyncio.sleep(1 / per_s)
    return [one.result() for one in asking]


def traffic(plans: Mapping[str, FaultPlan], *, per_s: float, seconds: float) -> Traffic:
    """Play it."""

    async def course() -> Traffic:
        async with world(plans, plan_of) as here:
            had = await offered(here, per_s=per_s, seconds=seconds)
            calls = {n: [it.at_s for it in one.seen] for n, one in here.providers.items()}
        return Traffic(had, calls)

    return run(course)


def test_one_of_two_providers_down_is_noticed_by_nobody() -> None:
    """Its breaker opens within two seconds; then only probes go there."""
    seen = traffic({"first": DOWN_PLAN, "second": HEALTHY_PLAN}, per_s=20, seconds=60)

    assert (len(seen.had), seen.errors) == (1200, [])
    assert len([at for at in seen.calls["first"] if at <= 2]) <= 5 + 2
    assert len(seen.calls["first"]) <= 5 + 2 + 60 / 5
    slow = [one.took_s for one in seen.had if one.began > 2]
    assert sorted(slow)[int(len(slow) * 0.98)] <= 0.02 + 0.02


@pytest.mark.parametrize(
    ("second", "errors", "calls"),
    [(HEALTHY_PLAN, 0.0005, 1.35), (FaultPlan(mix=(ILL,), seed=2, latency_s=0.02), 0.03, 1.45)],
)
def test_a_third_of_errors_costs_few_calls(second: FaultPlan, errors: float, calls: float) -> None:
    """At one provider, or at both."""
    first = FaultPlan(mix=(ILL,), seed=1, latency_s=0.02)
    seen = traffic({"first": first, "second": second}, per_s=50, seconds=40)

    assert len(seen.errors) <= errors * 2000
    assert sum(len(each) for each in seen.calls.values()) <= calls * 2000


def test_with_both_down_callers_are_told_at_once() -> None:
    """Few calls go out; each answer says when to come back."""
    seen = traffic({"first": DOWN_PLAN, "second": DOWN_PLAN}, per_s=20, seconds=60)

    assert len(seen.errors) == 1200
    assert {(one.status, one.code) for one in seen.had} == {(503, "no_healthy_upstream")}
    assert all(int(one.headers[b"retry-after"]) >= 1 for one in seen.had)
    opened = 2.0
    assert sum(at <= opened for each in seen.calls.values() for at in each) <= 60
    for each in seen.calls.values():
        late = [at for at in each if at > opened]
        assert all(b - a >= 5 for a, b in pairwise(late))
    fast = [one.took_s for one in seen.had if one.began > opened]
    assert sorted(fast)[int(len(fast) * 0.97)] <= 0.01


def test_a_provider_that_is_back_has_its_traffic_back() -> None:
    """Within ten seconds where it was away for twenty, and never more than was offered."""

    async def course() -> tuple[list[Had], list[float]]:
        async with world({"first": DOWN_PLAN, "second": HEALTHY_PLAN}, plan_of) as here:
            before = await offered(here, per_s=20, seconds=8)
            here.providers["first"].obey(HEALTHY_PLAN)
            after = await offered(here, per_s=20, seconds=30)
            return before + after, [it.at_s for it in here.providers["first"].seen]

    had, called = run(course)

    assert [one for one in had if one.status != 200] == []
    back = next(at for at in called if at > 8)
    late = [at for at in called if at > 8 + 10]
    assert len(late) >= 20 * 19
    assert back <= 8 + 10
    assert max(sum(at <= it < at + 1 for it in called) for at in called) <= 2 * 20


LATE = Share(share=0.05, fault=Fault(kind=Wrong.SLOW_FIRST_TOKEN, delay_s=3))
UNEVEN = tuple(
    Share(share=0.09, fault=Fault(kind=Wrong.SLOW_FIRST_TOKEN, delay_s=0.02 * number))
    for number in range(1, 10)
)
OFFERED = 3000


def test_a_hedge_spares_callers_what_is_slow_to_begin() -> None:
    """A twentieth of both providers' answers: the slowest hundredth is halved for few calls."""
    alone, calls = hedged(None)
    together, more = hedged(HedgePlan())

    assert calls == OFFERED
    assert together <= alone / 2
    assert more <= 1.05 * OFFERED


def hedged(plan: HedgePlan | None) -> tuple[float, int]:
    """Stream so often; gives the slowest hundredth once enough was seen, and all calls."""
    plans = {
        name: FaultPlan(mix=(LATE, *UNEVEN), seed=seed, latency_s=0.02)
        for seed, name in enumerate(("first", "second"))
    }

    async def course() -> tuple[list[Had], int]:
        async with world(plans, lambda targets: plan_of(targets, hedge=plan)) as here:
            return await offered(here, per_s=50, seconds=OFFERED / 50, stream=True), here.calls

    had, calls = run(course)

    assert all(one.whole(CHAT, stream=True) for one in had)
    assert {one.body.count(b"[DONE]") for one in had} == {1}
    took = sorted(one.took_s for one in had[OFFERED // 4 :])
    return took[int(len(took) * 0.99)], calls


DEADLINES = (0.2, 0.3, 0.5, 1.0, 3.0)
SLOW = {
    "hang": Fault(kind=Wrong.HANG),
    "stall": Fault(kind=Wrong.STALL),
    "ill": Fault(kind=Wrong.SLOW_HEADERS, delay_s=0.4),
    "busy": Fault(kind=Wrong.STATUS, status=429, retry_after_s=1),
}


@pytest.mark.parametrize("seconds", DEADLINES)
@pytest.mark.parametrize("fault", SLOW)
def test_a_deadline_is_kept(fault: str, seconds: float) -> None:
    """Never more than a tenth of a second past it; no provider is called near it."""
    plan = FaultPlan(then=SLOW[fault])
    wait = {"x-request-timeout-ms": str(round(seconds * 1000))}

    async def course() -> tuple[list[Had], list[float]]:
        async with world({"first": plan, "second": plan}, routed) as here:
            had = [await here.ask(CHAT, stream=stream, headers=wait) for stream in (False, True)]
            seen = [it for one in here.providers.values() for it in one.seen]
            return had, [it.at_s - had[it.stream].began for it in seen]

    had, called = run(course)

    assert [one.took_s for one in had if one.took_s > seconds + 0.1] == []
    assert [at for at in called if seconds - at < 0.25 - 0.01] == []


TIMED = {
    "ttft": (Fault(kind=Wrong.HANG), 5.0),
    "ttft of a stream that begins": (Fault(kind=Wrong.STALL, after=1), 5.0),
    "idle": (Fault(kind=Wrong.STALL, after=5), 8.0),
    "total": (Fault(kind=Wrong.ENDLESS, after=5), 20.0),
}


MET = [
    (name, api)
    for name in TIMED
    for api, way in WAYS.items()
    if way.ends or not name.endswith("that begins")
]


@pytest.mark.parametrize(("name", "api"), MET)
def test_each_timeout_fires_in_time_on_every_route(name: str, api: str) -> None:
    """Within a tenth of a second, with the code of a timeout."""
    fault, seconds = TIMED[name]
    way = WAYS[api]
    plan = FaultPlan(then=fault, between_s=0.001)

    async def course() -> Had:
        async with world({"first": plan}, routed, side=way.side) as here:
            return await here.ask(way, stream=bool(way.ends))

    had = run(course)

    assert seconds <= had.took_s <= seconds + 0.1
    assert had.code in {"upstream_timeout", "timeout_error"}


def test_a_connection_that_nobody_answers_is_given_up_in_time() -> None:
    """The fourth timeout: two seconds, twice, for a second try may well succeed."""

    async def course() -> Had:
        async with world({"first": HEALTHY_PLAN}, routed) as here:
            port = here.gateway.house.room("first").pool.origin.port
            net().weather(port, Weather(unanswered=1))
            return await here.ask(CHAT)

    had = run(course)

    assert had.code == "upstream_timeout"
    assert 4.0 <= had.took_s <= 4.0 + 0.2 + 0.1
