"""When a second target is asked although the first may still answer: opt-in, rare, and counted."""

from msgspec import Struct

SLOW = 2
"""So many times the median is slow, whatever part of the answers it is."""


class HedgePlan(Struct, frozen=True, kw_only=True):
    """After which part of first tokens, and for how many requests."""

    quantile: float = 0.95
    share_max: float = 0.05
    samples_min: int = 100


class Seen(Struct, frozen=True, kw_only=True):
    """What is known of a target's first tokens and of hedges so far."""

    first_tokens_s: tuple[float, ...]
    """The latest ones, in any order."""
    requests: int
    hedges: int


def hedge_after(plan: HedgePlan, seen: Seen) -> float | None:
    """Give the seconds after which a second target is asked; None for not at all."""
    if len(seen.first_tokens_s) < plan.samples_min:
        return None
    if seen.hedges + 1 > plan.share_max * max(1, seen.requests):
        return None
    return _slow_from(sorted(seen.first_tokens_s), plan.quantile)


def _slow_from(ordered: list[float], quantile: float) -> float:
    """Give the time from which an answer is slow: few are, and none near the median.

    Where just as many are slow as the quantile leaves out, it lies now among them and now among
    the others: waiting for it would be waiting for what a hedge is to spare. So it is looked for
    as far again from the end; and what is hedged near the median takes a hedge from the slow.
    """
    last = len(ordered) - 1
    near = ordered[min(last, int(max(0.0, 2 * quantile - 1) * len(ordered)))]
    return max(near, SLOW * ordered[last // 2])
