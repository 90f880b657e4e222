"""The turns of the workers of one machine: rows of a small file, one worker at a time.

They are asked for only while a target rests, a few times a second: so they are read and written,
not mapped, and a disk without room is an error here, not the end of the process. Then, and with
more targets than the file has rows, each worker probes by itself.
"""

import fcntl
import hashlib
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenken.policy.turn import CELLS, SECOND, Stood, Turn, Wish

ROWS = 4096
KEY_CELLS = 2
ROW = struct.Struct(f"={KEY_CELLS + CELLS}q")
ALONE = Stood(mine=True, after_s=0.0, well=-1)
"""What is said where nobody can be asked: nothing is known of the others."""


class MachineTurns:
    """Keeps turns in a file that all workers open."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it; raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._rows: dict[str, int] = {}
        """Where those of known targets begin."""

    def say(self, target: str, wish: Wish, who: int, *, now: float, pause_s: float = 0) -> Stood:
        """Take in what somebody says."""
        try:
            with self._locked():
                at = self._row(target)
                if at is None:
                    return ALONE
                cells = list(self._read(at)[KEY_CELLS:])
                stood = Turn(cells).say(wish, who, round(now * SECOND), round(pause_s * SECOND))
                os.pwrite(self._file, ROW.pack(*_key(target), *cells), at)
                return stood
        except OSError:
            return ALONE

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def _row(self, target: str) -> int | None:
        """Give where a target's row begins, or a free one; None where there is none."""
        if target not in self._rows:
            key = _key(target)
            for step in range(ROWS):
                at = (key[0] + step) % ROWS * ROW.size
                if self._read(at)[:KEY_CELLS] in {key, (0, 0)}:
                    self._rows[target] = at
                    break
        return self._rows.get(target)

    def _read(self, at: int) -> tuple[int, ...]:
        return ROW.unpack(os.pread(self._file, ROW.size, at).ljust(ROW.size, b"\0"))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Have the file alone; the kernel takes the lock back from the dead."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)


def _key(target: str) -> tuple[int, int]:
    digest = hashlib.blake2b(target.encode(), digest_size=16).digest()
    low, high = (int.from_bytes(half, "little") >> 1 for half in (digest[:8], digest[8:]))
    return low or 1, high
