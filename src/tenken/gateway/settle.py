"""The record of a request: built from what its flow holds, and put into the journal."""

from collections.abc import Callable
from decimal import Decimal
from math import inf
from typing import Protocol

from tenken.gateway.flow import Flow, Trying
from tenken.gateway.house import Room
from tenken.journal.exchange import Attempt, Exchange, Intent, Outcome, Timings
from tenken.journal.writer import JournalFull
from tenken.sentence import say
from tenken.wire.failure import Failure
from tenken.wire.refusal import Refusal, Refused
from tenken.wire.usage import Usage

WORD_MAX = 64
WITHOUT_AN_END = frozenset(
    {
        Failure.CANCELLED,
        Failure.INTERRUPTED,
        Failure.TIMEOUT_IDLE,
        Failure.TIMEOUT_TOTAL,
        Failure.TIMEOUT_TTFT,
    }
)
DIGITS_MAX = 3
PLAIN = dict.fromkeys((*range(32), *range(127, 160), 8232, 8233, 65279), "?")
UNSURE_S = 5.0
"""So long after a failure requests should go elsewhere; then some have to find out."""


class Committer(Protocol):
    """Puts records where they survive what the deployment promises."""

    async def intent(self, intent: Intent) -> None:
        """Return once it is on record; raises JournalFull."""
        ...

    async def settle(self, exchange: Exchange) -> None:
        """Return once it is on record; raises JournalFull."""
        ...


class Limits(Protocol):
    """What is reserved for a request."""

    async def settle(self, flow: Flow, exchange: Exchange) -> None:
        """Put what was used in place of what was reserved."""
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
        self._limits = limits
        self._clock = clock
        self._serves_when_full = serves_when_full
        self._unrecorded = unrecorded
        self._failed_at = -inf

    @property
    def recording(self) -> bool:
        """What requests do comes on record, as far as the last seconds tell, or need not."""
        return self._serves_when_full or self._clock() - self._failed_at > UNSURE_S

    async def intend(self, flow: Flow, room: Room) -> None:
        """Put on record that a call is about to cost something; raises Refusal."""
        try:
            await self._committer.intent(intent_of(flow, room))
        except JournalFull as error:
            self._failed_at = self._clock()
            if not self._serves_when_full:
                raise Refusal(
                    Refused(
                        status=503,
                        code="accounting_unavailable",
                        kind="server_error",
                        sentence=say("gateway.no_accounting"),
                        retry_after_s=5.0,
                    )
                ) from error
            self._unrecorded(flow.id)

    async def answered(self, flow: Flow) -> None:
        """Settle a request whose answer is about to end."""
        flow.outcome = Outcome.BLOCKED if flow.stopped else Outcome.ANSWERED
        await self.settle(flow)

    async def settle(self, flow: Flow) -> None:
        """Put what is known on record; a second time changes nothing."""
        if flow.settled:
            return
        flow.settled = True
        exchange = exchange_of(flow, now=self._clock())
        try:
            await self._committer.settle(exchange)
        except JournalFull:
            self._failed_at = self._clock()
            # The answer is paid for: it is handed on, and the hole is counted and told.
            self._unrecorded(flow.id)
        finally:
            await self._limits.settle(flow, exchange)


def intent_of(flow: Flow, room: Room) -> Intent:
    """Give the record of what is about to be done."""
    asked = flow.asked
    estimate = Usage(
        input=asked.input_estimate if asked else 0,
        output=(asked.output_max or 0) if asked else 0,
        source="estimated",
    )
    return Intent(
        id=flow.id,
        at=flow.at,
        identity=flow.identity,
        api=flow.api,
        stream=bool(asked and asked.stream),
        target=room.target.id,
        model=room.target.model,
        estimate=estimate,
        cost=room.target.prices.cost(estimate),
        trace=flow.trace.trace,
        span=flow.trace.span,
    )


def exchange_of(flow: Flow, *, now: float) -> Exchange:
    """Give the record of what was done."""
    attempts = tuple([_attempt(flow, trying, now) for trying in flow.attempts])
    usage, cost = Usage(), Decimal(0)
    if len(attempts) == 1:
        usage, cost = attempts[0].usage, attempts[0].cost
    elif attempts:
        usage = attempts[0].usage
        for one in attempts[1:]:
            usage = usage.plus(one.usage)
        cost = sum((one.cost for one in attempts), Decimal(0))
    last = attempts[-1] if attempts else None
    asked, trace = flow.asked, flow.trace
    return Exchange(
        id=flow.id,
        at=flow.at,
        trace=trace.trace,
        span=trace.span,
        parent=trace.parent,
        sampled=trace.sampled,
        identity=flow.identity,
        api=flow.api,
        stream=asked is not None and asked.stream,
        outcome=flow.outcome,
        status=flow.status,
        code=flow.code,
        finish=_word(flow.finish),
        attempts=attempts,
        usage=usage,
        cost=cost,
        timings=Timings(
            queued=round(flow.queued_s * 1_000_000),
            connected=last.connected if last else 0,
            first_byte=last.first_byte if last else 0,
            first_token=last.first_token if last else 0,
            last=flow.since(now),
        ),
        limits=tuple(flow.limits),
        matches=tuple(flow.matches),
        client_retry=_count(flow.request.named.get(b"x-stainless-retry-count")),
        cached=flow.cached,
    )


def _count(said: bytes | None) -> int:
    """Give how often the caller's own client has tried before, as it says."""
    return int(said) if said and len(said) <= DIGITS_MAX and said.isdigit() else 0


def _attempt(flow: Flow, trying: Trying, now: float) -> Attempt:
    target, since = trying.target, flow.since
    usage = trying.usage or estimated(flow, trying)
    return Attempt(
        target=target.id,
        provider=target.provider,
        model=target.model,
        credential=target.credential,
        region=target.region,
        failure=trying.failure,
        status=trying.status,
        began=since(trying.began),
        connected=since(trying.connected),
        first_byte=since(trying.first_byte),
        first_token=since(trying.first_token),
        ended=since(trying.ended or now),
        usage=usage,
        cost=target.prices.cost(usage),
        upstream_id=_word(trying.upstream_id),
        reason=trying.reason,
        hedge=trying.hedge,
    )


def _word(said: str) -> str:
    """Give a provider's own word as a record may hold it: short, and nothing but a word.

    It becomes a label, a log field and a cell of a page later on.
    """
    return (
        said if said.isprintable() and len(said) <= WORD_MAX else said[:WORD_MAX].translate(PLAIN)
    )


def estimated(flow: Flow, trying: Trying) -> Usage:
    """Give what a call cost when its provider does not tell: nothing where it refused.

    A provider that was left, or did not answer in time, has read the request and bills that.
    """
    if flow.asked is None:
        return Usage()
    if trying.lost or (
        trying.sent and not trying.first_token and trying.failure in WITHOUT_AN_END
    ):
        return Usage(input=flow.asked.input_estimate, source="estimated")
    if not trying.first_token:
        return Usage()
    return Usage(
        input=flow.asked.input_estimate,
        output=max(1, trying.answered_bytes // 4),
        source="estimated",
    )
