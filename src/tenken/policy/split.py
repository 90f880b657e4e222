"""Which target a request begins with: in order, or by weight and always the same for a session."""

import hashlib
from collections.abc import Mapping

SPAN = 1 << 64


def point(salt: str, session: str) -> float:
    """Give a number in [0, 1) that is the same on every machine for a session.

    The salt is the route's name: sessions fall differently on each route, so that a canary on one
    does not draw the same people as a canary on another.
    """
    drawn = hashlib.blake2b(f"{salt}\x1f{session}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn, "big") / SPAN


def chosen(weights: Mapping[str, float], at: float) -> str:
    """Give the target at a point of [0, 1); targets lie in their order, as wide as their weight.

    When weight moves from the first to the last target, only sessions at the border change.
    """
    total = sum(weights.values())
    if total <= 0:
        raise ValueError("weights must sum to more than 0")
    edge = 0.0
    last = ""
    for target, weight in weights.items():
        if weight <= 0:
            continue
        edge += weight / total
        last = target
        if at < edge:
            return target
    return last


def in_order(targets: tuple[str, ...], weights: Mapping[str, float], at: float) -> tuple[str, ...]:
    """Give all targets, the drawn one first and the others as they were written."""
    if not weights:
        return targets
    first = chosen(weights, at)
    return (first, *(target for target in targets if target != first))
