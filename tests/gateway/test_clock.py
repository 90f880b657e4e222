"""The machine's clock jumps, as at the end of a leap or after a sleep: nothing opens or sticks."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tenken.drills.provider.fault import Fault, Wrong
from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.server import FakeProvider
from tenken.gateway.plan import CallerLimits, Plan
from tenken.transport.addresses import Origin
from tenken.transport.server import Server
from tests.gateway.ground import NOW, Got, Steady, plan_of, standing, target
from tests.simulation.world import run

ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
HOUR_S = 3600
JUMPS = [HOUR_S, -HOUR_S, 24 * HOUR_S, -24 * HOUR_S]
DOWN = FaultPlan(then=Fault(kind=Wrong.STATUS, status=503))


class Jumping(Steady):
    """A clock on the wall that is set anew; the loop's goes on."""

    jumped_s = 0

    def wall_us(self) -> int:
        return (int(NOW.timestamp()) + self.jumped_s) * 1_000_000


def played(
    jumps: Sequence[int], limits: CallerLimits, *, plan: FaultPlan, rest_s: float = 0.0
) -> list[Got]:
    """Ask once before the first jump, and after each one; then once more when rested."""

    def limited(found: Plan) -> Plan:
        app = replace(found.callers["app"], limits=limits)
        return replace(found, callers={"app": app})

    async def course() -> list[Got]:
        server = Server(FakeProvider(plan, clock=asyncio.get_running_loop().time))
        await server.start()
        host, port = server.address
        outside = Jumping()
        one = target("t0", Origin(host=host, port=port, tls=False))
        async with standing(limited(plan_of((one,))), outside=outside) as here:
            got = [await here.post(ASKED)]
            for jump in jumps:
                outside.jumped_s += jump
                got.append(await here.post(ASKED))
            await asyncio.sleep(rest_s)
            got.append(await here.post(ASKED))
        await server.drain(0)
        return got

    return run(course)


@pytest.mark.parametrize("jump", JUMPS)
def test_a_limit_a_minute_neither_opens_nor_sticks(jump: int) -> None:
    """It goes by a clock that never jumps."""
    got = played([jump, -jump], CallerLimits(rpm=1), plan=FaultPlan(), rest_s=62)

    assert [one.status for one in got] == [200, 429, 429, 200]
    assert int(got[1].headers["retry-after"]) <= 61


@pytest.mark.parametrize("jump", JUMPS)
def test_a_breaker_neither_closes_nor_sticks(jump: int) -> None:
    """Nor does its pause; what comes after it is a call again."""
    before = [0] * 8
    got = played([*before, jump, -jump], CallerLimits(), plan=DOWN, rest_s=61)

    assert {one.status for one in got} == {503}
    assert int(got[-2].headers["retry-after"]) <= 60


def test_a_budget_of_a_day_does_not_open_when_the_clock_goes_back() -> None:
    """A new day is one, and the day before it is over for good."""
    day = 24 * HOUR_S
    limits = CallerLimits(budget_usd=Decimal("0.012"))  # of which a request reserves over half
    spent = FaultPlan(then=Fault(kind=Wrong.PRICE_SPIKE, factor=100))
    got = played([HOUR_S, -2 * HOUR_S, HOUR_S, -day, 2 * day, -day], limits, plan=spent)

    assert [one.status for one in got] == [200, 429, 429, 429, 429, 200, 429, 429]
