"""Whom a failure speaks against, and where a second call may help."""

from tenken.wire.failure import Failure

BLAMELESS = frozenset({
    Failure.CALLER_ERROR, Failure.CANCELLED, Failure.CONTEXT_TOO_LONG, Failure.CREDENTIAL,
    Failure.MODEL_GONE, Failure.NO_WORDS, Failure.RATE_LIMITED, Failure.TIMEOUT_TOTAL,
})  # fmt: skip
"""They say nothing about a target's health: one caller's bad request must not cool a model.

A passed deadline is the caller's: a target that is slow shows in its own timeouts.
"""

ASKERS = frozenset({Failure.CALLER_ERROR, Failure.CONTEXT_TOO_LONG, Failure.NO_WORDS})
"""Nothing but what was asked is at fault: the next request may fare better at once."""

AT_THE_SAME = frozenset({
    Failure.CONNECT, Failure.OVERLOADED, Failure.RATE_LIMITED, Failure.SERVER_ERROR,
    Failure.TIMEOUT_CONNECT, Failure.INTERRUPTED,
})  # fmt: skip
"""A second call to the same target may well succeed."""

ELSEWHERE = AT_THE_SAME | {
    Failure.CREDENTIAL, Failure.MODEL_GONE, Failure.CONTEXT_TOO_LONG, Failure.INVALID_RESPONSE,
    Failure.NO_WORDS, Failure.TIMEOUT_TTFT, Failure.TIMEOUT_IDLE,
}  # fmt: skip
"""Another target may answer."""


def counts_against_target(failure: Failure) -> bool:
    """Whether a failure is counted by the target's circuit breaker."""
    return failure not in BLAMELESS
