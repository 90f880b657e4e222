"""A hold on limits in shared cells: where they are is known, a request brings nothing but numbers.

Windows, purses and places have one thing in common: a cell with a sum, and a number that the sum
may reach. So all limits of a request are looked at together, and together changed, however many
they are: each step is one pass over a row of cells. What a second or a day changes is seen to when
it has changed, not for each request.
"""

import sys
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from operator import add, gt, itemgetter, sub

from msgspec import Struct

from tenken.policy.limit import COUNTS, SPAN, SUM, WINDOW_S, Window
from tenken.store.counters.counters import MONEY, PARALLEL, REQUESTS, TOKENS, Kind, Over, Want
from tenken.store.counters.grip import Amounts, ByName, Taken, Used
from tenken.store.counters.layout import LATEST_AT, PERIOD, SPENT, WANTED_AT, WORKERS_AT
from tenken.store.counters.lock import Lock
from tenken.store.counters.rows import Limit, Purse

each = deque[None]((), 0).extend
"""Goes through what it is given."""
Read = Callable[["memoryview[int]"], tuple[int, ...]]


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


class Slots(Struct, frozen=True):
    """Where a grip's numbers stand in one second, and what reads them all at once."""

    read: Read
    at: tuple[int, ...]
    back: Read
    """Those that are changed when it is known what was used."""
    back_at: tuple[int, ...]


class CellGrip:
    """A hold on cells: those of requests, of tokens, of money and of places."""

    def __init__(
        self, shared: Shared, found: Sequence[Found], told: tuple[int, ...], by_name: ByName
    ) -> None:
        requests, tokens = _of(found, REQUESTS), _of(found, TOKENS)
        money, places = _of(found, MONEY), _of(found, PARALLEL)
        self.wants = tuple([one.want for one in found])
        self._by_name = by_name
        self._shared = shared
        self._cells, self._lock = shared.cells, shared.lock
        self._set = shared.cells.__setitem__
        self._windows = _windows((*requests, *tokens))
        self._requests, self._tokens = _windows(requests), _windows(tokens)
        self._purses = tuple([one.limit for one in money if isinstance(one.limit, Purse)])
        self._periods = tuple([one.row + PERIOD for one in money])
        self._places = tuple([one.row for one in places])
        self._own = tuple([row + shared.worker for row in self._places])
        self._money = tuple([_sum(one) for one in money])
        self._nanos, self._seats = len(money), (1,) * len(places)
        self._ones = (1,) * (len(places) + 2 * len(requests))
        """What is always taken one at a time: places, requests in all and in this second."""
        self._starts = tuple([tuple([one.row for one in kind]) for kind in (tokens, requests)])
        self._room = [one.want.limit for one in (*money, *places)]
        self._limits = [[one.want.limit for one in kind] for kind in (tokens, requests)]
        self._mosts: tuple[int, ...] = ()
        """What sums may reach now; of our places less than the limit where others have some."""
        self._told = _reader([_sum(found[place]) for place in told])
        self._told_limits = tuple([found[place].want.limit for place in told])
        self._second = self._period = -1
        self._slots = self._found(0)

    def _found(self, second: int) -> Slots:
        """Give where numbers stand in a second: tokens, money, places, requests."""
        count = COUNTS + second % SPAN
        tokens, requests = self._starts
        sums, counts = [row + SUM for row in tokens], [row + count for row in tokens]
        back = (*sums, *counts, *self._money, *self._own)
        ones = (*[row + SUM for row in requests], *[row + count for row in requests])
        return Slots(_reader((*back, *ones)), (*back, *ones), _reader(back), back)

    def at_once(self, tokens: tuple[int, ...], nano: int, period: int, now: float) -> Taken | None:
        """Take all of it or nothing."""
        left = self._take((tokens, nano), self._ones, period, now)
        if left is None:
            return None
        return _Taken(self, left, tokens, nano, self._second, self._period, self._slots)

    def all_at_once(self, asked: Sequence[Amounts], period: int, now: float) -> list[Taken] | None:
        """Take what several ask for, in one step, or nothing of it."""
        if len(asked) == 1:
            alone = self.at_once(*asked[0], period, now)
            return None if alone is None else [alone]
        every, nano = map(sum, zip(*[tokens for tokens, _ in asked], strict=True)), 0
        for _, one in asked:
            nano += one
        left = self._take(((*every,), nano), (len(asked),) * len(self._ones), period, now)
        if left is None:
            return None
        second, day, slots = self._second, self._period, self._slots
        return [_Taken(self, left, tokens, one, second, day, slots) for tokens, one in asked]

    def _take(
        self, asked: Amounts, ones: tuple[int, ...], period: int, now: float
    ) -> tuple[int, ...] | None:
        """Add it where all of it has room; give what is left of the limits that are told."""
        cells, lock, second = self._cells, self._lock, int(now)
        alone = lock.kept and not cells[WANTED_AT]
        if not alone:
            lock.enter()
        try:
            if second != cells[LATEST_AT]:
                second = self._shared.second(now)
            if second != self._second or period != self._period or not alone:
                self._turn(second, period)
            slots, (tokens, nano) = self._slots, asked
            amounts = (*tokens, *tokens, *(nano,) * self._nanos, *ones)
            totals = (*map(add, slots.read(cells), amounts),)
            if any(map(gt, totals, self._mosts)):
                return None
            each(map(self._set, slots.at, totals))
            return (*map(sub, self._told_limits, self._told(cells)),)
        finally:
            if not alone:
                lock.leave()

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
        workers = cells[WORKERS_AT]
        others = [
            sum(cells[row : row + workers]) - cells[own]
            for row, own in zip(self._places, self._own, strict=True)
        ]
        tokens, requests = self._limits
        room = (*[0] * self._nanos, *others)
        self._mosts = (
            *(*tokens, *[sys.maxsize] * len(tokens)),
            *map(sub, self._room, room),
            *(*requests, *[sys.maxsize] * len(requests)),
        )
        if second != self._second:
            self._slots = self._found(second)
        self._second, self._period = second, period

    def settle(self, taken: "_Taken", tokens: int, nano: int, *, served: bool, now: float) -> None:
        """Put what was used in place of what was taken."""
        saved = (*map(sub, taken.tokens, repeat(tokens)),)
        if served and self._lessen(taken, (saved, taken.nano - nano), self._seats, now):
            return
        with self._lock:
            second = self._shared.second(now)
            self._settle(taken, tokens, nano, served=served, second=second)

    def settle_all(self, done: Sequence[Used], now: float) -> None:
        """Put what several have used in place of what they took together, all of them served."""
        if len(done) == 1:
            taken, tokens, nano = done[0]
            taken.settle(tokens, nano, served=True, now=now)
            return
        ours = [(one, tokens, nano) for one, tokens, nano in done if isinstance(one, _Taken)]
        if not ours or self._settled(ours, now):
            return
        with self._lock:
            second = self._shared.second(now)
            for taken, tokens, nano in ours:
                self._settle(taken, tokens, nano, served=True, second=second)

    def _settled(self, done: "list[tuple[_Taken, int, int]]", now: float) -> bool:
        """Do it in one step, where all took in the same second; tell whether."""
        first, spared = done[0][0], 0
        every: list[tuple[int, ...]] = []
        for taken, tokens, nano in done:
            saved = (*map(sub, taken.tokens, repeat(tokens)),)
            alike = taken.second == first.second and taken.period == first.period
            if not alike or (saved and min(saved) < 0):
                return False
            every.append(saved)
            spared += taken.nano - nano
        saved, seats = (*map(sum, zip(*every, strict=True)),), (len(done),) * len(self._seats)
        return self._lessen(first, (saved, spared), seats, now)

    def _lessen(
        self, taken: "_Taken", spared: Amounts, seats: tuple[int, ...], now: float
    ) -> bool:
        """Take away what was not used, tokens and money, where it was counted; tell whether.

        It is not where more was used than was thought, nor when that minute or day is over.
        """
        cells, lock, second, slots = self._cells, self._lock, int(now), taken.slots
        alone = lock.kept and not cells[WANTED_AT]
        if not alone:
            return False
        if second != cells[LATEST_AT]:
            second = self._shared.second(now)
        usual = 0 <= second - taken.second <= WINDOW_S
        for at in self._periods:
            usual = usual and cells[at] == taken.period
        saved, nano = spared
        less = (*saved, *saved, *(nano,) * self._nanos, *seats)
        after = (*map(sub, slots.back(cells), less),)
        if not usual or min((0, *saved, *after)) < 0:
            return False
        each(map(self._set, slots.back_at, after))
        return True

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
    slots: Slots
    """Where it was counted in that second."""

    @property
    def wants(self) -> tuple[Want, ...]:
        """The limits that it was taken from."""
        return self.grip.wants

    def settle(self, tokens: int, nano: int, *, served: bool, now: float) -> None:
        """Put what was used in its place."""
        self.grip.settle(self, tokens, nano, served=served, now=now)


def _of(found: Sequence[Found], kind: Kind) -> tuple[Found, ...]:
    return tuple([one for one in found if one.want.kind is kind])


def _reader(at: Sequence[int]) -> Read:
    """Give what reads all these cells in one step."""
    if len(at) > 1:
        return itemgetter(*at)
    return lambda cells: tuple([cells[one] for one in at])


def _windows(found: Sequence[Found]) -> tuple[Window, ...]:
    return tuple([one.limit for one in found if isinstance(one.limit, Window)])


def _sum(one: Found) -> int:
    """Give the cell of what counts against a limit."""
    return one.row + (SPENT if one.want.kind is MONEY else SUM)
