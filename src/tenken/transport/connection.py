"""One client: its requests are answered one after the other, and its leaving is noticed."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import IntEnum
from math import inf
from typing import cast

from tenken.transport.intake import BODY as READING_BODY
from tenken.transport.intake import SLICE, Intake
from tenken.transport.limits import ServerLimits
from tenken.transport.message import Request
from tenken.transport.reply import Direct, Passing, Reply, encode_head
from tenken.transport.strictness import Refused

Handler = Callable[[Request, Reply], Awaitable[None]]

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Stage(IntEnum):
    """What a connection is waiting for."""

    BETWEEN = 0
    HEAD = 1
    BODY = 2
    HANDLER = 3
    LINGER = 4
    """A refusal was sent, and the client may still be sending."""


BETWEEN, HEAD, BODY, HANDLER, LINGER = Stage  # a lookup in the class would cost more than its use


class House:
    """What all connections of a server share."""

    __slots__ = (
        "allowed_s", "clock", "closing", "connections", "direct", "emptied", "handler",
        "in_flight", "limits", "loop",
        "on_fault",
    )  # fmt: skip

    def __init__(
        self,
        handler: Handler,
        limits: ServerLimits,
        *,
        clock: Callable[[], float],
        loop: asyncio.AbstractEventLoop,
        on_fault: Callable[[Request, Exception], None],
        direct: Direct | None = None,
    ) -> None:
        self.handler = handler
        self.direct = direct
        self.limits = limits
        self.allowed_s = {
            BETWEEN: limits.idle_s,
            HEAD: limits.head_s,
            BODY: limits.body_s,
            HANDLER: inf,
            LINGER: limits.linger_s,
        }
        self.clock = clock
        self.loop = loop
        self.on_fault = on_fault
        self.connections: set[Connection] = set()
        self.in_flight = 0
        self.closing = False
        self.emptied = asyncio.Event()
        """Set while there is no connection."""


class Connection(asyncio.Protocol):
    """Reads requests, runs the handler on them in order, and gives it a way back."""

    __slots__ = (
        "_held", "_held_size", "_house", "_intake", "_passing", "_paused_since", "_task",
        "_transport", "_waiters", "_wake", "behind", "gone", "send", "since", "stage",
    )  # fmt: skip

    _intake: Intake
    send: Callable[[bytes], None]
    """Gives bytes to the kernel, or keeps them until it takes them."""
    _transport: asyncio.Transport
    _task: asyncio.Task[None]

    def __init__(self, house: House) -> None:
        self._house = house
        self._held: list[bytes] = []
        self._held_size = 0
        self._wake: asyncio.Future[None] | None = None
        self._waiters: list[asyncio.Future[None]] = []
        self._paused_since = inf
        self._passing: Passing | None = None
        """What is under way, where the handler does not see it."""
        self.behind = False
        """The client is behind in its reading."""
        self.gone = False
        self.stage = HEAD
        self.since = house.clock()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to serve."""
        house = self._house
        self._transport = cast("asyncio.Transport", transport)
        self.send = self._transport.write
        self._transport.set_write_buffer_limits(high=house.limits.unsent)
        peer = transport.get_extra_info("peername")
        self._intake = Intake(house.limits, peer[0] if isinstance(peer, tuple) else "")
        house.connections.add(self)
        house.emptied.clear()
        self._task = house.loop.create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        """Parse, unless a request is being answered: then what follows it waits."""
        if self.stage is HANDLER:
            self._hold(data)
        elif self.stage is not LINGER:
            self._feed(data)

    def eof_received(self) -> bool:
        """Take the end of what a client sends for its leaving: nobody would read the answer."""
        self._leave()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop whatever is done for this client."""
        del exc
        self._leave()
        self._house.connections.discard(self)
        if not self._house.connections:
            self._house.emptied.set()

    def pause_writing(self) -> None:
        """Note that the client is behind in its reading."""
        self._paused_since = self._house.clock()
        self.behind = True

    def resume_writing(self) -> None:
        """Let the handler go on."""
        self._paused_since = inf
        self.behind = False
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    # The way back, as a reply sees it.

    async def drained(self) -> None:
        """Wait while the client is behind in its reading."""
        if self.behind and not self.gone:
            waiter = self._house.loop.create_future()
            self._waiters.append(waiter)
            await waiter

    # The way back, as a request sees it that the handler does not see.

    def over(self) -> None:
        """Be told that it is answered: the next one may come."""
        self._passing = None
        self._house.in_flight -= 1
        if self._house.closing:
            self._transport.close()
        elif self.behind:
            self.hand_over()
        else:
            self._rest()

    def hand_over(self) -> None:
        """Let the connection's own task go on with it."""
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    # What the server calls.

    @property
    def due(self) -> float:
        """When what is waited for must have come."""
        return self.since + self._house.allowed_s[self.stage]

    def look(self, now: float) -> None:
        """Act on a time that has passed."""
        if now - self._paused_since > self._house.limits.stalled_s:
            self.cut()
        elif now >= self.due:
            self._expire()

    def close_when_idle(self) -> None:
        """Take no further request; a connection on which nothing happens is closed now."""
        if self.stage is BETWEEN or (self.stage is HEAD and self._intake.untouched):
            self._transport.close()

    def cut(self) -> None:
        """End it now, whatever is being done."""
        self._leave()

    # The requests.

    def _feed(self, data: bytes) -> None:
        house, intake = self._house, self._intake
        now = house.clock()
        if len(data) <= SLICE:
            intake.feed(data, now)
        else:
            self._feed_slices(data, now)
        if not intake.ready:
            self._await_more(now)
            return
        self.stage = HANDLER
        direct, wake = house.direct, self._wake
        if wake is None or wake.done():
            return
        if direct is not None and not (intake.closing or house.closing or self.behind):
            ready = intake.ready
            request = ready[0]
            if len(ready) == 1 and isinstance(request, Request):
                self._passing = passing = direct(request, self)
                if passing is not None:
                    ready.clear()
                    house.in_flight += 1
                    return
        wake.set_result(None)

    def _feed_slices(self, data: bytes, now: float) -> None:
        """Parse up to the first request; what stands behind it waits for its turn."""
        for at in range(0, len(data), SLICE):
            self._intake.feed(data[at : at + SLICE], now)
            if self._intake.ready:
                self._hold(data[at + SLICE :])
                return

    def _await_more(self, now: float) -> None:
        intake = self._intake
        if intake.reading is READING_BODY:
            if intake.waits:
                intake.waits = False
                self.send(_CONTINUE)
            self.stage = BODY
            self.since = now
        elif self.stage is not HEAD:
            self.stage = HEAD
            self.since = now

    def _hold(self, data: bytes) -> None:
        """Keep what comes during an answer; beyond the size of a head it stays in the kernel."""
        if data:
            self._held.append(data)
            self._held_size += len(data)
        if self._held_size > self._house.limits.head:
            self._transport.pause_reading()

    def _release(self) -> None:
        """Parse what came during the answer."""
        if self._held_size > self._house.limits.head:
            self._transport.resume_reading()
        data, self._held, self._held_size = b"".join(self._held), [], 0
        self._feed(data)

    async def _serve(self) -> None:
        house, intake = self._house, self._intake
        ready, handler, future = intake.ready, house.handler, house.loop.create_future
        while not self.gone:
            if not ready:
                self._wake = future()
                await self._wake
                if not ready:
                    await self._resumed()
                continue
            item = ready.popleft()
            if isinstance(item, Refused):
                self._refuse(item)
                return
            close = house.closing or (intake.closing and not ready)
            reply = Reply(self, item.method, close, intake.old)
            house.in_flight += 1
            try:
                await handler(item, reply)
            except BaseException as fault:  # noqa: BLE001 - raised again where it is none of ours
                self._fault(item, reply, fault)
            finally:
                house.in_flight -= 1
            if not reply.ended or self.behind:
                await self._ended(item, reply)
            if close or house.closing:
                self._transport.close()
                return
            if not ready:
                self._rest()

    async def _resumed(self) -> None:
        """Go on with what had begun without this task, or wait for a client that is behind."""
        passing, self._passing = self._passing, None
        house = self._house
        if passing is not None:
            request = passing.request
            reply = Reply(self, request.method, house.closing, self._intake.old)
            try:
                await passing.go_on(reply)
            except BaseException as fault:  # noqa: BLE001 - as above
                self._fault(request, reply, fault)
            finally:
                house.in_flight -= 1
            await self._ended(request, reply)
        await self.drained()
        if house.closing:
            self._transport.close()
        else:
            self._rest()

    def _fault(self, request: Request, reply: Reply, fault: BaseException) -> None:
        """The boundary: a handler's fault ends one reply, and its being cancelled all of them."""
        if isinstance(fault, asyncio.CancelledError):
            if self.gone or self._task.cancelling():
                raise fault
            fault = RuntimeError("the handler awaited what was cancelled")
        if not isinstance(fault, Exception):
            raise fault
        self._fail(request, reply, fault)

    async def _ended(self, request: Request, reply: Reply) -> None:
        """See to it that there is an answer, and that the client takes it."""
        if not reply.ended and not self.gone:
            self._fail(request, reply, RuntimeError("the handler has not answered"))
        if self.behind and not self.gone:
            await self.drained()

    def _rest(self) -> None:
        """Wait for the next request."""
        if not self.gone:
            self.stage = BETWEEN
            self.since = self._house.clock()
            if self._held:  # it may have come already
                self._release()

    def _fail(self, request: Request, reply: Reply, fault: Exception) -> None:
        self._house.on_fault(request, fault)
        if reply.started and not reply.ended:
            self.cut()  # the client must see that the answer is not complete
        elif not reply.started:
            said = self._house.limits.refuse(500, "internal_error", request.path)
            reply.send(500, said.headers, said.body)

    def _refuse(self, refused: Refused) -> None:
        said = self._house.limits.refuse(refused.status, refused.code, self._intake.path)
        length = b"content-length: %d\r\n" % len(said.body)
        self.send(encode_head(refused.status, said.headers, length, close=True) + said.body)
        self._linger()

    def _linger(self) -> None:
        """Close without a reset, which could destroy the refusal before the client reads it."""
        if not self._transport.can_write_eof():
            self._transport.close()
            return
        self._transport.write_eof()
        self.stage = LINGER
        self.since = self._house.clock()

    def _expire(self) -> None:
        if self.stage is BETWEEN or self._intake.untouched:
            self._transport.close()
        elif self.stage is LINGER:
            self.cut()
        else:
            self.stage = HANDLER
            self._intake.refuse(Refused(408, "request_timeout"))
            if self._wake is not None and not self._wake.done():
                self._wake.set_result(None)

    def _leave(self) -> None:
        if self.gone:
            return
        self.gone = True
        self.send = _dropped
        self._transport.abort()
        self.resume_writing()
        passing, self._passing = self._passing, None
        if passing is not None:
            self._house.in_flight -= 1
        try:
            if passing is not None:
                passing.left()
        finally:
            self._task.cancel()


def _dropped(data: bytes) -> None:
    """Do nothing with what is said to a client that has left."""
