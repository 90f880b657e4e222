"""One call to one target, up to the moment at which its answer is with the caller."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec import Struct

from tenken.gateway.calling.failing import Miss, missed, unreadable, without_credential
from tenken.gateway.calling.stream import Relay, answering
from tenken.gateway.credentials.lease import NoCredential
from tenken.gateway.flow import Flow, Trying
from tenken.gateway.house import Credentials, Room
from tenken.gateway.screening.outward import looked
from tenken.gateway.way import JSON, REQUEST_ID, SETTINGS
from tenken.policy.deadline import first_byte_s
from tenken.transport.errors import UpstreamFailed
from tenken.transport.upstream_reply import Patience, UpstreamReply
from tenken.wire.asked import Asked
from tenken.wire.dialect import Failed, Outgoing, Unreadable
from tenken.wire.dialects.static import FILTERED, Static, whole
from tenken.wire.failure import Failure
from tenken.wire.refusal import Refusal

ANSWER_MAX = 64 << 20
ERROR_MAX = 1 << 20
OK = 200
SENT_AGAIN = "a kept connection was closed on it: sent again on a new one"


class Begun(Struct, frozen=True):
    """A call that was sent already, and the reply that is told what comes."""

    head: bytes
    body: bytes
    reply: UpstreamReply


class Attempting:
    """Calls a target and hands its answer on."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        wall: Callable[[], datetime],
        credentials: Credentials,
        settle: Callable[[Flow], Awaitable[None] | None],
        relay: Relay,
    ) -> None:
        self._clock = clock
        self._wall = wall
        self._credentials = credentials
        self._settle = settle
        self._relay = relay

    async def __call__(  # noqa: PLR0915 - one call, from its words to its last byte
        self,
        flow: Flow,
        asked: Asked,
        room: Room,
        trying: Trying,
        *,
        begun: Begun | None = None,
    ) -> None:
        """Answer the caller from this target; raises Miss."""
        if begun is None:
            outgoing = said_there(asked, room)
            head = self._head(flow, room, outgoing)
            timeouts, ends = flow.timeouts, flow.deadline.at
            left_s, last = ends - trying.began, len(flow.attempts) >= len(flow.targets)
            first = first_byte_s(timeouts, stream=asked.stream, left_s=left_s, last=last)
            patience = Patience(timeouts.connect_s, first, timeouts.idle_s, ends)
            calling = room.pool.call(head, outgoing.body, patience=patience)
        else:
            patience = begun.reply.patience
            calling = room.pool.call(begun.head, begun.body, patience=patience, begun=begun.reply)
        try:
            reply = await calling
        except UpstreamFailed as error:
            raise Miss(missed(error)) from error
        finally:
            trying.sent = patience.sent
            if patience.resent:
                _note_first(flow, trying, at=patience.resent)
        trying.connected, trying.status = reply.connected, reply.status
        trying.first_byte = self._clock()
        try:
            if asked.stream or reply.status != OK:
                await self._stream(flow, asked, room, trying, reply=reply)
                return
            raw = reply.read_now(ANSWER_MAX)
            if raw is None:
                raw = await reply.read(ANSWER_MAX)
            waiting = self._answer(flow, asked, room, trying, raw=raw)
            if waiting is not None:
                await waiting
        except UpstreamFailed as error:
            raise Miss(missed(error)) from error
        except Unreadable as error:
            raise Miss(unreadable(error, reply.status)) from error
        finally:
            reply.abort()

    async def _stream(
        self, flow: Flow, asked: Asked, room: Room, trying: Trying, *, reply: UpstreamReply
    ) -> None:
        """Hand a stream on; of a provider's error tell what is wrong."""
        if reply.status == OK:
            await self._relay(flow, asked, room, trying, reply=reply)
            return
        body = await reply.read(ERROR_MAX)
        dialect = room.dialects[asked.api]
        failed = dialect.failed(reply.status, dict(reply.headers), body, now=self._wall())
        if failed.failure is Failure.CREDENTIAL:
            self._credentials.refused(room.target.credential)
        raise Miss(failed)

    def _answer(
        self, flow: Flow, asked: Asked, room: Room, trying: Trying, *, raw: bytes
    ) -> Awaitable[None] | None:
        """Put a whole answer on record, and hand it on."""
        answer = room.dialects[asked.api].answer(raw, asked)
        if answer.failure is not None:
            raise Miss(Failed(failure=answer.failure, status=trying.status, said=answer.said))
        if flow.race is not None:
            answering(flow, trying)
        trying.usage, trying.upstream_id = answer.usage, answer.upstream_id
        trying.first_token = self._clock()
        trying.answered_bytes = len(answer.body)
        flow.finish = answer.finish
        if flow.passage is not None or flow.closing:
            return self._looked_at(flow, asked, trying, body=answer.body, raw=raw)
        flow.status = OK
        settling = self._settle(flow)
        if settling is not None:
            return _later(flow, answer.body, settling)
        hand(flow, answer.body)
        return None

    async def _looked_at(
        self, flow: Flow, asked: Asked, trying: Trying, *, body: bytes, raw: bytes
    ) -> None:
        """Hand on what a guard lets pass, and keep what is to be given again."""
        if flow.passage is not None:
            flow.passage.raw = [raw]
            body = await looked(flow.passage, body, asked.api)
            flow.guarded_s += self._clock() - trying.first_token
            if flow.stopped:
                body = whole(filtered(flow, asked), asked.api)
        flow.status = OK
        settling = self._settle(flow)
        if settling is not None:
            await settling
        if not flow.stopped:
            for one in flow.closing:
                await one.answered(flow, body)
        hand(flow, body)

    def _head(self, flow: Flow, room: Room, outgoing: Outgoing) -> bytes:
        if outgoing.path != room.path:
            room.turn_to(outgoing.path)
        trace, headers, said = flow.trace, outgoing.headers, self._credential(room, outgoing)
        if headers:
            said += b"".join([b"%b: %b\r\n" % pair for pair in headers])
        own = (
            f"content-length: {len(outgoing.body)}\r\nx-request-id: {flow.id}\r\n"
            f"traceparent: 00-{trace.trace}-{trace.span}-{'01' if trace.sampled else '00'}"
            "\r\n\r\n"
        )
        return room.line + flow.said.via + said + own.encode()

    def _credential(self, room: Room, outgoing: Outgoing) -> bytes:
        """Give its header lines; raises Miss where there is none that is good now."""
        try:
            return self._credentials.lines(
                room.target,
                host=room.host,
                path=room.way,
                headers=outgoing.headers,
                body=outgoing.body,
            )
        except NoCredential as error:
            raise Miss(without_credential(room.target.credential)) from error


def filtered(flow: Flow, asked: Asked) -> Static:
    """Give the answer in place of one that a guard has stopped."""
    flow.finish = FILTERED
    return Static(
        text=flow.stopped,
        id=flow.id,
        model=asked.model,
        created=flow.at // 1_000_000,
        filtered=True,
    )


def _note_first(flow: Flow, trying: Trying, *, at: float) -> None:
    """Put the first of two sendings on record: the provider may have seen it, and billed it."""
    first = Trying(target=trying.target, began=trying.began, ended=at)
    first.failure, first.reason = Failure.INTERRUPTED, SENT_AGAIN
    flow.attempts.insert(flow.attempts.index(trying), first)
    trying.began = at


def said_there(asked: Asked, room: Room) -> Outgoing:
    """Give the request in the target's own words; raises Miss where it has none."""
    try:
        return room.dialects[asked.api].outgoing(asked, model=room.target.model)
    except Refusal as refusal:
        # Another target may have them: a refusal is told when no target was left.
        failed = Failed(failure=Failure.NO_WORDS, status=0, refused=refusal.refused)
        raise Miss(failed) from refusal


async def _later(flow: Flow, body: bytes, settling: Awaitable[None]) -> None:
    await settling
    hand(flow, body)


def hand(flow: Flow, body: bytes) -> None:
    """Send a whole answer."""
    way = flow.way
    if way is None or flow.told:
        flow.reply.send(OK, (*answer_headers(flow), JSON), body)
        return
    target = flow.attempts[-1].target
    head = way.heads.get(target.id)
    if head is None:
        head = way.heads[target.id] = way.head(target)
    flow.reply.hand(head % (flow.id.encode(), *flow.left, len(body)), body)


def answer_headers(flow: Flow) -> tuple[tuple[bytes, bytes], ...]:
    """Give the headers that every answer has."""
    headers = (
        (REQUEST_ID, flow.id.encode()),
        (SETTINGS, flow.plan.shown.encode()),
        *(flow.way.told(flow.left) if flow.way is not None else ()),
        *flow.told,
    )
    return headers + flow.attempts[-1].target.told if flow.attempts else headers
