"""Callers who leave, wait, read slowly, or are too many: each prints one line of figures.

python bench/promises/crowds.py leave --times 1000         # in each of five phases
python bench/promises/crowds.py idle --times 10000         # streams on which nothing is said
python bench/promises/crowds.py slow-readers --times 200   # of answers without an end
python bench/promises/crowds.py overload --times 120       # so many seconds, five times too much
python bench/promises/crowds.py cuts --times 10000         # streams that fail within their text
python bench/promises/crowds.py bodies --times 32          # so many megabytes in one request
python bench/promises/crowds.py half-heads --times 2000    # requests that are begun and left so
"""

import asyncio
import json
import sqlite3
from collections import Counter
from pathlib import Path

from asking import (
    Door,
    Figures,
    Had,
    Promises,
    ask,
    ended,
    figures,
    files,
    folder,
    heard,
    memory_kib,
    now,
    provided,
    provided_beside,
    quantile,
    resident_kib,
    rests,
    sent,
    served,
)

AT_ONCE = 100
PHASES = {
    "before headers": ({"kind": "hang"}, False, None),
    "before the first token": ({"kind": "slow_first_token", "delay_s": 600}, True, None),
    "within a stream": ({"kind": "stall", "after": 3}, True, 1),
    "within a whole answer": ({"kind": "stall"}, False, None),
}
QUEUED = "in the line"
WAIT_S, LEFT_MAX_MS = 0.5, 250


async def leave(times: int) -> Figures:
    """Leave so often in each phase; the provider's connection must end within 250 ms."""
    models = {name.replace(" ", "-"): fault for name, (fault, _, _) in PHASES.items()}
    plan = {"models": {name: {"then": fault} for name, fault in models.items()}}
    told: Figures = {}
    async with provided(plan) as (provider, url):
        began = now() - provider._now()  # noqa: SLF001 - its clock is ours
        with folder() as where:
            files(where, url, dict.fromkeys(models), {"workers": 2})
            async with served(where) as (run, door):
                had: dict[str, Had] = {}
                for name, (_, stream, events) in PHASES.items():
                    route = name.replace(" ", "-")
                    for at in range(0, times, AT_ONCE):
                        names = [f"{route}-{n}" for n in range(at, min(at + AT_ONCE, times))]
                        had |= {one: Had() for one in names}
                        asking = [
                            asyncio.create_task(
                                ask(door, route, name=one, stream=stream, leave_after=events,
                                    had=had[one])
                            )
                            for one in names
                        ]  # fmt: skip
                        if events is None:  # all leave at once, when all have been heard
                            await heard(provider, set(names))
                            for one in asking:
                                one.cancel()
                        await asyncio.gather(*asking, return_exceptions=True)
                        await rests(provider)
                    late = [
                        (began + one.ended_s - had[one.request_id].ended) * 1000
                        for one in provider.seen
                    ]
                    told[name] = {
                        "left": sum(had[one].left for one in had if one.startswith(route)),
                        "calls": len(late),
                        "closed_ms": {"p50": quantile(late, 0.5), "longest": quantile(late, 1)},
                        "later_than_250_ms": sum(one > LEFT_MAX_MS for one in late),
                    }  # fmt: skip
                    provider.forget()
                await ended(run)
            told["outcomes"] = outcomes(where)
            told["booked_without_input"] = unbooked(where)
        told[QUEUED] = await leave_line(times)
    return told


async def leave_line(times: int) -> Figures:
    """Leave while waiting to be let in: the provider hears of none of them."""
    plan = {"then": {"kind": "hang"}}
    admission = {"in_flight_max": 1, "queue_max": times, "wait_s": 60}
    async with provided(plan) as (provider, url):
        with folder() as where:
            files(where, url, {"desk": None}, {"workers": 1, "admission": admission})
            async with served(where, command="gateway") as (run, door):
                first = asyncio.create_task(ask(door, "desk", until=now() + 600))
                while not provider.seen:  # noqa: ASYNC110 - nobody tells of it
                    await asyncio.sleep(0.01)
                had: list[Had] = []
                for _ in range(0, times, AT_ONCE):
                    until = now() + WAIT_S
                    had += await asyncio.gather(
                        *(ask(door, "desk", until=until) for _ in range(AT_ONCE))
                    )
                first.cancel()
                await asyncio.wait([first])
                await rests(provider)
                again = asyncio.create_task(ask(door, "desk", until=now() + 2))
                await again
                calls = len(provider.seen)
                await ended(run)
    return {"left": sum(one.left for one in had), "calls": calls - 2, "place_is_free": calls == 2}


def outcomes(where: Path) -> dict[str, int]:
    """Count the ends that are in the ledger."""
    return dict(_rows(where, "select outcome, count(*) from exchanges group by outcome"))


def unbooked(where: Path) -> int:
    """Count the calls of the ledger for which nothing that was read is booked."""
    return _rows(where, "select count(*) from attempts where input = 0")[0][0]


def _rows(where: Path, asked: str) -> list[tuple]:
    with sqlite3.connect(where / ".tenken" / "store.db") as store:
        return store.execute(asked).fetchall()


async def idle(times: int) -> Figures:
    """Hold so many streams on which nothing is said, while somebody else asks."""
    wait_s = 60.0
    plan = {"models": {"slow": {"then": {"kind": "slow_first_token", "delay_s": wait_s}}}}
    admission = {"in_flight_max": times + 100, "queue_max": 100, "wait_s": 2}
    async with provided(plan) as (_, url):
        with folder() as where:
            gateway = {"workers": 2, "keep_alive_s": 10, "admission": admission}
            files(where, url, {"slow": None, "quick": None}, gateway)
            async with served(where) as (run, door):
                await asyncio.gather(*(ask(door, "quick") for _ in range(50)))
                before = memory_kib(run)
                streams = []
                for at in range(times):
                    streams.append(asyncio.create_task(ask(door, "slow", stream=True)))
                    if at % AT_ONCE == AT_ONCE - 1:
                        await asyncio.sleep(0.1)
                await asyncio.sleep(15)
                others = [await ask(door, "quick") for _ in range(100)]
                held = memory_kib(run)
                had = await asyncio.gather(*streams)
                code = await ended(run)
    comments = [one.comments for one in had]
    return {
        "streams": times, "whole": sum(one.whole for one in had), "exit": code,
        "comments": {"least": min(comments), "most": max(comments)},
        "kib_each": round((held - before) / times, 1), "mib": round(held / 1024),
        "another_request_ms": {
            "p50": quantile([one.took_ms for one in others], 0.5),
            "p99": quantile([one.took_ms for one in others], 0.99),
        },
    }  # fmt: skip


async def slow_readers(times: int) -> Figures:
    """Read a kilobyte a second of answers that are as fast as they can be."""
    piece = "x" * 4000
    plan = {"then": {"kind": "text", "text": piece * 25}}
    async with provided(plan) as (_, url):
        with folder() as where:
            files(where, url, {"desk": None}, {"workers": 1})
            async with served(where, command="gateway") as (run, door):
                await asyncio.gather(*(ask(door, "desk", stream=True) for _ in range(10)))
                before, until = memory_kib(run), now() + 20
                reading = [
                    asyncio.create_task(ask(door, "desk", stream=True, bytes_s=1024, until=until))
                    for _ in range(times)
                ]
                sizes = []
                for _ in range(9):
                    await asyncio.sleep(2)
                    sizes.append(memory_kib(run))
                had = await asyncio.gather(*reading)
                await ended(run)
    return {
        "readers": times, "reading_still": sum(one.left for one in had),
        "kib_each": round((max(sizes) - before) / times, 1),
        "mib": [round(one / 1024, 1) for one in sizes],
    }  # fmt: skip


async def overload(seconds: int) -> Figures:
    """Offer five times what can be served; then what is normal again."""
    takes_s, places = 0.4, 20
    capacity = places / takes_s
    admission = {"in_flight_max": places, "queue_max": places, "wait_s": 2}
    async with provided({"latency_s": takes_s}) as (_, url):
        with folder() as where:
            files(where, url, {"desk": None}, {"workers": 1, "admission": admission})
            async with served(where, command="gateway") as (run, door):
                normal = await offered(door, capacity * 0.8, 10)
                much = await offered(door, capacity * 5, seconds)
                await asyncio.sleep(1)
                after = await offered(door, capacity * 0.8, 5)
                await ended(run)
    good = [one for one in much if one.status == 200]
    shed = [one.took_ms for one in much if one.status == 503]
    span = max(one.ended for one in much) - min(one.began for one in much)
    return {
        "offered_s": round(len(much) / seconds), "capacity_s": capacity,
        "goodput_of_capacity": round(len(good) / span / capacity, 3),
        "admitted_p99_of_normal": round(p99(good) / p99(normal), 2),
        "shed": {"n": len(shed), "p50_ms": quantile(shed, 0.5), "p99_ms": quantile(shed, 0.99)},
        "statuses": dict(Counter(one.status for one in much)),
        "without_retry_after": sum(
            "retry-after" not in one.headers for one in much if one.status == 503
        ),
        "after": {"not_answered": sum(one.status != 200 for one in after),
                  "p99_of_normal": round(p99(after) / p99(normal), 2)},
    }  # fmt: skip


async def cuts(times: int) -> Figures:
    """Stream from a provider of which one in seven fails within its text."""
    kinds = ("cut", "ends_early", "ends_within", "malformed_event", "error_event")
    mix = [{"share": 0.03, "fault": {"kind": kind, "after": 4}} for kind in kinds]
    async with provided({"mix": mix, "seed": 1, "between_s": 0.005}) as (provider, url):
        with folder() as where:
            files(where, url, {"desk": None}, {"workers": 1})
            async with served(where, command="gateway") as (run, door):
                had: dict[str, Had] = {}
                for at in range(0, times, 20):
                    names = [f"cut-{n}" for n in range(at, min(at + 20, times))]
                    asked = [ask(door, "desk", name=one, stream=True) for one in names]
                    had |= dict(zip(names, await asyncio.gather(*asked), strict=True))
                await ended(run)
        calls = Counter(one.request_id for one in provider.seen)
        broken = [had[one.request_id] for one in provider.seen if one.fault != "none"]
    return {
        "streams": times, "calls": sum(calls.values()),
        "called_twice": sum(one > 1 for one in calls.values()),
        "failed_within": len(broken), "look_whole": sum(one.whole for one in broken),
        "without_an_error": sum(one.status == 200 and not one.in_band for one in broken),
        "others_not_whole": sum(not one.whole for one in had.values()) - len(broken),
    }  # fmt: skip


async def bodies(times: int) -> Figures:
    """Send one request of so many megabytes, then one beyond the cap, while others ask."""
    text = "word " * ((times << 20) // 5)
    said = {"model": "large", "messages": [{"role": "user", "content": text}]}
    written = json.dumps(said, separators=(",", ":"))  # as the clients write it
    body, beyond = written.encode(), b" " * (37 << 20)
    with provided_beside() as url, provided_beside() as other, folder() as where:
        files(
            where, url, {"desk": None, "large": None}, {"workers": 1}, elsewhere={"large": other}
        )
        async with served(where, command="gateway") as (run, door):
            for _ in range(100):
                await ask(door, "desk")
            alone = [await ask(door, "desk") for _ in range(200)]
            before = resident_kib(run, "VmRSS:")
            large = asyncio.create_task(asyncio.to_thread(sent, door, body))
            others = []
            while not large.done():
                others.append(await ask(door, "desk"))
            most = resident_kib(run)
            refused, _ = await asyncio.to_thread(sent, door, beyond)
            await ended(run)
    status, seconds = large.result()
    return {
        "megabytes": times, "status": status, "seconds": round(seconds, 2),
        "beyond_the_cap": refused, "memory_of_body": round((most - before) / 1024 / times, 2),
        "others": {"n": len(others), "p99_ms": p99(others), "p99_alone_ms": p99(alone)},
    }  # fmt: skip


async def half_heads(times: int) -> Figures:
    """Begin so many requests and say no more, while somebody else asks."""
    async with provided({}) as (_, url):
        with folder() as where:
            files(where, url, {"desk": None}, {"workers": 1})
            async with served(where, command="gateway") as (run, door):
                for _ in range(100):
                    await ask(door, "desk")
                alone = [await ask(door, "desk") for _ in range(400)]
                ends = [asyncio.create_task(half_head(door)) for _ in range(times)]
                until, others = now() + 8, list[Had]()
                while now() < until:
                    others.append(await ask(door, "desk"))
                had = await asyncio.gather(*ends)
                await ended(run)
    waits = [seconds for _, seconds in had]
    return {
        "half_heads": times, "told": dict(Counter(status for status, _ in had)),
        "let_go_s": {"first": round(min(waits), 1), "last": round(max(waits), 1)},
        "others": {"n": len(others), "not_answered": sum(one.status != 200 for one in others),
                   "p99_ms": p99(others), "p99_alone_ms": p99(alone)},
    }  # fmt: skip


async def half_head(door: Door) -> tuple[str, float]:
    """Begin a request; gives the status that it ended with, and the seconds until then."""
    reader, writer = await asyncio.open_connection(door.host, door.port)
    writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nhost: gate")
    began = now()
    said = await reader.read()
    writer.close()
    return said[9:12].decode(), now() - began


def p99(had: list[Had]) -> float:
    """Give the slowest hundredth of what was answered, in ms."""
    return quantile([one.took_ms for one in had if one.status == 200], 0.99)


async def offered(door: Door, per_s: float, seconds: float) -> list[Had]:
    """Ask at a steady rate, whatever becomes of it."""
    asking, began = [], now()
    while now() < began + seconds:
        asking.append(asyncio.create_task(ask(door, "desk")))
        await asyncio.sleep(max(0.0, began + len(asking) / per_s - now()))
    return await asyncio.gather(*asking)


PROMISES: Promises = {
    "leave": (leave, 100), "idle": (idle, 500), "slow-readers": (slow_readers, 50),
    "overload": (overload, 15), "cuts": (cuts, 500), "bodies": (bodies, 32),
    "half-heads": (half_heads, 500),
}  # fmt: skip


if __name__ == "__main__":
    print(figures(PROMISES, said=__doc__))
