"""One question to one judge, through the gateway's own connections and credentials.

A judge has two breakers. That of its target it shares with everybody who calls it. Its own counts
who was too slow for it alone: others may give the same target more time.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

from msgspec import Struct

from tenken.gateway.calling.failing import missed
from tenken.gateway.credentials.lease import NoCredential
from tenken.gateway.flow import Questioned
from tenken.gateway.house import Credentials, House, Room
from tenken.gateway.probing.gate import Gate
from tenken.policy.breaker import Breaker, BreakerPlan, Let
from tenken.transport.errors import UpstreamFailed
from tenken.transport.upstream_reply import Patience
from tenken.wire.api import Api
from tenken.wire.asked import Asked, BodyLimits
from tenken.wire.dialect import Failed, Outgoing, Unreadable
from tenken.wire.failure import Failure
from tenken.wire.refusal import Refusal
from tenken.wire.requests import chat
from tenken.wire.usage import Usage

ANSWER_MAX = 1 << 20
OK = 200
LIMITS = BodyLimits()
AWAY = "away"
SLOW = "slow"
TIMES_OUT = frozenset({Failure.TIMEOUT_TTFT, Failure.TIMEOUT_IDLE, Failure.TIMEOUT_TOTAL})


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
        self._own: dict[str, Breaker] = {}

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
        way = _Way(room.gate, self._own_of(one), self._clock())
        until = self._clock() + within_s
        failed: Failed | None = LEFT
        try:
            async with asyncio.timeout(within_s):
                said = await self._called(room, outgoing, asked, until=until)
            failed = None
        except _Failed as error:
            failed = error.failed
            raise NotAnswered(_why(failed.failure)) from error
        except TimeoutError as error:
            failed = TOO_LATE
            raise NotAnswered(SLOW) from error
        finally:
            one.ended = self._clock()
            way.note(failed, now=one.ended)
        return said

    def _own_of(self, one: Questioned) -> Breaker:
        key = f"{one.judge}\0{one.target.id}"
        own = self._own.get(key)
        if own is None:
            own = self._own[key] = Breaker(BreakerPlan())
        return own

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
            raise _Failed(missed(error)) from error
        try:
            body = await reply.read(ANSWER_MAX)
            if reply.status != OK:
                raise _Failed(self._sorted(room, reply.status, dict(reply.headers), body))
            if asked is None:
                return Said(body)
            answer = room.dialects[Api.CHAT].answer(body, asked)
        except UpstreamFailed as error:
            raise _Failed(missed(error)) from error
        except Unreadable as error:
            raise _Failed(Failed(failure=Failure.INVALID_RESPONSE, status=OK)) from error
        finally:
            reply.abort()
        if answer.failure is not None:
            raise _Failed(Failed(failure=answer.failure, status=OK))
        return Said(answer.body, answer.usage)

    def _sorted(self, room: Room, status: int, headers: dict[bytes, bytes], body: bytes) -> Failed:
        dialect = room.dialects[Api.CHAT]
        failed = dialect.failed(status, headers, body, now=self._wall())
        if failed.failure is Failure.CREDENTIAL:
            self._credentials.refused(room.target.credential)
        return failed

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
            raise _Failed(Failed(failure=Failure.CREDENTIAL, status=0)) from error
        own = b"".join([b"%b: %b\r\n" % pair for pair in outgoing.headers])
        return b"%b%b%bcontent-length: %d\r\n\r\n" % (
            room.line,
            credential,
            own,
            len(outgoing.body),
        )


class _Way:
    """The two breakers that a question passes; raises NotAnswered where one of them is open."""

    def __init__(self, shared: Gate, own: Breaker, now: float) -> None:
        self._shared, self._own = shared, own
        first = shared.ask(now)
        if not isinstance(first, Let):
            raise NotAnswered(AWAY)
        self._shared_probes, self._own_probes = first.probe, False
        second = own.ask(now)
        if not isinstance(second, Let):
            if first.probe:
                shared.give_back(now)
            raise NotAnswered(AWAY)
        self._own_probes = second.probe

    def note(self, failed: Failed | None, *, now: float) -> None:
        """Tell both how it ended; None is an answer."""
        failure = failed.failure if failed is not None else None
        self._shared.note(
            failure,
            now=now,
            chance=0.0,
            probe=self._shared_probes,
            retry_after_s=failed.retry_after_s if failed is not None else None,
        )
        if failure is not None:  # any other failure is its target's, who knows of it
            failure = Failure.TIMEOUT_TTFT if failure in TIMES_OUT else Failure.CANCELLED
        self._own.note(failure, now=now, chance=0.0, probe=self._own_probes)


def _why(failure: Failure) -> str:
    """Name a failure; a connection that took too long is slow, too."""
    return SLOW if failure in TIMES_OUT or failure is Failure.TIMEOUT_CONNECT else failure.value


class _Failed(Exception):
    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.failure)
        self.failed = failed


LEFT = Failed(failure=Failure.CANCELLED, status=0)
TOO_LATE = Failed(failure=Failure.TIMEOUT_TOTAL, status=0)
