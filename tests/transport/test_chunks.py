"""The body of a stream is the same however its bytes are cut, and whoever takes it."""

import asyncio
from itertools import pairwise
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.transport.errors import Garbled
from tenken.transport.limits import PoolLimits
from tenken.transport.link import Link
from tenken.transport.upstream_reply import UpstreamReply
from tests.transport.wires import (
    PATIENT,
    Script,
    ask,
    on_both_loops,
    request_of,
    until,
    upstream,
)

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"
PIECES = [b"\n\n", b"\r\n", b"\n", b"a", b"data: x\n\n", b"3\r\nabc\r\n", LAST, b"\n\n\r\n"]
BODIES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(b"".join)


class Owner:
    """Keeps nothing."""

    limits = PoolLimits()

    def clock(self) -> float:
        return 0.0

    def finished(self, link: Link, reply: UpstreamReply, *, reusable: bool) -> None:
        """Take back a connection."""

    def lost(self, link: Link, reply: UpstreamReply | None) -> None:
        """Forget a connection."""


class Wire:
    """A connection that nobody is at the other end of."""

    def write(self, data: bytes) -> None:
        """Send nothing."""

    def abort(self) -> None:
        """Close nothing."""

    def get_write_buffer_size(self) -> int:
        return 0


class Headed:
    """Waited for by nobody."""

    def done(self) -> bool:
        return True


def called() -> tuple[Link, UpstreamReply]:
    """Give a connection with a call under way."""
    link = Link(Owner())
    link.connection_made(cast("asyncio.Transport", Wire()))
    reply = UpstreamReply(link, PATIENT, 0.0, cast("asyncio.Future[None]", Headed()))
    link.send(reply, b"", b"")
    return link, reply


def chunked(bodies: list[bytes]) -> bytes:
    """Write chunks."""
    return b"".join([b"%x\r\n%b\r\n" % (len(one), one) for one in bodies])


@given(st.lists(BODIES, max_size=8), st.lists(st.integers(0, 10_000), max_size=12), st.booleans())
def test_any_cutting_gives_the_same_body(
    bodies: list[bytes], places: list[int], each: bool
) -> None:
    """Between chunks, within one, within its size: what is no chunk alone is put together."""
    sent = HEAD + chunked(bodies) + LAST
    ends = [len(HEAD) + len(chunked(bodies[:n])) for n in range(len(bodies) + 1)] if each else []
    marks = sorted({0, len(sent), *ends, *(place % len(sent) for place in places)})
    link, reply = called()

    for begin, end in pairwise(marks):
        link.data_received(sent[begin:end])

    assert (b"".join(reply._parts), reply.ended) == (b"".join(bodies), True)


def pouring() -> tuple[Link, UpstreamReply, list[bytes]]:
    """Give a call whose body is handed on part by part, and what is."""
    link, reply = called()
    link.data_received(HEAD)
    link.data_received(b"3\r\na\n\n\r\n")
    reply._parts.clear()
    taken: list[bytes] = []

    def take(part: bytes) -> bool:
        taken.append(part)
        return True

    reply.into = take
    return link, reply, taken


@given(BODIES)
def test_a_whole_chunk_is_handed_on(body: bytes) -> None:
    """Its size is compared, not read; what follows it is read as ever."""
    link, reply, taken = pouring()

    for part in (chunked([body]), chunked([body, body]), LAST):
        link.data_received(part)

    assert (b"".join(taken), reply.ended, reply.received) == (3 * body, True, 3 * len(body) + 3)


ODD = {
    "two": (b"1\r\na\r\n1\r\nb\r\n", b"ab"),
    "with the last": (b"1\r\na\r\n" + LAST, b"a"),
    "cut": (b"3\r\nab", b"ab"),
    "cut in its end": (b"2\r\nab\r", b"ab"),
    "cut in its size": (b"1", b""),
    "an extension": (b"3;a=b\r\nabc\r\n", b"abc"),
    "a zero before": (b"03\r\nabc\r\n", b"abc"),
    "a capital": (b"A\r\nabcdefghij\r\n", b"abcdefghij"),
}


@pytest.mark.parametrize("name", ODD)
def test_chunks_that_are_not_one_are_read(name: str) -> None:
    """Nothing of them is lost."""
    link, reply, taken = pouring()
    sent, body = ODD[name]

    link.data_received(sent)

    assert (b"".join(taken), reply._failure) == (body, None)


BAD = [b"zz\r\n", b"2\r\nabc\r\n", b"2\r\nab\r\r", b"-1\r\n\r\n", b"+3\r\nabc\r\n", b"\r\na\r\n"]


@pytest.mark.parametrize("bad", BAD)
def test_a_mistake_between_whole_chunks_is_found(bad: bytes) -> None:
    """The parser has seen nothing of those before it."""
    link, reply, taken = pouring()
    for part in (b"3\r\nb\n\n\r\n", b"1\r\nc\r\n", bad):
        link.data_received(part)

    assert isinstance(reply._failure, Garbled)
    assert taken[:2] == [b"b\n\n", b"c"]


class Taking:
    """Takes parts but for those with a mark."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def __call__(self, part: bytes) -> bool:
        if b"!" in part:
            return False
        self.taken.append(part)
        return True


def stepwise(steps: list[bytes], go: asyncio.Event) -> Script:
    """Say one part at a time, whenever it is time for it."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(HEAD)
        for step in steps:
            await go.wait()
            go.clear()
            writer.write(step)
        await reader.read()

    return script


@on_both_loops
async def test_parts_are_poured_until_one_is_refused_or_none_is_left() -> None:
    """What was refused is the next part; what had come before is, too."""
    go, into = asyncio.Event(), Taking()
    steps = [*(chunked([one]) for one in (b"a\n\n", b"b\n\n", b"c!\n\n", b"d\n\n")), LAST]
    async with upstream(stepwise(steps, go)) as pool:
        reply = await ask(pool)
        pouring = asyncio.create_task(reply.pour(into))  # noqa: TID251
        for size in (3, 6, 10):
            go.set()
            await until(lambda size=size: reply.received == size)  # type: ignore[misc]
        await pouring
        assert into.taken == [b"a\n\n", b"b\n\n"]
        await reply.pour(into)  # nothing before it is read what was refused
        assert await reply.next() == b"c!\n\n"
        pouring = asyncio.create_task(reply.pour(into))  # noqa: TID251
        for _ in range(2):
            await asyncio.sleep(0)
            go.set()
            await until(lambda: not go.is_set())
        await pouring
        assert into.taken[2:] == [b"d\n\n"]
        assert (await reply.next(), reply.received, pool.idle) == (None, 13, 1)


@on_both_loops
async def test_who_pours_and_leaves_ends_the_call() -> None:
    """As whoever waits for a part."""
    async with upstream(stepwise([], asyncio.Event())) as pool:
        reply = await ask(pool)
        pouring = asyncio.create_task(reply.pour(Taking()))  # noqa: TID251
        await asyncio.sleep(0)
        pouring.cancel()
        with pytest.raises(asyncio.CancelledError):
            await pouring
        assert (pool.idle, pool.active) == (0, 0)
