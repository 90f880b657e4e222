"""Servers, raw clients and scripted upstreams on loopback, all of them waited for, never slept on.

A test is an `async def` that is run on plain asyncio and on uvloop: `on_both_loops`.
"""

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager

import pytest
import uvloop

from tenken.transport.addresses import Origin
from tenken.transport.connection import Handler
from tenken.transport.limits import PoolLimits, ServerLimits
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.transport.server import Server
from tenken.transport.upstream import Pool
from tenken.transport.upstream_reply import Patience, UpstreamReply

PATIENT = Patience(5.0, 30.0, 60.0, float("inf"))
WITHIN_S = 20.0
"""A test that hangs fails; none is expected to come near."""

Test = Callable[..., Coroutine[None, None, None]]
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def on_both_loops(test: Test) -> Callable[..., None]:
    """Run an asynchronous test on the loop of the standard library and on uvloop."""

    @functools.wraps(test)
    def run(*, loop: str, **named: object) -> None:
        make = uvloop.new_event_loop if loop == "uvloop" else asyncio.new_event_loop
        with asyncio.Runner(loop_factory=make) as runner:
            runner.run(asyncio.wait_for(test(**named), WITHIN_S))

    named = inspect.signature(test).parameters.values()
    both = inspect.Parameter("loop", inspect.Parameter.KEYWORD_ONLY)
    vars(run)["__signature__"] = inspect.Signature([*named, both])
    return pytest.mark.parametrize("loop", ["asyncio", "uvloop"])(run)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


async def until(condition: Callable[[], bool]) -> None:
    """Let the event loop go on until something that it does has happened."""
    while not condition():  # noqa: ASYNC110 - what is waited for knows no event
        await asyncio.sleep(0)


async def echo(request: Request, reply: Reply) -> None:
    """Answer with what was asked."""
    target = f"{request.method} {request.path}?{request.query}".encode()
    reply.send(200, ((b"x-target", target),), request.body)


@asynccontextmanager
async def serving(
    handler: Handler = echo,
    limits: ServerLimits | None = None,
    *,
    clock: Callable[[], float] | None = None,
    faults: list[Exception] | None = None,
) -> AsyncIterator[Server]:
    """Serve on a free port until the block ends."""
    seen = [] if faults is None else faults
    server = Server(
        handler, limits, clock=clock, on_fault=lambda _request, fault: seen.append(fault)
    )
    await server.start("127.0.0.1", 0)
    try:
        yield server
    finally:
        await server.drain(0)
    if faults is None:
        assert seen == []


class Client:
    """A client that sends exactly the bytes it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Send bytes."""
        self.writer.write(data)
        await self.writer.drain()

    async def head(self) -> bytes:
        """Read up to the end of a head."""
        return await self.reader.readuntil(b"\r\n\r\n")

    async def answer(self) -> tuple[int, bytes]:
        """Read one answer that has a length."""
        head = await self.head()
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
        return int(head[9:12]), await self.reader.readexactly(length)

    async def rest(self) -> bytes:
        """Read until the server closes."""
        return await self.reader.read(-1)


@asynccontextmanager
async def client_of(server: Server) -> AsyncIterator[Client]:
    """Connect to a server."""
    reader, writer = await asyncio.open_connection(*server.address)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


async def exchange(server: Server, data: bytes) -> bytes:
    """Send bytes on a new connection, and give all that comes until the server closes."""
    async with client_of(server) as client:
        await client.send(data)
        return await client.rest()


def post(body: bytes = b"", *headers: bytes, path: bytes = b"/v1/x") -> bytes:
    """Write a request with a body."""
    lines = (
        b"POST %b HTTP/1.1" % path,
        b"Host: example.com",
        *headers,
        b"Content-Length: %d" % len(body),
    )
    return b"\r\n".join((*lines, b"", body))


@asynccontextmanager
async def upstream(script: Script, limits: PoolLimits | None = None) -> AsyncIterator[Pool]:
    """Run a scripted upstream, and give a pool of connections to it."""

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await script(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the pool has left
        finally:
            writer.close()

    listener = await asyncio.start_server(run, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    origin = Origin(host="localhost", port=port, tls=False, addresses=("127.0.0.1",))
    pool = Pool(origin, limits=limits or PoolLimits(allow_private=True))
    try:
        yield pool
    finally:
        pool.close()
        listener.close()


async def request_of(reader: asyncio.StreamReader) -> bytes:
    """Read a request as an upstream, with its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
    return head + await reader.readexactly(length)


ASK = b"POST /v1/x HTTP/1.1\r\nhost: example.com\r\ncontent-length: 2\r\n\r\n"


def saying(*answers: bytes, close: bool = False) -> Script:
    """Answer one request after the other on a connection, and stay on it or close it."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await request_of(reader)
            writer.write(answer)
        if not close:
            await reader.read()

    return script


async def ask(pool: Pool, patience: Patience = PATIENT) -> UpstreamReply:
    """Ask the same as always."""
    return await pool.call(ASK, b"hi", patience=patience)


class Held:
    """A handler that waits until it is let go, and tells what becomes of it."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.go = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def __call__(self, request: Request, reply: Reply) -> None:
        """Wait, then answer."""
        del request
        self.begun.set()
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        reply.send(200, (), b"late")
