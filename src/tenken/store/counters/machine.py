"""Counts exactly across the workers of one machine, without any service: a file they all map.

A lock that the kernel takes back when its holder dies lets one worker at a time change the
numbers, for some microseconds. Each worker has a number for life by a lock of its own; what a
worker has taken for the time of a request is counted under that number, so that it is free again
when the worker is gone, however it went.
"""

import mmap
import os
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from pathlib import Path
from types import TracebackType

from tenken.policy.limit import SPAN
from tenken.store.counters.counters import MINUTELY, MONEY, PARALLEL, Held, Kind, Over, Want
from tenken.store.counters.layout import (
    BUSY_AT,
    FILE_BYTES,
    LATEST_AT,
    MAGIC,
    MAGIC_AT,
    WORKERS_AT,
    WORKERS_MAX,
    row_of,
    rows,
    window_at,
)
from tenken.store.counters.rows import Limit, Minute, Places, Purse


class TooManyWorkers(Exception):
    """More processes than the file has numbers for."""


class MachineCounters:
    """The counters that the workers of a machine share."""

    def __init__(self, folder: Path) -> None:
        """Join the workers that use this folder."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._file = os.open(folder / "counters", os.O_RDWR | os.O_CREAT, 0o600)
        self._limits: dict[Kind, dict[str, Limit]] = {kind: {} for kind in Kind}
        self._lives: dict[int, int] = {}
        """Open files by which others' lives are looked at."""
        self._locked = _Locked(self._file)
        with self._locked:
            os.ftruncate(self._file, FILE_BYTES)
            self._map = mmap.mmap(self._file, FILE_BYTES)
            self._cells = memoryview(self._map).cast("q")
            self._cells[MAGIC_AT] = MAGIC
            self._locked.cells = self._cells
            self._worker, self._life = self._claim()
            self._cells[WORKERS_AT] = max(self._cells[WORKERS_AT], self._worker + 1)
            self._free(self._worker)

    @property
    def worker(self) -> int:
        """The number that this process has among those of the machine."""
        return self._worker

    def close(self) -> None:
        """Leave; what was taken for requests in flight is free."""
        with self._locked:
            self._free(self._worker)
        self._limits.clear()  # they look into the map
        self._cells.release()
        self._map.close()
        for life in (self._life, *self._lives.values()):
            os.close(life)
        os.close(self._file)

    async def reserve(self, wants: tuple[Want, ...], *, now: float) -> Held | Over:
        """Take all of it or nothing."""
        with self._locked:
            now = self._moment(now)
            answer = self._take(wants, now)
            if isinstance(answer, Over) and self._bury(answer.want):
                return self._take(wants, now)
            return answer

    async def settle(self, held: Held, actual: tuple[int, ...], *, now: float) -> None:
        """Put what was used in place of what was taken."""
        with self._locked:
            self._put(held, actual, self._moment(now))

    def _take(self, wants: tuple[Want, ...], now: float) -> Held | Over:
        limits = self._limits
        used: tuple[int, ...] = ()
        for want in wants:
            limit = limits[want.kind].get(want.name) or self._limit(want)
            counted = limit.take(want, now)
            if counted < 0:
                taken = Held(wants[: len(used)], int(now), used)
                self._put(taken, (0,) * len(used), now)
                return Over(want, limit.used(now), limit.wait(want, now))
            used += (counted,)
        return Held(wants, int(now), used)

    def _put(self, held: Held, actual: tuple[int, ...], now: float) -> None:
        limits, second = self._limits, held.second
        for want, amount in zip(held.wants, actual, strict=True):
            limit = limits[want.kind].get(want.name) or self._limit(want)
            limit.put(want, amount, second, now)

    def _limit(self, want: Want) -> Limit:
        """Find a limit's cells; they stay where they are."""
        row = self._row(want)
        limit: Limit
        if want.kind is PARALLEL:
            limit = Places(self._cells, row, self._worker)
        elif want.kind is MONEY:
            limit = Purse(self._cells, row)
        else:
            limit = Minute(window_at(self._cells, row))
        self._limits[want.kind][want.name] = limit
        return limit

    def _row(self, want: Want) -> int:
        return row_of(self._cells, want.kind, want.name)

    def _moment(self, now: float) -> float:
        """Workers read the clock before they get the lock: time goes on for all of them alike.

        A clock that is far behind is that of a machine which was started again.
        """
        latest = self._cells[LATEST_AT]
        if now < latest <= now + SPAN:
            return float(latest)
        self._cells[LATEST_AT] = int(now)
        return now

    def _claim(self) -> tuple[int, int]:
        """Take a number that no living process has, and the lock that says so."""
        for number in range(WORKERS_MAX):
            life = os.open(self._life_of(number), os.O_RDWR | os.O_CREAT, 0o600)
            if _taken(life):
                return number, life
            os.close(life)
        raise TooManyWorkers(f"{WORKERS_MAX} processes share these counters already")

    def _bury(self, want: Want) -> bool:
        """Free what the dead hold among those with places; tells whether there were any."""
        if want.kind is not PARALLEL:
            return False
        found, row = False, self._row(want)
        for number in range(WORKERS_MAX):
            if not self._cells[row + number] or number == self._worker:
                continue
            life = self._lives.get(number)
            if life is None:
                life = os.open(self._life_of(number), os.O_RDWR | os.O_CREAT, 0o600)
                self._lives[number] = life
            if _taken(life):
                self._free(number)
                flock(life, LOCK_UN)
                found = True
        return found

    def _free(self, number: int) -> None:
        for row in rows(self._cells, PARALLEL):
            self._cells[row + number] = 0

    def _life_of(self, number: int) -> Path:
        return self._folder / f"worker-{number}"


class _Locked:
    """One worker at a time. One that died inside left the mark that it was busy."""

    def __init__(self, file: int) -> None:
        self._file = file
        self.cells: memoryview[int] | None = None

    def __enter__(self) -> None:
        flock(self._file, LOCK_EX)
        cells = self.cells
        if cells is not None:
            if cells[BUSY_AT]:
                _mend(cells)
            cells[BUSY_AT] = 1

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self.cells is not None:
            self.cells[BUSY_AT] = 0
        flock(self._file, LOCK_UN)


def _mend(cells: "memoryview[int]") -> None:
    for kind in MINUTELY:
        for row in rows(cells, kind):
            window_at(cells, row).mend()


def _taken(life: int) -> bool:
    try:
        flock(life, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True
