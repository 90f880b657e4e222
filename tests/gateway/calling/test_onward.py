"""What is handed on as it comes is what reading all of it would have given."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.gateway.calling.failing import Miss
from tenken.gateway.calling.onward import LENGTHS_MAX, NEVER, Frames, swiftly
from tenken.gateway.calling.stream import Relay
from tenken.gateway.flow import Flow, Trying
from tenken.gateway.repeating.copied import Copied
from tenken.transport.limits import PoolLimits
from tenken.transport.link import Link
from tenken.transport.message import Request
from tenken.transport.reply import Reply
from tenken.transport.upstream_reply import UpstreamReply
from tenken.wire.api import Api
from tenken.wire.dialect import Around, Unreadable
from tenken.wire.dialects.openai_chat import OpenAIChat
from tests.gateway.ground import plan_of, target
from tests.transport.wires import PATIENT, Clock
from tests.wire.test_openai_chat import asked, request, text_event

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LAST = b"0\r\n\r\n"
ROLE = text_event("", ascii_only=True)
STOP = text_event("", ascii_only=True, finish="stop")
USED = (
    b'data: {"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,'
    b'"total_tokens":5}}\n\n'
)
DONE = b"data: [DONE]\n\n"
PING = b": ping\n\n"
TEXTS = ["a", "b c", " ", "", "\u65e5", "\n", '"', "\\", "\u00e9", "x" * 9, "y" * 200]
FIRST = text_event("first", ascii_only=False)


class Wire:
    """Both connections: nobody is at their other ends."""

    def write(self, data: bytes) -> None:
        """Send nothing."""

    def abort(self) -> None:
        """Close nothing."""

    def pause_reading(self) -> None:
        """Hold nobody back."""

    resume_reading = pause_reading

    def get_write_buffer_size(self) -> int:
        return 0


class Client:
    """The way back to a client that is behind now and then."""

    gone = False
    behind = False

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.waiting: list[asyncio.Future[None]] = []

    def send(self, data: bytes) -> None:
        self.sent.append(data)

    async def drained(self) -> None:
        if self.behind:
            self.waiting.append(asyncio.get_running_loop().create_future())
            await self.waiting[-1]

    def reads(self, *, again: bool) -> None:
        """Fall behind, or read again."""
        self.behind = not again
        while again and self.waiting:
            self.waiting.pop().set_result(None)

    def cut(self) -> None:
        """End it."""


class Call:
    """A stream under way, from a link to a client."""

    def __init__(self, *, copied: bool = False) -> None:
        self.client, self.clock = Client(), Clock()
        self.link = Link(cast("Any", self))
        self.link.connection_made(cast("asyncio.Transport", Wire()))
        self.headed = asyncio.get_running_loop().create_future()
        self.reply = UpstreamReply(self.link, PATIENT, 0.0, self.headed)
        self.link.send(self.reply, b"", b"")
        back = Reply(self.client, method="POST", close=False, old=False)
        one = target("t0", cast("Any", None))
        self.trying = Trying(target=one, began=0.0)
        self.flow = Flow(
            request=cast("Request", None), plan=plan_of(()), api=Api.CHAT, at=0, began=0.0,
            reply=Copied(back, most=1 << 20) if copied else back, attempts=[self.trying],
        )  # fmt: skip

    limits = PoolLimits()

    def finished(self, link: Link, reply: UpstreamReply, *, reusable: bool) -> None:
        """Take back a connection."""

    def lost(self, link: Link, reply: UpstreamReply | None) -> None:
        """Forget a connection."""

    async def relayed(self) -> None:
        """Hand it on."""
        await self.headed
        relay = Relay(clock=self.clock, settle=settled, headers=lambda _flow: ())
        room = SimpleNamespace(dialects={Api.CHAT: OpenAIChat()})
        said = asked(request(stream=True, stream_options={"include_usage": True}))
        await relay(self.flow, said, cast("Any", room), self.trying, reply=self.reply)

    @property
    def body(self) -> bytes:
        """What the client has got, without its head and its chunks' sizes."""
        rest, body = b"".join(self.client.sent).partition(b"\r\n\r\n")[2], []
        while rest:
            line, _, rest = rest.partition(b"\r\n")
            size = int(line, 16)
            body.append(rest[:size])
            assert rest[size : size + 2] == b"\r\n"
            rest = rest[size + 2 :]
        return b"".join(body)


async def settled(_flow: Flow) -> None:
    """Settle nothing."""


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


def told(text: str) -> bytes:
    return text_event(text, ascii_only=False)


@st.composite
def streams(draw: Callable[[st.SearchStrategy[Any]], Any]) -> list[bytes]:
    """Chunks of a whole stream: nearly always an event each, else cut, or some together."""
    others = st.sampled_from([PING, STOP, text_event("a", ascii_only=True, id_="d")])
    one = st.one_of(*[st.sampled_from(TEXTS).map(told)] * 5, others)
    events = [ROLE, FIRST, *draw(st.lists(one, max_size=16)), STOP, USED, DONE]
    odd: st.SearchStrategy[bool] = st.sampled_from([False] * 4 + [True])
    chunks: list[bytes] = []
    for event in events:
        if chunks and draw(odd):
            chunks[-1] += event
        elif draw(odd):
            at = draw(st.integers(1, len(event) - 1))
            chunks += [event[:at], event[at:]]
        else:
            chunks.append(event)
    return chunks


STEPS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([True, True, True, False])))


@given(streams(), st.lists(st.integers(0, 1 << 14), max_size=4), STEPS, st.booleans())
def test_any_cutting_gives_the_same_stream(
    chunks: list[bytes], places: list[int], steps: list[tuple[int, bool]], copied: bool
) -> None:
    """However quickly the client reads, and whenever the task that waits has its turn."""
    framed = [chunk(one) for one in chunks]
    framed[-1] += LAST
    sent = HEAD + b"".join(framed)
    ends = [len(HEAD) + len(b"".join(framed[:n])) for n in range(len(framed) + 1)]
    marks = sorted({0, *ends, *(place % len(sent) for place in places)})
    parts = [sent[begin:end] for begin, end in pairwise(marks)]

    async def run() -> Call:
        call = Call(copied=copied)
        task = asyncio.create_task(call.relayed())  # noqa: TID251
        for n, part in enumerate(parts):
            turns, reads = steps[n] if n < len(steps) else (1, True)
            call.client.reads(again=reads)
            call.link.data_received(part)
            for _ in range(turns):
                await asyncio.sleep(0)
        call.client.reads(again=True)
        await task
        return call

    call = asyncio.run(run())
    content = b"".join(chunks)
    pieces = OpenAIChat().reading(asked(request(stream=True))).feed(content)
    answered = sum([len(piece.forward) for piece in pieces if piece.content])
    assert (call.body, call.reply.received) == (content, len(content))
    assert (call.flow.finish, call.flow.spoke) == ("stop", True)
    assert call.trying.usage is not None
    assert call.trying.answered_bytes == answered


async def begun(call: Call) -> asyncio.Task[None]:
    """Let a stream come so far that what follows is compared."""
    task = asyncio.create_task(call.relayed())  # noqa: TID251
    for part in (HEAD, chunk(ROLE), chunk(FIRST), chunk(told("two"))):
        call.link.data_received(part)
        for _ in range(3):
            await asyncio.sleep(0)
    assert call.reply.swift is not None
    return task


async def ended(call: Call, task: asyncio.Task[None]) -> None:
    """Break the connection off."""
    call.link.connection_lost(None)
    with pytest.raises((Miss, Exception)):
        await task


@pytest.mark.anyio
@pytest.mark.parametrize("text", ["word", " a ", "x" * 300, "\u65e5\u672c"])
async def test_bytes_go_out_as_they_came(text: str) -> None:
    """The very object: nothing is cut out, put together or copied, nor is anybody woken."""
    call = Call()
    task = await begun(call)
    call.clock.now += 7
    before, came = len(call.client.sent), chunk(told(text))

    call.link.data_received(came)

    assert len(call.client.sent) == before + 1
    assert call.client.sent[-1] is came
    assert call.reply.since == call.clock.now
    await ended(call, task)
    assert call.trying.answered_bytes == len(FIRST + told("two") + told(text))


ODD = {
    "another size": b"1" + chunk(told("word")),
    "a smaller size": b"%x\r\n%b\r\n" % (len(told("word")) - 1, told("word")),
    "a zero before": b"0" + chunk(told("word")),
    "a capital": chunk(told("word" + "x" * 40)).replace(b"\r\n", b";\r\n", 1),
    "no end": chunk(told("word"))[:-1],
    "a quotation mark": chunk(told('w"d')),
    "a control": chunk(told("word").replace(b"word", b"wo\nd")),
    "half a character": chunk(told("word").replace(b"word", b"wor\xe6")),
    "no text": chunk(told("")),
    "something else": chunk(STOP),
    "two": chunk(told("word")) * 2,
    "two events": chunk(told("word") * 2),
    "the last": chunk(told("word")) + LAST,
    "nothing": b"",
}


@pytest.mark.anyio
@pytest.mark.parametrize("name", ODD)
async def test_what_differs_in_anything_else_is_read(name: str) -> None:
    """It is refused, and nothing of it has gone out."""
    call = Call()
    task = await begun(call)
    before, swift = len(call.client.sent), call.reply.swift
    assert swift is not None

    assert not swift(ODD[name])
    call.client.behind = True
    assert not swift(chunk(told("word")))

    assert len(call.client.sent) == before
    await ended(call, task)


@pytest.mark.anyio
async def test_nothing_is_compared_within_an_event() -> None:
    """Nor where a copy is kept."""
    call = Call()
    task = await begun(call)
    call.link.data_received(chunk(told("word")[:20]))
    within = call.reply.swift
    call.link.data_received(chunk(told("word")[20:]))
    behind = call.reply.swift
    await ended(call, task)

    assert within is None
    assert behind is not None
    assert call.body.endswith(told("word"))


@pytest.mark.anyio
@pytest.mark.parametrize("refused", [told("late"), STOP, told("\n")])
async def test_nothing_overtakes_what_waits_for_the_client(refused: bytes) -> None:
    """Though it reads again before the task that waits has had its turn."""
    call = Call()
    task = await begun(call)
    call.client.behind = True
    call.link.data_received(chunk(refused))
    call.client.behind = False
    for part in (told("a"), told("b"), DONE):
        call.link.data_received(chunk(part))
    await task

    assert call.body.endswith(told("two") + refused + told("a") + told("b") + DONE)
    texts = [FIRST, told("two"), told("a"), told("b"), *([refused] if refused != STOP else [])]
    assert call.trying.answered_bytes == len(b"".join(texts))


@pytest.mark.anyio
async def test_nothing_overtakes_what_has_come_meanwhile() -> None:
    """While a client that was behind takes what was written before."""
    call = Call()
    task = await begun(call)
    call.client.behind = True
    for part in (told("a"), told("b")):
        call.link.data_received(chunk(part))
        for _ in range(3):
            await asyncio.sleep(0)
    call.client.reads(again=True)
    call.client.behind = True
    for _ in range(3):
        await asyncio.sleep(0)
    call.link.data_received(chunk(told("c")))
    call.client.reads(again=True)
    for part in (told("d"), DONE):
        call.link.data_received(chunk(part))
    await task

    assert call.body.endswith(b"".join([told(text) for text in ("a", "b", "c", "d")]) + DONE)


@pytest.mark.anyio
async def test_a_comment_is_no_answer() -> None:
    """What the provider owes is counted from the text before it."""
    call = Call()
    task = await begun(call)
    before = call.reply.since
    call.clock.now += 7

    call.link.data_received(chunk(PING))
    assert call.reply.since == before
    call.link.data_received(chunk(told("word")))
    assert call.reply.since == before + 7
    await ended(call, task)
    assert call.body.endswith(PING + told("word"))


@pytest.mark.anyio
async def test_what_cannot_be_read_ends_the_stream() -> None:
    """It is raised where the stream is waited for, not where bytes come in."""
    call = Call()
    task = await begun(call)

    call.link.data_received(chunk(b"data: {]\n\n"))
    with pytest.raises(Unreadable):
        await task

    assert call.body.endswith(told("two"))


def test_lengths_that_no_chunk_has_are_none() -> None:
    """Between one digit and two there is a gap; what is too long is read; few are kept."""
    frames = Frames(Around(before=b"b", after=b"a\n\n"))

    for length in (0, 5, 21, 262, 4103, 1 << 20):
        assert frames[length] == NEVER
    for length, size in ((6, 1), (20, 15), (22, 16), (261, 255), (263, 256), (4102, 4095)):
        assert frames[length][:2] == (size, b"%x\r\nb" % size)
    for length in range(LENGTHS_MAX * 2):
        assert frames[length + 30][0] == length + 24
    assert len(frames) == LENGTHS_MAX


def test_what_never_is_begins_no_chunk() -> None:
    """Not even one that looks like an event."""
    frames = Frames(Around(before=b"b", after=b"a\n\n"))
    _, begins, head, _ = NEVER
    line = Client()
    swift = swiftly(
        cast("Flow", None), cast("UpstreamReply", None), line,
        known=Around(before=b"", after=b""), clock=Clock(),
    )  # fmt: skip

    assert b"b"[head] != begins
    assert not swift(b"x" * 21)
    assert frames.tail == slice(-5, None)
    assert line.sent == []
