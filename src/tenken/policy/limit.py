"""Limits per minute and at one time: reserved before a call, settled after it.

A window of a minute is kept as counts per second. What is older than a minute is gone, and the
oldest second counts whole until then: in no span of sixty seconds does more pass than the limit
allows, and at most one second's worth too little.

Tokens are reserved by an estimate and settled with what the provider reports. Charging them after
the answer let four times the limit through in a measurement with answers of 3 to 20 seconds.
"""

from msgspec import Struct

WINDOW_S = 60


class Reserved(Struct, frozen=True):
    """A place in a window; settling finds it again."""

    second: int
    amount: int


class Full(Struct, frozen=True):
    """There is no room; in `after_s` seconds there is, as far as one can see now."""

    after_s: float


class TooLarge(Struct, frozen=True):
    """More than the limit itself: it never fits."""

    limit: int


class Window:
    """What passed in the last minute, by seconds."""

    __slots__ = ("_counts", "_newest", "_sum")

    def __init__(self) -> None:
        self._counts = [0] * (WINDOW_S + 1)
        self._newest = 0
        self._sum = 0

    def used(self, now: float) -> int:
        """What counts at this moment."""
        self._advance(int(now))
        return self._sum

    def reserve(self, amount: int, *, limit: int, now: float) -> Reserved | Full | TooLarge:
        """Take room for an amount, or say when there will be some."""
        if amount > limit:
            return TooLarge(limit)
        self._advance(int(now))
        if self._sum + amount > limit:
            return Full(self._wait(amount, limit, now))
        self._add(self._newest, amount)
        return Reserved(self._newest, amount)

    def settle(self, reserved: Reserved, actual: int, now: float) -> None:
        """Put what was really used in place of what was reserved; 0 gives all of it back."""
        self._advance(int(now))
        difference = actual - reserved.amount
        if difference > 0:
            self._add(self._newest, difference)
        elif self._newest - reserved.second <= WINDOW_S:
            at = reserved.second % (WINDOW_S + 1)
            given_back = min(-difference, self._counts[at])
            self._counts[at] -= given_back
            self._sum -= given_back

    def _add(self, second: int, amount: int) -> None:
        self._counts[second % (WINDOW_S + 1)] += amount
        self._sum += amount

    def _advance(self, second: int) -> None:
        span = WINDOW_S + 1
        passed = second - self._newest
        if passed <= 0:
            return
        if passed >= span:
            self._counts = [0] * span
            self._sum = 0
        else:
            for step in range(1, passed + 1):
                at = (self._newest + step) % span
                self._sum -= self._counts[at]
                self._counts[at] = 0
        self._newest = second

    def _wait(self, amount: int, limit: int, now: float) -> float:
        needed = self._sum + amount - limit
        span = WINDOW_S + 1
        freed = 0
        for age in range(WINDOW_S, -1, -1):
            freed += self._counts[(self._newest - age) % span]
            if freed >= needed:
                return max(0.0, self._newest - age + span - now)
        return float(span)
