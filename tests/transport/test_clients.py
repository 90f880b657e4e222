"""Clients that leave, that are slow, and those that are there when a server stops."""

import asyncio
import socket
from math import inf

import pytest

from tenken.transport.limits import ServerLimits
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.transport.wires import (
    Client,
    Clock,
    Held,
    client_of,
    on_both_loops,
    post,
    serving,
    until,
)

GET = b"GET /x HTTP/1.1\r\nHost: example.com\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n"


@on_both_loops
async def test_a_client_that_leaves_ends_the_work_for_it() -> None:
    """At once, whether it says goodbye, resets, or stops halfway in a pipeline."""
    for reset in (False, True):
        handler = Held()
        async with serving(handler) as server, client_of(server) as client:
            await client.send(GET + GET)
            await handler.begun.wait()
            if reset:
                client.writer.transport.abort()
            else:
                client.writer.write_eof()
            await handler.cancelled.wait()
            assert server.in_flight <= 1
        assert (server.in_flight, server.connections) == (0, 0)


@on_both_loops
async def test_a_client_that_leaves_a_stream_ends_the_work_for_it() -> None:
    """Also while the handler waits for the client to read."""
    writing, cancelled = asyncio.Event(), asyncio.Event()

    async def handler(request: Request, reply: Reply) -> None:
        del request
        reply.start(200, ())
        try:
            while True:
                await reply.write(b"x" * 65536)
                writing.set()
        except asyncio.CancelledError:
            assert reply.gone
            cancelled.set()
            raise

    async with serving(handler) as server, client_of(server) as client:
        await client.send(GET)
        await writing.wait()
        client.writer.transport.abort()
        await cancelled.wait()


@on_both_loops
async def test_a_slow_reader_holds_back_the_handler() -> None:
    """What waits for it stays small; it gets everything in the end."""
    total, written = 400, 0
    stuck = asyncio.Event()

    async def handler(request: Request, reply: Reply) -> None:
        nonlocal written
        del request
        reply.start(200, ())
        for _ in range(total):
            stuck.set()
            await reply.write(b"x" * 65536)
            stuck.clear()
            written += 1
        reply.end()

    async with serving(handler) as server:
        with socket.create_connection(server.address) as slow:
            slow.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_sendall(slow, LAST)
            received = len(await loop.sock_recv(slow, 100))
            await stuck.wait()
            (connection,) = server._house.connections
            await until(lambda: connection._paused_since < inf)
            assert written < total
            assert connection._transport.get_write_buffer_size() <= 256 * 1024
            while data := await loop.sock_recv(slow, 1 << 20):
                received += len(data)

    assert received > total * 65536


def slow_limits() -> ServerLimits:
    """Time limits that are told apart."""
    return ServerLimits(head_s=10, body_s=60, idle_s=75, stalled_s=120, linger_s=2)


PHASES = {
    "nothing sent": (b"", 10, b""),
    "half a head": (GET[:20], 10, b"HTTP/1.1 408 "),
    "half a body": (post(b"abc")[:-1], 60, b"HTTP/1.1 408 "),
}


@pytest.mark.parametrize("name", PHASES)
@on_both_loops
async def test_a_client_that_takes_too_long_is_let_go(name: str) -> None:
    """Not before its time, and with a word when it has said something."""
    sent, after_s, line = PHASES[name]
    clock = Clock()

    async with serving(limits=slow_limits(), clock=clock) as server, client_of(server) as client:
        await client.send(sent)
        await reached(server, sent)
        clock.now += after_s - 0.1
        server.sweep()
        assert not client.reader.at_eof()
        clock.now += 0.2
        server.sweep()
        answer = await client.rest()

    assert answer.startswith(line)
    assert bool(answer) is bool(line)


async def reached(server: object, sent: bytes) -> None:
    """Wait until the server has these bytes."""
    house = vars(server)["_house"]
    await until(lambda: bool(house.connections))
    (connection,) = house.connections
    await until(lambda: bool(sent) is not connection._intake.untouched)


@on_both_loops
async def test_a_slow_body_may_go_on_as_long_as_it_does() -> None:
    """The time of a body begins anew with each of its bytes; that of a head does not."""
    clock = Clock()
    sent = post(b"abcdef")

    async with serving(limits=slow_limits(), clock=clock) as server, client_of(server) as client:
        await client.send(sent[:-6])
        await reached(server, sent)
        (connection,) = server._house.connections
        for byte in sent[-6:]:
            clock.now += 59
            server.sweep()
            await client.send(bytes([byte]))
            await until(lambda: connection.due > clock.now + 59)
        assert await client.answer() == (200, b"abcdef")

        clock.now += 74
        server.sweep()
        await client.send(GET[:5])
        await until(lambda: connection.due == clock.now + 10)
        clock.now += 9
        await client.send(GET[5:6])
        clock.now += 2
        server.sweep()
        assert (await client.answer())[0] == 408


@on_both_loops
async def test_an_idle_connection_is_closed_without_a_word() -> None:
    """Between two requests there is nobody to tell."""
    clock = Clock()

    async with serving(limits=slow_limits(), clock=clock) as server, client_of(server) as client:
        await client.send(GET)
        await client.answer()
        clock.now += 74
        server.sweep()
        assert server.connections == 1
        clock.now += 2
        server.sweep()
        assert await client.rest() == b""


@on_both_loops
async def test_a_client_that_never_reads_is_cut() -> None:
    """It would hold its handler for ever."""
    clock = Clock()
    cancelled = asyncio.Event()

    async def handler(request: Request, reply: Reply) -> None:
        del request
        reply.start(200, ())
        try:
            while True:
                await reply.write(b"x" * 65536)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async with (
        serving(handler, slow_limits(), clock=clock) as server,
        client_of(server) as client,
    ):
        client.writer.write(GET)
        await until(lambda: any(c._paused_since < inf for c in server._house.connections))
        clock.now += 121
        server.sweep()
        await cancelled.wait()


@on_both_loops
async def test_times_are_looked_at_without_being_asked() -> None:
    """The sweep runs by itself."""
    limits = ServerLimits(head_s=0.01, sweep_s=0.01)

    async with serving(limits=limits) as server, client_of(server) as client:
        assert await client.rest() == b""


@on_both_loops
async def test_draining_lets_requests_end_and_takes_no_more() -> None:
    """Idle clients are closed, the busy are answered and told to go."""
    handler = Held()

    async with serving(handler) as server, client_of(server) as busy, client_of(server) as idle:
        await busy.send(GET)
        await handler.begun.wait()
        draining = asyncio.create_task(server.drain(10))  # noqa: TID251
        assert await idle.rest() == b""
        with pytest.raises(OSError, match=r"refused|Connect call failed"):
            await asyncio.open_connection(*address_of(busy))
        handler.go.set()
        await draining
        assert (await busy.rest()).endswith(b"late")
        assert server.connections == 0


def address_of(client: Client) -> tuple[str, int]:
    """Give the address that a client is connected to."""
    host, port = client.writer.get_extra_info("peername")
    return host, port


@on_both_loops
async def test_an_answer_begun_while_draining_says_that_it_is_the_last() -> None:
    """A client with a pool must not send another request on this connection."""
    handler = Held()

    async with serving(handler) as server, client_of(server) as client:
        await client.send(GET[:20])
        await reached(server, GET)
        draining = asyncio.create_task(server.drain(10))  # noqa: TID251
        await asyncio.sleep(0)
        handler.go.set()
        await client.send(GET[20:])
        assert b"connection: close\r\n" in await client.rest()
        await draining


@on_both_loops
async def test_draining_cuts_what_takes_too_long() -> None:
    """A platform kills after its time: work must end before, in order."""
    handler = Held()

    async with serving(handler) as server, client_of(server) as client:
        await client.send(GET)
        await handler.begun.wait()
        await server.drain(0)
        assert handler.cancelled.is_set()
        assert await client.rest() == b""
        assert (server.connections, server.in_flight) == (0, 0)
