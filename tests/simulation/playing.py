"""Plays a scene in a world, and tells which of the promises it broke."""

import asyncio
from collections import Counter
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from tenken.drills.provider.seen import Seen
from tenken.gateway.calling.attempt import SENT_AGAIN
from tenken.journal.exchange import Exchange, Outcome
from tenken.policy.breaker import State
from tests.gateway import ground
from tests.simulation.scenes import Asking, Scene
from tests.simulation.world import WAYS, Had, World, net, run, world

REST_S = 20.0
"""After the last request: beyond every timeout of a scene."""
SLACK_S = 0.25
"""A deadline is looked at every few milliseconds, and what is said then takes its way."""
ATTEMPTS_MAX = 3


class Played(Struct, frozen=True):
    """What happened."""

    scene: Scene
    had: dict[str, Had]
    """By request; those whose client left are missing."""
    exchanges: list[Exchange]
    unrecorded: list[str]
    faults: list[Exception]
    intents: list[str]
    seen: dict[str, list[Seen]]
    """By provider."""
    remains: dict[str, int]
    """What should be nothing when all is over."""


def play(scene: Scene) -> Played:
    """Play it to its end and beyond."""
    return run(lambda: _course(scene), seed=scene.seed)


async def _course(scene: Scene) -> Played:
    async with world(
        scene.plans,
        scene.plan,
        side=scene.side,
        dead=scene.dead,
        manner=replace(ground.MANNER, admission=scene.extras.admission),
    ) as here:
        for name in scene.plans:
            port = here.gateway.house.room(name).pool.origin.port
            net().weather(port, scene.weather[name])
        had: dict[str, Had] = {}
        async with asyncio.TaskGroup() as group:
            group.create_task(_fill(scene, here))
            for asking in scene.askings:
                group.create_task(_ask(here, asking, had))
        await asyncio.sleep(REST_S)
        kept = here.gateway.kept
        return Played(
            scene,
            had,
            kept.exchanges,
            here.gateway.unrecorded,
            here.gateway.faults,
            [one.id for one in kept.intents],
            {name: one.seen for name, one in here.providers.items()},
            _remains(here),
        )


async def _fill(scene: Scene, here: World) -> None:
    begin, end = scene.full
    await asyncio.sleep(begin)
    here.gateway.kept.full = True
    await asyncio.sleep(end - begin)
    here.gateway.kept.full = False


async def _ask(here: World, asking: Asking, had: dict[str, Had]) -> None:
    await asyncio.sleep(asking.at_s)
    headers = {"x-request-id": asking.id}
    if asking.deadline_s is not None:
        headers["x-request-timeout-ms"] = str(round(asking.deadline_s * 1000))
    if asking.key:
        headers["idempotency-key"] = asking.key
    way = WAYS[asking.api]
    try:
        async with asyncio.timeout(asking.leaves_s):
            had[asking.id] = await here.ask(
                way, stream=asking.stream, headers=headers, pause_s=asking.pause_s
            )
    except TimeoutError:
        pass  # the client has left


def _remains(here: World) -> dict[str, int]:
    house = here.gateway.house
    rooms = [house.room(name) for name in here.providers]
    return {
        "inside the door": here.gateway.door.in_flight,
        "requests in flight": here.gateway.server.in_flight,
        "upstream calls": sum(room.pool.active for room in rooms),
        "places taken": sum(here.counters._parallel.values()),
        "probes out": sum(
            room.breaker.state is State.HALF_OPEN and room.breaker.probing for room in rooms
        ),
        "answers begun": sum(
            one.end == "open" for each in here.providers.values() for one in each.seen
        ),
    }


def broken(played: Played) -> list[str]:
    """Give every promise that was broken, in words."""
    return [line for check in CHECKS for line in check(played)]


def nothing_remains(played: Played) -> list[str]:
    """Slots, calls and probes are back where they were."""
    return [f"{count} {what}" for what, count in played.remains.items() if count]


def no_fault_of_ours(played: Played) -> list[str]:
    """Whatever a provider does is an outcome, not an exception."""
    return [f"fault: {fault!r}" for fault in played.faults]


def one_record_each(played: Played) -> list[str]:
    """A request that got anywhere has one record with one end, or is told as unrecorded."""
    records = Counter(one.id for one in played.exchanges)
    known = set(records) | set(played.unrecorded)
    lines = [f"{id_}: {count} records" for id_, count in records.items() if count > 1]
    lines += [f"{one.id}: no end" for one in played.exchanges if one.outcome is Outcome.UNKNOWN]
    lines += [f"{id_}: answered without a record" for id_ in played.had if id_ not in known]
    lines += [f"{id_}: an intent without an end" for id_ in played.intents if id_ not in known]
    called = {one.request_id for each in played.seen.values() for one in each}
    lines += [f"{id_}: called, unknown" for id_ in called - known]
    intended = set(played.intents)
    return lines + [f"{id_}: called without an intent" for id_ in called - intended]


def the_ledger_is_the_provider_s_log(played: Played) -> list[str]:
    """Every call that a provider saw is an attempt on record, with the tokens that it told."""
    records = {one.id: one for one in played.exchanges}
    lines: list[str] = []
    for name, calls in played.seen.items():
        by_id: dict[str, list[Seen]] = {}
        for call in calls:
            by_id.setdefault(call.request_id, []).append(call)
        for id_, seen in by_id.items():
            record = records.get(id_)
            if record is not None:
                lines += _compared(record, name, seen)
    return lines


def _compared(record: Exchange, name: str, seen: list[Seen]) -> list[str]:
    attempts = [one for one in record.attempts if one.target == name]
    lines = []
    if len(seen) > len(attempts):
        lines.append(f"{record.id}: {len(seen)} calls at {name}, {len(attempts)} on record")
    for attempt in attempts:
        if attempt.failure is not None or attempt.usage.source != "provider":
            continue
        told = {(call.input_tokens, call.output_tokens) for call in seen}
        figures = (attempt.usage.read, attempt.usage.written)
        if figures not in told:
            lines.append(f"{record.id}: {figures} on record, {told} told by {name}")
    return lines


def nothing_broken_looks_whole(played: Played) -> list[str]:
    """What a client takes for an answer was one, from one provider, said once."""
    records = {one.id: one for one in played.exchanges}
    askings = {one.id: one for one in played.scene.askings}
    lines: list[str] = []
    for id_, had in played.had.items():
        asking, record = askings[id_], records.get(id_)
        whole = had.whole(WAYS[asking.api], stream=asking.stream)
        if record is not None and whole is not (record.outcome is Outcome.ANSWERED):
            lines.append(f"{id_}: whole is {whole}, on record as {record.outcome}")
        if had.status == 200 and not whole and not had.code and not had.broken:
            lines.append(f"{id_}: a stream without an end and without an error")
        if record is not None and record.outcome is Outcome.ANSWERED and record.attempts:
            last = record.attempts[-1]
            others = [name for name in played.seen if name != last.target]
            if any(f"{name} says".encode() in had.body for name in others):
                lines.append(f"{id_}: pieces of two answers")
    return lines


def limits_of_attempts_hold(played: Played) -> list[str]:
    """Never a fourth call; what was sent again on a new connection is one call of the policy."""
    calls = {
        one.id: sum(attempt.reason != SENT_AGAIN for attempt in one.attempts)
        for one in played.exchanges
    }
    return [f"{id_}: {count} attempts" for id_, count in calls.items() if count > ATTEMPTS_MAX]


def a_key_is_answered_once(played: Played) -> list[str]:
    """Repetitions get what the first one got, or are told to wait; a static answer is none."""
    keys = {one.id: one.key for one in played.scene.askings if one.key}
    answered = Counter(
        keys[one.id]
        for one in played.exchanges
        if one.id in keys and one.outcome is Outcome.ANSWERED and not one.code and not one.cached
    )
    return [
        f"key {key}: answered anew {count} times" for key, count in answered.items() if count > 1
    ]


def deadlines_are_kept(played: Played) -> list[str]:
    """By the answer, and by the calls: none goes out when it is too late for one."""
    lines: list[str] = []
    total_s = played.scene.timeouts.total_s
    for asking in played.scene.askings:
        had = played.had.get(asking.id)
        allowed = min(total_s, asking.deadline_s or total_s)
        if had is not None and not asking.pause_s and had.took_s > allowed + SLACK_S:
            lines.append(f"{asking.id}: {had.took_s:.3f} s of {allowed:.3f} s")
    return lines


CHECKS: tuple[Callable[[Played], list[str]], ...] = (
    nothing_remains,
    no_fault_of_ours,
    one_record_each,
    the_ledger_is_the_provider_s_log,
    nothing_broken_looks_whole,
    limits_of_attempts_hold,
    a_key_is_answered_once,
    deadlines_are_kept,
)
