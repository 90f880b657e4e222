"""The records of plain requests, but for what differs from one to the next.

Each of a lane's two records is encoded once, with marks in the places of what differs; what is
filled in stands in the order of those marks.
"""

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from tenken.gateway.plan import Target
from tenken.gateway.read import HASH_BYTES
from tenken.gateway.record import FINISHES
from tenken.journal.exchange import Attempt, Exchange, Identity, Intent, Outcome, Timings
from tenken.journal.stencil import four, moment, one, stencil, text, two
from tenken.models.price import Prices
from tenken.wire.api import Api
from tenken.wire.usage import Source, Usage

OK = 200
ID, TRACE, SPAN = "i" * 36, "t" * 32, "s" * 16
ID_SIZE = len(ID)
AT = 1 << 40
TIMES, TOKENS = 1 << 20, 1 << 21
"""Numbers from here on are encoded as those that are filled in are."""
SESSION, PROMPT, FINISH, UPSTREAM = "the session", "the prompt", "the finish", "the id there"
COSTS = (Decimal("1.25"), Decimal("2.25"))
WHOSE = text(SESSION.encode()) + text(b"stated") + text(PROMPT.encode()) + text(b"none")
HEAD = (text(ID.encode()), moment(AT))
YES, NO = b"\xc3", b"\xc2"
"""How true and false are encoded."""
SAMPLED, NOT_SAMPLED = b"01", b"00"
"""How a provider is told."""
TRACED = text(TRACE.encode()) + text(SPAN.encode())
TRACE_AT, SPAN_AT = slice(2, 34), slice(35, 51)
"""Where trace and span stand in what records hold of them."""
ROOT = text(b"") + YES
"""Of a trace that begins with us: no span of the caller's, and it is sampled."""

HASHED = text(bytes(2 * HASH_BYTES))[:1]
"""How a keyed hash begins."""
STATED, DERIVED, UNKNOWN = text(b"stated"), text(b"derived"), text(b"none")
NO_PROMPT = text(b"") + UNKNOWN
ID_HEAD, TRACE_HEAD, SPAN_HEAD = (text(it.encode())[: -len(it)] for it in (ID, TRACE, SPAN))
FINISHED = {name: text(name.encode()) for name in FINISHES}
"""What nearly all answers end with, as records hold it."""


class Forms(Struct, frozen=True):
    """What the two records of a lane are filled in into, by `%`."""

    intent: bytes
    """Id, moment, whose, two pairs of tokens, cost, trace and span."""
    exchange: bytes
    """Id, moment, trace and span with what they are below, whose, finish, the attempt's five times
    (four and one), two pairs of tokens, cost, the provider's id, the pairs again, the cost again,
    the four last times."""


def forms_of(identity: Identity, release: str, target: Target) -> Forms:
    """Give the forms of a lane's records; raises ValueError where a name looks like a mark."""
    marked = replace(
        identity, session=SESSION, session_known="stated", prompt=PROMPT, prompt_known="none"
    )
    return Forms(
        stencil(_intent(marked, target), (*HEAD, WHOSE, *_marks(0), TRACED)),
        stencil(
            _exchange(replace(marked, release=release), target),
            (
                *HEAD,
                TRACED + ROOT,
                WHOSE,
                text(FINISH.encode()),
                four(TIMES, TIMES + 1, TIMES + 2, TIMES + 3) + one(TIMES + 4),
                *_marks(0),
                text(UPSTREAM.encode()),
                *_marks(1),
                four(TIMES + 5, TIMES + 6, TIMES + 7, TIMES + 8),
            ),
        ),
    )


def _intent(identity: Identity, target: Target) -> Intent:
    return Intent(
        id=ID,
        at=AT,
        identity=identity,
        api=Api.CHAT,
        stream=False,
        target=target.id,
        model=target.model,
        estimate=_usage(0, "estimated"),
        cost=COSTS[0],
        trace=TRACE,
        span=SPAN,
    )


def _exchange(identity: Identity, target: Target) -> Exchange:
    attempt = Attempt(
        target=target.id,
        provider=target.provider,
        model=target.model,
        credential=target.credential,
        region=target.region,
        status=OK,
        began=TIMES,
        connected=TIMES + 1,
        first_byte=TIMES + 2,
        first_token=TIMES + 3,
        ended=TIMES + 4,
        usage=_usage(0, "provider"),
        cost=COSTS[0],
        upstream_id=UPSTREAM,
    )
    return Exchange(
        ID,
        AT,
        trace=TRACE,
        span=SPAN,
        parent="",
        sampled=True,
        identity=identity,
        api=Api.CHAT,
        stream=False,
        outcome=Outcome.ANSWERED,
        status=OK,
        finish=FINISH,
        attempts=(attempt,),
        usage=_usage(1, "provider"),
        cost=COSTS[1],
        timings=Timings(
            connected=TIMES + 5, first_byte=TIMES + 6, first_token=TIMES + 7, last=TIMES + 8
        ),
    )


def _usage(number: int, source: Source) -> Usage:
    first = TOKENS + 4 * number
    return Usage(
        input=first, cache_read=first + 1, output=first + 2, reasoning=first + 3, source=source
    )


def _marks(number: int) -> tuple[bytes, bytes, bytes]:
    """Give the marks of tokens and their cost."""
    first, cost = TOKENS + 4 * number, str(COSTS[number]).encode()
    return two(first, first + 1), two(first + 2, first + 3), text(cost)


class Tariff(Struct, frozen=True, kw_only=True):
    """Prices of one token in whole numbers of a small enough part of a US dollar."""

    places: int
    """That part is 10 to the power of minus so many."""
    parts: int
    """So many of them are a dollar."""
    input: int
    cache_read: int
    output: int
    reasoning: int

    def text(self, cost: int) -> bytes:
        """Write an amount as it stands on record: the shortest form of that number.

        >>> tariff_of(Prices(input=Decimal("2.50"))).text(12500)
        b'125E-6'
        """
        digits = b"%d" % cost
        short = digits.rstrip(b"0")
        if not short:
            return b"0"
        places = self.places - len(digits) + len(short)
        if places <= 0:  # whole dollars
            return b"%d" % (cost // self.parts)
        return b"%bE-%d" % (short, places)

    def nano(self, cost: int) -> int:
        """Give an amount in billionths of a dollar, rounded up."""
        return -(-cost * NANO // self.parts)


NANO = 1_000_000_000
MICRO_PLACES = 6


def tariff_of(prices: Prices) -> Tariff | None:
    """Give the same prices in whole numbers; None where they differ with a request's size."""
    if prices.above_tokens is not None:
        return None
    every = (prices.input, prices.cache_read, prices.output, prices.reasoning)
    places = max(max(0, -_exponent(one)) for one in every)
    scaled = [int(one.scaleb(places)) for one in every]
    return Tariff(
        places=places + MICRO_PLACES,
        parts=int(10 ** (places + MICRO_PLACES)),
        input=scaled[0],
        cache_read=scaled[1],
        output=scaled[2],
        reasoning=scaled[3],
    )


def _exponent(price: Decimal) -> int:
    exponent = price.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
