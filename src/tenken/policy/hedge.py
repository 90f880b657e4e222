"""When a second target is asked although the first may still answer: opt-in, rare, and counted."""

from msgspec import Struct


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
    ordered = sorted(seen.first_tokens_s)
    return ordered[min(len(ordered) - 1, int(plan.quantile * len(ordered)))]
