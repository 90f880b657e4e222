"""One limit each, in the cells that processes share: a minute, places, or money of a period.

Each takes what is wanted and gives what counts then, or -1 where there is no room; and each puts
what was used in place of what was taken.
"""

from tenken.policy.limit import Window
from tenken.store.counters.counters import Want
from tenken.store.counters.layout import PERIOD, SPENT, WORKERS_AT


class Minute:
    """So much in any minute."""

    __slots__ = ("window",)

    def __init__(self, window: Window) -> None:
        self.window = window

    def take(self, want: Want, now: float) -> int:
        """Take it."""
        return self.window.take(want.amount, want.limit, now)

    def put(self, want: Want, actual: int, second: int, now: float) -> None:
        """Put what was used in its place."""
        if actual != want.amount:
            self.window.add(actual - want.amount, second, now)

    def used(self, now: float) -> int:
        """What counts now."""
        return self.window.used(now)

    def wait(self, want: Want, now: float) -> float:
        """When there is room."""
        return self.window.wait(want.amount, limit=want.limit, now=now)


class Places:
    """So many at one time; each worker counts its own."""

    __slots__ = ("_at", "_cells", "_row")

    def __init__(self, cells: "memoryview[int]", row: int, worker: int) -> None:
        self._cells = cells
        self._row = row
        self._at = row + worker

    def take(self, want: Want, now: float) -> int:
        """Take them."""
        total = self.used(now) + want.amount
        if total > want.limit:
            return -1
        self._cells[self._at] += want.amount
        return total

    def put(self, want: Want, actual: int, second: int, now: float) -> None:
        """Give them back, whatever was used."""
        del actual, second, now
        self._cells[self._at] -= want.amount

    def used(self, now: float) -> int:
        """What is taken by all workers."""
        del now
        cells, row = self._cells, self._row
        return sum(cells[row : row + cells[WORKERS_AT]])

    def wait(self, want: Want, now: float) -> float:
        """Nobody can tell."""
        del want, now
        return 0.0


class Purse:
    """So much money in a period; a later one begins with nothing."""

    __slots__ = ("_cells", "_period_at", "_spent_at")

    def __init__(self, cells: "memoryview[int]", row: int) -> None:
        self._cells = cells
        self._period_at = row + PERIOD
        self._spent_at = row + SPENT

    def take(self, want: Want, now: float) -> int:
        """Take it."""
        del now
        cells = self._cells
        if want.period > cells[self._period_at]:
            cells[self._period_at], cells[self._spent_at] = want.period, 0
        total = cells[self._spent_at] + want.amount
        if total > want.limit:
            return -1
        cells[self._spent_at] = total
        return total

    def put(self, want: Want, actual: int, second: int, now: float) -> None:
        """Put what was spent in its place; what is settled in a later period changes nothing."""
        del second, now
        if self._cells[self._period_at] == want.period:
            self._cells[self._spent_at] += actual - want.amount

    def used(self, now: float) -> int:
        """What is spent."""
        del now
        return self._cells[self._spent_at]

    def wait(self, want: Want, now: float) -> float:
        """Not before the next period."""
        del want, now
        return 0.0


Limit = Minute | Places | Purse
