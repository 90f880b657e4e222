"""A server and a pool, one in front of the other."""

import asyncio

from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tests.transport.wires import (
    ASK,
    PATIENT,
    client_of,
    on_both_loops,
    post,
    request_of,
    serving,
    until,
    upstream,
)


@on_both_loops
async def test_an_answer_comes_back_through_a_proxy() -> None:
    """Bodies pass in both directions, on connections that are kept."""

    async def model(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            body = (await request_of(reader))[-2:]
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + body.upper())

    async with upstream(model) as pool:

        async def handler(request: Request, reply: Reply) -> None:
            answer = await pool.call(ASK, request.body, patience=PATIENT)
            reply.send(answer.status, (), await answer.read(100))

        async with serving(handler) as server, client_of(server) as client:
            for body in (b"ab", b"cd", b"ef"):
                await client.send(post(body))
                assert await client.answer() == (200, body.upper())
            assert (pool.idle, pool.active, server.connections) == (1, 0, 1)


PART = b"x" * 9_998 + b"\n\n"
PARTS = 3_000


class Model:
    """Streams more than can wait anywhere between it and a client."""

    sent = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send parts as fast as they are taken."""
        await request_of(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while self.sent < PARTS:
            writer.write(b"%x\r\n%b\r\n" % (len(PART), PART))
            self.sent += 1
            await writer.drain()
            await asyncio.sleep(0)
        writer.write(b"0\r\n\r\n")
        await reader.read()


@on_both_loops
async def test_a_slow_client_holds_back_the_upstream_of_a_stream() -> None:
    """Parts are handed on at once until it is behind; then they wait, and none is lost."""
    model = Model()
    async with upstream(model) as pool:

        async def handler(request: Request, reply: Reply) -> None:
            answer = await pool.call(ASK, request.body, patience=PATIENT)
            reply.start(200, ())
            pass_on = reply.passing()
            assert pass_on is not None
            while (held := await answer.next()) is not None:
                await reply.write(held)
                await answer.pour(pass_on)
            reply.end()

        async with serving(handler) as server, client_of(server) as client:
            await client.send(post(b"ab", b"Connection: close"))
            await until(lambda: any(reply._held for reply in pool._active))
            assert model.sent < PARTS
            body = await client.rest()
            assert body.count(b"x") == PARTS * PART.count(b"x")
            assert body.endswith(b"\r\n0\r\n\r\n")
            assert (pool.idle, pool.active) == (1, 0)
