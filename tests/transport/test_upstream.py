"""Calls to upstreams that answer, stall, break off, talk nonsense, or are not there."""

import asyncio

import pytest

from tenken.transport.errors import Garbled, Interrupted
from tenken.transport.upstream import RESEND_S
from tenken.wire.splice import Pieces, whole
from tests.transport.wires import (
    PATIENT,
    Clock,
    ask,
    on_both_loops,
    request_of,
    saying,
    until,
    upstream,
)

OK = b"HTTP/1.1 200 OK\r\n"
SHORT = OK + b"Content-Length: 2\r\n\r\nab"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
ENDED = CHUNKED + b"2\r\nab\r\n0\r\n\r\n"


READ = {
    "with a length": (SHORT, b"ab", 1),
    "in chunks": (ENDED, b"ab", 1),
    "in chunks with a trailer": (CHUNKED + b"2\r\nab\r\n0\r\nX-A: b\r\n\r\n", b"ab", 1),
    "empty": (OK + b"Content-Length: 0\r\n\r\n", b"", 1),
    "without content": (b"HTTP/1.1 204 No Content\r\n\r\n", b"", 1),
    "after an announcement": (b"HTTP/1.1 103 Early Hints\r\nX-A: b\r\n\r\n" + SHORT, b"ab", 1),
    "the last one": (SHORT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), b"ab", 0),
    "of HTTP/1.0": (SHORT.replace(b"1.1", b"1.0"), b"ab", 0),
    "with something behind": (SHORT + b"HTTP", b"ab", 0),
    "with a whole answer behind": (SHORT + SHORT, b"ab", 0),
}


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("size", [1, 7, 10_000])
@on_both_loops
async def test_a_reply_is_read_however_it_is_cut(name: str, size: int) -> None:
    """And its connection is kept exactly when the next call can rely on it."""
    sent, body, kept = READ[name]

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        for at in range(0, len(sent), size):
            writer.write(sent[at : at + size])
            await writer.drain()
            await asyncio.sleep(0)
        await reader.read()

    async with upstream(script) as pool:
        reply = await ask(pool)
        assert await reply.read(100) == body
        assert reply.ended
        assert reply.status in {200, 204}
        if size > 1000:
            assert pool.idle == kept
        reply.abort()  # of no consequence now
        assert pool.active == 0


@on_both_loops
async def test_a_body_in_pieces_is_sent_whole_and_again() -> None:
    """Also where a kept connection had been closed, and it goes out on another one."""
    body = Pieces((memoryview(b"a" * 3_000_000), b"middle", memoryview(b"z" * 3_000_000)))
    head = b"POST /v1/x HTTP/1.1\r\nHost: u\r\nContent-Length: %d\r\n\r\n" % len(body)
    seen: list[bytes] = []
    closed = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        seen.append(await reader.readexactly(len(body)))
        writer.write(SHORT)
        await writer.drain()
        if len(seen) == 1:
            writer.close()
            closed.set()
        else:
            await reader.read()

    async with upstream(script) as pool:
        for _ in range(2):
            reply = await pool.call(head, body, patience=PATIENT)
            assert await reply.read(100) == b"ab"
            await closed.wait()

    assert seen == [whole(body)] * 2


@on_both_loops
async def test_headers_are_read_as_they_are_asked_for() -> None:
    """One by its name, or all in order; an announcement before the reply is none of them."""
    early = b"HTTP/1.1 103 Early Hints\r\nX-A: early\r\n\r\n"
    sent = early * 2 + OK + b"X-A:  1 \r\nX-B: x-a: 2\r\nx-a: 3\r\nContent-Length: 0\r\n\r\n"

    async with upstream(saying(sent, SHORT)) as pool:
        reply = await ask(pool)
        assert reply.headers == (
            (b"x-a", b"1"),
            (b"x-b", b"x-a: 2"),
            (b"x-a", b"3"),
            (b"content-length", b"0"),
        )
        assert [reply.header(name) for name in (b"x-a", b"x-b", b"x")] == [b"1", b"x-a: 2", None]
        assert (await ask(pool)).headers == ((b"content-length", b"2"),)


@on_both_loops
async def test_a_body_without_a_length_ends_with_its_connection() -> None:
    """As HTTP has it; the connection is of no further use."""
    async with upstream(saying(OK + b"\r\nabc", close=True)) as pool:
        reply = await ask(pool)
        assert await reply.read(100) == b"abc"
        assert (pool.idle, pool.active) == (0, 0)


@on_both_loops
async def test_parts_are_given_as_they_come() -> None:
    """None at the end, as often as it is asked."""
    go = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(CHUNKED + b"1\r\na\r\n")
        await go.wait()
        writer.write(b"1\r\nb\r\n1\r\nc\r\n0\r\n\r\n")
        await reader.read()

    async with upstream(script) as pool:
        reply = await ask(pool)
        assert await reply.next() == b"a"
        go.set()
        rest = b""
        while (part := await reply.next()) is not None:
            rest += part
        assert rest == b"bc"
        assert await reply.next() is None
        assert reply.received == 3
        assert pool.idle == 1


@on_both_loops
async def test_connections_are_kept_and_used_again() -> None:
    """One connection carries one call after the other."""
    async with upstream(saying(SHORT, ENDED, SHORT)) as pool:
        for _ in range(3):
            assert await (await ask(pool)).read(100) == b"ab"
        assert len(pool._links) == 1


@on_both_loops
async def test_a_connection_closed_while_it_was_kept_is_replaced_once() -> None:
    """The upstream tired of it just as we used it: nobody notices."""
    served = 0

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        served += 1
        await request_of(reader)
        writer.write(SHORT)
        await reader.readuntil(b"\r\n\r\n")  # the second request is left unanswered

    async with upstream(script) as pool:
        pool.clock = Clock()
        for _ in range(4):
            assert await (await ask(pool)).read(100) == b"ab"
        assert served == 4


@on_both_loops
async def test_what_breaks_late_is_not_asked_for_again() -> None:
    """The upstream had the request for a while: it may have worked on it, and bills it."""
    served, clock = 0, Clock()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal served
        served += 1
        await request_of(reader)
        writer.write(SHORT)
        await reader.readuntil(b"\r\n\r\n")
        clock.now += RESEND_S + 1

    async with upstream(script) as pool:
        pool.clock = clock
        assert await (await ask(pool)).read(100) == b"ab"
        with pytest.raises(Interrupted):
            await ask(pool)
        assert served == 1


@on_both_loops
async def test_a_connection_that_never_answers_is_not_tried_for_ever() -> None:
    """A fresh connection that is closed without a word is an answer too."""
    async with upstream(saying(b"", close=True)) as pool:
        with pytest.raises(Interrupted) as caught:
            await ask(pool)
        assert caught.value.received == 0


@on_both_loops
async def test_a_reply_that_had_begun_is_never_asked_for_again() -> None:
    """The work may have been done: the caller decides."""
    asked = 0

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        for answer in (SHORT, b"H"):
            await request_of(reader)
            asked += 1
            writer.write(answer)
            await writer.drain()

    async with upstream(script) as pool:
        await (await ask(pool)).read(100)
        with pytest.raises(Interrupted):
            await ask(pool)
        assert asked == 2


BROKEN = {
    "in a length": (OK + b"Content-Length: 9\r\n\r\nabc", 3),
    "in chunks": (CHUNKED + b"3\r\nabc\r\n", 3),
    "in a chunk": (CHUNKED + b"9\r\nabc", 3),
    "before the body": (CHUNKED, 0),
}


@pytest.mark.parametrize("name", BROKEN)
@on_both_loops
async def test_a_reply_that_breaks_off_does_not_look_complete(name: str) -> None:
    """What came is given; then the break is told, with how much there was."""
    sent, received = BROKEN[name]

    async with upstream(saying(sent, close=True)) as pool:
        reply = await ask(pool)
        parts = [await reply.next()] if received else []
        with pytest.raises(Interrupted) as caught:
            await reply.next()
        assert [len(part or b"") for part in parts] == [received] * bool(received)
        assert caught.value.received == received
        with pytest.raises(Interrupted):
            await reply.read(100)
        assert (pool.idle, pool.active) == (0, 0)


GARBLED = {
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a length and chunks": CHUNKED[:-2] + b"Content-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\nab",
    "a length that is none": OK + b"Content-Length: two\r\n\r\nab",
    "a folded header": OK + b"X-A: a\r\n b\r\n\r\n",
    "line feeds alone": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nab",
    "a status that is none": b"HTTP/1.1 2x0 OK\r\n\r\n",
    "an unexpected change of protocol": (
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"
    ),
    "a head without end": OK + b"X-A: " + b"x" * 70_000,
    "a flood of headers": OK + b"X-A: b\r\n" * 300 + b"\r\n",
}


@pytest.mark.parametrize("name", GARBLED)
@on_both_loops
async def test_nonsense_is_told_as_nonsense(name: str) -> None:
    """And the connection that said it is not used again."""
    async with upstream(saying(GARBLED[name])) as pool:
        with pytest.raises(Garbled):
            await ask(pool)
        assert (pool.idle, pool.active, len(pool._links)) == (0, 0, 0)


@on_both_loops
async def test_a_chunk_that_is_none_is_told_in_the_stream() -> None:
    """After the parts that were well."""
    async with upstream(saying(CHUNKED + b"1\r\na\r\nzz\r\n")) as pool:
        reply = await ask(pool)
        with pytest.raises(Garbled, match="malformed_reply"):
            await reply.read(100)


@on_both_loops
async def test_a_body_has_a_cap() -> None:
    """With a length, in chunks, and while it never ends."""

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(CHUNKED)
        while True:
            writer.write(b"3e8\r\n" + b"x" * 1000 + b"\r\n")
            await writer.drain()

    for script in (saying(OK + b"Content-Length: 101\r\n\r\n" + b"x" * 101), endless):
        async with upstream(script) as pool:
            with pytest.raises(Garbled, match="body_too_large"):
                await (await ask(pool)).read(100)
            assert pool.active == 0


@on_both_loops
async def test_what_nobody_asked_for_ends_a_kept_connection() -> None:
    """The next caller would take it for its own answer."""
    go = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(SHORT)
        await go.wait()
        writer.write(OK + b"Content-Length: 4\r\n\r\nevil")
        await reader.read()

    async with upstream(script) as pool:
        await (await ask(pool)).read(100)
        assert pool.idle == 1
        go.set()
        await until(lambda: pool.idle == 0)


@on_both_loops
async def test_a_slow_consumer_holds_back_the_upstream() -> None:
    """What waits for it stays below a limit; nothing is lost."""
    total, sent = 40_000_000, 0

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await request_of(reader)
        writer.write(OK + b"Content-Length: %d\r\n\r\n" % total)
        while sent < total:
            writer.write(b"x" * 100_000)
            sent += 100_000
            await writer.drain()
        await reader.read()

    async with upstream(script) as pool:
        reply = await ask(pool)
        await until(lambda: reply._held)
        assert reply.received <= 1_000_000
        reply.expire(1e12)  # of no consequence: a slow consumer is no fault of the upstream
        size = 0
        while (part := await reply.next()) is not None:
            assert len(part) <= 1_000_000
            size += len(part)
        assert size == total
        assert sent == total
        assert pool.idle == 1
