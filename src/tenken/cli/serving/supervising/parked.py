"""How many records the ledger refused: counted by the keeper, for workers to show.

They have no driver of a database; what they show is a file of one number (`serving.machine`).
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

EVERY_S = 5.0


class Counts(Protocol):
    """Where records are parked."""

    def count(self) -> int:
        """Give how many stand there."""
        ...


class Counted:
    """Writes the number down when it is another one."""

    def __init__(self, parking: Counts, path: Path, *, clock: Callable[[], float]) -> None:
        self._parking = parking
        self._path = path
        self._clock = clock
        self._again_at = 0.0
        self._written: int | None = None

    def __call__(self) -> None:
        """Look, now and then."""
        if self._clock() < self._again_at:
            return
        found = self._parking.count()
        self._again_at = self._clock() + EVERY_S
        if found != self._written:
            draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
            draft.write_text(f"{found}\n", encoding="ascii")
            draft.replace(self._path)
            self._written = found
