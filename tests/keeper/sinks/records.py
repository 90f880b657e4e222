"""Exchanges of every kind, for the sinks."""

from decimal import Decimal

from msgspec.structs import replace

from tenken.journal.exchange import (
    Attempt,
    Exchange,
    Identity,
    Judging,
    Match,
    Outcome,
    Timings,
)
from tenken.wire.api import Api
from tenken.wire.failure import Failure
from tenken.wire.usage import Usage
from tests.journal.making import AT

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
PARENT = "00f067aa0ba902b7"
USAGE = Usage(
    input=120, cache_read=30, cache_write=8, output=45, reasoning=5, source="provider"
)  # fmt: skip


def healthy() -> Exchange:
    """An answer at the first call, in a trace that began here."""
    return Exchange(
        id="req-1",
        at=AT,
        trace=TRACE,
        span=SPAN,
        parent="",
        sampled=True,
        identity=Identity(
            caller="desk",
            use_case="answer",
            use_case_known="stated",
            route="support",
            session="5e55",
            session_known="stated",
            prompt="support@0123abcd",
            prompt_known="stated",
            release="rel-1",
            settings="set-1",
        ),
        api=Api.CHAT,
        stream=True,
        outcome=Outcome.ANSWERED,
        status=200,
        finish="stop",
        attempts=(
            Attempt(
                target="main", provider="openai", model="m-large", credential="key-1",
                region="asia-northeast1", status=200, began=1_000, connected=2_000,
                first_byte=200_000, first_token=301_000, ended=900_000, usage=USAGE,
                cost=Decimal("0.00123"), upstream_id="resp-9",
            ),
        ),
        usage=USAGE,
        cost=Decimal("0.00123"),
        timings=Timings(first_byte=200_000, first_token=301_000, last=901_000),
    )  # fmt: skip


def rescued() -> Exchange:
    """An answer of a second target, in its caller's trace; a guard masked and asked a judge."""
    one = healthy()
    first = Attempt(
        target="main", provider="azure", model="m-large", credential="key-1",
        failure=Failure.OVERLOADED, status=503, began=40_000, ended=90_000,
        reason="another target",
    )  # fmt: skip
    second = replace(one.attempts[0], target="spare", provider="anthropic", began=95_000)
    return replace(
        one,
        parent=PARENT,
        sampled=False,
        attempts=(first, second),
        timings=replace(one.timings, queued=2_000, guarded=35_000),
        matches=(
            Match(
                rule="pii.phone", risk="pii", action="mask", stage="inward",
                score=0.9, severity="high", origin="user", mark="a1b2",
            ),
            Match(rule="off-topic", risk="topic", action="flag", stage="outward", severity="low"),
        ),
        judgings=(
            Judging(
                judge="j", stage="inward", target="small", provider="openai", model="m-small",
                took=30_000, usage=Usage(input=50, output=2, source="provider"),
                cost=Decimal("0.00001"),
            ),
        ),
    )  # fmt: skip


def blocked() -> Exchange:
    """A request that a guard stopped before any call."""
    return replace(
        healthy(),
        outcome=Outcome.BLOCKED,
        status=400,
        code="content_blocked",
        finish="",
        attempts=(),
        usage=Usage(),
        cost=Decimal(0),
        timings=Timings(last=5_000),
        matches=(
            Match(
                rule="injection", risk="injection", action="block", stage="inward",
                severity="critical",
            ),
        ),
    )  # fmt: skip


def failed() -> Exchange:
    """A request that no target answered."""
    one = healthy()
    attempt = replace(
        one.attempts[0], failure=Failure.TIMEOUT_TTFT, status=0, first_token=0, upstream_id=""
    )
    return replace(
        one, outcome=Outcome.FAILED, status=504, code="timeout", finish="", attempts=(attempt,)
    )
