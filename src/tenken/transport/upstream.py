"""Calls to one upstream over connections that are kept, with patience that ends."""

import asyncio
import ssl
from collections.abc import Callable

from tenken.transport.addresses import Names, Origin, addresses_of
from tenken.transport.errors import ConnectFailed, Interrupted, Phase, TimedOut
from tenken.transport.limits import PoolLimits
from tenken.transport.link import Link
from tenken.transport.tls import client_context, connect_failure
from tenken.transport.upstream_reply import Patience, UpstreamReply
from tenken.wire.splice import Body

RESEND_S = 2.0
"""A kept connection that the other side had closed breaks within a round trip."""


class Pool:
    """The connections to one origin.

    reply = await pool.call(head, body, patience=patience)
    try:
        while (part := await reply.next()) is not None:
            ...
    finally:
        reply.abort()
    """

    def __init__(
        self,
        origin: Origin,
        tls: ssl.SSLContext | None = None,
        limits: PoolLimits | None = None,
        *,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self.origin = origin
        self.limits = limits or PoolLimits()
        self._loop = asyncio.get_running_loop()
        self._future = self._loop.create_future
        self.clock = clock or self._loop.time
        self._names = Names()
        self._tls = (tls or client_context()) if origin.tls else None
        self._idle: list[Link] = []
        self._active: dict[UpstreamReply, None] = {}
        self._links: set[Link] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._resting = True
        """No call is under way: nothing to look at but connections that grow old."""
        self._closed = False

    @property
    def idle(self) -> int:
        """Connections that wait for a call."""
        return len(self._idle)

    @property
    def active(self) -> int:
        """Calls whose reply is not complete."""
        return len(self._active)

    def taken(self) -> Link | None:
        """Take a kept connection to `begin` with in this turn of the loop, if there is one."""
        return self._idle.pop() if self._idle else None

    def left(self, link: Link) -> None:
        """Put back one that was taken, and not used."""
        self._idle.append(link)

    def begin(self, link: Link, head: bytes, body: bytes, reply: UpstreamReply) -> None:
        """Send a request on a connection that was taken; nobody waits for its reply.

        `call` goes on from there, where somebody has to.
        """
        reply.sent_by(link, self.clock())
        self._send(link, reply, head, body)

    async def call(
        self,
        head: bytes,
        body: Body = b"",
        *,
        patience: Patience,
        begun: UpstreamReply | None = None,
    ) -> UpstreamReply:
        """Send a request (its head with the length of the body) and give the reply's head.

        A connection that was kept may have been closed by the upstream in the meantime: when it
        breaks at once, and not one byte of a reply came, the request is sent again, once, on a new
        connection. `begun` is a reply to a request that was sent already.
        """
        # The one that was used last is the least likely to have been closed.
        kept = self._idle.pop() if self._idle and begun is None else None
        again = begun is not None or kept is not None
        while True:
            began = now = self.clock()
            if begun is not None:
                reply, began = begun, begun.connected
            else:
                link = kept
                if link is None:
                    link = await self._connect(patience)
                    now = self.clock()
                reply = UpstreamReply(link, patience, now, self._future())
                self._send(link, reply, head, body)
            try:
                if reply.headed is not None:
                    await reply.headed
                return reply
            except asyncio.CancelledError:
                reply.abort()
                raise
            except Interrupted:
                if not again or reply.touched or self.clock() - began > RESEND_S:
                    raise  # it may have been at work: who calls decides
                kept, begun, again = None, None, False
                patience.resent = self.clock()

    def _send(self, link: Link, reply: UpstreamReply, head: bytes, body: Body) -> None:
        self._active[reply] = None
        if self._resting:
            self._wake()
        link.send(reply, head, body)
        reply.patience.sent = True

    def sweep(self) -> None:
        """End the calls whose patience has ended; done every `sweep_s` without being asked."""
        now = self.clock()
        for reply in tuple(self._active):
            if now >= reply.look_at:
                reply.expire(now)
        oldest = now - self.limits.idle_s
        for link in tuple(self._idle):
            if link.idle_since >= oldest:
                break  # those behind it were used later
            link.drop()

    def close(self) -> None:
        """Close all connections, busy or not."""
        self._closed = True
        for reply in tuple(self._active):
            reply.fail(Interrupted(reply.received))
        for link in tuple(self._links):
            link.drop()
        if self._timer is not None:
            self._timer.cancel()

    # What a connection calls.

    def finished(self, link: Link, reply: UpstreamReply, *, reusable: bool) -> None:
        """Take back a connection whose reply is complete."""
        self._active.pop(reply, None)
        idle = self._idle
        if reusable and not self._closed and len(idle) < self.limits.idle:
            idle.append(link)
        else:
            link.drop()

    def lost(self, link: Link, reply: UpstreamReply | None) -> None:
        """Forget a connection that is closed."""
        self._links.discard(link)
        if reply is not None:
            self._active.pop(reply, None)
        elif link in self._idle:
            self._idle.remove(link)

    def _wake(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._resting = False
        self._timer = self._loop.call_later(self.limits.sweep_s, self._tick)

    def _tick(self) -> None:
        self.sweep()
        self._resting = not self._active
        pause = self.limits.idle_s if self._resting else self.limits.sweep_s
        self._timer = self._loop.call_later(pause, self._tick) if self._links else None

    async def _connect(self, patience: Patience) -> Link:
        now = self.clock()
        until = min(now + patience.connect_s, patience.deadline)
        try:
            async with asyncio.timeout(until - now):
                link = await self._dial(until - now)
        except TimeoutError as error:
            total = self.clock() >= patience.deadline
            raise TimedOut(Phase.TOTAL if total else Phase.CONNECT) from error
        self._links.add(link)
        return link

    async def _dial(self, within_s: float) -> Link:
        """Try the addresses in order, so that one that does not answer leaves time for others."""
        addresses = await addresses_of(
            self.origin, allow_private=self.limits.allow_private, names=self._names
        )
        failure = ConnectFailed("unreachable")
        for address in addresses:
            try:
                async with asyncio.timeout(within_s / len(addresses)):
                    return await self._open(address)
            except TimeoutError:
                if len(addresses) == 1:
                    raise
            except OSError as error:
                failure = connect_failure(error)
                failure.__cause__ = error
        raise failure

    async def _open(self, address: str) -> Link:
        name = self.origin.host if self._tls is not None else None
        source = (self.limits.source, 0) if self.limits.source else None
        _, link = await self._loop.create_connection(
            lambda: Link(self),
            address,
            self.origin.port,
            ssl=self._tls,
            server_hostname=name,
            local_addr=source,
        )
        return link
