"""Limits in the cells that processes share: places, and money of a period; minutes are windows.

Each takes an amount and gives what counts then, or -1 where there is no room; and each puts what
was used in place of what was taken.
"""

from tenken.policy.limit import Window
from tenken.store.counters.layout import PERIOD, SPENT, WORKERS_AT


class Places:
    """So many at one time; each worker counts its own."""

    __slots__ = ("_at", "_cells", "_row")

    def __init__(self, cells: "memoryview[int]", row: int, worker: int) -> None:
        self._cells = cells
        self._row = row
        self._at = row + worker

    def take(self, amount: int, limit: int, _second: int) -> int:
        """Take some."""
        cells, row = self._cells, self._row
        total = sum(cells[row : row + cells[WORKERS_AT]]) + amount
        if total > limit:
            return -1
        cells[self._at] += amount
        return total

    def put(self, amount: int) -> None:
        """Give them back."""
        self._cells[self._at] -= amount

    @property
    def used(self) -> int:
        """What is taken by all workers."""
        cells, row = self._cells, self._row
        return sum(cells[row : row + cells[WORKERS_AT]])


class Purse:
    """So much money in a period; a later one begins with nothing."""

    __slots__ = ("_cells", "_period_at", "_spent_at")

    def __init__(self, cells: "memoryview[int]", row: int) -> None:
        self._cells = cells
        self._period_at = row + PERIOD
        self._spent_at = row + SPENT

    @property
    def period(self) -> int:
        """Whose money it is."""
        return self._cells[self._period_at]

    def turn(self, period: int) -> None:
        """Begin with nothing where this is a later period."""
        cells = self._cells
        if period > cells[self._period_at]:
            cells[self._period_at], cells[self._spent_at] = period, 0

    def take(self, amount: int, limit: int, period: int) -> int:
        """Take some."""
        self.turn(period)
        cells = self._cells
        total = cells[self._spent_at] + amount
        if total > limit:
            return -1
        cells[self._spent_at] = total
        return total

    def add(self, difference: int, period: int) -> None:
        """Count more or less; what is settled in a later period changes nothing."""
        if self._cells[self._period_at] == period:
            self._cells[self._spent_at] += difference

    @property
    def used(self) -> int:
        """What is spent."""
        return self._cells[self._spent_at]


Limit = Window | Places | Purse
