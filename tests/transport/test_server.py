"""A server answers in order, in the form that HTTP asks for, and goes on after a fault."""

import asyncio
from collections.abc import Callable

import pytest

from tenken.transport.limits import ServerLimits
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.transport.wires import (
    Held,
    client_of,
    exchange,
    on_both_loops,
    post,
    serving,
)

GET = b"GET /x HTTP/1.1\r\nHost: example.com\r\n\r\n"
LAST = b"GET /last HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n"


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
