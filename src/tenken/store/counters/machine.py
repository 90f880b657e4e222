"""Counts exactly across the workers of one machine, without any service: a file they all map.

A lock that the kernel takes back when its holder dies lets one worker at a time change the
numbers, for some microseconds. Each worker has a number for life by a lock of its own; what a
worker has taken for the time of a request is counted under that number, so that it is free again
when the worker is gone, however it went.
"""

import mmap
import os
from fcntl import LOCK_UN, flock
from pathlib import Path

from tenken.policy.limit import SPAN, Window
from tenken.store.counters.cell_grip import CellGrip, Found, Shared
from tenken.store.counters.counters import (
    MONEY,
    PARALLEL,
    Held,
    Kind,
    Over,
    Want,
)
from tenken.store.counters.grip import ByName
from tenken.store.counters.layout import (
    FILE_BYTES,
    LATEST_AT,
    MAGIC,
    MAGIC_AT,
    WORKERS_AT,
    WORKERS_MAX,
    piece_at,
    row_of,
    rows,
)
from tenken.store.counters.lock import Lock, taken
from tenken.store.counters.rows import Limit, Places, Purse

BLOCK = 512
"""What `st_blocks` counts by."""


class TooManyWorkers(Exception):
    """More processes than the file has numbers for."""


def _held(file: int, path: Path) -> None:
    """Have the file's room from the disk before it is mapped; raises OSError where there is none.

    A page that a full disk cannot hold would be found out by a signal that ends the process.
    """
    os.ftruncate(file, FILE_BYTES)
    if os.fstat(file).st_blocks * BLOCK >= FILE_BYTES or not hasattr(os, "posix_fallocate"):
        return
    try:
        os.posix_fallocate(file, 0, FILE_BYTES)
    except OSError as error:
        os.close(file)
        raise OSError(error.errno, error.strerror, str(path)) from error


class MachineCounters:
    """The counters that the workers of a machine share."""

    def __init__(self, folder: Path) -> None:
        """Join the workers that use this folder."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._file = os.open(folder / "counters", os.O_RDWR | os.O_CREAT, 0o600)
        self._limits: dict[Kind, dict[str, Limit]] = {kind: {} for kind in Kind}
        self._pieces: list[memoryview[int]] = []
        """Those of windows."""
        self._lives: dict[int, int] = {}
        """Open files by which others' lives are looked at."""
        _held(self._file, folder / "counters")
        self._map = mmap.mmap(self._file, FILE_BYTES)
        self._cells = memoryview(self._map).cast("q")
        self.lock = Lock(self._file, self._cells)
        self.lock.join()
        try:
            self._cells[MAGIC_AT] = MAGIC
            self._worker, self._life = self._claim()
            self._cells[WORKERS_AT] = max(self._cells[WORKERS_AT], self._worker + 1)
            self._free(self._worker)
        finally:
            self.lock.leave()

    @property
    def worker(self) -> int:
        """The number that this process has among those of the machine."""
        return self._worker

    def keep(self) -> bool:
        """Keep the lock until another worker joins, where there is none; tell whether it is so.

        Whoever keeps it has to `look` now and then.
        """
        with self.lock:
            others = [one for one in range(self._cells[WORKERS_AT]) if one != self._worker]
            alone = all(self._is_dead(one) for one in others)
            if alone:
                self.lock.keep()
        return alone

    def look(self) -> None:
        """Let go of the lock where another worker has joined."""
        self.lock.look()

    def close(self) -> None:
        """Leave; what was taken for requests in flight is free."""
        with self.lock:
            self._free(self._worker)
        self.lock.let_go()
        for piece in (*self._pieces, self._cells):  # else the map cannot be closed
            piece.release()
        self._map.close()
        for life in (self._life, *self._lives.values()):
            os.close(life)
        os.close(self._file)

    def grip(self, wants: tuple[Want, ...], told: tuple[int, ...]) -> CellGrip:
        """Take hold of these limits; their cells stay where they are."""
        with self.lock:
            found = [Found(want, self.limit(want), self.row(want)) for want in wants]
        shared = Shared(cells=self._cells, lock=self.lock, second=self.second, worker=self._worker)
        return CellGrip(shared, found, told, ByName(self, wants, told))

    async def reserve(self, wants: tuple[Want, ...], *, now: float) -> Held | Over:
        """Take all of it or nothing."""
        with self.lock:
            now = max(now, float(self.second(now)))
            answer = self._take(wants, now)
            if isinstance(answer, Over) and self._bury(answer.want):
                return self._take(wants, now)
            return answer

    async def settle(self, held: Held, actual: tuple[int, ...], *, now: float) -> None:
        """Put what was used in place of what was taken."""
        with self.lock:
            self._put(held, actual, self.second(now))

    def _take(self, wants: tuple[Want, ...], now: float) -> Held | Over:
        second, used = int(now), list[int]()
        for want in wants:
            limit = self.limit(want)
            moment = want.period if want.kind is MONEY else second
            counted = limit.take(want.amount, want.limit, moment)
            if counted < 0:
                taken = Held(wants[: len(used)], second, tuple(used))
                self._put(taken, (0,) * len(used), second)
                return _over(want, limit, now)
            used.append(counted)
        return Held(wants, second, tuple(used))

    def _put(self, held: Held, actual: tuple[int, ...], second: int) -> None:
        for want, amount in zip(held.wants, actual, strict=True):
            match self.limit(want):
                case Places() as places:
                    places.put(want.amount)
                case Purse() as purse:
                    purse.add(amount - want.amount, want.period)
                case Window() as window if amount != want.amount:
                    window.add(amount - want.amount, held.second, second)
                case _:
                    pass

    def limit(self, want: Want) -> Limit:
        """Give a limit's cells; they stay where they are."""
        found = self._limits[want.kind].get(want.name)
        if found is None:
            found = self._limits[want.kind][want.name] = self._found(want)
        return found

    def _found(self, want: Want) -> Limit:
        row = self.row(want)
        if want.kind is PARALLEL:
            return Places(self._cells, row, self._worker)
        if want.kind is MONEY:
            return Purse(self._cells, row)
        self._pieces.append(piece_at(self._cells, row))
        return Window(self._pieces[-1])

    def row(self, want: Want) -> int:
        """Give where a limit's cells begin."""
        return row_of(self._cells, want.kind, want.name)

    def second(self, now: float) -> int:
        """Workers read the clock before they get the lock: time goes on for all of them alike.

        A clock that is far behind is that of a machine which was started again.
        """
        second, latest = int(now), self._cells[LATEST_AT]
        if second == latest or second < latest <= second + SPAN:
            return latest
        self._cells[LATEST_AT] = second
        return second

    def _claim(self) -> tuple[int, int]:
        """Take a number that no living process has, and the lock that says so."""
        for number in range(WORKERS_MAX):
            life = os.open(self._life_of(number), os.O_RDWR | os.O_CREAT, 0o600)
            if taken(life):
                return number, life
            os.close(life)
        raise TooManyWorkers(f"{WORKERS_MAX} processes share these counters already")

    def _bury(self, want: Want) -> bool:
        """Free what the dead hold among those with places; tells whether there were any."""
        if want.kind is not PARALLEL:
            return False
        found, row = False, self.row(want)
        for number in range(WORKERS_MAX):
            if self._cells[row + number] and self._is_dead(number):
                self._free(number)
                found = True
        return found

    def _is_dead(self, number: int) -> bool:
        if number == self._worker:
            return False
        life = self._lives.get(number)
        if life is None:
            life = os.open(self._life_of(number), os.O_RDWR | os.O_CREAT, 0o600)
            self._lives[number] = life
        if dead := taken(life):
            flock(life, LOCK_UN)
        return dead

    def _free(self, number: int) -> None:
        for row in rows(self._cells, PARALLEL):
            self._cells[row + number] = 0

    def _life_of(self, number: int) -> Path:
        return self._folder / f"worker-{number}"


def _over(want: Want, limit: Limit, now: float) -> Over:
    if isinstance(limit, Window):
        after_s = limit.wait(want.amount, limit=want.limit, now=now)
        return Over(want, limit.used(now), after_s)
    return Over(want, limit.used, 0.0)  # nobody can tell when
