"""Claims and answers that the workers of a machine share: a SQLite file beside the journal.

It is written in the kernel's memory, not to the disk: what was kept survives the death of every
process, as the journal does, and a statement takes some ten microseconds.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenken.store.repeats.repeats import Claim, Claimed, New, Unavailable, found

PATIENCE_S = 0.25
SWEEP_EVERY = 64
"""Answers that are kept between two looks at what is over."""
TABLE = """
CREATE TABLE IF NOT EXISTS repeats (
    key BLOB PRIMARY KEY, request BLOB NOT NULL, until INTEGER NOT NULL, answer BLOB,
    size INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID
"""
INDEX = "CREATE INDEX IF NOT EXISTS repeats_until ON repeats (until, size)"
FIND = "SELECT request, until, answer FROM repeats WHERE key = ?"
PUT = "INSERT OR REPLACE INTO repeats (key, request, until, answer, size) VALUES (?, ?, ?, ?, ?)"
KEEP = """
INSERT INTO repeats (key, request, until, answer, size) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET
    request = excluded.request, until = excluded.until, answer = excluded.answer,
    size = excluded.size
WHERE repeats.request = excluded.request OR repeats.until <= ?
"""
DROP = "DELETE FROM repeats WHERE key = ? AND request = ? AND until = ? AND answer IS NULL"
SWEEP = "DELETE FROM repeats WHERE until <= ?"
USED = "SELECT COALESCE(SUM(size), 0) FROM repeats"
OLDEST = """
DELETE FROM repeats WHERE key IN (
    SELECT key FROM repeats WHERE answer IS NOT NULL ORDER BY until LIMIT ?
)
"""


class MachineRepeats:
    """The oldest make room for the newest."""

    def __init__(self, path: Path, *, size: int) -> None:
        """Open the file, or make it."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        self._size = size
        self._kept = 0
        self._base = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=OFF", TABLE, INDEX):
            self._base.execute(statement)

    async def claim(self, claim: Claim) -> Claimed:
        """Claim a key."""
        with self._changing() as base:
            row = base.execute(FIND, (claim.key,)).fetchone()
            if row is not None:
                said = found(claim, request=row[0], until=row[1], answer=row[2])
                if not isinstance(said, New):
                    return said
            base.execute(PUT, (claim.key, claim.request, claim.until, None, 0))
        return New()

    async def keep(self, claim: Claim, answer: bytes, *, until: int) -> None:
        """Put an answer where the claim stands."""
        with self._changing() as base:
            row = (claim.key, claim.request, until, answer, len(answer))
            base.execute(KEEP, (*row, claim.now))
            if self._kept % SWEEP_EVERY == 0:
                self._sweep(base, claim.now)
            self._kept += 1

    async def release(self, claim: Claim) -> None:
        """End a claim."""
        with self._changing() as base:
            base.execute(DROP, (claim.key, claim.request, claim.until))

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        base = self._base
        try:
            base.execute("BEGIN IMMEDIATE")
            try:
                yield base
            finally:
                base.execute("COMMIT")
        except sqlite3.Error as error:
            if base.in_transaction:
                base.execute("ROLLBACK")
            raise Unavailable(str(error)) from error

    def _sweep(self, base: sqlite3.Connection, now: int) -> None:
        base.execute(SWEEP, (now,))
        [used] = base.execute(USED).fetchone()
        while used > self._size:
            if base.execute(OLDEST, (SWEEP_EVERY,)).rowcount == 0:
                return
            [used] = base.execute(USED).fetchone()
