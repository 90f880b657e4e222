"""Clients that leave while others of their turn are served, at each moment at which they can."""

import asyncio
from pathlib import Path

import pytest

from tenken.gateway.plan import CallerLimits
from tenken.journal.exchange import Outcome
from tenken.store.counters.machine import MachineCounters
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.direct.cases import ASKED
from tests.gateway.direct.turns import Turn, connected, crowd, heard, leave
from tests.gateway.ground import ANSWER, Behaviour, Got, answering, answers

pytestmark = pytest.mark.anyio
COUNT = 8
PLACES = CallerLimits(rpm=900, tpm=900_000, parallel=COUNT)
NOT_READABLE, NOT_COUNTED = answering({"no": "choices"}), answering({**ANSWER, "usage": None})


def statuses(got: list[Got | None]) -> list[int]:
    """Give what was answered; 0 for nothing."""
    return sorted(one.status if one else 0 for one in got)


def is_odd(request: Request) -> bool:
    return b'"odd"' in request.body


@pytest.mark.parametrize("left", [1, 3, COUNT - 1, COUNT])
async def test_who_leaves_before_the_end_of_the_turn_was_never_there(
    left: int, tmp_path: Path
) -> None:
    """Nothing is sent, nothing recorded, nothing taken; all others are served."""
    counters = MachineCounters(tmp_path)
    async with crowd(COUNT, limits=PLACES, counters=counters) as those:
        Turn(those.direct, COUNT, lambda many: leave(many[:left]))
        got = await those.ask(ASKED)
        assert those.at_rest()
        assert those.kept.begun == ([COUNT - left] if left < COUNT else [])
        others = [one.id for one in those.kept.exchanges]
        assert those.here.server.connections == COUNT - left
    counters.close()

    assert statuses(got) == [0] * left + [200] * (COUNT - left)
    assert len(those.calls) == len(those.kept.intents) == len({*others}) == COUNT - left


@pytest.mark.parametrize("behaviour", [answers, NOT_COUNTED], ids=["plain", "oddly"])
async def test_who_leaves_behind_its_answer_is_on_record_as_answered(
    behaviour: Behaviour, tmp_path: Path
) -> None:
    """Once, as the provider was paid; its place and what it took are given back."""
    counters = MachineCounters(tmp_path)
    async with crowd(COUNT, behaviour, limits=PLACES, counters=counters) as those:
        Turn(those.ends, COUNT, lambda many: leave(many[2:5]))
        got = await those.ask(ASKED)
        assert those.at_rest()
        first = [(one.outcome, one.status) for one in those.kept.exchanges]
        ids = {one.id for one in those.kept.exchanges}
        async with connected(those.here, 3) as fresh:
            those.clients = [one for one, had in zip(those.clients, got, strict=True) if had]
            those.clients += fresh
            again = await those.ask(ASKED)  # as many places as there are
        assert those.at_rest()
    counters.close()

    assert statuses(got) == [0] * 3 + [200] * (COUNT - 3)
    assert first == [(Outcome.ANSWERED, 200)] * COUNT
    assert len(ids) == COUNT
    assert statuses(again) == [200] * COUNT
    assert those.here.unrecorded == []


async def test_who_leaves_behind_an_answer_that_nobody_can_read_is_cancelled() -> None:
    """There is nobody for whom another target would be asked."""

    async def some(request: Request, reply: Reply) -> None:
        await (NOT_READABLE if is_odd(request) else answers)(request, reply)

    odd = {**ASKED, "user": "odd"}
    async with crowd(COUNT, some) as those:
        Turn(those.ends, COUNT, lambda many: leave([one for one in many if is_odd(one.request)]))
        got = await those.ask(odd, odd, ASKED)
        assert those.at_rest()

    assert statuses(got) == [0] * 2 + [200] * (COUNT - 2)
    ends = sorted((one.outcome.value, one.status) for one in those.kept.exchanges)
    assert ends == [("answered", 200)] * (COUNT - 2) + [("cancelled", 499)] * 2


async def test_who_leaves_as_the_stages_are_to_begin_it_is_not_sent() -> None:
    """What could not be begun together is begun by nobody; the others are told why."""
    async with crowd(COUNT) as those:
        those.kept.full = True
        Turn(those.direct, COUNT, after=lambda many: leave(many[:3]))
        got = await those.ask(ASKED)
        assert those.at_rest()

    assert statuses(got) == [0] * 3 + [503] * (COUNT - 3)
    assert (those.calls, those.kept.intents, those.kept.exchanges) == ([], [], [])
    assert len({*those.here.unrecorded}) == len(those.here.unrecorded)


async def test_who_leaves_as_the_stages_are_to_go_on_is_on_record_once() -> None:
    """Its call was made, and its answer is of no use to anybody."""
    async with crowd(COUNT, NOT_READABLE) as those:
        Turn(those.ends, COUNT, after=leave)
        got = await those.ask(ASKED)
        assert those.at_rest()
        ids = [one.id for one in those.kept.exchanges]

    assert statuses(got) == [0] * COUNT
    assert {one.outcome for one in those.kept.exchanges} == {Outcome.CANCELLED}
    assert len(those.calls) == len(those.kept.intents) == len(ids) == len({*ids}) == COUNT


async def test_who_leaves_while_the_provider_thinks_is_alone_in_it() -> None:
    """Calls of one turn are broken off one by one."""
    go, begun = asyncio.Event(), asyncio.Semaphore(0)

    async def held(request: Request, reply: Reply) -> None:
        begun.release()
        await go.wait()
        await answers(request, reply)

    async with crowd(COUNT, held) as those:
        Turn(those.direct, COUNT)
        for client in those.clients:
            client.send(ASKED)
        for _ in range(COUNT):
            await begun.acquire()
        for client in those.clients[:3]:
            client.leave()
        while len(those.kept.exchanges) < 3:
            those.kept.settled.clear()
            await those.kept.settled.wait()
        go.set()
        got = await heard(client.got() for client in those.clients[3:])
        assert those.at_rest()

    assert statuses(got) == [200] * (COUNT - 3)
    ends = sorted((one.outcome.value, one.status) for one in those.kept.exchanges)
    assert ends == [("answered", 200)] * (COUNT - 3) + [("cancelled", 499)] * 3
