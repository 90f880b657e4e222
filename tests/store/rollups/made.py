"""Exchanges of every kind, for properties of what is summed of them."""

from decimal import Decimal

from hypothesis import strategies as st
from msgspec.structs import replace

from tenken.journal.exchange import Attempt, Exchange, Identity, Match, Outcome, Timings
from tenken.wire.api import Api
from tenken.wire.failure import Failure
from tenken.wire.usage import Usage

AT = 1_795_000_000_000_000
HOURS_US = 3_600_000_000
MONEY = st.decimals(min_value=0, max_value=10, places=12, allow_nan=False)
TIMES = st.integers(0, 200_000_000)
USAGES = st.builds(
    Usage,
    input=st.integers(0, 900),
    cache_read=st.integers(0, 9),
    output=st.integers(0, 500),
    cache_write_hour=st.integers(0, 3),
    source=st.just("provider"),
)
ATTEMPTS = st.builds(
    Attempt,
    target=st.sampled_from(("first", "second")),
    provider=st.sampled_from(("openai", "anthropic")),
    model=st.sampled_from(("m", "n")),
    credential=st.just("main"),
    failure=st.sampled_from((None, Failure.SERVER_ERROR, Failure.TIMEOUT_TTFT)),
    began=st.integers(0, 9),
    ended=TIMES,
    usage=USAGES,
    cost=MONEY,
)
MATCHES = st.builds(
    Match,
    rule=st.sampled_from(("pii.email", "injection.\0odd")),
    risk=st.sampled_from(("pii", "injection")),
    action=st.sampled_from(("mask", "block")),
    stage=st.sampled_from(("inward", "outward")),
    severity=st.sampled_from(("", "high")),
)
IDENTITIES = st.builds(
    Identity,
    caller=st.sampled_from(("desk", "shop")),
    use_case=st.sampled_from(("answer", "")),
    route=st.sampled_from(("fast", "deep")),
    release=st.sampled_from(("r1", "r2")),
    drill=st.sampled_from(("", "", "", "outage")),
)
EXCHANGES = st.builds(
    Exchange,
    id=st.just(""),
    at=st.integers(AT, AT + 60 * HOURS_US),
    trace=st.just("0" * 32),
    span=st.sampled_from(("a" * 16, "b" * 16)),
    parent=st.just(""),
    sampled=st.booleans(),
    identity=IDENTITIES,
    api=st.sampled_from((Api.CHAT, Api.EMBEDDINGS)),
    stream=st.booleans(),
    outcome=st.sampled_from(tuple(Outcome)),
    status=st.sampled_from((0, 200, 400, 429, 502, 599)),
    attempts=st.lists(ATTEMPTS, max_size=3).map(tuple),
    usage=USAGES,
    cost=MONEY,
    timings=st.builds(Timings, first_token=TIMES, last=TIMES, guarded=TIMES),
    matches=st.lists(MATCHES, max_size=2).map(tuple),
    cached=st.booleans(),
)


@st.composite
def several(draw: st.DrawFn, *, most: int = 12) -> tuple[Exchange, ...]:
    """Exchanges, each of an id of its own."""
    found = draw(st.lists(EXCHANGES, min_size=1, max_size=most))
    return tuple(replace(one, id=f"req-{number}") for number, one in enumerate(found))


def unknown(one: Exchange) -> Exchange:
    """What stands for it while its worker was thought dead."""
    return replace(
        one,
        outcome=Outcome.UNKNOWN,
        status=0,
        cost=Decimal(9),
        matches=(),
        attempts=one.attempts[:1],
    )
