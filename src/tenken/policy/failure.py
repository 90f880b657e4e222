"""How a call to a provider can fail, and whom each failure speaks against."""

from enum import StrEnum


class Failure(StrEnum):
    """Why an attempt gave no whole answer."""

    CONNECT = "connect"
    """No connection: refused, reset, no such name, TLS."""
    TIMEOUT_CONNECT = "timeout_connect"
    TIMEOUT_TTFT = "timeout_ttft"
    """Connected, and no first token in time."""
    TIMEOUT_IDLE = "timeout_idle"
    """Began to answer, then fell silent."""
    TIMEOUT_TOTAL = "timeout_total"
    """The caller's or the route's deadline passed."""
    RATE_LIMITED = "rate_limited"
    """429: the provider counts, and says no."""
    OVERLOADED = "overloaded"
    """503 or 529: the provider sheds load."""
    SERVER_ERROR = "server_error"
    """Any other 5xx, and 408."""
    CALLER_ERROR = "caller_error"
    """Any other 4xx: what was asked is wrong, wherever it is asked."""
    CREDENTIAL = "credential"
    """401 or 403: ours is not taken there."""
    MODEL_GONE = "model_gone"
    """404 or 410: no such model or deployment there."""
    CONTEXT_TOO_LONG = "context_too_long"
    """More tokens than this model takes."""
    INVALID_RESPONSE = "invalid_response"
    """An answer that is none: no JSON, no events, the wrong type."""
    INTERRUPTED = "interrupted"
    """An answer that was cut."""
    CANCELLED = "cancelled"
    """The caller left."""


BLAMELESS = frozenset({
    Failure.CALLER_ERROR, Failure.CANCELLED, Failure.CONTEXT_TOO_LONG, Failure.CREDENTIAL,
    Failure.MODEL_GONE, Failure.RATE_LIMITED, Failure.TIMEOUT_TOTAL,
})  # fmt: skip
"""They say nothing about a target's health: one caller's bad request must not cool a model.

A passed deadline is the caller's: a target that is slow shows in its own timeouts.
"""

AT_THE_SAME = frozenset({
    Failure.CONNECT, Failure.OVERLOADED, Failure.RATE_LIMITED, Failure.SERVER_ERROR,
    Failure.TIMEOUT_CONNECT, Failure.INTERRUPTED,
})  # fmt: skip
"""A second call to the same target may well succeed."""

ELSEWHERE = AT_THE_SAME | {
    Failure.CREDENTIAL, Failure.MODEL_GONE, Failure.CONTEXT_TOO_LONG, Failure.INVALID_RESPONSE,
    Failure.TIMEOUT_TTFT, Failure.TIMEOUT_IDLE,
}  # fmt: skip
"""Another target may answer."""


def counts_against_target(failure: Failure) -> bool:
    """Whether a failure is counted by the target's circuit breaker."""
    return failure not in BLAMELESS
