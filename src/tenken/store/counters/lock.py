"""One worker at a time among those that share counters, also when one of them dies inside.

The kernel takes the lock back from the dead, and a mark tells that the numbers may be half
changed. A worker that is alone keeps the lock: then counting asks the kernel for nothing. Whoever
joins says so in a cell, which the keeper looks at in each of its operations and, while there are
none, by a timer. It lets go then, for good: from there on all take the lock for each operation.
"""

import time
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from types import TracebackType

from tenken.policy.limit import Window
from tenken.store.counters.counters import MINUTELY
from tenken.store.counters.layout import BUSY_AT, WANTED_AT, piece_at, rows

ASK_S = 0.01
"""Between two looks of one who joins whether the lock is free."""


class Lock:
    """The lock of a file of counters, and the cells that tell of it."""

    def __init__(self, file: int, cells: "memoryview[int]") -> None:
        self._file = file
        self._cells = cells
        self.kept = False
        """Nobody else is there: the kernel is not asked."""

    def join(self) -> None:
        """Wait for it as one whom a keeper does not know yet."""
        while not taken(self._file):
            # Again and again: a keeper clears what was said before it began to keep.
            self._cells[WANTED_AT] = 1
            time.sleep(ASK_S)  # noqa: TID251 - at a start, for another process
        self._begin()

    def keep(self) -> None:
        """Hold it between operations from now on; to be called inside, by one who is alone."""
        self._cells[WANTED_AT] = 0
        self.kept = True

    def look(self) -> None:
        """Let go of a lock that is kept, where somebody has joined."""
        if self._cells[WANTED_AT]:
            self.let_go()

    def let_go(self) -> None:
        """Keep it no longer."""
        if self.kept:
            self.kept = False
            self.leave()

    def enter(self) -> None:
        """Wait for it."""
        if self.kept:
            if not self._cells[WANTED_AT]:
                return
            self.let_go()
        flock(self._file, LOCK_EX)
        self._begin()

    def leave(self) -> None:
        """Let the next one, unless it is kept."""
        if not self.kept:
            self._cells[BUSY_AT] = 0
            flock(self._file, LOCK_UN)

    def _begin(self) -> None:
        if self._cells[BUSY_AT]:
            _mend(self._cells)
        self._cells[BUSY_AT] = 1

    def __enter__(self) -> None:
        self.enter()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.leave()


def taken(file: int) -> bool:
    """Take a file's lock, if it is free."""
    with suppress(BlockingIOError):
        flock(file, LOCK_EX | LOCK_NB)
        return True
    return False


def _mend(cells: "memoryview[int]") -> None:
    for kind in MINUTELY:
        for row in rows(cells, kind):
            with piece_at(cells, row) as piece:
                Window(piece).mend()
