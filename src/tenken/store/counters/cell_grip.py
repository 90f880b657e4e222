"""A hold on limits in shared cells: where they are is known, a request brings nothing but numbers.

Windows, purses and places have one thing in common: a cell with a sum, and a number that the sum
may reach. So all limits of a request are looked at together, and together changed, however many
they are: each step is one pass over a row of cells. What a second or a day changes is seen to when
it has changed, not for each request.
"""

from collections import deque
from collections.abc import Callable, Sequence
from operator import add, gt, sub

from msgspec import Struct

from tenken.policy.limit import COUNTS, SPAN, SUM, WINDOW_S, Window
from tenken.store.counters.counters import MONEY, PARALLEL, REQUESTS, TOKENS, Kind, Over, Want
from tenken.store.counters.grip import ByName, Taken
from tenken.store.counters.layout import LATEST_AT, SPENT, WANTED_AT, WORKERS_AT
from tenken.store.counters.lock import Lock
from tenken.store.counters.rows import Limit, Purse

each = deque[None]((), 0).extend
"""Goes through what it is given."""


class Found(Struct, frozen=True):
    """A limit, and where it is."""

    want: Want
    limit: Limit
    row: int


class Shared(Struct, frozen=True, kw_only=True):
    """What all who take hold of cells have in common."""

    cells: "memoryview[int]"
    lock: Lock
    second: Callable[[float], int]
    """Time as all workers have it."""
    worker: int


class CellGrip:
    """A hold on cells: those of requests, of tokens, of money and of places, in this order."""

    def __init__(
        self, shared: Shared, found: Sequence[Found], told: tuple[int, ...], by_name: ByName
    ) -> None:
        requests, tokens = _of(found, REQUESTS), _of(found, TOKENS)
        money, places = _of(found, MONEY), _of(found, PARALLEL)
        self.wants = tuple([one.want for one in found])
        self._by_name = by_name
        self._shared = shared
        self._cells, self._lock = shared.cells, shared.lock
        self._get, self._set = shared.cells.__getitem__, shared.cells.__setitem__
        self._windows = _windows((*requests, *tokens))
        self._requests, self._tokens = _windows(requests), _windows(tokens)
        self._purses = tuple([one.limit for one in money if isinstance(one.limit, Purse)])
        self._places = tuple([one.row for one in places])
        self._own = tuple([row + shared.worker for row in self._places])
        self._one_each, self._seats = (1,) * len(requests), (1,) * len(places)
        self._sums = (*[_sum(one) for one in (*requests, *tokens, *money)], *self._own)
        self._limits = [one.want.limit for one in (*requests, *tokens, *money, *places)]
        self._mosts = tuple(self._limits)
        """What sums may reach now; of our places less than the limit where others have some."""
        self._starts = tuple([one.row + COUNTS for one in (*requests, *tokens)])
        self._counts = self._starts
        """Where windows count this second."""
        self._settled = (*[_sum(one) for one in (*tokens, *money)], *self._own)
        self._told = tuple([_sum(found[place]) for place in told])
        self._told_limits = tuple([found[place].want.limit for place in told])
        self._second = self._period = -1

    def at_once(self, tokens: tuple[int, ...], nano: int, period: int, now: float) -> Taken | None:
        """Take all of it or nothing."""
        cells, lock, second, get, put = self._cells, self._lock, int(now), self._get, self._set
        alone = lock.kept and not cells[WANTED_AT]
        if not alone:
            lock.enter()
        try:
            if second != cells[LATEST_AT]:
                second = self._shared.second(now)
            if second != self._second or period != self._period or not alone:
                self._turn(second, period)
            timed = (*self._one_each, *tokens)
            amounts = (*timed, *[nano] * len(self._purses), *self._seats)
            totals = (*map(add, map(get, self._sums), amounts),)
            if any(map(gt, totals, self._mosts)):
                return None
            counts = self._counts
            each(map(put, self._sums, totals))
            each(map(put, counts, (*map(add, map(get, counts), timed),)))
            left = (*map(sub, self._told_limits, map(get, self._told)),)
        finally:
            if not alone:
                lock.leave()
        return _Taken(self, left, tokens, nano, second, period, counts[len(self._one_each) :])

    async def reserve(
        self, tokens: tuple[int, ...], nano: int, period: int, *, now: float
    ) -> Taken | Over:
        """Take it by name, which tells what is full; the dead are looked for there, too."""
        return await self._by_name.reserve(tokens, nano, period, now=now)

    def _turn(self, second: int, period: int) -> None:
        """Leave behind what is a minute old, and the money of a day that is over."""
        cells = self._cells
        for window in self._windows:
            window.used(second)
        for purse in self._purses:
            purse.turn(period)
        first = len(self._limits) - len(self._places)
        workers = cells[WORKERS_AT]
        others = [
            sum(cells[row : row + workers]) - cells[own]
            for row, own in zip(self._places, self._own, strict=True)
        ]
        self._mosts = (*self._limits[:first], *map(sub, self._limits[first:], others))
        self._counts = tuple([start + second % SPAN for start in self._starts])
        self._second, self._period = second, period

    def settle(self, taken: "_Taken", tokens: int, nano: int, *, served: bool, now: float) -> None:
        """Put what was used in place of what was taken."""
        cells, lock, second, get, put = self._cells, self._lock, int(now), self._get, self._set
        alone = lock.kept and not cells[WANTED_AT]
        if not alone:
            lock.enter()
        try:
            if second != cells[LATEST_AT]:
                second = self._shared.second(now)
            saved = (*map(sub, taken.tokens, (tokens,) * len(taken.tokens)),)
            counts = (*map(sub, map(get, taken.counts), saved),)
            usual = alone and served and 0 <= second - taken.second <= WINDOW_S
            if usual and self._same_day(taken.period) and min((0, *saved, *counts)) >= 0:
                # Less than was thought, in the second in which it was taken.
                less = (*saved, *[taken.nano - nano] * len(self._purses), *self._seats)
                each(map(put, self._settled, (*map(sub, map(get, self._settled), less),)))
                each(map(put, taken.counts, counts))
            else:
                self._settle(taken, tokens, nano, served=served, second=second)
        finally:
            if not alone:
                lock.leave()

    def _same_day(self, period: int) -> bool:
        return all(purse.period == period for purse in self._purses)

    def _settle(
        self, taken: "_Taken", tokens: int, nano: int, *, served: bool, second: int
    ) -> None:
        """Do it one by one, whatever has happened in between."""
        for at in self._own:
            self._cells[at] -= 1
        for window, amount in zip(self._tokens, taken.tokens, strict=True):
            if tokens != amount:
                window.add(tokens - amount, taken.second, second)
        for purse in self._purses:
            purse.add(nano - taken.nano, taken.period)
        if not served:
            for window in self._requests:
                window.add(-1, taken.second, second)


class _Taken(Struct, frozen=True):
    """What was taken from cells."""

    grip: CellGrip
    left: tuple[int, ...]
    tokens: tuple[int, ...]
    nano: int
    second: int
    period: int
    counts: tuple[int, ...]
    """Where tokens were counted in that second."""

    @property
    def wants(self) -> tuple[Want, ...]:
        """The limits that it was taken from."""
        return self.grip.wants

    def settle(self, tokens: int, nano: int, *, served: bool, now: float) -> None:
        """Put what was used in its place."""
        self.grip.settle(self, tokens, nano, served=served, now=now)


def _of(found: Sequence[Found], kind: Kind) -> tuple[Found, ...]:
    return tuple([one for one in found if one.want.kind is kind])


def _windows(found: Sequence[Found]) -> tuple[Window, ...]:
    return tuple([one.limit for one in found if isinstance(one.limit, Window)])


def _sum(one: Found) -> int:
    """Give the cell of what counts against a limit."""
    return one.row + (SPENT if one.want.kind is MONEY else SUM)
