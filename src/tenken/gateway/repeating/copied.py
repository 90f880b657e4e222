"""A reply that keeps what it hands on, as far as that is not too much."""

from collections.abc import Callable

from msgspec import Struct

from tenken.transport.message import Headers
from tenken.transport.reply import Reply

EVENTS = b"text/event-stream; charset=utf-8"
JSON = b"application/json"


class Said(Struct, frozen=True, array_like=True):
    """An answer that can be given again."""

    body: bytes
    stream: bool

    @property
    def kind(self) -> bytes:
        """Its content type."""
        return EVENTS if self.stream else JSON


class Copied(Reply):
    """Stands before another reply."""

    def __init__(self, inner: Reply, *, most: int) -> None:
        self._inner = inner
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0

    @property
    def gone(self) -> bool:
        """The client has left."""
        return self._inner.gone

    def with_last(self, last: bytes, *, stream: bool) -> Said | None:
        """Give what is said when this comes last; None where that is too much."""
        if self._size + len(last) > self._most:
            return None
        return Said(b"".join([*self._parts, last]), stream)

    def send(self, status: int, headers: Headers, body: bytes) -> None:
        """Send all of the answer."""
        self._inner.send(status, headers, body)
        self.started = self.ended = True

    def hand(self, head: bytes, body: bytes) -> None:
        """Send all of the answer."""
        self._inner.hand(head, body)
        self.started = self.ended = True

    def start(self, status: int, headers: Headers) -> None:
        """Send the head."""
        self._inner.start(status, headers)
        self.started = True

    async def write(self, data: bytes) -> None:
        """Send the next part."""
        self._copy(data)
        await self._inner.write(data)

    def passing(self) -> Callable[[bytes], bool] | None:
        """Give what sends parts where nobody has to wait."""
        inner = self._inner.passing()
        if inner is None:
            return None

        def pass_on(data: bytes) -> bool:
            passed = inner(data)
            if passed:
                self._copy(data)
            return passed

        return pass_on

    def through(self) -> None:
        """Nothing passes that is not kept."""

    def _copy(self, data: bytes) -> None:
        self._size += len(data)
        if self._size <= self._most:
            self._parts.append(data)
        else:
            self._parts.clear()

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
