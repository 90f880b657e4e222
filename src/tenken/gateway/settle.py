"""Puts the records of a request into the journal, each once, and settles its limits with it."""

from collections.abc import Awaitable, Callable, Sequence
from math import inf
from typing import Protocol, runtime_checkable

from tenken.gateway.flow import Flow
from tenken.gateway.house import Room
from tenken.gateway.record import exchange_of, intent_of
from tenken.journal.exchange import Exchange, Intent, Outcome
from tenken.journal.feedback import Feedback
from tenken.journal.writer import JournalFull
from tenken.sentence import say
from tenken.wire.refusal import Refusal, Refused

Done = tuple[bytes, bytes]
"""The name of a request, and its exchange, encoded."""
UNSURE_S = 5.0
"""So long after a failure requests should go elsewhere; then some have to find out."""


class Committer(Protocol):
    """Puts records where they survive what the deployment promises."""

    def intent(self, intent: Intent) -> Awaitable[None] | None:
        """Return once it is on record, or give what is to be waited for; raises JournalFull."""
        ...

    def settle(self, exchange: Exchange) -> Awaitable[None] | None:
        """Return once it is on record, or give what is to be waited for; raises JournalFull."""
        ...

    async def feedback(self, feedback: Feedback) -> None:
        """Return once it is on record; raises JournalFull."""
        ...


@runtime_checkable
class Immediate(Protocol):
    """A committer for whom nobody waits, or only now and then."""

    def intents_wait(self, count: int) -> bool:
        """Tell whether so many intents would have to wait for something now."""
        ...

    def exchanges_wait(self, count: int) -> bool:
        """Tell whether so many exchanges would."""
        ...

    def written_intents(self, payloads: Sequence[bytes], at: int) -> None:
        """Put intents on record that are encoded already, all or none; raises JournalFull."""
        ...

    def written_exchanges(self, payloads: Sequence[bytes], at: int) -> None:
        """Put exchanges on record that are encoded already, all or none; raises JournalFull."""
        ...


class Limits(Protocol):
    """What is reserved for a request."""

    def settle(self, flow: Flow, exchange: Exchange) -> Awaitable[None] | None:
        """Put what was used in place of what was reserved, or give what is to be waited for."""
        ...


class Bookkeeper:
    """Writes intents and exchanges, each once."""

    def __init__(
        self,
        committer: Committer,
        *,
        limits: Limits,
        clock: Callable[[], float],
        serves_when_full: bool,
        unrecorded: Callable[[str], None],
    ) -> None:
        self._committer = committer
        self._immediate = committer if isinstance(committer, Immediate) else None
        self._limits = limits
        self._clock = clock
        self._serves_when_full = serves_when_full
        self._unrecorded = unrecorded
        self._failed_at = -inf

    @property
    def recording(self) -> bool:
        """What requests do comes on record, as far as the last seconds tell, or need not."""
        return self._serves_when_full or self._clock() - self._failed_at > UNSURE_S

    def intend(self, flow: Flow, room: Room) -> Awaitable[None] | None:
        """Put on record that a call is about to cost something; raises Refusal.

        Gives what is to be waited for, as all that is put on record here does.
        """
        try:
            waiting = self._committer.intent(intent_of(flow, room))
        except JournalFull as error:
            self._not_intended(flow, error)
            return None
        return None if waiting is None else self._intended(flow, waiting)

    @property
    def at_once(self) -> bool:
        """Whether there is somebody who hardly ever waits, for `begin` and `end`."""
        return self._immediate is not None

    def begin(self, intents: Sequence[bytes], at: int) -> bool:
        """Put intents on record that are encoded already; tell whether that is done.

        Where it could not be, nothing is: `intend` tells why, or goes on without.
        """
        if self._immediate is None or self._immediate.intents_wait(len(intents)):
            return False
        try:
            self._immediate.written_intents(intents, at)
        except JournalFull:
            return False
        return True

    def waits(self, count: int) -> bool:
        """Tell whether so many exchanges have to wait before they can be put on record."""
        return self._immediate is None or self._immediate.exchanges_wait(count)

    def end(self, done: Sequence[Done], at: int) -> None:
        """Put on record what was done."""
        if self._immediate is None:
            return
        try:
            self._immediate.written_exchanges([exchange for _, exchange in done], at)
        except JournalFull:
            if len(done) == 1:
                self._not_settled(done[0][0].decode())
                return
            for one in done:  # there may be room for some of them
                self.end((one,), at)

    async def _intended(self, flow: Flow, waiting: Awaitable[None]) -> None:
        try:
            await waiting
        except JournalFull as error:
            self._not_intended(flow, error)

    def _not_intended(self, flow: Flow, error: JournalFull) -> None:
        self._failed_at = self._clock()
        if not self._serves_when_full:
            raise Refusal(NO_ACCOUNTING) from error
        self._unrecorded(flow.id)

    def answer(self, flow: Flow) -> Awaitable[None] | None:
        """Settle a request whose answer is about to end."""
        flow.outcome = BLOCKED if flow.passage is not None and flow.stopped else ANSWERED
        return self.settle(flow)

    async def answered(self, flow: Flow) -> None:
        """Settle it, and wait for that."""
        waiting = self.answer(flow)
        if waiting is not None:
            await waiting

    def settle(self, flow: Flow) -> Awaitable[None] | None:
        """Put what is known on record; a second time changes nothing."""
        if flow.settled:
            return None
        flow.settled = True
        exchange = exchange_of(flow, self._clock())
        if flow.kept is not None:
            exchange = flow.kept.into(exchange)
        try:
            waiting = self._committer.settle(exchange)
        except BaseException as error:  # noqa: BLE001 - raised again, once limits are settled
            waiting = _raised(error)
        if waiting is not None:
            return self._settled(flow, exchange, waiting)
        return self._limits.settle(flow, exchange)

    async def _settled(self, flow: Flow, exchange: Exchange, waiting: Awaitable[None]) -> None:
        try:
            await waiting
        except JournalFull:
            self._not_settled(exchange.id)
        finally:
            given_back = self._limits.settle(flow, exchange)
            if given_back is not None:
                await given_back

    def _not_settled(self, request: str) -> None:
        # The answer is paid for: it is handed on, and the hole is counted and told.
        self._failed_at = self._clock()
        self._unrecorded(request)


async def _raised(error: BaseException) -> None:
    raise error


ANSWERED, BLOCKED = Outcome.ANSWERED, Outcome.BLOCKED  # looked up once
NO_ACCOUNTING = Refused(
    status=503,
    code="accounting_unavailable",
    kind="server_error",
    sentence=say("gateway.no_accounting"),
    retry_after_s=5.0,
)
