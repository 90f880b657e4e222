"""What a handler answers with: one write, or a stream that goes as fast as the client reads."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Protocol

from tenken.transport.message import Headers, Request

_STATUS_LINES = {s.value: f"HTTP/1.1 {s.value} {s.phrase}\r\n".encode() for s in HTTPStatus}
_PIECE = 64 * 1024
"""A stream is written in pieces of at most this size, so that little waits for a slow client."""
CLOSE = b"connection: close\r\n\r\n"
_ONE_ANSWER = "one request has one answer"
_BODILESS = frozenset((204, 304))


class Line(Protocol):
    """The way back to the client."""

    gone: bool
    """The client has left; whatever is written now is dropped."""

    @property
    def send(self) -> Callable[[bytes], None]:
        """What gives bytes to the kernel, or keeps them until it takes them."""
        ...

    @property
    def behind(self) -> bool:
        """The client is behind in its reading."""
        ...

    async def drained(self) -> None:
        """Wait while the client is behind in its reading."""
        ...

    def cut(self) -> None:
        """End the connection at once."""
        ...


class Reply:
    """The answer to one request: `send` once, or `start`, `write` many times, `end`."""

    started = False
    """Something was sent: the status can no longer be changed."""
    ended = False
    _chunked = False
    _cutting = False
    """A large part is being written in pieces: nothing else may come in between."""

    def __init__(self, line: Line, method: str, close: bool, old: bool) -> None:
        self._line = line
        self._bodiless = method == "HEAD"
        self._close = close
        self._old = old

    @property
    def gone(self) -> bool:
        """The client has left."""
        return self._line.gone

    def send(self, status: int, headers: Headers, body: bytes) -> None:
        """Send all of the answer in one write."""
        if self.started:
            raise RuntimeError(_ONE_ANSWER)
        bodiless = status in _BODILESS
        length = b"" if bodiless else b"content-length: %d\r\n" % len(body)
        head = encode_head(status, headers, length, close=self._close)
        self.started = self.ended = True  # not before: who is refused here may send another one
        self._line.send(head if bodiless or self._bodiless else head + body)

    def hand(self, head: bytes, body: bytes) -> None:
        """Send an answer whose head is written already: it tells the length, and nothing else.

        Whoever writes heads sees to it that no value of theirs holds a line end.
        """
        if self.started:
            raise RuntimeError(_ONE_ANSWER)
        if self._close:
            head = head[:-2] + CLOSE
        self.started = self.ended = True
        self._line.send(head if self._bodiless else head + body)

    def start(self, status: int, headers: Headers) -> None:
        """Send the head of an answer whose length is not known."""
        if self.started:
            raise RuntimeError(_ONE_ANSWER)
        bodiless = self._bodiless or status in _BODILESS
        chunked = not bodiless and not self._old
        encoding = b"transfer-encoding: chunked\r\n" if chunked else b""
        head = encode_head(status, headers, encoding, close=self._close)
        self.started, self._bodiless, self._chunked = True, bodiless, chunked
        self._line.send(head)

    async def write(self, data: bytes) -> None:
        """Send the next part, and wait as long as the client is behind in its reading."""
        if not self.started or self.ended:
            raise RuntimeError("a part can be written between start and end")
        if self._bodiless or not data:
            return
        if len(data) > _PIECE:
            await self._write_pieces(data)
            return
        line = self._line
        line.send(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)
        if line.behind:
            await line.drained()

    async def _write_pieces(self, data: bytes) -> None:
        self._cutting = True
        for at in range(0, len(data), _PIECE):
            piece = data[at : at + _PIECE]
            self._line.send(b"%x\r\n%b\r\n" % (len(piece), piece) if self._chunked else piece)
            await self._line.drained()
        self._cutting = False

    def passing(self) -> Callable[[bytes], bool] | None:
        """Give what sends parts where `write` would not wait; None where it cannot.

        It tells whether it has sent one, and is good until something else is done with the answer.
        """
        if not self._chunked or self.ended:
            return None
        line = self._line

        def pass_on(data: bytes) -> bool:
            size = len(data)
            if line.behind or size > _PIECE:
                return False
            line.send(b"%x\r\n%b\r\n" % (size, data))
            return True

        return pass_on

    def through(self) -> Line | None:
        """Give the way back itself, for chunks that are passed on as they come, size and all.

        None where there are none; good as long as `passing` is.
        """
        return self._line if self._chunked and not self.ended else None

    def nudge(self, data: bytes) -> bool:
        """Send a small part between two others, without waiting; tell whether it was sent.

        It is not where the client is behind: what it has not read keeps its connection alive.
        """
        silent = not self.started or self.ended or self._bodiless
        if silent or self._cutting or self._line.behind:
            return False
        self._line.send(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)
        return True

    def end(self) -> None:
        """Tell the client that the answer is complete."""
        if not self.started or self.ended:
            raise RuntimeError("only an answer that was started can be ended, once")
        self.ended = True
        if self._chunked:
            self._line.send(b"0\r\n\r\n")

    def cut(self) -> None:
        """End the connection without an answer, or in the middle of one."""
        self.started = self.ended = True
        self._line.cut()


class OpenLine(Line, Protocol):
    """The way back to the client, as a request sees it that no handler has."""

    def over(self) -> None:
        """Be told that it is answered: the next one may come."""
        ...

    def hand_over(self) -> None:
        """Let the connection's own task go on with it."""
        ...


class Passing(Protocol):
    """A request under way for which nobody waits: what it waits for tells its line at the end."""

    request: Request

    def left(self) -> None:
        """Be told that the client has left; nothing more is told to the line."""
        ...

    def go_on(self, reply: Reply) -> Awaitable[None]:
        """Go on as a handler does, where the line was asked for that."""
        ...


Direct = Callable[[Request, OpenLine], Passing | None]
"""Begins a request at once; None leaves it all to the handler, and then nothing was done."""


def encode_head(status: int, headers: Headers, framing: bytes, *, close: bool) -> bytes:
    """Write status line and headers, refusing a value that would become another line."""
    start = _STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status
    ends = CLOSE if close else b"\r\n"
    lines = b"\r\n".join([*map(b": ".join, headers), framing + ends])
    head = start + lines
    breaks = len(headers) + 2 + (framing != b"") + close
    if head.count(b"\n") != breaks or head.count(b"\r") != breaks or b"\0" in head:
        raise ValueError("a header holds a line break or NUL")
    return head
