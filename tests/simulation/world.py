"""A gateway and providers of fakes in a world where time and network are played."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from tenken.drills.provider.plan import FaultPlan
from tenken.drills.provider.server import FakeProvider
from tenken.gateway.assembly import Manner
from tenken.gateway.plan import Plan, Target
from tenken.store.counters.memory import MemoryCounters
from tenken.store.repeats.memory import MemoryRepeats
from tenken.transport.addresses import Origin
from tenken.transport.errors import UpstreamFailed
from tenken.transport.server import Server
from tenken.transport.upstream import Pool
from tenken.transport.upstream_reply import Patience
from tests.gateway import ground
from tests.simulation.loop import VirtualLoop, played
from tests.simulation.net import Net

Result = TypeVar("Result")
PATIENCE_S = 1_000.0


class Way(Struct, frozen=True, kw_only=True):
    """How an API is asked, and how one sees that its stream is whole."""

    path: str
    side: str
    body: Mapping[str, object]
    ends: tuple[bytes, ...] = ()
    """None: it has no streams."""


SAID = [{"role": "user", "content": "hello"}]
WAYS = {
    "chat": Way(
        path="/v1/chat/completions",
        side="openai",
        body={"model": "desk", "messages": SAID},
        ends=(b"data: [DONE]\n\n",),
    ),
    "responses": Way(
        path="/v1/responses",
        side="openai",
        body={"model": "desk", "input": "hello"},
        ends=(b"event: response.completed\n", b"event: response.incomplete\n"),
    ),
    "messages": Way(
        path="/v1/messages",
        side="anthropic",
        body={"model": "desk", "max_tokens": 99, "messages": SAID},
        ends=(b"event: message_stop\n",),
    ),
    "embeddings": Way(
        path="/v1/embeddings", side="openai", body={"model": "desk", "input": "hello"}
    ),
}


class Had(Struct, frozen=True, kw_only=True):
    """What a client had of an answer, and when."""

    status: int
    """0: no answer at all."""
    headers: Mapping[bytes, bytes]
    body: bytes
    broken: bool
    """The connection ended before the answer did."""
    began: float
    ended: float

    @property
    def took_s(self) -> float:
        """From the call to the end of its answer."""
        return self.ended - self.began

    @property
    def code(self) -> str:
        """The code of the error that it is, or that a stream ends with."""
        content = self.body
        if b"data: " in content:
            content = content.rstrip().rpartition(b"data: ")[2]
        try:
            said = json.loads(content)
        except ValueError:
            return ""
        error = said.get("error") if isinstance(said, dict) else None
        if isinstance(error, dict):
            return str(error.get("code") or error.get("type"))
        return str(said.get("code") or "") if isinstance(said, dict) else ""

    def whole(self, way: Way, *, stream: bool) -> bool:
        """Whether a client would take it for a whole answer."""
        if self.status != 200 or self.broken:
            return False
        return any(end in self.body for end in way.ends) if stream else True


class World(Struct, eq=False):
    """Everything that runs."""

    gateway: ground.Ground
    providers: Mapping[str, FakeProvider]
    counters: MemoryCounters

    @property
    def calls(self) -> int:
        """How often any provider was called."""
        return sum(len(one.seen) for one in self.providers.values())

    async def ask(
        self,
        way: Way,
        *,
        stream: bool = False,
        headers: Mapping[str, str] | None = None,
        pause_s: float = 0.0,
    ) -> Had:
        """Ask as a client does, reading as slowly as it is told."""
        body = json.dumps({**way.body, "stream": True} if stream else way.body).encode()
        lines = [f"POST {way.path} HTTP/1.1", "host: gateway", "content-type: application/json"]
        lines += [f"authorization: Bearer {ground.KEY}", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        return await taken(self.gateway.client, "\r\n".join([*lines, "", ""]), body, pause_s)


async def taken(client: Pool, head: str, body: bytes, pause_s: float) -> Had:
    """Send, and take what comes to its end."""
    clock = asyncio.get_running_loop().time
    began = clock()
    patience = Patience(PATIENCE_S, PATIENCE_S, PATIENCE_S, began + PATIENCE_S)
    try:
        reply = await client.call(head.encode(), body, patience=patience)
    except UpstreamFailed:
        return Had(status=0, headers={}, body=b"", broken=True, began=began, ended=clock())
    parts: list[bytes] = []
    broken = False
    try:
        while (part := await reply.next()) is not None:
            parts.append(part)
            if pause_s:
                await asyncio.sleep(pause_s)
    except UpstreamFailed:
        broken = True
    finally:
        reply.abort()
    return Had(
        status=reply.status,
        headers=dict(reply.headers),
        body=b"".join(parts),
        broken=broken,
        began=began,
        ended=clock(),
    )


@asynccontextmanager
async def world(
    plans: Mapping[str, FaultPlan],
    plan: Callable[[tuple[Target, ...]], Plan],
    *,
    side: str = "openai",
    dead: frozenset[str] = frozenset(),
    manner: Manner = ground.MANNER,
) -> AsyncIterator[World]:
    """Run providers with these plans of faults, and a gateway over all; dead ones never listen."""
    clock = asyncio.get_running_loop().time
    counters, repeats = MemoryCounters(), MemoryRepeats(size=1 << 20)
    async with AsyncExitStack() as stack:
        providers = {name: FakeProvider(one, clock=clock) for name, one in plans.items()}
        targets = []
        for name, provider in providers.items():
            server = Server(provider, on_fault=lambda _request, _fault: None)
            await server.start()
            stack.push_async_callback(server.drain, 0)
            host, port = server.address
            origin = Origin(host=host, port=1 if name in dead else port, tls=False)
            targets.append(replace(ground.target(name, origin), dialect=side))
        standing = ground.standing(
            plan(tuple(targets)), counters=counters, manner=manner, repeats=repeats
        )
        yield World(await stack.enter_async_context(standing), providers, counters)


def run(course: Callable[[], Coroutine[Any, Any, Result]], *, seed: int = 0) -> Result:
    """Play a course of events; what nobody caught fails it."""
    found, loop = played(lambda loop: Net(loop, seed=seed), course)
    troubles = [it.get("exception") or it["message"] for it in loop.troubles]
    if troubles:
        raise AssertionError(f"nobody caught {troubles}")
    return found


def net() -> Net:
    """Give the network of the world that is being played."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    assert isinstance(loop.network, Net)
    return loop.network
