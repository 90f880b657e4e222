"""What is summed, in the order of the columns."""

from bisect import bisect_left
from itertools import count

from tenken.journal.exchange import Outcome
from tenken.wire.usage import Usage

BOUNDS_US = tuple(10_000 * 2**n for n in range(14))
"""Upper bounds of the buckets of durations: 0.01 s to 81.92 s; one more bucket is above them."""
BUCKETS = len(BOUNDS_US) + 1
TOKENS = ("input", "cache_read", "cache_write", "cache_write_hour", "output", "reasoning")
OUTCOMES = tuple(one.value for one in Outcome)
STATUSES = ("status_none", "status_2xx", "status_3xx", "status_4xx", "status_5xx")
LATENCY = tuple(f"latency_{n:02d}" for n in range(BUCKETS))
TTFT = tuple(f"ttft_{n:02d}" for n in range(BUCKETS))
DURATION = tuple(f"duration_{n:02d}" for n in range(BUCKETS))

OF_EXCHANGES = (
    "requests", *OUTCOMES, *STATUSES, *TOKENS, "cost",
    "attempts", "retries", "fallbacks", "cached", "streams", "matched", "matches",
    "latency_us", "ttft_us", *LATENCY, *TTFT,
)  # fmt: skip
OF_ATTEMPTS = ("calls", "input_tokens", "output_tokens", "cost", "duration_us", *DURATION)
OF_MATCHES = ("matches",)
OF_SCREENINGS = ("screened",)
OF_FEEDBACK = ("said", "good", "bad", "value_thousandths")

EXCHANGE_KEY = ("use_case", "route", "caller", "release", "provider", "model", "drill")
ATTEMPT_KEY = ("target", "provider", "model", "credential", "failure", "drill")
MATCH_KEY = ("use_case", "risk", "rule", "action", "stage", "severity", "drill")
SCREENING_KEY = ("use_case", "route", "stage", "drill")
FEEDBACK_KEY = (*EXCHANGE_KEY[:-1], "kind", "unit", "drill")

ROUTE_KEY = ("use_case", "route", "drill")
CALLER_KEY = ("caller", "drill")
MODEL_KEY = ("release", "provider", "model", "drill")
"""Of some names alone: there are few of each, and all names at once are their product."""


def bucket(us: int) -> int:
    """Give the bucket that a duration falls into: the first whose bound it does not exceed."""
    return bisect_left(BOUNDS_US, us)


AT = dict(zip(OF_EXCHANGES, count(), strict=False))
"""Where each sum stands."""
assert set(TOKENS) < set(Usage.__struct_fields__)  # noqa: S101 - a class of tokens was renamed
