"""Which exchanges go to a backend of traces: all that matter, and a share of the rest."""

from msgspec import Struct

from tenken.journal.exchange import BAD, Exchange, Outcome

MATTERS = frozenset({Outcome.FAILED, Outcome.INTERRUPTED, Outcome.UNKNOWN, Outcome.BLOCKED})
RANDOM_DIGITS = 14
"""Of a trace's id, the last 56 bits are random, as W3C has it: others decide by them, too."""
RANDOM = float(1 << 4 * RANDOM_DIGITS)


class Sampling(Struct, frozen=True, kw_only=True):
    """How many of the healthy go."""

    share: float = 0.05
    slow_us: int = 10_000_000

    def takes(self, one: Exchange) -> bool:
        """Tell whether an exchange goes.

        Where its caller sent a trace, the caller has decided: half a trace is of no use.
        """
        if matters(one, slow_us=self.slow_us):
            return True
        if one.parent:
            return one.sampled
        if self.share >= 1:
            return True
        return _chance(one.trace) < self.share * RANDOM


def matters(one: Exchange, *, slow_us: int) -> bool:
    """Tell whether something was wrong: an error, a block, a failed call, slow, badly rated."""
    return (
        one.outcome in MATTERS
        or one.feedback == BAD
        or one.status >= 500
        or one.timings.last > slow_us
        or any(attempt.failure is not None for attempt in one.attempts)
        or any(match.action == "block" for match in one.matches)
    )


def _chance(trace: str) -> int:
    try:
        return int(trace[-RANDOM_DIGITS:], 16)
    except ValueError:
        return 0  # no id: it goes, rather than being left out each time
