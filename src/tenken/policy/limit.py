"""Limits per minute and at one time: reserved before a call, settled after it.

A window of a minute is kept as counts per second. What is older than a minute is gone, and the
oldest second counts whole until then: in no span of sixty seconds does more pass than the limit
allows, and at most one second's worth too little.

Tokens are reserved by an estimate and settled with what the provider reports. Charging them after
the answer let four times the limit through in a measurement with answers of 3 to 20 seconds.

A window lives in a row of whole numbers: a list in one process, or a piece of a file that the
processes of a machine share.
"""

from typing import Protocol

from msgspec import Struct

WINDOW_S = 60
SPAN = WINDOW_S + 1
NEWEST, SUM, COUNTS = 0, 1, 2
CELLS = COUNTS + SPAN
"""The newest second, the sum, and a count for each second."""


class Cells(Protocol):
    """Whole numbers in a row."""

    def __getitem__(self, at: int, /) -> int:
        """Give one."""
        ...

    def __setitem__(self, at: int, value: int, /) -> None:
        """Change one."""
        ...


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

    __slots__ = ("_cells",)

    def __init__(self, cells: Cells | None = None) -> None:
        """Take up what stands in these cells; without any, begin with nothing."""
        self._cells: Cells = [0] * CELLS if cells is None else cells

    def used(self, now: float) -> int:
        """What counts at this moment."""
        self._advance(int(now))
        return self._cells[SUM]

    def reserve(self, amount: int, *, limit: int, now: float) -> Reserved | Full | TooLarge:
        """Take room for an amount, or say when there will be some."""
        if self.take(amount, limit, int(now)) >= 0:
            return Reserved(self._cells[NEWEST], amount)
        return TooLarge(limit) if amount > limit else Full(self.wait(amount, limit=limit, now=now))

    def take(self, amount: int, limit: int, second: int) -> int:
        """Take room for an amount and give what counts then; -1 where there is no room."""
        cells = self._cells
        if cells[NEWEST] != second:
            self._advance(second)
            second = cells[NEWEST]
        total = cells[SUM] + amount
        if total > limit:
            return -1
        cells[COUNTS + second % SPAN] += amount
        cells[SUM] = total
        return total

    def settle(self, reserved: Reserved, actual: int, now: float) -> None:
        """Put what was really used in place of what was reserved; 0 gives all of it back."""
        self.add(actual - reserved.amount, reserved.second, int(now))

    def add(self, difference: int, second: int, newest: int) -> None:
        """Count more now, or less in the second in which it was reserved."""
        cells = self._cells
        if cells[NEWEST] != newest:
            self._advance(newest)
            newest = cells[NEWEST]
        if difference >= 0:
            at = COUNTS + newest % SPAN
        elif 0 <= newest - second <= WINDOW_S:
            at = COUNTS + second % SPAN
            difference = max(difference, -cells[at])
        else:
            return
        cells[at] += difference
        cells[SUM] += difference

    def counts(self, now: float) -> dict[int, int]:
        """Give what counts at this moment by the second in which it was counted."""
        self._advance(int(now))
        newest = self._cells[NEWEST]
        seconds = range(newest - WINDOW_S, newest + 1)
        found = {second: self._cells[COUNTS + second % SPAN] for second in seconds}
        return {second: count for second, count in found.items() if count}

    def mend(self) -> None:
        """Make the sum that of the counts: who shared these cells may have died in between."""
        self._cells[SUM] = sum(self._cells[COUNTS + at] for at in range(SPAN))

    def _advance(self, second: int) -> None:
        cells = self._cells
        newest = cells[NEWEST]
        passed = second - newest
        if passed >= SPAN or passed < -SPAN:
            # The clock is the machine's: far behind, it has been started again since.
            for at in range(SPAN):
                cells[COUNTS + at] = 0
            cells[SUM] = 0
        elif passed <= 0:
            return
        else:
            for step in range(1, passed + 1):
                at = COUNTS + (newest + step) % SPAN
                cells[SUM] -= cells[at]
                cells[at] = 0
        cells[NEWEST] = second

    def wait(self, amount: int, *, limit: int, now: float) -> float:
        """Give the seconds until there is room; 0 for what never fits."""
        if amount > limit:
            return 0.0
        cells = self._cells
        newest = cells[NEWEST]
        needed = cells[SUM] + amount - limit
        freed = 0
        for age in range(WINDOW_S, -1, -1):
            freed += cells[COUNTS + (newest - age) % SPAN]
            if freed >= needed:
                return max(0.0, newest - age + SPAN - now)
        return float(SPAN)
