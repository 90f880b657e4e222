"""The reply of an upstream while it comes, and the patience it is waited for with."""

import asyncio
from collections.abc import Callable
from math import inf
from typing import Protocol

from msgspec import Struct

from tenken.transport.errors import Garbled, Phase, TimedOut
from tenken.transport.message import Headers


class Patience(Struct, gc=False):
    """How long one call's upstream is waited for, phase by phase."""

    connect_s: float
    first_byte_s: float
    """From the request to the first byte of the body: heads alone do not count."""
    idle_s: float
    """Between two parts of the body, while they are asked for."""
    deadline: float
    """When everything must have ended, on the clock of the pool."""
    sent: bool = False
    """Told by the pool: the request has left for the upstream."""
    resent: float = 0.0
    """Told by the pool: when it sent the request again, as a kept connection was closed on it."""


class Source(Protocol):
    """The connection that a reply comes from."""

    def hold(self) -> None:
        """Stop reading."""
        ...

    def release(self) -> None:
        """Go on reading."""
        ...

    def drop(self) -> None:
        """Close at once."""
        ...

    def unsent(self) -> int:
        """Bytes of the request that the upstream has not taken."""
        ...


# Looking up a member of an enumeration costs more than all that is done with it here.
_FIRST_BYTE = Phase.FIRST_BYTE
_IDLE = Phase.IDLE
_TOTAL = Phase.TOTAL


class UpstreamReply:
    """A reply whose head has come; its body is read whole, or part by part.

    Call `abort` when it is not read to its end (it does nothing otherwise): a `finally` is the
    place for it.
    """

    status = 0
    received = 0
    """Bytes of the body so far."""
    answering = False
    """Something of an answer has come: from now on it is waited for between two parts."""
    touched = False
    """A byte has come: another try could do the work twice."""
    look_at = 0.0
    """Patience does not end before."""
    into: Callable[[bytes], bool] | None = None
    """Takes parts as they come, while somebody waits in `pour`."""
    swift: Callable[[bytes], bool] | None = None
    """Is shown a whole chunk before it is read, with the line of its size and its end.

    Whoever takes it counts it, and tells when it came; what it refuses is read as ever.
    """
    _size = 0
    _held = False
    _complete = False
    _unsent = inf
    _before = 0.0
    _failure: Exception | None = None
    _waiter: asyncio.Future[None] | None = None
    _head = b"\r\n"
    _lower = b""

    def __init__(
        self, source: Source, patience: Patience, sent: float, headed: asyncio.Future[None] | None
    ) -> None:
        self.patience = patience
        self.headed = headed
        """Done when the head has come; None while nobody waits for it."""
        self._parts: list[bytes] = []
        self.sent_by(source, sent)

    def sent_by(self, source: Source, sent: float) -> None:
        """Take note of the connection, and of when the request was sent on it."""
        self._source = source
        self.connected = sent
        """When there was a connection: the moment at which the request was sent."""
        self.since = sent
        """Since when the upstream has been waited for; `inf`: since the next look."""

    @property
    def ended(self) -> bool:
        """Everything has come: what is not read yet is given without waiting."""
        return self._complete

    @property
    def headers(self) -> Headers:
        """All headers in their order; to look at a few, `header` is cheaper."""
        lines = self._head.split(b"\r\n")[1:-1]
        pairs = [line.partition(b":") for line in lines]
        return tuple([(name.lower(), value.strip()) for name, _, value in pairs])

    def header(self, name: bytes) -> bytes | None:
        """Give the first value under that name (in lower case), or None.

        Providers send some thirty headers, of which two or three are ever looked at.
        """
        lower = self._lower
        if not lower:
            lower = self._lower = self._head.lower()
        at = lower.find(b"\r\n" + name + b":")
        if at < 0:
            return None
        begin = at + len(name) + 3
        return self._head[begin : self._head.index(b"\r\n", begin)].strip()

    def tells_length(self) -> bool:
        """Tell whether the body ends before the connection does."""
        named = (b"content-length", b"transfer-encoding")
        return any(self.header(name) is not None for name in named)

    def read_now(self, most: int) -> bytes | None:
        """Give the whole body, if it has come and is no larger than `most` bytes."""
        if not self._complete or self.received > most or len(self._parts) != 1:
            return None
        return self._parts.pop()

    async def read(self, most: int) -> bytes:
        """Give the whole body, or fail when it is larger than `most` bytes."""
        while not self._complete or self._failure is not None:
            if self.received > most:
                break
            if self._failure is not None:
                raise self._failure
            self._give_room()
            await self._change()
        if self.received > most:
            self.abort()
            raise Garbled("body_too_large")
        return self._take()

    async def next(self) -> bytes | None:
        """Give what has come since the last call, or None at the end of the body."""
        while not self._parts:
            if self._failure is not None:
                raise self._failure
            if self._complete:
                return None
            await self._change()
        parts, self._parts, self._size = self._parts, [], 0
        if self._held:
            self._give_room()
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def pour(
        self, into: Callable[[bytes], bool], swift: Callable[[bytes], bool] | None = None
    ) -> None:
        """Hand over each part at the moment it comes, until one is refused or none is left.

        For a body that has begun. Nobody is woken for a part: `into` takes it, or says no. What it
        has refused is what `next` gives, as is whatever had come before, or the end. `into` may
        change `swift`, and may say that it was the last with `enough`.
        """
        if self._parts or self._complete or self._failure is not None:
            return
        self.into, self.swift = into, swift
        try:
            await self._change()
        finally:
            self.into = self.swift = None

    def enough(self) -> None:
        """End `pour`: what comes from now on is what `next` gives."""
        self.into = self.swift = None
        self._notify()

    def vain(self, *, answering: bool) -> None:
        """Wait on as if the last part had not come: it was a comment, or a preamble.

        `answering`: something of an answer had come before.
        """
        if not self._held:
            self.since = self._before
            self.look_at = 0.0
        self.answering = answering

    def abort(self) -> None:
        """Close the connection unless the reply is complete."""
        if not self._complete and self._failure is None:
            self.fail(Garbled("aborted"))
            self._source.drop()

    def _take(self) -> bytes:
        parts = self._parts
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        self._parts = []
        self._size = 0
        return data

    def _give_room(self) -> None:
        if self._held and not self._complete:
            self._held = False
            self.since = inf
            self.look_at = 0.0
            self._source.release()

    async def _change(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        except asyncio.CancelledError:
            self.abort()
            raise
        finally:
            self._waiter = None

    # What the connection calls.

    def head(self, status: int, head: bytes) -> None:
        """Take the head, as it came: status line and headers, each with its line end."""
        self.status, self._head = status, head
        headed = self.headed
        if headed is not None and not headed.done():
            headed.set_result(None)

    def whole(self, body: bytes, now: float) -> None:
        """Take all of the body, where it came with the head."""
        self._parts.append(body)
        self.received = len(body)
        self.since = now
        self.answering = self._complete = True

    def part(self, data: bytes, now: float, most_held: int) -> None:
        """Take a part of the body; more than `most_held` holds the upstream back."""
        self.received += len(data)
        self._before = self.since
        self.since = now
        self.answering = True
        if self.into is not None:
            if self.into(data):
                return
            self.into = self.swift = None
        self._parts.append(data)
        self._size += len(data)
        if self._size > most_held and not self._held:
            self._held = True
            self._source.hold()
        if self._waiter is not None:
            self._notify()

    def complete(self, now: float) -> None:
        """Take the end of the body."""
        self._complete = True
        self.since = now
        self._notify()

    def fail(self, failure: Exception) -> None:
        """End with this failure, which the reader meets after what has come."""
        if self._complete or self._failure is not None:
            return
        self._failure = failure
        if self.headed is not None and not self.headed.done():
            self.headed.set_exception(failure)
        self._notify()

    def expire(self, now: float) -> None:
        """Fail, and close the connection, when the patience has ended."""
        if now >= self.patience.deadline:
            phase = _TOTAL
        elif self._waited_out(now):
            phase = _IDLE if self.answering else _FIRST_BYTE
        else:
            self._look_again(now)
            return
        self.fail(TimedOut(phase))
        self._source.drop()

    def _look_again(self, now: float) -> None:
        """Note until when nothing need be looked at, whatever comes in the meantime."""
        patience = self.patience
        since = now if self._held else self.since  # what is held is waited for again from later
        least = min(patience.first_byte_s, patience.idle_s)
        self.look_at = min(patience.deadline, since + least)

    def _waited_out(self, now: float) -> bool:
        if self._held:
            return False  # a slow reader is no fault of the upstream
        if self.since is inf:
            self.since = now
        if self.answering:
            return now >= self.since + self.patience.idle_s
        if now < self.since + self.patience.first_byte_s:
            return False
        before, self._unsent = self._unsent, self._source.unsent()
        if 0 < self._unsent < before:  # a large request that is still being taken
            self.since = now
            return False
        return True

    def _notify(self) -> None:
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
