"""The world that is played is as real as its players can tell."""

import asyncio

import pytest

from tenken.drills.provider.plan import FaultPlan
from tests.gateway.ground import plan_of
from tests.simulation.loop import Stuck
from tests.simulation.world import WAYS, Had, run, world


async def _asked_each() -> list[Had]:
    async with world({"t": FaultPlan(latency_s=5.0)}, plan_of) as here:
        return [await here.ask(WAYS["chat"]), await here.ask(WAYS["chat"], stream=True)]


def test_a_request_takes_its_time_and_none_of_ours() -> None:
    """Ten seconds of a provider's thinking pass at once, and exactly."""
    whole, stream = run(_asked_each)

    assert whole.whole(WAYS["chat"], stream=False)
    assert stream.whole(WAYS["chat"], stream=True)
    assert 5.0 <= whole.took_s < 5.01


def test_waiting_for_nobody_is_told() -> None:
    """Instead of never ending."""
    with pytest.raises(Stuck):
        run(asyncio.Event().wait)


def test_the_same_seed_gives_the_same_course() -> None:
    """To the last digit."""
    assert run(_asked_each, seed=3) == run(_asked_each, seed=3)
