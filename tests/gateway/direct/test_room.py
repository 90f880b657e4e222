"""Where there is room for some of a turn only, so many are served; the stages tell the others."""

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from tenken.gateway.direct.passing import Passing
from tenken.gateway.plan import CallerLimits, Plan
from tenken.journal.exchange import Outcome
from tenken.policy.admission import AdmissionPlan
from tenken.policy.breaker import Breaker
from tenken.store.counters.machine import MachineCounters
from tenken.transport.connection import Connection
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.wire.asked import BYTES_A_TOKEN
from tenken.wire.failure import Failure
from tests.gateway.direct.cases import ASKED, in_parts
from tests.gateway.direct.turns import Crowd, Turn, crowd, heard
from tests.gateway.ground import ANSWER, MANNER, Behaviour, Got, answering, fails

pytestmark = pytest.mark.anyio
COUNT = 8
SHORT: dict[str, object] = {**ASKED, "max_tokens": 6}
READ = len(json.dumps(SHORT)) // BYTES_A_TOKEN
RESERVED, USED = READ + 6, 25
"""Tokens of one of these: as many are thought of, and as many are used."""
HELD, PAID = Decimal("0.0000025") * READ + Decimal("0.00006"), Decimal("0.0001")
"""Money, the same."""


def statuses(got: list[Got | None]) -> list[int]:
    return sorted(one.status if one else 0 for one in got)


def codes(got: list[Got | None]) -> set[object]:
    return {one.code for one in got if one is not None and one.status != 200}


def each_once(those: Crowd) -> bool:
    """Whether no request is on record twice."""
    ids = [one.id for one in those.kept.exchanges]
    return len(ids) == len({*ids})


async def test_a_journal_that_is_full_for_a_whole_turn_is_told_by_the_stages() -> None:
    """To everybody; nothing is sent. With room again all are served together."""
    async with crowd(COUNT) as those:
        those.kept.full = True
        Turn(those.direct, COUNT)
        refused = await those.ask(ASKED)
        assert (those.calls, those.kept.begun, those.at_rest()) == ([], [], True)
        those.kept.full = False
        Turn(those.direct, COUNT)
        served = await those.ask(ASKED)
        assert those.kept.begun == [COUNT]

    assert (statuses(refused), codes(refused)) == ([503] * COUNT, {"accounting_unavailable"})
    assert statuses(served) == [200] * COUNT
    assert len(those.here.unrecorded) == len({*those.here.unrecorded}) == COUNT


async def test_who_serves_without_a_journal_serves_a_whole_turn() -> None:
    """And tells of each request that it is not on record."""
    async with crowd(COUNT, manner=replace(MANNER, serves_when_full=True)) as those:
        those.kept.full = True
        Turn(those.direct, COUNT)
        got = await those.ask(ASKED)
        assert those.at_rest()

    assert statuses(got) == [200] * COUNT
    assert len(those.calls) == len({*those.here.unrecorded}) == COUNT


@pytest.mark.parametrize("room", [1, 3, COUNT - 1])
async def test_a_journal_with_room_for_some_of_a_turn_begins_as_many(room: int) -> None:
    """Not one call is made that is not on record."""
    async with crowd(COUNT) as those:
        those.kept.room = room
        Turn(those.direct, COUNT)
        got = await those.ask(ASKED)
        assert those.at_rest()

    assert statuses(got) == [200] * room + [503] * (COUNT - room)
    assert (len(those.calls), len(those.kept.intents), those.kept.begun) == (room, room, [])


@pytest.mark.parametrize("room", [0, 1, COUNT - 1])
async def test_answers_that_have_no_room_are_given_and_each_hole_is_told_once(room: int) -> None:
    """As many as fit are on record."""
    async with crowd(COUNT) as those:
        Turn(those.ends, COUNT, lambda _: setattr(those.kept, "room", room))
        got = await those.ask(ASKED)
        assert those.at_rest()
        recorded = [one.id for one in those.kept.exchanges]
        began = {one.id for one in those.kept.intents}

    assert statuses(got) == [200] * COUNT
    assert len(recorded) == room
    assert sorted([*recorded, *those.here.unrecorded]) == sorted(began)


async def test_a_journal_that_has_to_be_waited_for_takes_a_turn_from_the_stages() -> None:
    """Neither requests nor answers of it are lost, or on record twice."""
    async with crowd(COUNT) as those:
        Turn(those.direct, COUNT, lambda _: setattr(those.kept, "late", True))
        first = await those.ask(ASKED)
        those.kept.late = False
        Turn(those.ends, COUNT, lambda _: setattr(those.kept, "late", True))
        again = await those.ask(ASKED)
        assert those.at_rest()

    assert statuses([*first, *again]) == [200] * 2 * COUNT
    assert (sum(those.kept.begun), those.kept.ended) == (COUNT, [])
    assert each_once(those)
    assert len(those.kept.exchanges) == len(those.kept.intents) == len(those.calls) == 2 * COUNT


CHANGES: dict[str, tuple[Callable[[Plan], Plan], object]] = {
    "its key is revoked": (lambda plan: replace(plan, keys={}), "invalid_api_key"),
    "its caller is gone": (lambda plan: replace(plan, callers={}), "invalid_api_key"),
    "the route is off": (
        lambda plan: replace(plan, routes={"desk": replace(plan.routes["desk"], off=True)}),
        "route_switched_off",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_plan_that_changes_before_the_end_of_a_turn_holds_for_all_of_it(
    change: str,
) -> None:
    """What was known when they came is known no more; nothing is sent."""
    changed, code = CHANGES[change]
    async with crowd(COUNT) as those:
        Turn(those.direct, COUNT, lambda _: those.plans.append(changed(those.plans[-1])))
        got = await those.ask(ASKED)
        assert those.at_rest()

    assert codes(got) == {code}
    assert (those.calls, those.kept.begun, those.kept.intents) == ([], [], [])
    assert each_once(those)


async def test_a_plan_that_says_the_same_anew_serves_all_of_a_turn() -> None:
    """Under its own version."""
    async with crowd(COUNT) as those:
        Turn(those.direct, COUNT,
             lambda _: those.plans.append(replace(those.plans[-1], version="v2")))  # fmt: skip
        got = await those.ask(ASKED)
        assert those.at_rest()

    assert statuses(got) == [200] * COUNT
    assert {one.headers["x-tenken-settings"] for one in got if one} == {"v2"}
    assert {one.identity.settings for one in those.kept.exchanges} == {"v2"}


def opened(breaker: Breaker, now: float) -> None:
    for _ in range(5):
        breaker.note(Failure.SERVER_ERROR, now=now, chance=0.0)
    assert not breaker.lets(now)


async def test_a_breaker_that_opens_before_the_end_of_a_turn_lets_none_of_it_go() -> None:
    """The stages tell when to come again."""
    async with crowd(COUNT) as those:
        breaker = those.here.house.room("t0").breaker
        now = asyncio.get_running_loop().time
        Turn(those.direct, COUNT, lambda _: opened(breaker, now()))
        got = await those.ask(ASKED)
        assert those.at_rest()

    assert (statuses(got), those.calls, those.kept.intents) == ([503] * COUNT, [], [])
    assert all(int(one.headers["retry-after"]) > 0 for one in got if one)


async def test_a_breaker_that_opens_within_a_turn_stops_those_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those before have gone; nobody goes twice."""
    asked, lets = list[Breaker](), Breaker.lets

    def third(breaker: Breaker, now: float) -> bool:
        asked.append(breaker)
        if len(asked) == 3:
            for _ in range(5):
                breaker.note(Failure.SERVER_ERROR, now=now, chance=0.0)
        return lets(breaker, now)

    async with crowd(COUNT) as those:
        monkeypatch.setattr(Breaker, "lets", third)
        Turn(those.direct, COUNT)
        got = await those.ask(ASKED)
        assert those.at_rest()

    assert statuses(got) == [200] * 2 + [503] * (COUNT - 2)
    assert (those.kept.begun, len(those.calls)) == ([2], 2)
    assert each_once(those)


@pytest.mark.parametrize("behaviour", [fails(500), fails(400)], ids=["500", "400"])
async def test_errors_of_a_turn_are_told_to_each_by_the_stages(behaviour: Behaviour) -> None:
    """And count as often as they came."""
    async with crowd(COUNT, behaviour) as those:
        Turn(those.direct, COUNT)
        got = await those.ask(ASKED)
        assert those.at_rest()

    attempts = sum(len(one.attempts) for one in those.kept.exchanges)
    assert attempts == len(those.calls)
    assert len(those.kept.exchanges) == len(those.kept.intents) == COUNT
    assert {one.outcome for one in those.kept.exchanges} == {Outcome.FAILED}
    assert all(one is not None and one.status >= 400 for one in got)


LIMITS = {
    "requests": CallerLimits(rpm=COUNT + 3),
    "places": CallerLimits(parallel=3),
    "tokens": CallerLimits(tpm=COUNT * USED + 3 * RESERVED),
    "money": CallerLimits(budget_usd=COUNT * PAID + 3 * HELD),
    "all of them": CallerLimits(rpm=COUNT + 3, parallel=4, tpm=9_000, budget_usd=Decimal(1)),
}


@pytest.mark.parametrize("name", LIMITS)
async def test_as_many_of_a_turn_are_let_in_as_limits_have_room_for(
    name: str, tmp_path: Path
) -> None:
    """Three; the others are told which limit it is. What is left is told to nobody as more."""
    counters, limits = MachineCounters(tmp_path), LIMITS[name]
    async with crowd(COUNT, limits=limits, counters=counters) as those:
        Turn(those.direct, COUNT)
        got = await those.ask(SHORT)
        assert those.at_rest()
        assert len(those.calls) == len(those.kept.intents) == 3
        assert those.kept.begun == [3]
    counters.close()

    assert statuses(got) == [200] * 3 + [429] * (COUNT - 3)
    assert each_once(those)
    assert len(those.kept.exchanges) == COUNT
    if limits.rpm is not None:
        left = sorted(int(one.headers["x-ratelimit-remaining-requests"]) for one in got if one)
        assert left[0] == 0
        assert left[-1] <= 2
        assert {one.headers["x-ratelimit-limit-requests"] for one in got if one} == {"11"}


def refusal(got: Got) -> tuple[int, str, bool]:
    code = str(got.code) if got.status != 200 else ""
    return got.status, code, "retry-after" in got.headers


@pytest.mark.parametrize("name", LIMITS)
async def test_limits_of_a_turn_are_those_that_the_stages_hold(name: str, tmp_path: Path) -> None:
    """Whoever is let in one by one: as many, and refused with the same words."""
    told = []
    for many in (True, False):
        counters = MachineCounters(tmp_path / str(many))
        async with crowd(COUNT, limits=LIMITS[name], counters=counters) as those:
            if many:
                Turn(those.direct, COUNT)
            else:
                those.here.straight._direct = None
            got = await those.ask(SHORT)
            told.append(sorted(refusal(one) for one in got if one))
        counters.close()

    assert told[0] == told[1]


@pytest.mark.parametrize("full", ["the journal", "the door"])
async def test_what_a_turn_has_taken_is_given_back_where_it_cannot_go_on(
    full: str, tmp_path: Path
) -> None:
    """Requests, tokens, places and money: as many are served behind it as if it had not been."""
    counters = MachineCounters(tmp_path)
    limits = CallerLimits(rpm=2 * COUNT, parallel=COUNT, tpm=COUNT * USED + COUNT * RESERVED)
    async with crowd(COUNT, limits=limits, counters=counters) as those:
        those.kept.full = full == "the journal"
        those.here.door._most = 0 if full == "the door" else COUNT
        those.here.door.line._plan = AdmissionPlan(queue_max=0)
        Turn(those.direct, COUNT)
        assert statuses(await those.ask(SHORT)) == [503] * COUNT
        those.kept.full, those.here.door._most = False, COUNT
        Turn(those.direct, COUNT)
        got = await those.ask(SHORT)
        assert those.at_rest()
    counters.close()

    assert statuses(got) == [200] * COUNT
    assert min(int(one.headers["x-ratelimit-remaining-requests"]) for one in got if one) == 0


@pytest.mark.parametrize(("queue", "served"), [(0, 3), (2, 5), (COUNT, COUNT)])
async def test_a_door_with_fewer_places_lets_in_as_many(queue: int, served: int) -> None:
    """The next ones wait in its line, in their order, as far as that is long enough."""
    plan = AdmissionPlan(in_flight_max=3, queue_max=queue, wait_max_s=60)
    async with crowd(COUNT, links=3, manner=replace(MANNER, admission=plan)) as those:
        Turn(those.direct, COUNT)
        got = await those.ask(ASKED)
        assert those.at_rest()

    assert statuses(got) == [200] * served + [503] * (COUNT - served)
    assert (those.kept.begun, len(those.calls)) == ([3], served)
    assert codes(got) <= {"overloaded"}
    assert each_once(those)


@pytest.mark.parametrize("links", [1, 3, COUNT])
async def test_who_finds_no_connection_has_one_opened(links: int) -> None:
    """So many are begun together as connections are kept; all are served."""
    async with crowd(COUNT, in_parts, links=links) as those:
        Turn(those.direct, COUNT)
        got = await those.ask(ASKED)
        assert those.at_rest()

    assert statuses(got) == [200] * COUNT
    assert (those.kept.begun, len(those.calls)) == ([links], COUNT)
    assert each_once(those)


async def names(request: Request, reply: Reply) -> None:
    """Answer with who has asked."""
    await answering({**ANSWER, "id": json.loads(request.body)["user"]})(request, reply)


async def test_requests_behind_each_other_are_answered_in_order_on_each_connection() -> None:
    """What comes while one waits for the end of its turn is begun behind its answer."""
    bodies = [[{**ASKED, "user": f"u-{at}-{turn}"} for turn in range(4)] for at in range(COUNT)]
    async with crowd(COUNT, names) as those:
        lines = list[Connection]()

        def then(many: list[Passing]) -> None:
            lines.extend(one.line for one in many if isinstance(one.line, Connection))
            for at, client in enumerate(those.clients):
                client.send(bodies[at][1])

        Turn(those.direct, COUNT, then, until=lambda: all(line._held for line in lines))
        got = [await those.ask(*[some[0] for some in bodies])]
        got.append(await heard(client.got() for client in those.clients))
        assert (sum(those.kept.begun), those.kept.begun[0]) == (2 * COUNT, COUNT)
        for at, client in enumerate(those.clients):
            client.send(*bodies[at][2:])
        got += [await heard(client.got() for client in those.clients) for _ in range(2)]
        assert those.at_rest()

    asked = [[some[turn]["user"] for some in bodies] for turn in range(4)]
    assert [[one.json["id"] for one in turn if one] for turn in got] == asked
    assert each_once(those)
    assert len(those.kept.exchanges) == len(those.calls) == 4 * COUNT


async def test_a_turn_that_waits_is_served_before_the_end() -> None:
    """A gateway that is told to end meanwhile answers all of it, and closes the connections."""
    async with crowd(COUNT) as those, asyncio.TaskGroup() as group:
        Turn(those.direct, COUNT,
             lambda _: group.create_task(those.here.server.drain(30)),
             until=lambda: those.here.server._house.closing)  # fmt: skip
        got = await those.ask(ASKED)
        after = await heard(client.got() for client in those.clients)

    assert statuses(got) == [200] * COUNT
    assert after == [None] * COUNT
    assert (those.kept.begun, those.here.server.connections) == ([COUNT], 0)
    assert len(those.kept.exchanges) == COUNT


async def test_a_turn_that_waits_for_an_end_without_patience_is_not_sent() -> None:
    """Nothing of it is on record."""
    async with crowd(COUNT) as those, asyncio.TaskGroup() as group:
        Turn(those.direct, COUNT,
             lambda _: group.create_task(those.here.server.drain(0)),
             until=lambda: not those.here.server.connections)  # fmt: skip
        got = await those.ask(ASKED)
        assert those.at_rest()

    assert statuses(got) == [0] * COUNT
    assert (those.calls, those.kept.intents, those.kept.exchanges) == ([], [], [])
