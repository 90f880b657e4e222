"""How a server treats its clients: the quick, the slow, those that leave, and those that stay."""

import asyncio
import socket
from collections.abc import Callable
from math import inf

import pytest

from tenken.transport.limits import ServerLimits
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.transport.wires import (
    Client,
    Clock,
    client_of,
    exchange,
    on_both_loops,
    post,
    serving,
    until,
)

GET = b"GET /x HTTP/1.1\r\nHost: example.com\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n"


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


@on_both_loops
async def test_requests_that_come_at_once_are_answered_in_order() -> None:
    """Nothing is lost and nothing overtakes."""
    sent = b"".join(post(b"%d" % i) for i in range(10))

    async with serving() as server, client_of(server) as client:
        await client.send(sent)
        answers = [await client.answer() for _ in range(10)]

    assert answers == [(200, b"%d" % i) for i in range(10)]


@on_both_loops
async def test_what_comes_during_an_answer_waits() -> None:
    """The second request is begun when the first is answered, also when it comes much later."""
    handler = Held()

    async with serving(handler) as server, client_of(server) as client:
        await client.send(GET)
        await handler.begun.wait()
        handler.begun.clear()
        await client.send(GET[:20])
        await client.send(GET[20:] + LAST)
        assert server.in_flight == 1
        handler.go.set()
        assert (await client.rest()).count(b"late") == 3


@on_both_loops
async def test_a_sender_cannot_fill_the_memory_during_an_answer() -> None:
    """What is sent ahead stays in the kernel, and is served in order afterwards."""
    handler = Held()
    many = 2000

    async with serving(handler) as server, client_of(server) as client:
        await client.send(GET)
        await handler.begun.wait()
        sending = asyncio.create_task(client.send(post(b"x" * 1000) * many))  # noqa: TID251
        handler.go.set()
        answers = [await client.answer() for _ in range(many + 1)]
        await sending

    assert answers == [(200, b"late")] * (many + 1)


@on_both_loops
async def test_head_and_empty_answers_have_no_body() -> None:
    """A body where none may be would be read as the next answer."""

    async def handler(request: Request, reply: Reply) -> None:
        if request.path == "/none":
            reply.send(204, (), b"")
        elif request.path == "/stream":
            reply.start(200, ())
            await reply.write(b"unseen")
            reply.end()
        else:
            reply.send(200, (), b"unseen")

    async with serving(handler) as server:
        sent = b"".join(
            b"%b HTTP/1.1\r\nHost: example.com\r\n\r\n" % line
            for line in (b"HEAD /x", b"HEAD /stream", b"GET /none")
        )
        answer = await exchange(server, sent + LAST.replace(b"GET", b"HEAD"))

    assert b"unseen" not in answer
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 3
    assert answer.count(b"content-length: 6\r\n") == 2
    assert b"HTTP/1.1 204 No Content\r\n\r\n" in answer


@on_both_loops
async def test_a_stream_is_sent_in_chunks() -> None:
    """Each part is a chunk, large ones are several, and the end is marked."""

    async def handler(request: Request, reply: Reply) -> None:
        del request
        reply.start(200, ((b"content-type", b"text/event-stream"),))
        for part in (b"data: a\n\n", b"", b"x" * 70_000):
            await reply.write(part)
        reply.end()

    async with serving(handler) as server:
        head, _, body = (await exchange(server, LAST)).partition(b"\r\n\r\n")

    assert b"transfer-encoding: chunked" in head
    assert b"content-length" not in head
    large = b"10000\r\n" + b"x" * 65536 + b"\r\n1170\r\n" + b"x" * 4464 + b"\r\n"
    assert body == b"9\r\ndata: a\n\n\r\n" + large + b"0\r\n\r\n"


@on_both_loops
async def test_a_client_of_before_gets_its_stream_as_it_is() -> None:
    """HTTP/1.0 knows no chunks: the end of the connection is the end of the stream."""

    async def handler(request: Request, reply: Reply) -> None:
        del request
        reply.start(200, ())
        await reply.write(b"abc")
        reply.end()

    async with serving(handler) as server:
        answer = await exchange(server, GET.replace(b"1.1", b"1.0"))

    assert answer == b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nabc"


@on_both_loops
async def test_a_client_that_asks_before_it_sends_is_told_to_go_on() -> None:
    """Unless what it wants to send is too much anyway."""
    expect = post(b"abc", b"Expect: 100-continue")

    async with serving(limits=ServerLimits(body=10)) as server:
        async with client_of(server) as client:
            await client.send(expect[:-3])
            assert await client.head() == b"HTTP/1.1 100 Continue\r\n\r\n"
            await client.send(expect[-3:])
            assert await client.answer() == (200, b"abc")
        too_much = expect.replace(b"Length: 3", b"Length: 11")
        assert (await exchange(server, too_much[:-3])).startswith(b"HTTP/1.1 413 ")


@on_both_loops
async def test_a_refusal_reaches_a_client_that_is_still_sending() -> None:
    """Closing at once would reset the connection and destroy the answer."""
    async with serving(limits=ServerLimits(body=1000)) as server, client_of(server) as client:
        await client.send(post(b"x" * 3_000_000))
        assert (await client.answer())[0] == 413


def do_nothing(reply: Reply) -> None:
    """Fail before anything was sent."""
    del reply


def begin(reply: Reply) -> None:
    """Fail in the middle of a stream."""
    reply.start(200, ())


FAULTS: dict[str, tuple[Callable[[Reply], None], bytes]] = {
    "before": (do_nothing, b"HTTP/1.1 500 "),
    "after a start": (begin, b"HTTP/1.1 200 "),
}


@pytest.mark.parametrize("name", FAULTS)
@on_both_loops
async def test_a_fault_of_a_handler_is_seen_as_one(name: str) -> None:
    """A neutral 500, or a stream that visibly breaks; and somebody is told."""
    first_do, line = FAULTS[name]
    faults: list[Exception] = []

    async def handler(request: Request, reply: Reply) -> None:
        del request
        first_do(reply)
        raise LookupError("a secret")

    async with serving(handler, faults=faults) as server:
        answer = await exchange(server, LAST)

    assert answer.startswith(line) or answer == b""
    assert not answer.endswith(b"0\r\n\r\n")
    assert b"secret" not in answer
    assert [type(fault) for fault in faults] == [LookupError]


@on_both_loops
async def test_the_server_goes_on_after_a_fault() -> None:
    """The next request on the same connection is served."""
    faults: list[Exception] = []

    async def handler(request: Request, reply: Reply) -> None:
        if request.body == b"silent":
            return
        if request.body == b"cancelled":
            waiting = asyncio.get_running_loop().create_future()
            waiting.cancel()
            await waiting
        reply.send(200, (), request.body)

    async with serving(handler, faults=faults) as server, client_of(server) as client:
        for body, status in ((b"silent", 500), (b"cancelled", 500), (b"fine", 200)):
            await client.send(post(body))
            assert (await client.answer())[0] == status

    assert len(faults) == 2


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
