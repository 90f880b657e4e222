"""A stream that fails after its first words is never said again, and never looks whole."""

import pytest
from msgspec.structs import replace

from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.telling import ANSWER, PIECE
from tests.faults.cells import routed
from tests.simulation.net import CALM
from tests.simulation.world import WAYS, Had, net, run, world

pytestmark = pytest.mark.slow

STREAMING = [name for name, way in WAYS.items() if way.ends]
BREAKING = (
    Wrong.CUT,
    Wrong.STALL,
    Wrong.MALFORMED_EVENT,
    Wrong.ERROR_EVENT,
    Wrong.ENDS_WITHIN,
)
FIRST_PIECE = b':"%b"' % ANSWER[:PIECE].encode()
PIECES = range(13)
"""More than any API's stream has: some of these break nothing."""
RUGGED = replace(CALM, delay_s=(0.0001, 0.03), pieces=True)


def told(api: str, fault: Fault, *, seed: int) -> tuple[Had, list[int]]:
    """Ask for a stream over a network that tears it; gives the calls of both providers too."""
    way = WAYS[api]
    plans = {"first": FaultPlan(then=fault, between_s=0.02), "second": FaultPlan()}

    async def course() -> tuple[Had, list[int]]:
        async with world(plans, routed, side=way.side) as here:
            net().weather(here.gateway.house.room("first").pool.origin.port, RUGGED)
            had = await here.ask(way, stream=True)
            return had, [len(one.seen) for one in here.providers.values()]

    return run(course, seed=seed)


@pytest.mark.parametrize("api", STREAMING)
@pytest.mark.parametrize("kind", BREAKING)
def test_wherever_it_breaks(api: str, kind: Wrong) -> None:
    """Before any text another provider answers; after it there is an error in its place."""
    way = WAYS[api]
    seen = set()
    for after in PIECES:
        had, calls = told(api, Fault(kind=kind, after=after), seed=after)
        whole = had.whole(way, stream=True)
        seen.add((whole, calls == [1, 1]))

        assert had.status == 200
        assert not had.broken
        assert had.body.count(FIRST_PIECE) <= 1
        if calls == [1, 1]:
            assert whole
        else:
            assert calls == [1, 0]
            assert whole is not bool(had.code)

    assert {(True, True), (False, False)} <= seen
