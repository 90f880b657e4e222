"""Brings into the ledger what workers without a disk have put into the store, each record once.

Any keeper may do it for all of them: a batch is written and taken out in one transaction, so of
two that bring the same one is told to begin again.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from tenken.journal.exchange import Exchange, Intent
from tenken.journal.frame import Kind
from tenken.journal.reader import decoded
from tenken.keeper.batch import unknown_of
from tenken.keeper.drain import BATCH, ORPHAN_AGE_US
from tenken.store.ledger import Ledger, Stored, Taken


class Collected(Struct, frozen=True, kw_only=True):
    """What one step did."""

    frames: int = 0
    orphans: int = 0
    """Requests settled as unknown: of whichever journal, when nothing was heard for too long."""
    unreadable: int = 0
    """Records that this version cannot read; they stay where they are."""

    @property
    def idle(self) -> bool:
        """There is nothing to do now."""
        return not (self.frames or self.orphans)


class Collect:
    """Takes records out of the store's journal."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._unreadable = 0

    def step(self, now: int) -> Collected:
        """Take one batch; raises Away, Moved and Unfit of the ledger.

        `now` is in microseconds since 1970.
        """
        # What cannot be read is passed over each time, so that it holds up nothing.
        taken = taken_of(self._ledger.stored(BATCH + self._unreadable))
        self._unreadable = taken.unreadable
        if taken.taken.frames:
            self._ledger.take(taken.taken)
            return Collected(frames=len(taken.taken.frames), unreadable=taken.unreadable)
        unknown = tuple(unknown_of(one) for one in self._ledger.stale(now - ORPHAN_AGE_US))
        if unknown:
            self._ledger.record(unknown)
        return Collected(orphans=len(unknown), unreadable=taken.unreadable)


class Read(Struct, frozen=True, kw_only=True):
    """A batch, and how many of its records cannot be read."""

    taken: Taken
    unreadable: int


def taken_of(stored: Sequence[Stored]) -> Read:
    """Read what stands in the store's journal."""
    frames: list[Stored] = []
    intents: list[tuple[str, Intent]] = []
    exchanges: list[Exchange] = []
    for one in stored:
        try:
            record = decoded(Kind(one.kind), one.payload)
        except (ValueError, msgspec.DecodeError):
            continue
        frames.append(one)
        if isinstance(record, Intent):
            intents.append((one.boot, record))
        elif record is not None:
            exchanges.append(record)
    taken = Taken(frames=tuple(frames), intents=tuple(intents), exchanges=tuple(exchanges))
    return Read(taken=taken, unreadable=len(stored) - len(frames))
