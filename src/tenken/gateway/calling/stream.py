"""Hands a stream on as it comes.

Nothing reaches the caller before the first piece of text or tool call is there: until then another
target can still be asked. From then on there is no way back. A stream that ends without its end is
never left to look whole.
"""

from collections.abc import Awaitable, Callable

from tenken.gateway.calling.failing import Miss
from tenken.gateway.flow import Flow, Trying
from tenken.gateway.house import Room
from tenken.transport.upstream_reply import UpstreamReply
from tenken.wire.asked import Asked
from tenken.wire.dialect import Failed, Piece
from tenken.wire.failure import Failure

HELD_MAX = 256 * 1024
"""A preamble longer than this is handed on: no provider's role and ids are so long."""
EVENTS = (b"content-type", b"text/event-stream; charset=utf-8")
NO_CACHE = (b"cache-control", b"no-cache")


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
        held: list[bytes] = []
        size = 0
        telling = False
        while (part := await reply.next()) is not None:
            for piece in reading.feed(part):
                self._note(flow, trying, piece)
                held.append(piece.forward)
                size += len(piece.forward)
                if piece.content and not telling:
                    telling = True
                    trying.first_token = self._clock()
                if piece.done:
                    await self._end(flow, held)
                    return
            if held and (telling or size > HELD_MAX):
                telling = True
                await self._write(flow, held)
                held.clear()
        raise Miss(Failed(failure=Failure.INTERRUPTED, status=reply.status))

    def _note(self, flow: Flow, trying: Trying, piece: Piece) -> None:
        if piece.failure is not None:
            failed = Failed(failure=piece.failure, status=trying.status, said=piece.said)
            raise Miss(failed)
        trying.usage = piece.usage or trying.usage
        trying.upstream_id = trying.upstream_id or piece.upstream_id
        trying.answered_bytes += len(piece.forward) if piece.content else 0
        flow.finish = piece.finish or flow.finish

    async def _write(self, flow: Flow, held: list[bytes]) -> None:
        if not flow.reply.started:
            flow.status, flow.committed = 200, True
            flow.reply.start(200, (*self._headers(flow), EVENTS, NO_CACHE))
        await flow.reply.write(b"".join(held))

    async def _end(self, flow: Flow, held: list[bytes]) -> None:
        flow.status = 200
        # On record before the last byte: an answer that somebody has is in the ledger.
        await self._settle(flow)
        await self._write(flow, held)
        flow.reply.end()
