"""Hands a stream on as it comes.

Nothing reaches the caller before the first piece of text or tool call is there: until then another
target can still be asked. From then on there is no way back. A stream that ends without its end is
never left to look whole.
"""

from collections.abc import Awaitable, Callable

from tenken.gateway.calling.failing import Miss
from tenken.gateway.calling.onward import Onward
from tenken.gateway.flow import Flow, Trying
from tenken.gateway.house import Room
from tenken.gateway.screening.judged import JudgedStream, LookedStream
from tenken.gateway.screening.keeping import KeptStream, passed_stream
from tenken.transport.upstream_reply import UpstreamReply
from tenken.wire.asked import Asked
from tenken.wire.dialect import Failed, Piece, Reading
from tenken.wire.dialects.static import FILTERED
from tenken.wire.failure import Failure

HELD_MAX = 256 * 1024
"""A preamble longer than this is handed on: no provider's role and ids are so long."""
EVENTS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
)
LOST = Failed(failure=Failure.CANCELLED, status=0, said="another target answered first")
NO_STREAM = frozenset({b"application/json", b"text/html", b"text/plain"})
"""What a page or another answer says that it is; some streams say nothing of themselves."""


class Relay:
    """Reads a provider's stream and writes the caller's."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        settle: Callable[[Flow], Awaitable[None]],
        headers: Callable[[Flow], tuple[tuple[bytes, bytes], ...]],
    ) -> None:
        self._clock = clock
        self._settle = settle
        self._headers = headers

    async def __call__(
        self, flow: Flow, asked: Asked, room: Room, trying: Trying, *, reply: UpstreamReply
    ) -> None:
        """Hand on until the stream is whole; raises Miss, Unreadable or UpstreamFailed."""
        reading = room.dialects[asked.api].reading(asked)
        looked = passed_stream(flow.passage, asked.api)
        onward = self._onward(flow, trying, reading, reply=reply)
        held: list[bytes] = []
        left: list[Piece] = []
        size, telling = 0, False
        while (pieces := left or await _next(reply, reading, looked)) is not None:
            heard = False
            for piece in pieces:
                self._note(flow, trying, piece)
                held.append(piece.forward if looked is None else await looked.feed(piece))
                size += len(held[-1])
                heard = heard or piece.content
                if piece.content and not telling:
                    telling = True
                    self._begins(flow, trying)
                if piece.done or (looked is not None and flow.stopped):
                    if not telling:
                        answering(flow, trying)
                    await self._end(flow, held)
                    return
            if not heard:
                reply.vain(answering=telling)
            if held and (telling or size > HELD_MAX):
                if not telling:
                    answering(flow, trying)
                telling = True
                self._guarded(flow, held)
                await self._write(flow, held)
            left = await onward.pour() if telling and looked is None else []
        raise Miss(Failed(failure=ended_early(reply), status=reply.status))

    def _onward(
        self, flow: Flow, trying: Trying, reading: Reading, *, reply: UpstreamReply
    ) -> Onward:
        def note(piece: Piece) -> None:
            self._note(flow, trying, piece)

        return Onward(flow, trying, reading, reply=reply, clock=self._clock, note=note)

    def _begins(self, flow: Flow, trying: Trying) -> None:
        trying.first_token = self._clock()
        answering(flow, trying)
        if trying.heard is not None:
            trying.heard()

    def _note(self, flow: Flow, trying: Trying, piece: Piece) -> None:
        if piece.failure is not None:
            failed = Failed(failure=piece.failure, status=trying.status, said=piece.said)
            raise Miss(failed)
        if piece.content:
            trying.answered_bytes += len(piece.forward)
        if piece.usage is not None:
            trying.usage = piece.usage
        if piece.upstream_id and not trying.upstream_id:
            trying.upstream_id = piece.upstream_id
        if piece.finish:
            flow.finish = piece.finish

    async def _write(self, flow: Flow, held: list[bytes]) -> None:
        if not any(held):
            held.clear()
            return  # a guard holds all of it
        if not flow.committed:
            flow.status, flow.committed = 200, True
            if not flow.reply.started:  # comments may have begun it
                flow.reply.start(200, (*self._headers(flow), *EVENTS))
        flow.spoke = True
        data = b"".join(held)
        held.clear()
        await flow.reply.write(data)

    def _guarded(self, flow: Flow, held: list[bytes]) -> None:
        """Note by how much a guard put off the first text, where that is what goes now."""
        first = flow.attempts[-1].first_token
        if flow.passage is not None and first and not flow.committed and any(held):
            flow.guarded_s += self._clock() - first

    async def _end(self, flow: Flow, held: list[bytes]) -> None:
        flow.status = 200
        if flow.stopped:
            flow.finish = FILTERED
        self._guarded(flow, held)
        # On record before the last byte: an answer that somebody has is in the ledger.
        await self._settle(flow)
        if not flow.stopped:
            for one in flow.closing:
                await one.answered(flow, b"".join(held))
        await self._write(flow, held)
        flow.reply.end()


async def _next(
    reply: UpstreamReply, reading: Reading, looked: LookedStream | JudgedStream | KeptStream | None
) -> list[Piece] | None:
    """Read what comes next; None where nothing does."""
    part = await reply.next()
    if part is None:
        return None
    if looked is not None:
        looked.heard(part)
    return reading.feed(part)


def ended_early(reply: UpstreamReply) -> Failure:
    """Say why a stream without its end is none: it was cut, or has never been one."""
    kind = (reply.header(b"content-type") or b"").partition(b";")[0].strip().lower()
    return Failure.INVALID_RESPONSE if kind in NO_STREAM else Failure.INTERRUPTED


def answering(flow: Flow, trying: Trying) -> None:
    """Let this attempt be the one that answers; raises Miss where another one is already."""
    if flow.race is not None and not flow.race(trying):
        raise Miss(LOST)
