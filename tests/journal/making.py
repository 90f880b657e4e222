"""Records for the tests of the journal."""

from decimal import Decimal

from tenken.journal.exchange import (
    Attempt,
    Exchange,
    Identity,
    Intent,
    Match,
    Outcome,
    Timings,
)
from tenken.wire.api import Api
from tenken.wire.failure import Failure
from tenken.wire.usage import Usage

AT = 1_795_000_000_000_000
USAGE = Usage(input=120, cache_read=30, output=45, reasoning=5, source="provider")


def exchange(number: int = 1) -> Exchange:
    """An exchange with a failed attempt and one that answered."""
    return Exchange(
        id=f"req-{number:06d}",
        at=AT + number,
        trace="0af7651916cd43dd8448eb211c80319c",
        span="b7ad6b7169203331",
        parent="",
        sampled=True,
        identity=Identity(caller="desk", use_case="answer", use_case_known="stated"),
        api=Api.CHAT,
        stream=True,
        outcome=Outcome.ANSWERED,
        status=200,
        attempts=(
            Attempt(
                target="first", provider="openai", model="m", credential="main",
                failure=Failure.SERVER_ERROR, status=500, ended=900, reason="another target",
            ),
            Attempt(
                target="second", provider="anthropic", model="n", credential="main", status=200,
                usage=USAGE, cost=Decimal("0.00123"), ended=9000,
            ),
        ),
        usage=USAGE,
        cost=Decimal("0.00123"),
        timings=Timings(connected=1000, first_token=4000, last=9000),
        matches=(Match(rule="pii.email", risk="pii", action="mask", stage="input"),),
    )  # fmt: skip


def intent(number: int = 1) -> Intent:
    """The intent of the same request."""
    one = exchange(number)
    return Intent(
        id=one.id, at=one.at, identity=one.identity, api=one.api, stream=one.stream,
        target="first", model="m", cost=Decimal("0.01"), span=one.span,
    )  # fmt: skip
