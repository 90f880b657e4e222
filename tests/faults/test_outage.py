"""Every provider down, and back: what three replicas of two workers make of it together."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from random import Random  # noqa: TID251 - seeded

import pytest
from msgspec import Struct

from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.server import FakeProvider
from tenken.gateway.probing.probing import Probing
from tenken.policy.breaker import State
from tenken.store.counters.memory import MemoryCounters
from tenken.transport.addresses import Origin
from tenken.transport.server import Server
from tests.gateway.ground import plan_of, standing, target
from tests.gateway.probing.fleet import DistantTurns, HeldTurns
from tests.simulation.world import WAYS, Had, World, run

pytestmark = pytest.mark.slow
CHAT = WAYS["chat"]
DOWN = FaultPlan(then=Fault(kind=Wrong.STATUS, status=503), latency_s=0.02)
WELL = FaultPlan(latency_s=0.02)
REPLICAS, WORKERS = 3, 2
EACH_S = 10.0
"""Requests a second at each worker."""


class Site(Struct):
    """All workers, and the providers that they share."""

    workers: list[World]
    providers: Mapping[str, FakeProvider]

    def calls(self, name: str, *, since: float = 0.0) -> list[float]:
        """Give the moments from then on at which a provider was called."""
        return [one.at_s for one in self.providers[name].seen if one.at_s >= since]

    def states(self, name: str) -> set[State]:
        """Give how the breakers of a target stand."""
        return {one.gateway.house.states()[name] for one in self.workers}

    async def offered(self, seconds: float) -> list[Had]:
        """Ask every worker at a steady rate."""
        found = []
        async with asyncio.TaskGroup() as group:
            for _ in range(round(EACH_S * seconds)):
                for one in self.workers:
                    found.append(group.create_task(one.ask(CHAT)))
                    await asyncio.sleep(1 / EACH_S / len(self.workers))
        return [one.result() for one in found]


@asynccontextmanager
async def site(plans: Mapping[str, FaultPlan]) -> AsyncIterator[Site]:
    """Run replicas of so many workers."""
    clock = asyncio.get_running_loop().time
    far = DistantTurns(Random(7))  # noqa: S311 - no secret
    async with AsyncExitStack() as stack:
        group = await stack.enter_async_context(asyncio.TaskGroup())
        providers = {name: FakeProvider(one, clock=clock) for name, one in plans.items()}
        targets = []
        for name, provider in providers.items():
            server = Server(provider, on_fault=lambda _request, _fault: None)
            await server.start()
            stack.push_async_callback(server.drain, 0)
            host, port = server.address
            targets.append(target(name, Origin(host=host, port=port, tls=False)))
        workers = []
        near = [HeldTurns() for _ in range(REPLICAS)]
        for number in range(REPLICAS * WORKERS):
            probing = Probing(near[number // WORKERS], far, who=number + 1, clock=clock)
            ground = await stack.enter_async_context(
                standing(plan_of(tuple(targets)), probing=probing)
            )
            kept = group.create_task(probing.kept())
            stack.callback(kept.cancel)
            workers.append(World(ground, providers, MemoryCounters()))
        yield Site(workers, providers)


def test_all_replicas_together_probe_once_in_five_seconds() -> None:
    """After few calls; callers are told at once, and when to come back."""

    async def course() -> None:
        async with site({"first": DOWN, "second": DOWN}) as here:
            had = await here.offered(2)
            early = sum(len(here.calls(name)) for name in here.providers)
            assert early <= 60 * REPLICAS
            assert all(State.CLOSED not in here.states(name) for name in here.providers)
            opened = asyncio.get_running_loop().time()
            had += (later := await here.offered(58))

            assert {(one.status, one.code) for one in had} == {(503, "no_healthy_upstream")}
            assert all(int(one.headers[b"retry-after"]) >= 1 for one in had)
            for name in here.providers:
                late = here.calls(name, since=opened)
                assert all(b - a >= 5 for a, b in pairwise(late))
                assert len(late) >= 58 / 7
            fast = sorted(one.took_s for one in later)
            assert fast[int(len(fast) * 0.99)] <= 0.01

    run(course)


def test_when_providers_are_back_every_worker_has_its_traffic_within_ten_seconds() -> None:
    """After a minute away; and no second sees twice of what is offered."""

    async def course() -> None:
        async with site({"first": DOWN, "second": DOWN}) as here:
            await here.offered(60)
            healed = asyncio.get_running_loop().time()
            for provider in here.providers.values():
                provider.obey(WELL)
            await here.offered(10)
            after = await here.offered(10)

            assert {one.status for one in after} == {200}
            assert here.states("first") == {State.CLOSED}
            back = here.calls("first", since=healed)
            offered = EACH_S * len(here.workers)
            assert max(sum(at <= it < at + 1 for it in back) for at in back) <= 2 * offered
            assert len([at for at in back if at >= healed + 10]) >= 0.99 * 10 * offered

    run(course)
