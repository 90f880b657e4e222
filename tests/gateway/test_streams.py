"""Streams while they last: kept alive, held back, timed by what is said, left by callers."""

import asyncio
import json

import pytest
from msgspec.structs import replace

from tenken.gateway.assembly import Manner
from tenken.journal.exchange import Outcome
from tenken.policy.deadline import Timeouts
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.transport.upstream_reply import UpstreamReply
from tenken.wire.failure import Failure
from tests.gateway import apis
from tests.gateway.apis import Row
from tests.gateway.ground import (
    DONE,
    ROLE,
    STOP,
    TEXT,
    Behaviour,
    fails,
    plan_of,
    provider,
    standing,
    streams,
    target,
)

pytestmark = pytest.mark.anyio
ASKED = {"model": "desk", "messages": [{"role": "user", "content": "hello"}]}
STREAMED = {**ASKED, "stream": True}
COMMENT = b": keep-alive\n\n"
BRISK = Manner(fingerprint_key=b"k" * 32, keep_alive_s=0.02)
EVENTS = ((b"content-type", b"text/event-stream"),)
each_stream = pytest.mark.parametrize("row", apis.STREAMING.values(), ids=apis.STREAMING)


def thinking(*parts: bytes, until: asyncio.Event) -> Behaviour:
    """A provider that says nothing until it is told to, not even a status."""

    async def behaviour(request: Request, reply: Reply) -> None:
        await until.wait()
        await streams(*parts)(request, reply)

    return behaviour


async def until_comment(reply: UpstreamReply) -> bytes:
    said = b""
    while COMMENT not in said:
        said += await reply.next() or b""
    return said


async def rest(reply: UpstreamReply) -> bytes:
    said = b""
    while (part := await reply.next()) is not None:
        said += part
    return said.replace(COMMENT, b"")


@each_stream
async def test_a_silent_stream_is_kept_alive(row: Row) -> None:
    """Before anything is known of the answer; then it comes as it was sent."""
    told = asyncio.Event()
    silent = thinking(row.preamble, row.text, row.rest, until=told)
    async with provider(silent) as origin:
        plan = plan_of((replace(target("t0", origin), dialect=row.side),))
        async with standing(plan, manner=BRISK) as here:
            reply = await here.open({**row.asked, "stream": True}, path=row.path)
            head = {name.decode(): value.decode() for name, value in reply.headers}
            first = await until_comment(reply)
            told.set()
            answer = await rest(reply)

    assert (reply.status, head["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert first.replace(COMMENT, b"") == b""
    assert answer == row.preamble + row.text + row.rest


async def test_comments_commit_to_no_target() -> None:
    """A failure after them is still answered by the next target."""
    told = asyncio.Event()

    async def slow_to_fail(request: Request, reply: Reply) -> None:
        await told.wait()
        await fails(500)(request, reply)

    good = streams(ROLE, TEXT, STOP, DONE)
    async with provider(slow_to_fail) as bad, provider(good) as origin:
        plan = plan_of((target("t0", bad), target("t1", origin)))
        async with standing(plan, manner=BRISK) as here:
            reply = await here.open(STREAMED)
            await until_comment(reply)
            told.set()
            answer = await rest(reply)

    assert answer == ROLE + TEXT + STOP + DONE
    assert here.kept.exchanges[0].outcome is Outcome.ANSWERED


@each_stream
async def test_a_failure_after_comments_is_told_in_the_stream(row: Row) -> None:
    """The status is sent already; it is on record as failed with its own, not as cut."""
    told = asyncio.Event()

    async def slow_to_fail(request: Request, reply: Reply) -> None:
        await told.wait()
        await fails(500)(request, reply)

    async with provider(slow_to_fail) as bad:
        plan = plan_of((replace(target("t0", bad), dialect=row.side),))
        async with standing(plan, manner=BRISK) as here:
            reply = await here.open({**row.asked, "stream": True}, path=row.path)
            await until_comment(reply)
            told.set()
            answer = await rest(reply)

    said = json.loads(answer.decode().partition("data: ")[2])
    assert said.get("type", "error") == "error"
    assert here.kept.exchanges[0].outcome is Outcome.FAILED
    assert here.kept.exchanges[0].status >= 500


@pytest.mark.parametrize(
    ("parts", "failure", "timeouts"),
    [
        ((ROLE,), Failure.TIMEOUT_TTFT, Timeouts(ttft_s=0.2)),
        ((), Failure.TIMEOUT_TTFT, Timeouts(ttft_s=0.2)),
        ((ROLE, TEXT), Failure.TIMEOUT_IDLE, Timeouts(idle_s=0.2)),
    ],
)
async def test_a_provider_s_comments_reset_no_timeout(
    parts: tuple[bytes, ...], failure: Failure, timeouts: Timeouts
) -> None:
    """Neither does its preamble: what is waited for is the answer."""

    async def chatting(_request: Request, reply: Reply) -> None:
        reply.start(200, EVENTS)
        for part in parts:
            await reply.write(part)
        while not reply.gone:
            await reply.write(b": still here\n\n")
            await asyncio.sleep(0.01)

    async with provider(chatting) as origin:
        plan = plan_of((target("t0", origin),), timeouts=timeouts)
        async with standing(plan) as here:
            await here.post(STREAMED)

    assert here.kept.exchanges[0].attempts[0].failure is failure


async def test_a_slow_reader_holds_its_provider_back() -> None:
    """What nobody reads is not fetched: a bounded part waits here."""
    written = 0
    stopped = asyncio.Event()
    piece = ROLE.replace(b'"content": ""', b'"content": "%b"' % (b"x" * 60_000))

    async def eager(_request: Request, reply: Reply) -> None:
        nonlocal written
        reply.start(200, EVENTS)
        for _ in range(2000):
            try:
                async with asyncio.timeout(0.5):
                    await reply.write(piece)
            except TimeoutError:
                break
            written += len(piece)
        stopped.set()

    async with provider(eager) as origin, standing(plan_of((target("t0", origin),))) as here:
        reply = await here.open(STREAMED)
        await stopped.wait()
        reply.abort()

    assert written < 60_000 * 1000, "of the 120 MB there were"


class Leaving:
    """A provider that is left: tells when it was asked, and when its caller had gone."""

    def __init__(self, *parts: bytes, started: bool) -> None:
        self.asked = asyncio.Event()
        self.left = asyncio.Event()
        self._parts = parts
        self._started = started

    async def __call__(self, _request: Request, reply: Reply) -> None:
        if self._started:
            reply.start(200, EVENTS)
            for part in self._parts:
                await reply.write(part)
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()


@pytest.mark.parametrize(
    ("parts", "started", "stream"),
    [
        ((), False, False),
        ((), False, True),
        ((), True, True),
        ((ROLE,), True, True),
        ((ROLE, TEXT), True, True),
    ],
    ids=["whole", "before headers", "before events", "before the first token", "in the stream"],
)
async def test_who_leaves_stops_the_provider(
    parts: tuple[bytes, ...], *, started: bool, stream: bool
) -> None:
    """In every phase; what was used is on record, and every place is free again."""
    leaving = Leaving(*parts, started=started)
    async with provider(leaving) as origin, standing(plan_of((target("t0", origin),))) as here:
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(here.post(STREAMED if stream else ASKED))
            await leaving.asked.wait()
            asking.cancel()
        await leaving.left.wait()
        await here.kept.settled.wait()

    [one] = here.kept.exchanges
    assert (one.outcome, one.attempts[0].failure) == (Outcome.CANCELLED, Failure.CANCELLED)
    assert here.door.in_flight == 0
