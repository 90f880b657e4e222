"""A tiny application between a drill and the fake provider; how it behaves is given."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from msgspec import Struct

from tenken.drills.prove.bench import Bench, healthy_plan
from tenken.drills.prove.doors import Application, OwnProvider, listening
from tenken.drills.prove.drill import Drill
from tenken.drills.prove.proof import Proof
from tenken.drills.prove.requests import Brief
from tenken.transport.addresses import Origin
from tenken.transport.connection import Handler
from tenken.transport.errors import UpstreamFailed
from tenken.transport.limits import PoolLimits
from tenken.transport.message import Request, first
from tenken.transport.reply import Reply
from tenken.transport.server import Server
from tenken.transport.upstream import Pool
from tenken.transport.upstream_reply import Patience

JSON = ((b"content-type", b"application/json"),)
Turns = Sequence[tuple[str, str]]


class Told(Struct, frozen=True):
    """What the provider answered; status 0: nothing."""

    status: int
    text: str = ""
    retry_after_s: float = 0.0


class Model:
    """What an application calls."""

    def __init__(self, address: tuple[str, int]) -> None:
        host, port = address
        limits = PoolLimits(allow_private=True)
        self._pool = Pool(Origin(host=host, port=port, tls=False), limits=limits)

    async def call(
        self, turns: Turns, *, model: str = "first", key: str = "k", within_s: float = 10.0
    ) -> Told:
        """One try of one call."""
        messages = [{"role": role, "content": text} for role, text in turns]
        body = json.dumps({"model": model, "messages": messages}).encode()
        head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        ).encode()
        now = asyncio.get_running_loop().time()
        patience = Patience(within_s, within_s, within_s, now + within_s)
        try:
            reply = await self._pool.call(head, body, patience=patience)
            content = await reply.read(1 << 20)
        except UpstreamFailed:
            return Told(0)
        text = content.decode()
        if reply.status == 200:
            text = json.loads(content)["choices"][0]["message"]["content"]
        return Told(reply.status, text, float(first(reply.headers, b"retry-after") or 0))

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class Said(Struct, frozen=True):
    """What an application answers."""

    status: int
    text: str = ""


class Asked(Struct, frozen=True):
    """What it is asked."""

    route: str
    text: str
    authorization: str
    client: str
    peer: str


Behaviour = Callable[[Asked, Model], Awaitable[Said]]


def answering(behaviour: Behaviour, model: Model) -> Handler:
    """Give the handler of a server that behaves so."""

    async def handle(request: Request, reply: Reply) -> None:
        said = await behaviour(_asked(request), model)
        reply.send(said.status, JSON, said.text.encode())

    return handle


@asynccontextmanager
async def bench_of(behaviour: Behaviour, brief: Brief) -> AsyncIterator[Bench]:
    """Run the application with a fake provider behind it."""
    async with listening(healthy_plan(brief.provider), host="127.0.0.1", port=0) as here:
        model = Model(here.address)
        server = Server(answering(behaviour, model))
        await server.start()
        url = "http://{}:{}".format(*server.address)
        application = Application(url, clock=asyncio.get_running_loop().time)
        provider = OwnProvider(here.provider)
        try:
            yield Bench(application=application, provider=provider, brief=brief)
        finally:
            application.close()
            model.close()
            await server.drain(0)


async def proofs_of(drill: Drill, behaviour: Behaviour, brief: Brief) -> dict[str, Proof]:
    """Run a drill; gives what it found by probe."""
    async with bench_of(behaviour, brief) as bench:
        outcome = await drill.run(bench)
    return {proof.probe: proof for proof in outcome.proofs}


async def holdings_of(drill: Drill, behaviour: Behaviour, brief: Brief) -> dict[str, str]:
    """Run a drill; gives only the words."""
    proofs = await proofs_of(drill, behaviour, brief)
    return {probe: str(proof.answer.holding) for probe, proof in proofs.items()}


def _asked(request: Request) -> Asked:
    try:
        text = json.loads(request.body)["text"]
    except (ValueError, KeyError):
        text = ""
    return Asked(
        route=f"{request.method} {request.path}",
        text=text,
        authorization=(first(request.headers, b"authorization") or b"").decode(),
        client=(first(request.headers, b"x-forwarded-for") or b"").decode(),
        peer=request.peer,
    )
