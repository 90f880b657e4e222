"""One connection to an upstream: sends a request, parses the reply, and is kept when it can be."""

import asyncio
from typing import Protocol, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from tenken.transport.errors import Garbled, Interrupted
from tenken.transport.limits import PoolLimits
from tenken.transport.upstream_reply import UpstreamReply
from tenken.wire.splice import Body

_HEADLESS = frozenset((204, 304))
_LINE_END = b"\r\n"
_EVENT_ENDS = b"\n\n"
_BOTH_END = b"\n\n\r\n"
LINE_ENDS = (b"\r", b"\n")
FINAL = 200
"""A status below only announces another one."""
LINE_MIN = 3
"""A name, a colon, a line's end: no header has fewer bytes."""


class Owner(Protocol):
    """Whom a connection reports to."""

    limits: PoolLimits

    def clock(self) -> float:
        """Tell the time."""
        ...

    def finished(self, link: "Link", reply: UpstreamReply, *, reusable: bool) -> None:
        """Take back a connection whose reply is complete."""
        ...

    def lost(self, link: "Link", reply: UpstreamReply | None) -> None:
        """Forget a connection that is closed."""
        ...


class Link(asyncio.Protocol):
    """A connection with at most one request under way."""

    __slots__ = (
        "_between", "_clock", "_complete", "_feed", "_head", "_headed", "_interim", "_keeps",
        "_limits", "_owner", "_parser", "_parts", "_paused", "_quiet", "_reply", "_small",
        "_to_the_end", "_transport", "alive", "idle_since",
    )  # fmt: skip

    _transport: asyncio.Transport

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._clock = owner.clock
        self._limits = owner.limits
        self._small = min(LINE_MIN * owner.limits.header_lines, owner.limits.head)
        """A head of so many bytes is not too large, nor can it have too many lines."""
        self._parser = HttpResponseParser(self)
        self._feed = self._parser.feed_data
        self._reply: UpstreamReply | None = None
        self._parts: list[bytes] = []
        self._head = b""
        """Bytes of a head that is not complete; the parser has checked them."""
        self._headed = False
        self._quiet = 0
        self._between = False
        """The parser stands between two chunks of a body."""
        self._complete = False
        self._interim = False
        self._keeps = False
        self._to_the_end = False
        self._paused = False
        self.alive = True
        self.idle_since = 0.0

    def send(self, reply: UpstreamReply, head: bytes, body: Body) -> None:
        """Send a request and direct what comes to this reply."""
        self._reply = reply
        self._quiet = 0
        if not isinstance(body, bytes):
            self._transport.writelines((head, *body.parts))
        elif len(body) <= 65536:
            self._transport.write(head + body)
        else:
            self._transport.write(head)
            self._transport.write(body)

    # What a reply calls.

    def hold(self) -> None:
        """Stop reading, so that the upstream is held back."""
        if self.alive and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def release(self) -> None:
        """Go on reading."""
        if self.alive and self._paused:
            self._paused = False
            self._transport.resume_reading()

    def drop(self) -> None:
        """Close at once; whatever was asked for is no longer wanted."""
        if self.alive:
            self.alive = False
            self._transport.abort()
            reply, self._reply = self._reply, None
            self._owner.lost(self, reply)

    def unsent(self) -> int:
        """Bytes of the request that the upstream has not taken."""
        return self._transport.get_write_buffer_size() if self.alive else 0

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be ready to send."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Take what comes; bytes that nobody asked for end the connection."""
        reply = self._reply
        if reply is None:
            self.drop()
            return
        if self._between:
            swift = reply.swift
            if swift is not None and swift(data):
                return
            # One chunk, whole, and written as everybody writes it: the parser need not see it.
            at = data.find(_LINE_END) + 2
            size = len(data) - at - 2
            if size > 0 and data.startswith(b"%x\r\n" % size) and data.endswith(_LINE_END):
                reply.part(data[at:-2], self._clock(), self._limits.unread)
                return
        self._read(reply, data, self._clock())

    def _read(self, reply: UpstreamReply, data: bytes, now: float) -> None:
        """Parse."""
        reply.touched = True
        self._quiet += len(data)
        fresh = not self._headed
        if fresh:
            self._head = self._head + data if self._head else data
        try:
            self._feed(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            if not self._complete:
                self._hand_over(reply, now)
                cause = error.__context__
                known = cause if isinstance(cause, Garbled) else Garbled("malformed_reply")
                self._break(reply, known)
                return
            self._keeps = False  # what came behind the reply is the fault of the next one
        if self._complete:
            if fresh and len(self._parts) == 1:
                reply.whole(self._parts.pop(), now)
            else:
                self._hand_over(reply, now)
                reply.complete(now)
            self._finish(reply, now)
        else:
            self._between = self._stands_between(data)
            self._hand_over(reply, now)
            if self._quiet > self._limits.head:
                self._break(reply, Garbled("reply_head_too_large"))

    def _hand_over(self, reply: UpstreamReply, now: float) -> None:
        """Pass on what these bytes hold of the body, in one part."""
        parts = self._parts
        if parts:
            self._parts, self._quiet = [], 0
            data = parts[0] if len(parts) == 1 else b"".join(parts)
            reply.part(data, now, self._limits.unread)

    def _stands_between(self, data: bytes) -> bool:
        """Whether a chunk has ended with these bytes, and nothing of another one has come.

        The parser gives all there is of a chunk: where that ends as an event does, and the bytes
        go on with just a line's end, the chunk is over.
        """
        parts = self._parts
        return bool(parts) and data.endswith(_BOTH_END) and parts[-1].endswith(_EVENT_ENDS)

    def eof_received(self) -> bool:
        """Close too; a body without a length ends here."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the reply that nothing more comes."""
        if not self.alive:
            return
        self.alive = False
        reply, self._reply = self._reply, None
        if reply is not None:
            if self._to_the_end and exc is None:
                reply.complete(self._clock())
            else:
                reply.fail(Interrupted(reply.received))
        self._owner.lost(self, reply)

    # What the parser calls.

    def on_message_begin(self) -> None:
        """Refuse bytes behind a complete reply: the next call would take them for its own."""
        if self._complete:
            raise Garbled("unexpected_reply")

    def on_headers_complete(self) -> None:
        """Pass on the head, unless it only announces another one."""
        reply, parser, limits = self._reply, self._parser, self._limits
        if reply is None:
            return
        self._quiet = 0
        status, raw = parser.get_status_code(), self._head
        if raw.startswith(LINE_ENDS):
            raw = raw.lstrip(b"\r\n")
        end = raw.find(b"\r\n\r\n") + 2
        if end > self._small and (
            end > limits.head or raw.count(b"\n", 0, end) > limits.header_lines
        ):
            raise Garbled("reply_head_too_large")
        if status < FINAL:
            self._interim, self._head = True, raw[end + 2 :]
            return
        self._interim, self._headed, self._head = False, True, b""
        reply.head(status, raw[:end])
        self._keeps = keeps = parser.should_keep_alive()
        if not keeps:
            self._to_the_end = status not in _HEADLESS and not reply.tells_length()

    def on_body(self, part: bytes) -> None:
        """Collect the parts of the body: a stream's chunks come many at a time."""
        self._parts.append(part)

    def on_message_complete(self) -> None:
        """Note the end; what follows it in the same bytes is looked at before it is told."""
        if not self._interim:
            self._complete = True

    def _finish(self, reply: UpstreamReply, now: float) -> None:
        self._reply = None
        if self._paused:
            self.release()
        reusable = self._keeps and not self._transport.get_write_buffer_size()
        self._complete = self._headed = self._between = False
        self.idle_since = now
        self._owner.finished(self, reply, reusable=reusable)

    def _break(self, reply: UpstreamReply, failure: Garbled) -> None:
        reply.fail(failure)
        self.drop()
