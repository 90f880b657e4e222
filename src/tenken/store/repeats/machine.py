"""Claims and answers that the workers of a machine share: a SQLite file beside the journal.

It is written in the kernel's memory, not to the disk: what was kept survives the death of every
process, as the journal does, and a statement takes some ten microseconds.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenken.store.repeats.repeats import Claim, Claimed, New, Unavailable, found

PATIENCE_S = 0.25
ROW = 300
"""What a row costs besides its answer."""
SWEPT = 8
"""Rows that are over and go with each claim, which brings one: so they never become many."""
AT_ONCE = 8
"""Answers that make room together."""
MAKE = (
    """
    CREATE TABLE IF NOT EXISTS repeats (
        key BLOB PRIMARY KEY, request BLOB NOT NULL, until INTEGER NOT NULL, answer BLOB,
        size INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS repeats_until ON repeats (until, size)",
    "CREATE INDEX IF NOT EXISTS repeats_answers ON repeats (until) WHERE answer IS NOT NULL",
    # The sum of all sizes: to add them up anew would take the longer the more is kept.
    "CREATE TABLE IF NOT EXISTS held (id INTEGER PRIMARY KEY, size INTEGER NOT NULL)",
    "INSERT OR IGNORE INTO held SELECT 1, COALESCE(SUM(size), 0) FROM repeats",
    """
    CREATE TRIGGER IF NOT EXISTS repeats_put AFTER INSERT ON repeats
    BEGIN UPDATE held SET size = size + NEW.size; END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS repeats_changed AFTER UPDATE ON repeats
    BEGIN UPDATE held SET size = size + NEW.size - OLD.size; END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS repeats_gone AFTER DELETE ON repeats
    BEGIN UPDATE held SET size = size - OLD.size; END
    """,
)
FIND = "SELECT request, until, answer FROM repeats WHERE key = ?"
KEEP = """
INSERT INTO repeats (key, request, until, answer, size) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET
    request = excluded.request, until = excluded.until, answer = excluded.answer,
    size = excluded.size
WHERE repeats.request = excluded.request OR repeats.until <= ?
"""
DROP = "DELETE FROM repeats WHERE key = ? AND request = ? AND until = ? AND answer IS NULL"
SWEEP = """
DELETE FROM repeats WHERE key IN (SELECT key FROM repeats WHERE until <= ? LIMIT ?)
"""
USED = "SELECT size FROM held"
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
        self._base = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None)
        with _alone(path):
            for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=OFF"):
                self._base.execute(statement)
            with self._changing() as base:
                for statement in MAKE:
                    base.execute(statement)

    async def claim(self, claim: Claim) -> Claimed:
        """Claim a key."""
        with self._changing() as base:
            base.execute(SWEEP, (claim.now, SWEPT))
            row = base.execute(FIND, (claim.key,)).fetchone()
            if row is not None:
                said = found(claim, request=row[0], until=row[1], answer=row[2])
                if not isinstance(said, New):
                    return said
            base.execute(KEEP, (claim.key, claim.request, claim.until, None, ROW, claim.now))
        return New()

    async def keep(self, claim: Claim, answer: bytes, *, until: int) -> None:
        """Put an answer where the claim stands."""
        with self._changing() as base:
            row = (claim.key, claim.request, until, answer, ROW + len(answer))
            base.execute(KEEP, (*row, claim.now))
            self._make_room(base)

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

    def _make_room(self, base: sqlite3.Connection) -> None:
        """Let the oldest answers go; a claim stands, or its request would be served twice."""
        while (
            base.execute(USED).fetchone()[0] > self._size
            and base.execute(OLDEST, (AT_ONCE,)).rowcount
        ):
            pass


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let workers that start together make the file one after another."""
    lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
