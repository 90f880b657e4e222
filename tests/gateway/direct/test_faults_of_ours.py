"""A fault of ours within a turn concerns one request of it; the others are served."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tenken.gateway.admit import Admit
from tenken.gateway.direct import ends
from tenken.gateway.direct.passing import Passing
from tenken.gateway.entering.door import Door
from tenken.gateway.plan import CallerLimits
from tenken.gateway.settle import Bookkeeper
from tenken.journal.exchange import Outcome
from tenken.policy.breaker import Breaker
from tenken.store.counters.cell_grip import CellGrip
from tenken.store.counters.machine import MachineCounters
from tenken.transport.connection import Connection
from tenken.transport.upstream import Pool
from tenken.wire.requests import chat
from tests.gateway.direct.cases import ASKED
from tests.gateway.direct.turns import Crowd, Turn, crowd, leave
from tests.gateway.direct.ways import Drawn
from tests.gateway.ground import ANSWER, Got, Keys, answering

pytestmark = pytest.mark.anyio
COUNT = 8
PLACES = CallerLimits(rpm=900, tpm=900_000, parallel=COUNT)


class Broken(RuntimeError):
    """A fault of ours."""


def breaks(
    patch: pytest.MonkeyPatch, owner: object, name: str, *, at: int = 3, done: bool = False
) -> None:
    """Have a function raise when it is called for that time, and once; `done`: when it is done."""
    real, calls = getattr(owner, name), [0]

    def breaking(*arguments: object, **named: object) -> object:
        calls[0] += 1
        if calls[0] == at and not done:
            raise Broken
        answer = real(*arguments, **named)
        if calls[0] == at:
            raise Broken
        return answer

    patch.setattr(owner, name, breaking)


def statuses(got: list[Got | None]) -> list[int]:
    return sorted(one.status if one else 0 for one in got)


async def serves_on(those: Crowd) -> None:
    """All places and limits are free: as many as before are served at once, together."""
    those.here.faults.clear()
    those.kept.begun.clear()
    Turn(those.direct, len(those.clients))
    assert statuses(await those.ask(ASKED)) == [200] * len(those.clients)
    assert those.kept.begun == [len(those.clients)]
    assert those.at_rest()


BEFORE = {
    "reading": (chat, "plain"),
    "asking the breaker": (Breaker, "lets"),
    "taking a connection": (Pool, "taken"),
    "entering": (Door, "enter"),
    "drawing names": (Drawn, "token"),
    "taking a credential": (Keys, "lines"),
    "putting on record": (Bookkeeper, "begin"),
}


@pytest.mark.parametrize("step", BEFORE)
async def test_what_breaks_before_anything_was_sent_is_begun_by_the_stages(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are answered, each is on record once, and nobody is told of a fault."""
    counters = MachineCounters(tmp_path)
    owner, name = BEFORE[step]
    at = 1 if step == "putting on record" else 3
    begun = 0 if step == "putting on record" else COUNT - 1

    class Names(Drawn):
        def token(self, size: int) -> str:
            return Drawn.token(self, size)

    class Lines(Keys):
        def lines(self, *arguments: Any, **named: Any) -> bytes:
            return Keys.lines(self, *arguments, **named)

    async with crowd(
        COUNT, limits=PLACES, counters=counters, outside=Names(), credentials=Lines()
    ) as those:
        with monkeypatch.context() as patch:
            Turn(those.direct, COUNT, lambda _: breaks(patch, owner, name, at=at))
            got = await those.ask(ASKED)
        assert those.at_rest()
        assert statuses(got) == [200] * COUNT
        ids = [one.id for one in those.kept.exchanges]
        assert len(ids) == len({*ids}) == len(those.kept.intents) == len(those.calls) == COUNT
        assert sum(those.kept.begun) == begun
        await serves_on(those)
    counters.close()


@pytest.mark.parametrize("name", ["at_once", "all_at_once"])
async def test_limits_that_break_are_asked_by_the_stages(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever cannot take hold of them directly is begun anew."""
    counters = MachineCounters(tmp_path)
    async with crowd(COUNT, limits=PLACES, counters=counters) as those:
        with monkeypatch.context() as patch:
            Turn(those.direct, COUNT, lambda _: breaks(patch, CellGrip, name, at=1))
            got = await those.ask(ASKED)
        assert those.at_rest()
        assert statuses(got) == [200] * COUNT
        assert len({one.id for one in those.kept.exchanges}) == len(those.calls) == COUNT
        await serves_on(those)
    counters.close()


async def test_what_cannot_be_sent_is_told_and_on_record_and_the_others_are_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is on record already: the stages tell how it ended."""
    async with crowd(COUNT) as those:
        with monkeypatch.context() as patch:
            Turn(those.direct, COUNT, lambda _: breaks(patch, Pool, "begin"))
            got = await those.ask(ASKED)
        assert [type(fault) for fault in those.here.faults] == [Broken]
        outcomes = sorted(one.outcome.value for one in those.kept.exchanges)

    assert statuses(got) == [200] * (COUNT - 1) + [500]
    assert outcomes == ["answered"] * (COUNT - 1) + ["failed"]
    assert len(those.kept.intents) == COUNT


BEHIND = {
    "reading its answer": (ends, "whole_answer", False, Outcome.FAILED),
    "telling the breaker": (Breaker, "answered", True, Outcome.FAILED),
    "giving back its place": (Door, "leave", True, Outcome.ANSWERED),
}


@pytest.mark.parametrize("step", BEHIND)
async def test_what_breaks_behind_an_answer_is_told_to_one(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others have theirs; each is on record once."""
    owner, name, done, outcome = BEHIND[step]
    counters = MachineCounters(tmp_path)
    async with crowd(COUNT, limits=PLACES, counters=counters) as those:
        with monkeypatch.context() as patch:
            Turn(those.ends, COUNT, lambda _: breaks(patch, owner, name, done=done))
            got = await those.ask(ASKED)
        assert [type(fault) for fault in those.here.faults] == [Broken]
        assert statuses(got) == [200] * (COUNT - 1) + [500]
        ids = [one.id for one in those.kept.exchanges]
        assert len(ids) == len({*ids}) == COUNT
        outcomes = sorted(one.outcome.value for one in those.kept.exchanges)
        assert outcomes == sorted(["answered"] * (COUNT - 1) + [outcome.value])
        await serves_on(those)
    counters.close()


@pytest.mark.parametrize("name", ["used", "all_used", "used_together"])
async def test_limits_that_break_behind_an_answer_leave_each_on_record_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody is told something."""
    if not hasattr(Admit, name):
        return
    counters = MachineCounters(tmp_path)
    async with crowd(COUNT, limits=PLACES, counters=counters) as those:
        with monkeypatch.context() as patch:
            Turn(those.ends, COUNT, lambda _: breaks(patch, Admit, name, at=1, done=True))
            got = await those.ask(ASKED)
        assert {*statuses(got)} <= {200, 500}
        ids = [one.id for one in those.kept.exchanges]
        assert len(ids) == len({*ids}) == COUNT
        await serves_on(those)
    counters.close()


async def test_a_record_that_breaks_is_told_to_all_whose_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes next is served as ever."""
    counters = MachineCounters(tmp_path)
    async with crowd(COUNT, limits=PLACES, counters=counters) as those:
        with monkeypatch.context() as patch:
            Turn(those.ends, COUNT, lambda _: breaks(patch, Bookkeeper, "end", at=1))
            got = await those.ask(ASKED)
        assert [type(fault) for fault in those.here.faults] == [Broken] * COUNT
        assert statuses(got) == [500] * COUNT
        await serves_on(those)
    counters.close()


async def test_what_breaks_behind_an_answer_that_was_sent_ends_one_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A second answer would be taken for that to the next request."""
    told = list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda _, said: told.append(said))
    async with crowd(COUNT) as those:
        with monkeypatch.context() as patch:
            Turn(those.ends, COUNT, lambda _: breaks(patch, Connection, "over", done=True))
            got = await those.ask(ASKED)
        assert statuses(got) == [200] * COUNT
        assert those.at_rest()
        again = await those.ask(ASKED)
        assert statuses(again) == [0] + [200] * (COUNT - 1)
        assert len(told) == 1


@pytest.mark.parametrize("gone", [1, 3])
async def test_a_fault_while_a_fault_is_seen_to_is_told_to_all_who_are_left(
    gone: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client has left, its answer is none, and that cannot be put on record either."""
    told = list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda _, said: told.append(said))

    async with crowd(COUNT) as those:
        with monkeypatch.context() as patch:

            def then(many: list[Passing]) -> None:
                leave(many[:gone])
                for one in many[:gone]:
                    one.content = b"{"
                breaks(patch, Bookkeeper, "end", at=1)

            Turn(those.ends, COUNT, then)
            got = await those.ask(ASKED)
        assert statuses(got) == [0] * gone + [500] * (COUNT - gone)
        assert (those.here.door.in_flight, those.here.server.in_flight) == (0, 0)
        ids = [one.id for one in those.kept.exchanges]
        assert COUNT - 1 <= len(ids) == len({*ids})
        assert told == []


async def test_a_fault_while_something_is_given_back_takes_nobody_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that goes back to the stages, and whose limits cannot be given back."""
    counters = MachineCounters(tmp_path)
    async with crowd(COUNT, limits=PLACES, counters=counters) as those:
        those.kept.full = True
        with monkeypatch.context() as patch:
            Turn(those.direct, COUNT, lambda _: breaks(patch, Admit, "used", done=True))
            got = await those.ask(ASKED)
        those.kept.full = False
        assert statuses(got) == [503] * COUNT
        assert (those.here.door.in_flight, those.here.server.in_flight) == (0, 0)
        assert those.calls == []
        await serves_on(those)
    counters.close()


async def test_an_odd_answer_that_cannot_be_settled_is_told_to_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One whose record has no place in a form is put on record by itself."""
    async with crowd(COUNT, answering({**ANSWER, "usage": None})) as those:
        with monkeypatch.context() as patch:
            Turn(those.ends, COUNT, lambda _: breaks(patch, Bookkeeper, "end"))
            got = await those.ask(ASKED)
        assert statuses(got) == [200] * (COUNT - 1) + [500]
        assert [type(fault) for fault in those.here.faults] == [Broken]
        assert len({one.id for one in those.kept.exchanges}) == COUNT - 1
        assert (those.here.door.in_flight, those.here.server.in_flight) == (0, 0)
