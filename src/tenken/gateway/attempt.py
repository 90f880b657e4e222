"""One call to one target, up to the moment at which its answer is with the caller."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from tenken.gateway.failing import Miss, missed
from tenken.gateway.flow import Flow, Trying
from tenken.gateway.house import Credentials, Room
from tenken.gateway.stream import Relay
from tenken.transport.errors import UpstreamFailed
from tenken.transport.upstream_reply import Patience, UpstreamReply
from tenken.wire.asked import Asked
from tenken.wire.dialect import Failed, Unreadable
from tenken.wire.failure import Failure

ANSWER_MAX = 64 << 20
ERROR_MAX = 1 << 20
OK = 200
JSON = (b"content-type", b"application/json")


class Attempting:
    """Calls a target and hands its answer on."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        wall: Callable[[], datetime],
        credentials: Credentials,
        settle: Callable[[Flow], Awaitable[None]],
        relay: Relay,
    ) -> None:
        self._clock = clock
        self._wall = wall
        self._credentials = credentials
        self._settle = settle
        self._relay = relay

    async def __call__(self, flow: Flow, asked: Asked, room: Room, trying: Trying) -> None:
        """Answer the caller from this target; raises Miss."""
        outgoing = room.dialect.outgoing(asked, model=room.target.model)
        head = self._head(flow, room, outgoing.path, len(outgoing.body))
        timeouts = flow.timeouts
        patience = Patience(timeouts.connect_s, timeouts.ttft_s, timeouts.idle_s, flow.deadline.at)
        try:
            reply = await room.pool.call(head, outgoing.body, patience=patience)
        except UpstreamFailed as error:
            raise Miss(missed(error)) from error
        trying.connected = reply.timings.connected
        trying.first_byte = self._clock()
        trying.status = reply.status
        try:
            await self._take(flow, asked, room, trying, reply=reply)
        except UpstreamFailed as error:
            raise Miss(missed(error)) from error
        except Unreadable as error:
            failed = Failed(failure=Failure.INVALID_RESPONSE, status=reply.status, said=str(error))
            raise Miss(failed) from error
        finally:
            reply.abort()

    async def _take(
        self, flow: Flow, asked: Asked, room: Room, trying: Trying, *, reply: UpstreamReply
    ) -> None:
        if reply.status != OK:
            body = await reply.read(ERROR_MAX)
            failed = room.dialect.failed(reply.status, dict(reply.headers), body, now=self._wall())
            raise Miss(failed)
        if asked.stream:
            await self._relay(flow, asked, room, trying, reply=reply)
            return
        answer = room.dialect.answer(await reply.read(ANSWER_MAX), asked)
        trying.usage, trying.upstream_id = answer.usage, answer.upstream_id
        trying.first_token = self._clock()
        trying.answered_bytes = len(answer.body)
        flow.finish = answer.finish
        flow.status = OK
        await self._settle(flow)
        flow.reply.send(OK, (*answer_headers(flow), JSON), answer.body)

    def _head(self, flow: Flow, room: Room, path: str, length: int) -> bytes:
        target, trace = room.target, flow.trace
        credential = b"".join(
            [b"%b: %b\r\n" % pair for pair in self._credentials.headers(target.credential)]
        )
        return (
            b"POST %b%b HTTP/1.1\r\n%b%bcontent-length: %d\r\nx-request-id: %b\r\n"
            b"traceparent: 00-%b-%b-%b\r\n\r\n"
        ) % (
            target.base_path.encode(),
            path.encode(),
            room.head,
            credential,
            length,
            flow.id.encode(),
            trace.trace.encode(),
            trace.span.encode(),
            b"01" if trace.sampled else b"00",
        )


def answer_headers(flow: Flow) -> tuple[tuple[bytes, bytes], ...]:
    """Give the headers that every answer has."""
    return (
        (b"x-request-id", flow.id.encode()),
        (b"x-tenken-settings", flow.plan.version.encode()),
    )
