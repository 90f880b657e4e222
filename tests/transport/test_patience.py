"""Patience with upstreams ends, and so does everything that is done for a caller that left."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import inf

import pytest

from tenken.transport.addresses import Origin
from tenken.transport.errors import ConnectFailed, Interrupted, Phase, TimedOut
from tenken.transport.limits import PoolLimits
from tenken.transport.upstream import Pool
from tenken.transport.upstream_reply import Patience
from tests.transport.wires import (
    ASK,
    PATIENT,
    Clock,
    Script,
    ask,
    on_both_loops,
    request_of,
    saying,
    until,
    upstream,
)

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
SHORT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"


@asynccontextmanager
async def timed(script: Script) -> AsyncIterator[tuple[Pool, Clock]]:
    """Give a pool whose clock stands still, and does not look at it by itself."""
    clock = Clock()
    async with upstream(script, PoolLimits(allow_private=True, sweep_s=3600)) as pool:
        pool.clock = clock
        yield pool, clock


def silent() -> Script:
    """Take a request, and say nothing."""
    return saying(b"")


WAITS = {
    "nothing comes": (b"", 30.0, Phase.FIRST_BYTE),
    "a head comes alone": (CHUNKED, 30.0, Phase.FIRST_BYTE),
    "a body stops": (CHUNKED + b"1\r\na\r\n", 60.0, Phase.IDLE),
}


@pytest.mark.parametrize("name", WAITS)
@on_both_loops
async def test_patience_ends_with_the_name_of_what_was_waited_for(name: str) -> None:
    """Not before its time; and the connection is closed."""
    sent, after_s, phase = WAITS[name]
    closed = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await saying(sent)(reader, writer)
        closed.set()

    async with timed(script) as (pool, clock):
        patience = Patience(5.0, 30.0, 60.0, clock.now + 600)
        running = asyncio.create_task(read_all(pool, patience))  # noqa: TID251
        await until(lambda: has_come(pool, sent))
        clock.now += after_s - 1
        pool.sweep()
        await asyncio.sleep(0)
        assert not running.done()
        clock.now += 2
        pool.sweep()
        with pytest.raises(TimedOut) as caught:
            await running
        assert caught.value.phase is phase
        await closed.wait()
        assert (pool.idle, pool.active) == (0, 0)


async def read_all(pool: Pool, patience: Patience) -> bytes:
    """Call and read everything."""
    return await (await ask(pool, patience)).read(1000)


def has_come(pool: Pool, sent: bytes) -> bool:
    """Tell whether the only call has got this far."""
    if not pool.active:
        return False
    (reply,) = pool._active
    return bool(reply.status) is bool(sent) and bool(reply.received) is (b"a\r\n" in sent)


@on_both_loops
async def test_the_deadline_ends_a_stream_that_goes_on() -> None:
    """However lively it is."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(CHUNKED)
        while True:
            writer.write(b"1\r\na\r\n")
            await writer.drain()
            await asyncio.sleep(0)

    async with timed(script) as (pool, clock):
        reply = await ask(pool, Patience(5.0, 30.0, 60.0, clock.now + 100))
        for _ in range(10):
            assert await reply.next()
            clock.now += 10
            pool.sweep()
        with pytest.raises(TimedOut) as caught:
            await reply.read(1000)
        assert caught.value.phase is Phase.TOTAL


@on_both_loops
async def test_a_deadline_before_the_first_byte_is_told_as_the_total() -> None:
    """It is not the upstream's first byte that was too slow."""
    async with timed(silent()) as (pool, clock):
        running = asyncio.create_task(  # noqa: TID251
            read_all(pool, Patience(5.0, 30.0, 60.0, clock.now + 10))
        )
        await until(lambda: pool.active == 1)
        clock.now += 11
        pool.sweep()
        with pytest.raises(TimedOut) as caught:
            await running
        assert caught.value.phase is Phase.TOTAL


@on_both_loops
async def test_patience_is_looked_at_without_being_asked() -> None:
    """The sweep runs by itself while there are calls, also after a rest."""
    async with upstream(silent()) as pool:
        for _ in range(2):
            with pytest.raises(TimedOut):
                await ask(pool, Patience(5.0, 0.01, 60.0, inf))
            await until(lambda: pool._resting)


@on_both_loops
async def test_old_connections_are_given_up() -> None:
    """The upstream would close them soon, perhaps in the middle of a request."""
    async with timed(saying(SHORT)) as (pool, clock):
        await (await ask(pool)).read(100)
        clock.now += 29
        pool.sweep()
        assert pool.idle == 1
        clock.now += 2
        pool.sweep()
        assert (pool.idle, len(pool._links)) == (0, 0)


@pytest.mark.parametrize("phase", ["before the head", "in the body"])
@on_both_loops
async def test_a_caller_that_is_cancelled_closes_the_connection(phase: str) -> None:
    """The upstream stops working for nobody."""
    asked, left = asyncio.Event(), asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        if phase == "in the body":
            writer.write(CHUNKED + b"1\r\na\r\n")
        asked.set()
        assert await reader.read() == b""
        left.set()

    async with upstream(script) as pool:
        running = asyncio.create_task(read_all(pool, PATIENT))  # noqa: TID251
        await asked.wait()
        if phase == "in the body":
            await until(lambda: any(reply.received for reply in pool._active))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await left.wait()
        assert (pool.idle, pool.active, len(pool._links)) == (0, 0, 0)


@on_both_loops
async def test_a_caller_that_is_cancelled_while_connecting_leaves_nothing() -> None:
    """Not even a socket."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        full = [socket.socket() for _ in range(4)]
        for each in full:
            each.setblocking(False)
            each.connect_ex(deaf.getsockname())
        pool = pool_to(deaf.getsockname()[1])
        running = asyncio.create_task(ask(pool))  # noqa: TID251
        await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        with pytest.raises(TimedOut) as caught:
            await ask(pool, Patience(0.01, 30.0, 60.0, inf))
        assert caught.value.phase is Phase.CONNECT
        with pytest.raises(TimedOut) as caught:
            await ask(pool, Patience(5.0, 30.0, 60.0, asyncio.get_running_loop().time()))
        assert caught.value.phase is Phase.TOTAL
        assert len(pool._links) == 0
        for each in full:
            each.close()


def pool_to(port: int, *addresses: str, allow_private: bool = True) -> Pool:
    """Give a pool to a port of this machine."""
    chosen = addresses or ("127.0.0.1",)
    origin = Origin(host="localhost", port=port, tls=False, addresses=chosen)
    return Pool(origin, limits=PoolLimits(allow_private=allow_private))


@on_both_loops
async def test_a_closed_port_is_told_as_refused() -> None:
    """Nothing was sent: another try is safe."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(ConnectFailed, match="refused"):
        await ask(pool_to(port))


@on_both_loops
async def test_addresses_are_tried_in_order() -> None:
    """One that refuses does not spoil the others."""
    async with upstream(saying(SHORT)) as pool:
        both = pool_to(pool.origin.port, "127.0.0.2", "127.0.0.1")
        assert await (await ask(both)).read(100) == b"ab"
        both.close()


@on_both_loops
async def test_our_own_network_is_not_called_unless_that_is_wanted() -> None:
    """Not by a name that points there, nor by an address that was pinned."""
    async with upstream(saying(SHORT)) as pool:
        port = pool.origin.port
        with pytest.raises(ConnectFailed, match="forbidden_address"):
            await ask(pool_to(port, allow_private=False))
        named = Origin(host="localhost", port=port, tls=False)
        with pytest.raises(ConnectFailed, match="forbidden_address"):
            await ask(Pool(named))
        found = Pool(named, limits=PoolLimits(allow_private=True))
        assert await (await ask(found)).read(100) == b"ab"
        found.close()


@on_both_loops
async def test_closing_a_pool_ends_its_calls() -> None:
    """Whoever waits is told."""
    async with upstream(silent()) as pool:
        running = asyncio.create_task(ask(pool))  # noqa: TID251
        await until(lambda: pool.active == 1)
        pool.close()
        with pytest.raises(Interrupted):
            await running
        assert len(pool._links) == 0


@on_both_loops
async def test_a_large_request_arrives_whole() -> None:
    """Patience for the first byte goes on while the upstream still takes the request."""
    body = bytes(range(256)) * 40_000

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got = (await request_of(reader))[-len(body) :]
        writer.write(SHORT if got == body else b"")

    async with upstream(script) as pool:
        head = ASK.replace(b"length: 2", b"length: %d" % len(body))
        reply = await pool.call(head, body, patience=PATIENT)
        assert await reply.read(100) == b"ab"


@on_both_loops
async def test_a_large_request_that_is_still_taken_is_waited_for() -> None:
    """The first byte cannot come before the last one was sent."""
    body = bytes(30_000_000)
    go = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await go.wait()
        await request_of(reader)
        writer.write(SHORT)

    async with timed(script) as (pool, clock):
        head = ASK.replace(b"length: 2", b"length: %d" % len(body))
        patience = Patience(5.0, 30.0, 60.0, inf)
        running = asyncio.create_task(pool.call(head, body, patience=patience))  # noqa: TID251
        await until(lambda: pool.active == 1)
        clock.now += 31
        pool.sweep()
        await asyncio.sleep(0)
        assert not running.done()
        clock.now += 31
        go.set()
        await until(running.done)
        assert await (await running).read(2) == b"ab"


@on_both_loops
async def test_a_large_request_that_nobody_takes_is_given_up() -> None:
    """An upstream that does not read is no better than one that does not answer."""
    never = asyncio.Event()

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await never.wait()
        await reader.read()

    async with timed(script) as (pool, clock):
        patience = Patience(5.0, 30.0, 60.0, inf)
        running = asyncio.create_task(  # noqa: TID251
            pool.call(ASK, bytes(30_000_000), patience=patience)
        )
        await until(lambda: pool.active == 1)
        while pool.active:
            clock.now += 31
            pool.sweep()
            await asyncio.sleep(0)
        with pytest.raises(TimedOut) as caught:
            await running
        never.set()
        assert caught.value.phase is Phase.FIRST_BYTE
