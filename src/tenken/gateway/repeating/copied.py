"""A reply that keeps what it hands on, as far as that is not too much."""

from msgspec import Struct

from tenken.transport.message import Headers, first
from tenken.transport.reply import Reply


class Said(Struct, frozen=True, array_like=True):
    """An answer that can be given again."""

    kind: bytes
    """Its content type."""
    body: bytes
    stream: bool


class Copied(Reply):
    """Stands before another reply."""

    def __init__(self, inner: Reply, *, most: int) -> None:
        self._inner = inner
        self._most = most
        self._kind = b""
        self._stream = False
        self._parts: list[bytes] = []
        self._size = 0

    @property
    def gone(self) -> bool:
        """The client has left."""
        return self._inner.gone

    @property
    def said(self) -> Said | None:
        """Give what was answered; None where that is too much."""
        if self._size > self._most:
            return None
        return Said(self._kind, b"".join(self._parts), self._stream)

    def send(self, status: int, headers: Headers, body: bytes) -> None:
        """Send all of the answer."""
        self._begin(headers)
        self._copy(body)
        self.started = self.ended = True
        self._inner.send(status, headers, body)

    def start(self, status: int, headers: Headers) -> None:
        """Send the head."""
        self._begin(headers)
        self._stream = self.started = True
        self._inner.start(status, headers)

    async def write(self, data: bytes) -> None:
        """Send the next part."""
        self._copy(data)
        await self._inner.write(data)

    def nudge(self, data: bytes) -> bool:
        """Send what is no part of the answer."""
        return self._inner.nudge(data)

    def end(self) -> None:
        """Tell that it is complete."""
        self.ended = True
        self._inner.end()

    def cut(self) -> None:
        """End without an answer."""
        self.started = self.ended = True
        self._inner.cut()

    def _begin(self, headers: Headers) -> None:
        self._kind = first(headers, b"content-type") or b""

    def _copy(self, data: bytes) -> None:
        self._size += len(data)
        if self._size <= self._most:
            self._parts.append(data)
        else:
            self._parts.clear()
