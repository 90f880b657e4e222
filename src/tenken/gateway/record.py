"""What goes on record of a request: before a call, what is about to be done; in the end, what was.

Written out field by field, once for each request: what stands here is paid for by all of them.
"""

import hashlib
from decimal import Decimal

from msgspec.structs import replace

from tenken.gateway.flow import Flow, Questioned, Trying
from tenken.gateway.house import Room
from tenken.journal.exchange import Attempt, Exchange, Identity, Intent, Judging, Timings
from tenken.wire.asked import BYTES_A_TOKEN
from tenken.wire.failure import Failure
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
PLAIN = dict.fromkeys((*range(32), *range(127, 160), 8232, 8233, 65279), "?")
FINISHES = frozenset({"", "stop", "length", "tool_calls", "end_turn", "max_tokens", "completed"})
"""What nearly all answers end with: words that need not be looked at."""
MICRO = 1_000_000
NO_USAGE, NO_COST = Usage(), Decimal(0)
NO_ATTEMPT = Attempt(target="", provider="", model="", credential="")


def intent_of(flow: Flow, room: Room) -> Intent:
    """Give the record of what is about to be done."""
    asked, target, trace = flow.asked, room.target, flow.trace
    estimate, stream = NO_USAGE, False
    if asked is not None:
        read, stream = len(asked.body) // BYTES_A_TOKEN, asked.stream
        estimate = Usage(input=read, output=asked.output_max or 0, source="estimated")
    return Intent(
        id=flow.id,
        at=flow.at,
        identity=flow.identity,
        api=flow.api,
        stream=stream,
        target=target.id,
        model=target.model,
        estimate=estimate,
        cost=target.prices.cost(estimate),
        trace=trace.trace,
        span=trace.span,
    )


def exchange_of(flow: Flow, now: float) -> Exchange:
    """Give the record of what was done.

    What few requests have is put in behind: more than fifteen names make a call a slow one.
    """
    asked, trace, tried, finish = flow.asked, flow.trace, flow.attempts, flow.finish
    if len(tried) == 1:
        last = attempt_of(flow, tried[0], now)
        attempts: tuple[Attempt, ...] = (last,)
        usage, cost = last.usage, last.cost
    else:
        attempts = _attempts(flow, now)
        usage, cost = _together(attempts)
        last = attempts[-1] if attempts else NO_ATTEMPT
    timings = Timings(
        connected=last.connected,
        first_byte=last.first_byte,
        first_token=last.first_token,
        last=int((now - flow.began) * MICRO) or 1,
    )
    exchange = Exchange(
        flow.id,
        flow.at,
        trace=trace.trace,
        span=trace.span,
        parent=trace.parent,
        sampled=trace.sampled,
        identity=flow.released.get(last.target) or _released(flow, last.target),
        api=flow.api,
        stream=asked is not None and asked.stream,
        outcome=flow.outcome,
        status=flow.status,
        finish=finish if finish in FINISHES else word(finish),
        attempts=attempts,
        usage=usage,
        cost=cost,
        timings=timings,
    )
    if (
        flow.code or flow.limits or flow.matches or flow.judgings or flow.cached
        or flow.said.retries or flow.queued_s or flow.guarded_s
    ):  # fmt: skip
        return _more(exchange, flow, now)
    return exchange


def _more(exchange: Exchange, flow: Flow, now: float) -> Exchange:
    """Put in what few requests have."""
    judgings = tuple([judging_of(one, now) for one in flow.judgings])
    queued, guarded = round(flow.queued_s * MICRO), int(flow.guarded_s * MICRO)
    return replace(
        exchange,
        code=flow.code,
        cost=sum([one.cost for one in judgings], exchange.cost),
        timings=replace(exchange.timings, queued=queued, guarded=guarded),
        limits=tuple(flow.limits),
        matches=tuple(flow.matches),
        client_retry=flow.said.retries,
        cached=flow.cached,
        judgings=judgings,
    )


def _attempts(flow: Flow, now: float) -> tuple[Attempt, ...]:
    return tuple([attempt_of(flow, one, now) for one in flow.attempts])


def _released(flow: Flow, target: str) -> Identity:
    """Say what answered, as one unit: route, target, guard and, where one was named, prompt."""
    release = flow.plan.releases.get((flow.identity.route, target), "")
    if flow.prompted is not None and release:
        unit = f"{release}\x1f{flow.prompted.prompt.id}"
        release = hashlib.sha256(unit.encode()).hexdigest()[: len(release)]
    released = replace(flow.identity, release=release) if release else flow.identity
    flow.released[target] = released
    return released


def _together(attempts: tuple[Attempt, ...]) -> tuple[Usage, Decimal]:
    if not attempts:
        return NO_USAGE, NO_COST
    usage = attempts[0].usage
    for one in attempts[1:]:
        usage = usage.plus(one.usage)
    return usage, sum([one.cost for one in attempts], NO_COST)


def judging_of(one: Questioned, now: float) -> Judging:
    """Give the record of a question."""
    usage = one.spent()
    return Judging(
        judge=one.judge,
        stage=one.stage,
        target=one.target.id,
        provider=one.target.provider,
        model=one.target.model,
        took=int(((one.ended or now) - one.began) * MICRO) or 1,
        failure=one.failure,
        usage=usage,
        cost=one.target.prices.cost(usage),
    )


def attempt_of(flow: Flow, trying: Trying, now: float) -> Attempt:
    """Give the record of one call.

    Its times are microseconds after the beginning, at least one; 0 for what never came.
    """
    target, origin = trying.target, flow.began
    connected, byte, token = trying.connected, trying.first_byte, trying.first_token
    usage, upstream_id = trying.usage or estimated(flow, trying), trying.upstream_id
    attempt = Attempt(
        target=target.id,
        provider=target.provider,
        model=target.model,
        credential=target.credential,
        region=target.region,
        status=trying.status,
        began=int((trying.began - origin) * MICRO) or 1,
        connected=int((connected - origin) * MICRO) or 1 if connected else 0,
        first_byte=int((byte - origin) * MICRO) or 1 if byte else 0,
        first_token=int((token - origin) * MICRO) or 1 if token else 0,
        ended=int(((trying.ended or now) - origin) * MICRO) or 1,
        usage=usage,
        cost=target.prices.cost(usage),
        upstream_id=word(upstream_id),
    )
    if trying.failure is None and not trying.reason and not trying.hedge:
        return attempt
    return replace(attempt, failure=trying.failure, reason=trying.reason, hedge=trying.hedge)


def word(said: str) -> str:
    """Give a provider's own word as a record may hold it: short, and nothing but a word.

    It becomes a label, a log field and a cell of a page later on.
    """
    if len(said) <= WORD_MAX and said.isprintable():
        return said
    return said[:WORD_MAX].translate(PLAIN)


def estimated(flow: Flow, trying: Trying) -> Usage:
    """Give what a call cost when its provider does not tell: nothing where it refused.

    A provider that was left, or did not answer in time, has read the request and bills that.
    """
    if flow.asked is None:
        return NO_USAGE
    if trying.lost or (
        trying.sent and not trying.first_token and trying.failure in WITHOUT_AN_END
    ):
        return Usage(input=flow.asked.input_estimate, source="estimated")
    if not trying.first_token:
        return NO_USAGE
    return Usage(
        input=flow.asked.input_estimate,
        output=max(1, trying.answered_bytes // 4),
        source="estimated",
    )
