"""Judges that refuse, or are slow time and again; and what a stream is put off by."""

import asyncio

import pytest

from tenken.policy.breaker import State
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.ground import DONE, STOP
from tests.gateway.screening.test_judging import (
    ERROR,
    LONG,
    POLICY,
    TOLD,
    Judge,
    bench,
    body,
    desk,
)
from tests.gateway.screening.test_screening import Heard, pieces

pytestmark = pytest.mark.anyio


async def test_a_judge_that_refuses_takes_nothing_from_its_budget() -> None:
    """When it answers again there is as much of it left as before."""
    refuses = [True] * 4
    judge = Judge()

    async def back_again(request: Request, reply: Reply) -> None:
        await (ERROR if refuses and refuses.pop() else judge)(request, reply)

    policy = POLICY.format(told=TOLD, fail="open", more="", patience=30_000)
    policy = policy.replace("budget_usd_per_day: 10", "budget_usd_per_day: 0.02")
    async with bench(Heard(), back_again, policy) as ground:
        for _ in range(3):
            await ground.post(body({"role": "user", "content": "hello"}))
        kept = ground.kept.exchanges

    said = [[one.failure for one in exchange.judgings] for exchange in kept]
    assert said == [["server_error"] * 2, ["server_error"] * 2, ["", ""]]


async def test_a_judge_that_is_slow_time_and_again_is_not_waited_for() -> None:
    """Its own breaker opens; that of its target stays as it is, for others have more patience."""
    asked: list[str] = []

    async def silent(request: Request, _reply: Reply) -> None:
        asked.append(request.path)
        await asyncio.Event().wait()

    async with desk(Heard(), silent, patience=10) as ground:
        for _ in range(7):
            await ground.post(body())
        whys = [exchange.judgings[0].failure for exchange in ground.kept.exchanges]
        state = ground.house.room("judge").breaker.state

    assert whys == ["slow"] * 5 + ["away"] * 2
    assert len(asked) == 5
    assert state is State.CLOSED


async def test_what_a_held_stream_is_put_off_by_is_on_record() -> None:
    """Also where nothing of it could leave before its end."""
    heard = Heard(parts=(*pieces(LONG, 4), STOP, DONE))
    async with desk(heard, Judge("nothing"), fail="open") as ground:
        await ground.post(body({"role": "user", "content": "hello"}, stream=True))
        kept = ground.kept.exchanges[0]

    answer = kept.judgings[1]
    assert answer.stage == "outward"
    assert kept.timings.guarded >= answer.took
