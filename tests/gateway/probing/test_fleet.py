"""Several breakers over one target send one probe: while it is down, and when it is back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from random import Random  # noqa: TID251 - seeded by the test
from typing import Any

import pytest

from tenken.gateway.probing.probing import Probing
from tenken.policy.turn import Wish
from tenken.store.turns.turns import Turns
from tests.gateway.probing.fleet import (
    KEY,
    DistantTurns,
    Fleet,
    HeldTurns,
    Target,
    Worker,
    gaps,
    until,
)
from tests.simulation.world import run

SEEDS = range(5)
PACE_S = 5.0


@asynccontextmanager
async def fleet(
    seed: int, *, replicas: int = 3, workers: int = 2, per_s: float = 10.0, far: bool = True
) -> AsyncIterator[Fleet]:
    """Run replicas of so many workers each, with so many requests a second each."""
    chance, target = Random(seed), Target()  # noqa: S311 - no secret
    distant = DistantTurns(chance) if far else None
    found = Fleet(target, distant, [])
    clock = asyncio.get_running_loop().time
    async with asyncio.TaskGroup() as group:
        for replica in range(replicas):
            near: Turns = HeldTurns()
            for number in range(workers):
                who = 1 + replica * workers + number
                probing = Probing(near, distant, who=who, clock=clock)
                found.workers.append(Worker(target, probing, chance, per_s=per_s))
        found.tasks = [group.create_task(one.serve()) for one in found.workers]
        yield found
        for task in found.tasks:
            task.cancel()


def play(course: Callable[[], Coroutine[Any, Any, None]], seed: int) -> None:
    run(course, seed=seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_one_probe_in_five_seconds_goes_out_of_all_replicas(seed: int) -> None:
    """And ten seconds after the provider healed every worker has its traffic back."""

    async def course() -> None:
        async with fleet(seed) as here:
            opened = await here.down(60)
            probes = here.target.probes
            assert min(gaps(probes, since=0)) >= PACE_S
            assert len([at for at in probes if at > opened]) >= 5
            assert await here.healed(within_s=20) <= 10

    play(course, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_workers_of_a_machine_need_no_service_for_that(seed: int) -> None:
    """A file is enough."""

    async def course() -> None:
        async with fleet(seed, replicas=1, workers=6, far=False) as here:
            await here.down(60)
            assert min(gaps(here.target.probes, since=0)) >= PACE_S
            assert await here.healed(within_s=20) <= 10

    play(course, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_is_told_to_come_again_is_told_at_once(seed: int) -> None:
    """The next request is the probe: nobody waits for what others say."""

    async def course() -> None:
        async with fleet(seed) as here:
            await here.down(60)
            told = sorted(it for one in here.workers for it in one.refused)
            assert told[int(len(told) * 0.99)] == 0
            assert told[-1] <= 4 * 0.03

    play(course, seed)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("far", [True, False])
def test_a_worker_that_dies_with_the_probe_blocks_nobody_for_long(seed: int, *, far: bool) -> None:
    """Others probe after it, no sooner than five seconds and no later than a lease."""

    async def course() -> None:
        replicas, workers = (3, 2) if far else (1, 6)
        async with fleet(seed, replicas=replicas, workers=workers, far=far) as here:
            here.target.hangs_s = 3.0
            await here.down(20)
            known = len(here.target.probes)
            await until(lambda: len(here.target.probes) > known)
            probing = next(n for n, one in enumerate(here.workers) if one.gate.breaker.probing)
            here.kill(probing)
            died = asyncio.get_running_loop().time()
            await until(lambda: len(here.target.probes) > known + 1)
            assert PACE_S <= asyncio.get_running_loop().time() - died <= 8 + 2
            assert min(gaps(here.target.probes, since=0)) >= PACE_S
            assert await here.healed(within_s=20) <= 10 + here.target.hangs_s

    play(course, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_clients_who_leave_probes_keep_the_pace(seed: int) -> None:
    """A provider that hangs is no reason to send it one request after another."""

    async def course() -> None:
        async with fleet(seed) as here:
            here.target.hangs_s = 30.0
            for one in here.workers:
                one.leaves = lambda: 0.5
            opened = await here.down(100)
            assert min(gaps(here.target.probes, since=0)) >= PACE_S
            for one in here.workers:
                one.leaves = lambda: None
            here.target.hangs_s = 0.0
            assert await here.healed(within_s=20) <= 10
            assert opened < 60

    play(course, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_probe_that_hangs_is_alone_and_others_tell_its_worker_that_all_is_well(
    seed: int,
) -> None:
    """Whoever waits for a provider that hangs is one caller, of all replicas."""

    async def course() -> None:
        async with fleet(seed) as here:
            here.target.hangs_s = 20.0
            await here.down(120)
            assert min(gaps(here.target.probes, since=0)) >= 20 + 20
            here.target.hangs_s = 0.0
            assert await here.healed(within_s=120) <= 20 + 20 * 1.2 + 5

    play(course, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_with_few_requests_a_target_is_found_well_all_the_same(seed: int) -> None:
    """One a minute at each worker: the request that finds the pause over is the probe."""

    async def course() -> None:
        async with fleet(seed, per_s=1 / 60) as here:
            for one in here.workers:
                for _ in range(5):
                    await one._call(probe=False)
            here.target.well = False
            for one in here.workers:
                for _ in range(5):
                    await one._call(probe=False)
            assert not any(one.closed for one in here.workers)
            assert await here.healed(within_s=200) <= 120

    play(course, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_replica_probes_by_itself_while_turns_are_away(seed: int) -> None:
    """One of its workers; when they are back, one of all."""

    async def course() -> None:
        async with fleet(seed) as here:
            assert here.far is not None
            here.far.reached = False
            opened = await here.down(60)
            probes = here.target.probes
            assert len(probes) <= 3 * (60 / PACE_S)
            assert len([at for at in probes if at > opened]) >= 3 * 5
            here.far.reached = True
            since = asyncio.get_running_loop().time()
            await asyncio.sleep(60)
            assert min(gaps(probes, since=since + 10)) >= PACE_S
            assert await here.healed(within_s=20) <= 10

    play(course, seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_turns_that_go_away_meanwhile_leave_nobody_behind(seed: int) -> None:
    """Each replica finds the target well by itself."""

    async def course() -> None:
        async with fleet(seed) as here:
            assert here.far is not None
            await here.down(17)
            here.far.reached = False
            assert await here.healed(within_s=30) <= 10 + 5

    play(course, seed)


def test_a_target_that_is_well_costs_nobody_a_question() -> None:
    """Whoever keeps turns hears of nothing while breakers are closed."""

    async def course() -> None:
        async with fleet(1) as here:
            assert here.far is not None
            await asyncio.sleep(60)
            assert here.far.asked == 0
            await here.down(10)
            await here.healed(within_s=20)
            await asyncio.sleep(2)
            asked = here.far.asked
            await asyncio.sleep(60)
            assert here.far.asked == asked

    play(course, 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_turns_that_come_and_go_cost_a_second_or_two(seed: int) -> None:
    """What was found well while a worker could not ask is news to it all the same."""

    async def course() -> None:
        async with fleet(seed) as here, asyncio.TaskGroup() as group:
            assert here.far is not None
            far = here.far

            async def flaps() -> None:
                while True:
                    far.reached = not far.reached
                    await asyncio.sleep(0.7 if far.reached else 0.3)

            await here.down(40)
            task = group.create_task(flaps())
            await asyncio.sleep(10)
            assert await here.healed(within_s=30) <= 10
            task.cancel()

    play(course, seed)


def test_what_was_found_well_before_a_breaker_opened_does_not_close_it() -> None:
    """Neither what this worker told itself, nor what others did while it was closed."""

    async def course() -> None:
        async with fleet(3, replicas=2, workers=1) as here:
            assert here.far is not None
            await here.down(10)
            assert await here.healed(within_s=20) <= 10
            await asyncio.sleep(2)
            await here.far.say("\0".join(KEY), Wish.WELL, 99)
            here.target.well = False
            await until(lambda: not any(one.closed for one in here.workers))
            opened = asyncio.get_running_loop().time()
            await until(
                lambda: (
                    any(one.closed for one in here.workers)
                    or asyncio.get_running_loop().time() > opened + 20
                )
            )
            assert not any(one.closed for one in here.workers)

    play(course, 3)
