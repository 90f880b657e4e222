"""Hands a stream's text on in the turn of the loop in which it comes.

Nearly all of a stream is one event at a time, each in a chunk of its own, that differs from the
one before in its text alone. Its bytes go out as they came, size and all, after one comparison.
"""

from collections.abc import Callable

from tenken.gateway.flow import Flow, Trying
from tenken.transport.reply import Line
from tenken.transport.upstream_reply import UpstreamReply
from tenken.wire.alike import LETTERS, ORDINARY, is_utf8
from tenken.wire.dialect import Around, Piece, Plain, Reading, Unreadable

Frame = tuple[int, bytes, slice, slice]
"""Of chunks of one length: bytes of the event, how they begin, where that and the text stand."""
LENGTHS_MAX = 64
NEVER: Frame = (0, b"-", slice(0, 0), slice(0, 0))
"""Nothing is as this begins."""
_ENDS = len(b"\r\n\r\n")
_TWO, _THREE, _FOUR = [len(b"%x" % size) + _ENDS + size for size in (0x10, 0x100, 0x1000)]
"""From these lengths on a size has so many digits; more than four are read."""


class Frames(dict[int, Frame]):
    """How chunks begin that hold one event like one before, by their length."""

    def __init__(self, known: Around) -> None:
        super().__init__()
        self._before = known.before
        self.after = known.after + b"\r\n"
        self.tail = slice(-len(self.after), None)

    def __missing__(self, length: int) -> Frame:
        """Work it out; a few lengths are kept."""
        frame = self._frame(length)
        if len(self) < LENGTHS_MAX:
            self[length] = frame
        return frame

    def _frame(self, length: int) -> Frame:
        digits = 1 if length < _TWO else 2 if length < _THREE else 3 if length < _FOUR else 4
        size = length - digits - _ENDS
        begins = b"%x\r\n%b" % (size, self._before)
        if size < 1 or begins.find(b"\r") != digits:
            return NEVER
        at = len(begins)
        return size, begins, slice(0, at), slice(at, -len(self.after))


def swiftly(
    flow: Flow, reply: UpstreamReply, line: Line, *, known: Around, clock: Callable[[], float]
) -> Callable[[bytes], bool]:
    """Give what hands a chunk on that holds one event like one before, without reading it.

    One function from a socket to the other: it is called for nearly every event there is.
    """
    frames = Frames(known)
    tail, after = frames.tail, frames.after

    def take(chunk: bytes) -> bool:
        size, begins, head, at = frames[len(chunk)]
        if chunk[head] != begins or chunk[tail] != after or line.behind:
            return False
        text = chunk[at]
        if not text or (
            text.translate(LETTERS) != text
            and (text.translate(ORDINARY) != text or not is_utf8(text))
        ):
            return False
        send = line.send
        send(chunk)
        reply.received += size
        reply.since = clock()
        flow.spoke = True
        return True

    return take


class Onward:
    """Takes the parts of one stream as they come, as long as nobody has to wait for anything."""

    def __init__(
        self,
        flow: Flow,
        trying: Trying,
        reading: Reading,
        *,
        reply: UpstreamReply,
        clock: Callable[[], float],
        note: Callable[[Piece], None],
    ) -> None:
        """`note` puts on record what a piece tells."""
        self._flow = flow
        self._trying = trying
        self._reading = reading
        self._reply = reply
        self._clock = clock
        self._note = note
        self._plain: Plain | None = None
        self._known: Around | None = None
        self._swift: Callable[[bytes], bool] | None = None
        self._counted = 0
        """Bytes of the body of which it is known what they told."""
        self._open = False
        self._left: list[Piece] = []
        self._failed: Unreadable | None = None

    async def pour(self) -> list[Piece]:
        """Hand on what comes; give what was read of it and is not handed on.

        Raises Unreadable.
        """
        reply, pass_on = self._reply, self._flow.reply.passing()
        if pass_on is None or reply.ended:
            return []

        def take(part: bytes) -> bool:
            self._count(reply.received - len(part))
            self._counted = reply.received
            plain = self._plain
            if plain is None or not plain(part):
                return self._read(part, pass_on)
            if not pass_on(part):
                self._open = False
                return False
            self._trying.answered_bytes += len(part)
            self._flow.spoke = True
            if self._reading.around() is not self._known:
                reply.swift = self._learned()
            return True

        self._counted, self._open = reply.received, True
        try:
            await reply.pour(take, self._learned())
        finally:
            if self._open:
                self._count(reply.received)
        if self._failed is not None:
            raise self._failed
        left, self._left = self._left, []
        return left

    def _count(self, received: int) -> None:
        """What came up to here and was not counted was handed on unread."""
        self._trying.answered_bytes += received - self._counted

    def _read(self, part: bytes, pass_on: Callable[[bytes], bool]) -> bool:
        """Read a part, and hand it on; where that is not all there is to do, end here."""
        try:
            pieces = self._reading.feed(part)
        except Unreadable as error:
            return self._end([], error)
        ends = any(piece.done or piece.failure is not None for piece in pieces)
        data = b"" if ends else b"".join([piece.forward for piece in pieces])
        if ends or (data and not pass_on(data)):
            return self._end(pieces)
        self._flow.spoke = self._flow.spoke or data != b""
        for piece in pieces:
            self._note(piece)
        if not any(piece.content for piece in pieces):
            self._reply.vain(answering=True)
        self._reply.swift = self._learned()
        return True

    def _end(self, left: list[Piece], failed: Unreadable | None = None) -> bool:
        self._left, self._failed, self._open = left, failed, False
        self._reply.enough()
        return True

    def _learned(self) -> Callable[[bytes], bool] | None:
        """Give what compares the next event, and hands it on: None while one is not whole."""
        self._plain = self._reading.plain()
        known = self._reading.around() if self._plain is not None else None
        if known is not None and known is not self._known:
            flow, reply, line = self._flow, self._reply, self._flow.reply.through()
            self._known = known
            if line is not None:
                self._swift = swiftly(flow, reply, line, known=known, clock=self._clock)
        return self._swift if known is not None else None
