"""Clients that ask in one turn of the event loop, and what tells whether they were one batch."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tenken.gateway.assembly import Manner
from tenken.gateway.direct.direct import Direct
from tenken.gateway.direct.ends import Ends
from tenken.gateway.direct.gathering import Gathering
from tenken.gateway.direct.passing import Passing
from tenken.gateway.plan import CallerLimits, Plan
from tenken.journal.exchange import Exchange, Intent
from tenken.journal.writer import JournalFull
from tenken.policy.breaker import BreakerPlan
from tenken.store.counters.counters import Counters
from tenken.transport.connection import Connection
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.gateway.direct.cases import ASKED, Headers
from tests.gateway.direct.ways import ANOTHER, Drawn, with_another
from tests.gateway.ground import (
    KEY,
    MANNER,
    Behaviour,
    Got,
    Ground,
    Kept,
    Keys,
    answers,
    plan_of,
    provider,
    standing,
    target,
)

WARM: dict[str, object] = {**ASKED, "user": "warm"}
KNOWN: dict[str, object] = {**ASKED, "user": "known", "max_tokens": 6}


class Roomy(Kept):
    """A committer that has so much room, and tells how many records came in one step."""

    def __init__(self) -> None:
        super().__init__()
        self.room = sys.maxsize
        self.begun: list[int] = []
        self.ended: list[int] = []

    def intent(self, intent: Intent) -> None:
        self._take(1)
        super().intent(intent)

    def settle(self, exchange: Exchange) -> None:
        self._take(1)
        super().settle(exchange)

    def written_intents(self, payloads: Sequence[bytes], at: int) -> None:
        del at
        self._take(len(payloads))
        self.begun.append(len(payloads))
        self.intents += [msgspec.msgpack.decode(one, type=Intent) for one in payloads]

    def written_exchanges(self, payloads: Sequence[bytes], at: int) -> None:
        del at
        self._take(len(payloads))
        self.ended.append(len(payloads))
        self.exchanges += [msgspec.msgpack.decode(one, type=Exchange) for one in payloads]
        self.settled.set()

    def _take(self, count: int) -> None:
        """Take all or none."""
        if self.full or count > self.room:
            raise JournalFull("the disk is full")
        self.room -= count


class Client:
    """One connection to the gateway, by hand: nothing is sent again."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self.writer = reader, writer
        self._transport = cast("asyncio.Transport", writer.transport)

    def send(self, *bodies: object, headers: Headers = (), key: str = KEY) -> None:
        """Send requests in one piece, one behind the other."""
        self.writer.write(b"".join([asking(body, headers, key) for body in bodies]))

    def leave(self) -> None:
        """Leave, without waiting for anything."""
        self._transport.abort()

    def stop_reading(self) -> None:
        """Take nothing more."""
        self._transport.pause_reading()

    def read_on(self) -> None:
        """Take what has come, and what comes."""
        self._transport.resume_reading()

    async def got(self) -> Got | None:
        """Give the next answer; None where the connection ends before it is whole."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            status, *lines = head.decode("latin-1").split("\r\n")[:-2]
            headers = {
                name.lower(): value for name, value in (line.split(": ", 1) for line in lines)
            }
            if "content-length" in headers:
                body = await self._reader.readexactly(int(headers["content-length"]))
            else:
                body = await self._chunks()
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        return Got(int(status.split(" ")[1]), headers, body)

    async def _chunks(self) -> bytes:
        whole = b""
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            whole += (await self._reader.readexactly(size + 2))[:-2]
        await self._reader.readexactly(2)
        return whole


def asking(body: object, headers: Headers = (), key: str = KEY) -> bytes:
    """Write a request; bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {key}\r\n"
        f"content-type: application/json\r\n{lines}content-length: {len(content)}\r\n\r\n"
    ).encode() + content


@asynccontextmanager
async def connected(here: Ground, count: int) -> AsyncIterator[list[Client]]:
    """Give so many clients."""
    async with AsyncExitStack() as stack:
        clients = list[Client]()
        for _ in range(count):
            client = Client(*await asyncio.open_connection(*here.server.address))
            stack.callback(client.leave)
            clients.append(client)
        yield clients


async def heard(asks: Iterable[Awaitable[Got | None]]) -> list[Got | None]:
    """Wait for all of them."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_one(ask)) for ask in asks]
    return [task.result() for task in tasks]


async def _one(ask: Awaitable[Got | None]) -> Got | None:
    return await ask


class Crowd(Struct):
    """A gateway, its clients, and how many calls its provider has seen of them."""

    here: Ground
    kept: Roomy
    clients: list[Client]
    calls: list[bytes]
    """Bodies, but for those of warming up."""
    plans: list[Plan]
    """The last one holds."""

    @property
    def direct(self) -> Gathering[Passing]:
        """Where requests wait for the end of their turn."""
        return self._direct._gathering

    @property
    def ends(self) -> Gathering[Passing]:
        """Where answers do."""
        ending = self._direct._ending
        assert isinstance(ending, Ends)
        return ending._gathering

    @property
    def _direct(self) -> Direct:
        direct = self.here.straight._direct
        assert isinstance(direct, Direct)
        return direct

    async def ask(self, *bodies: object) -> list[Got | None]:
        """Ask on all connections at once; the last body is that of all others."""
        for at, client in enumerate(self.clients):
            client.send(bodies[min(at, len(bodies) - 1)])
        return await heard(client.got() for client in self.clients)

    def at_rest(self) -> bool:
        """Whether nothing is taken, and nothing went wrong."""
        return at_rest(self.here)


async def introduced(clients: Sequence[Client]) -> None:
    """Have each of them be known, one after the other."""
    for client in clients:
        client.send(KNOWN)
        got = await client.got()
        assert got is not None
        assert got.status == 200


def patiently(here: Ground) -> None:
    """Have breakers that open stay open: a machine that is busy takes its time."""
    for name in here.house.states():
        here.house.room(name).breaker._plan = BreakerPlan(open_s=900, open_max_s=900)


@asynccontextmanager
async def crowd(
    count: int,
    behaviour: Behaviour = answers,
    *,
    links: int | None = None,
    limits: CallerLimits | None = None,
    counters: Counters | None = None,
    manner: Manner = MANNER,
    credentials: Keys | None = None,
    outside: Drawn | None = None,
) -> AsyncIterator[Crowd]:
    """Clients that are known, so many connections to the provider; nothing has come since."""
    links, calls, kept = links or count, list[bytes](), Roomy()
    barrier = asyncio.Barrier(links)

    async def one(request: Request, reply: Reply) -> None:
        if b'"warm"' in request.body:
            await barrier.wait()
        warming = b'"warm"' in request.body or b'"known"' in request.body
        if not warming:
            calls.append(request.body)
        await (answers if warming else behaviour)(request, reply)

    async with provider(one) as origin:
        plan = with_another(plan_of((target("t0", origin),)))
        app = replace(plan.callers["app"], limits=limits or CallerLimits())
        plans = [replace(plan, callers={**plan.callers, "app": app})]
        async with standing(
            plans[0],
            plan=lambda: plans[-1],
            kept=kept,
            counters=counters,
            manner=manner,
            credentials=credentials,
            outside=outside or Drawn(),
        ) as here:
            patiently(here)
            async with connected(here, links) as others:
                for other in others:
                    other.send(WARM, key=ANOTHER)
                await heard(other.got() for other in others)
            async with connected(here, count) as clients:
                await introduced(clients)
                assert here.house.room("t0").pool.idle == links
                for seen in (kept.intents, kept.exchanges, kept.begun, kept.ended):
                    seen.clear()
                here.straight.count = 0
                yield Crowd(here, kept, clients, calls, plans)


class Turn:
    """A turn that lasts until so many have come, however they are delivered.

    `then` is done with those that wait, before it ends; `until` may have it last longer, and
    `after` is done behind it, before anybody else's turn.
    """

    def __init__(
        self,
        gathering: Gathering[Passing],
        count: int,
        then: Callable[[list[Passing]], object] = len,
        *,
        until: Callable[[], bool] = lambda: True,
        after: Callable[[list[Passing]], object] = len,
    ) -> None:
        self._gathering, self._count = gathering, count
        self._then, self._until, self._after = then, until, after
        self._waited = list[Passing]()
        gathering._soon, gathering._gathers = self._lasts, True

    def _lasts(self, end: Callable[[], None]) -> None:
        self._end = end
        self._look()

    def _look(self) -> None:
        soon = asyncio.get_running_loop().call_soon
        waiting = self._gathering._waiting
        if not self._waited and len(waiting) >= self._count:
            self._waited = [*waiting]
            self._then(self._waited)
        if not (self._waited and self._until()):
            soon(self._look)
            return
        self._gathering._soon = soon
        self._end()
        self._after(self._waited)


def leave(many: list[Passing]) -> None:
    """Have the clients of these leave."""
    for passing in many:
        assert isinstance(passing.line, Connection)
        passing.line.eof_received()


def at_rest(here: Ground) -> bool:
    """Whether nothing is taken, and nothing went wrong."""
    rooms = [here.house.room(name) for name in here.house.states()]
    under_way = here.door.in_flight + here.server.in_flight
    return not (under_way or here.faults or sum(room.pool.active for room in rooms))
