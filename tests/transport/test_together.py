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
