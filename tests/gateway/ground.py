"""A gateway on loopback, providers that do as they are told, and a client."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from tenken.gateway.assembly import Manner, Outside, Records, gateway
from tenken.gateway.entering.door import Door
from tenken.gateway.house import Credentials, House
from tenken.gateway.pages.unreadable import unreadable
from tenken.gateway.plan import Caller, Key, Plan, Route, Target
from tenken.gateway.probing.probing import Probing
from tenken.journal.exchange import Exchange, Intent
from tenken.journal.feedback import Feedback
from tenken.journal.sealing import TextKey
from tenken.journal.writer import JournalFull
from tenken.messages.speech import Language, Speech
from tenken.models.price import Prices
from tenken.policy.breaker import BreakerPlan
from tenken.store.counters.counters import Counters
from tenken.store.counters.memory import MemoryCounters
from tenken.store.repeats.repeats import Repeats
from tenken.transport.addresses import Origin
from tenken.transport.limits import PoolLimits, ServerLimits
from tenken.transport.message import Notes, Request
from tenken.transport.reply import Direct, OpenLine, Passing, Reply
from tenken.transport.server import Server
from tenken.transport.upstream import Pool
from tenken.transport.upstream_reply import Patience, UpstreamReply
from tenken.wire.pairs import DIALECTS

KEY = "tk-" + "a" * 40
NOW = datetime(2026, 11, 22, tzinfo=UTC)
USAGE = {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25}
ANSWER = {
    "id": "chatcmpl-1",
    "choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}],
    "usage": USAGE,
}
PRICES = Prices(input=Decimal("2.50"), output=Decimal(10))
LARGEST = 36 << 20
MANNER = Manner(fingerprint_key=b"k" * 32)
Behaviour = Callable[[Request, Reply], Awaitable[None]]


class Kept:
    """A committer that keeps records in memory; `full` makes it refuse."""

    def __init__(self) -> None:
        self.intents: list[Intent] = []
        self.exchanges: list[Exchange] = []
        self.heard: list[Feedback] = []
        self.full = False
        self.late = False
        """What comes has to wait for something."""
        self.settled = asyncio.Event()

    def intent(self, intent: Intent) -> None:
        if self.full:
            raise JournalFull("the disk is full")
        self.intents.append(intent)

    def intents_wait(self, count: int) -> bool:
        return self.late and count > 0

    exchanges_wait = intents_wait

    def written_intents(self, payloads: Sequence[bytes], at: int) -> None:
        intents = [msgspec.msgpack.decode(one, type=Intent) for one in payloads]
        assert intents[-1].at == at
        for intent in intents:
            self.intent(intent)

    def written_exchanges(self, payloads: Sequence[bytes], at: int) -> None:
        exchanges = [msgspec.msgpack.decode(one, type=Exchange) for one in payloads]
        assert exchanges[-1].at == at
        for exchange in exchanges:
            self.settle(exchange)

    async def feedback(self, feedback: Feedback) -> None:
        if self.full:
            raise JournalFull("the disk is full")
        self.heard.append(feedback)

    def settle(self, exchange: Exchange) -> None:
        if self.full:
            raise JournalFull("the disk is full")
        self.exchanges.append(exchange)
        self.settled.set()


class Steady:
    """Time that is the loop's, and chance that is none."""

    def __init__(self) -> None:
        self._numbers = 0

    def wall(self) -> datetime:
        return NOW

    def wall_us(self) -> int:
        return int(NOW.timestamp()) * 1_000_000

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def chance(self) -> float:
        return 0.0

    def token(self, size: int) -> str:
        self._numbers += 1
        return f"{self._numbers:0{2 * size}x}"


class Keys:
    """Static keys; keeps what it is told of refusals."""

    def __init__(self) -> None:
        self.refusals: list[str] = []

    def lines(self, target: Target, **_: object) -> bytes:
        return b"authorization: Bearer secret-of-%b\r\n" % target.credential.encode()

    def refused(self, credential: str) -> None:
        self.refusals.append(credential)


class Got(Struct):
    """An answer as a client has it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found

    @property
    def code(self) -> object:
        error = self.json["error"]
        assert isinstance(error, dict)
        return error["code"]


class Counted:
    """Counts the requests that were begun the direct way."""

    def __init__(self, direct: Direct | None) -> None:
        self.count = 0
        self._direct = direct

    def __call__(self, request: Request, line: OpenLine) -> Passing | None:
        passing = self._direct(request, line) if self._direct is not None else None
        self.count += passing is not None
        return passing


class Ground(Struct, eq=False):
    """Everything that runs."""

    server: Server
    kept: Kept
    house: House
    client: Pool
    door: Door
    straight: "Counted"
    faults: list[Exception] = field(default_factory=list)
    unrecorded: list[str] = field(default_factory=list)

    async def post(
        self,
        body: object,
        *,
        path: str = "/v1/chat/completions",
        key: str | None = KEY,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> Got:
        """Send a body; text and bytes as they are."""
        return await whole(await self.open(body, path=path, key=key, headers=headers))

    async def method(
        self, method: str, path: str, *, headers: tuple[tuple[str, str], ...] = ()
    ) -> Got:
        """Send a request without a body."""
        lines = [f"{method} {path} HTTP/1.1", "host: gateway"]
        lines += [*(f"{name}: {value}" for name, value in headers), "", ""]
        patience = Patience(30, 30, 30, asyncio.get_running_loop().time() + 30)
        head = "\r\n".join(lines).encode()
        return await whole(await self.client.call(head, patience=patience))

    async def open(
        self,
        body: object,
        *,
        path: str = "/v1/chat/completions",
        key: str | None = KEY,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> UpstreamReply:
        """Send a body and give the answer while it comes."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"POST {path} HTTP/1.1", "host: gateway"]
        named = {name for name, _ in headers}
        lines += [] if "content-type" in named else ["content-type: application/json"]
        lines += [f"authorization: Bearer {key}"] if key else []
        lines += [f"{name}: {value}" for name, value in headers]
        lines += [f"content-length: {len(content)}", "", ""]
        head = "\r\n".join(lines).encode()
        patience = Patience(30, 30, 30, asyncio.get_running_loop().time() + 30)
        return await self.client.call(head, content, patience=patience)


async def whole(reply: UpstreamReply) -> Got:
    """Read an answer to its end."""
    try:
        return Got(
            reply.status,
            {name.decode(): value.decode() for name, value in reply.headers},
            await reply.read(1 << 24),
        )
    finally:
        reply.abort()


async def read(
    address: tuple[str, int],
    path: str,
    headers: tuple[tuple[str, str], ...] = (),
    *,
    method: str = "GET",
) -> Got:
    """Get a page."""
    host, port = address
    pool = Pool(Origin(host=host, port=port, tls=False), limits=PoolLimits(allow_private=True))
    lines = [f"{method} {path} HTTP/1.1", "host: gateway"]
    lines += ["content-length: 0"] if method == "POST" else []
    lines += [*(f"{name}: {value}" for name, value in headers), "", ""]
    patience = Patience(30, 30, 30, asyncio.get_running_loop().time() + 30)
    try:
        return await whole(await pool.call("\r\n".join(lines).encode(), patience=patience))
    finally:
        pool.close()


def plan_of(targets: tuple[Target, ...], **route: object) -> Plan:
    """A plan with one route over all targets, and one caller."""
    names = tuple(target.id for target in targets)
    return Plan(
        version="v1",
        routes={"desk": Route(name="desk", use_case="answer", targets=names, **route)},  # type: ignore[arg-type]
        targets={target.id: target for target in targets},
        callers={"app": Caller(id="app", routes=frozenset({"desk"}))},
        keys={hashlib.sha256(KEY.encode()).digest(): Key(caller="app", sha256=b"")},
    )


@asynccontextmanager
async def provider(behaviour: Behaviour) -> AsyncIterator[Origin]:
    """A provider that does as it is told."""
    server = Server(behaviour, on_fault=lambda _request, _fault: None)
    await server.start()
    host, port = server.address
    yield Origin(host=host, port=port, tls=False)
    await server.drain(0)


def target(name: str, origin: Origin) -> Target:
    """A target of that name."""
    return Target(
        id=name, provider=name, dialect="openai", model=f"{name}-model", credential=name,
        origin=origin, prices=PRICES,
    )  # fmt: skip


def furnished(plan: Plan, probing: Probing | None = None) -> House:
    """Rooms for a plan's targets."""
    house = House(
        dialects=DIALECTS,
        breaker=BreakerPlan(),
        pool_limits=PoolLimits(allow_private=True),
        pool=lambda one, limits: Pool(one.origin, limits=limits),
        probing=probing,
    )
    house.furnish(plan)
    return house


@asynccontextmanager
async def standing(
    served: Plan,
    *,
    plan: Callable[[], Plan] | None = None,
    counters: Counters | None = None,
    credentials: Credentials | None = None,
    manner: Manner = MANNER,
    repeats: Repeats | None = None,
    text_key: TextKey | None = None,
    pages: Callable[[Request, Reply], bool] = lambda _request, _reply: False,
    outside: Outside | None = None,
    probing: Probing | None = None,
    direct: bool = True,
    kept: Kept | None = None,
) -> AsyncIterator[Ground]:
    """A gateway that serves a plan; without `direct` every request goes through all stages.

    Then nothing is known of its head, either, that was read in another one.
    """
    house = furnished(served, probing)
    kept, faults, unrecorded = kept or Kept(), list[Exception](), list[str]()
    handler = gateway(
        plan or (lambda: served),
        house=house,
        credentials=credentials or Keys(),
        records=Records(kept, unrecorded.append),
        counters=counters or MemoryCounters(),
        outside=outside or Steady(),
        manner=manner,
        speech=Speech(Language.EN),
        pages=pages,
        repeats=repeats,
        text_key=lambda: text_key,
        on_fault=lambda _flow, fault: faults.append(fault),
    )
    refuse = unreadable(Speech(Language.EN), body_max=LARGEST, chance=Steady().token)
    limits = ServerLimits(body=LARGEST, refuse=refuse)
    straight = Counted(handler.direct)

    async def anew(request: Request, reply: Reply) -> None:
        await handler(replace(request, notes=Notes()), reply)

    server = Server(handler, limits, direct=straight) if direct else Server(anew, limits)
    await server.start()
    host, port = server.address
    client = Pool(Origin(host=host, port=port, tls=False), limits=PoolLimits(allow_private=True))
    yield Ground(server, kept, house, client, handler.door, straight, faults, unrecorded)
    client.close()
    await server.drain(0)
    house.close()


async def answers(_request: Request, reply: Reply) -> None:
    """A provider in good health."""
    reply.send(200, ((b"content-type", b"application/json"),), json.dumps(ANSWER).encode())


def answering(answer: object) -> Behaviour:
    """A provider that answers this."""

    async def behaviour(_request: Request, reply: Reply) -> None:
        reply.send(200, ((b"content-type", b"application/json"),), json.dumps(answer).encode())

    return behaviour


def fails(status: int, *, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Behaviour:
    """A provider that answers with an error."""

    async def behaviour(_request: Request, reply: Reply) -> None:
        reply.send(status, headers, b'{"error": {"message": "no", "code": "x"}}')

    return behaviour


def event(**chunk: object) -> bytes:
    """A chunk of a stream."""
    return b"data: " + json.dumps({"id": "c1", **chunk}).encode() + b"\n\n"


ROLE = event(choices=[{"delta": {"role": "assistant", "content": ""}}])
TEXT = event(choices=[{"delta": {"content": "hello"}}])
STOP = event(choices=[{"delta": {}, "finish_reason": "stop"}])
TOLD = event(choices=[], usage=USAGE)
DONE = b"data: [DONE]\n\n"


def streams(*parts: bytes, cut: bool = False) -> Behaviour:
    """A provider that sends these parts; cut ends in the middle."""

    async def behaviour(_request: Request, reply: Reply) -> None:
        reply.start(200, ((b"content-type", b"text/event-stream"),))
        for part in parts:
            await reply.write(part)
        if cut:
            raise ConnectionError("cut")
        reply.end()

    return behaviour
