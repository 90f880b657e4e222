"""One question to one judge, through the gateway's own connections and credentials."""

from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from tenken.gateway.calling.failing import missed
from tenken.gateway.credentials.lease import NoCredential
from tenken.gateway.flow import Questioned
from tenken.gateway.house import Credentials, House, Room
from tenken.policy.breaker import Let
from tenken.transport.errors import UpstreamFailed
from tenken.transport.upstream_reply import Patience
from tenken.wire.api import Api
from tenken.wire.asked import Asked, BodyLimits
from tenken.wire.dialect import Outgoing, Unreadable
from tenken.wire.failure import Failure
from tenken.wire.refusal import Refusal
from tenken.wire.requests import chat
from tenken.wire.usage import Usage

ANSWER_MAX = 1 << 20
OK = 200
LIMITS = BodyLimits()


class NotAnswered(Exception):
    """A judge that said nothing; `why` is one word, never a piece of an answer."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Said(Struct, frozen=True):
    """What a judge answered: as OpenAI's API has it, whoever was asked."""

    body: bytes
    usage: Usage | None = None


class Asking:
    """Calls the targets that judges are."""

    def __init__(
        self,
        house: House,
        credentials: Credentials,
        *,
        clock: Callable[[], float],
        wall: Callable[[], datetime],
    ) -> None:
        self._house = house
        self._credentials = credentials
        self._clock = clock
        self._wall = wall

    async def chat(self, one: Questioned, *bodies: bytes, within_s: float) -> Said:
        """Ask in the first of these words that its provider has; raises NotAnswered."""
        room = self._house.room(one.target.id)
        for body in bodies:
            asked = chat.read(body, limits=LIMITS)
            try:
                outgoing = room.dialects[Api.CHAT].outgoing(asked, model=room.target.model)
            except (Refusal, KeyError):
                continue
            return await self._told(room, outgoing, one, asked, within_s=within_s)
        raise NotAnswered("no_words")

    async def post(self, one: Questioned, path: str, body: bytes, *, within_s: float) -> Said:
        """Send a body to a path of its provider; raises NotAnswered."""
        room = self._house.room(one.target.id)
        return await self._told(room, Outgoing(path, body), one, None, within_s=within_s)

    async def _told(
        self,
        room: Room,
        outgoing: Outgoing,
        one: Questioned,
        asked: Asked | None,
        *,
        within_s: float,
    ) -> Said:
        now = self._clock()
        admission = room.breaker.ask(now)
        if not isinstance(admission, Let):
            raise NotAnswered("away")
        failure: Failure | None = Failure.CANCELLED
        try:
            said = await self._called(room, outgoing, asked, until=now + within_s)
            failure = None
        except _Failed as failed:
            failure = failed.failure
            raise NotAnswered(failure.value) from failed
        finally:
            one.ended = self._clock()
            room.breaker.note(failure, now=one.ended, chance=0.0, probe=admission.probe)
        return said

    async def _called(
        self, room: Room, outgoing: Outgoing, asked: Asked | None, *, until: float
    ) -> Said:
        left = max(0.001, until - self._clock())
        patience = Patience(left, left, left, until)
        try:
            reply = await room.pool.call(
                self._head(room, outgoing), outgoing.body, patience=patience
            )
        except UpstreamFailed as error:
            raise _Failed(missed(error).failure) from error
        try:
            body = await reply.read(ANSWER_MAX)
            if reply.status != OK:
                raise _Failed(self._sorted(room, reply.status, dict(reply.headers), body))
            if asked is None:
                return Said(body)
            answer = room.dialects[Api.CHAT].answer(body, asked)
        except UpstreamFailed as error:
            raise _Failed(missed(error).failure) from error
        except Unreadable as error:
            raise _Failed(Failure.INVALID_RESPONSE) from error
        finally:
            reply.abort()
        if answer.failure is not None:
            raise _Failed(answer.failure)
        return Said(answer.body, answer.usage)

    def _sorted(
        self, room: Room, status: int, headers: dict[bytes, bytes], body: bytes
    ) -> Failure:
        dialect = room.dialects[Api.CHAT]
        failed = dialect.failed(status, headers, body, now=self._wall())
        if failed.failure is Failure.CREDENTIAL:
            self._credentials.refused(room.target.credential)
        return failed.failure

    def _head(self, room: Room, outgoing: Outgoing) -> bytes:
        if outgoing.path != room.path:
            room.turn_to(outgoing.path)
        try:
            credential = self._credentials.lines(
                room.target,
                host=room.host,
                path=room.way,
                headers=outgoing.headers,
                body=outgoing.body,
            )
        except NoCredential as error:
            raise _Failed(Failure.CREDENTIAL) from error
        own = b"".join([b"%b: %b\r\n" % pair for pair in outgoing.headers])
        return b"%b%b%bcontent-length: %d\r\n\r\n" % (
            room.line,
            credential,
            own,
            len(outgoing.body),
        )


class _Failed(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure)
        self.failure = failure
