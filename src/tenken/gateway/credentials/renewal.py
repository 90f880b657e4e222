"""When a credential is renewed. Pure.

    obtained ─────────────────────────── early ────── expires
       │  the same one is used             │ a new one is asked for; until it is there, the old one

A source that gives the same one again (a metadata server keeps its tokens) is asked again after
half of what is left, and never more often than every five seconds.
"""

EARLY_S = 300.0
LOOK_S = 30.0
"""Clocks are compared at least this often: a machine may have been asleep."""
SOONEST_S = 5.0
AFTER_FAILURE_S = 1.0
AFTER_FAILURE_MAX_S = 30.0
REFUSED_EVERY_S = 30.0
"""A provider that refuses what is new, too, does not make us ask without end."""


def renew_after_s(left_s: float) -> float:
    """Give how long to wait before a new one is asked for, from when one was obtained.

    >>> renew_after_s(3600.0), renew_after_s(120.0), renew_after_s(1.0)
    (3300.0, 60.0, 5.0)
    """
    return max(SOONEST_S, left_s - min(EARLY_S, left_s / 2))


def again_after_s(failures: int, *, chance: float) -> float:
    """Give how long to wait after so many failures in a row: doubled, between half and all of it.

    >>> [again_after_s(n, chance=1.0) for n in (1, 2, 3, 9)]
    [1.0, 2.0, 4.0, 30.0]
    """
    longest = min(AFTER_FAILURE_MAX_S, AFTER_FAILURE_S * 2.0 ** min(failures - 1, 10))
    return longest * (1 + chance) / 2


def heeds_refusal(*, heeded: bool, since_s: float) -> bool:
    """Whether a provider's 401 is a reason to renew: once for each credential that was obtained.

    >>> heeds_refusal(heeded=False, since_s=60.0), heeds_refusal(heeded=True, since_s=60.0)
    (True, False)
    >>> heeds_refusal(heeded=False, since_s=3.0)
    False
    """
    return not heeded and since_s >= REFUSED_EVERY_S
