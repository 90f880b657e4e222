"""Brings into the ledger what workers without a disk have put into the store, each record once.

Any keeper may do it for all of them: a batch is written and taken out in one transaction, so of
two that bring the same one is told to begin again.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tenken.journal.exchange import Exchange, Intent
from tenken.journal.feedback import Feedback
from tenken.journal.frame import Kind
from tenken.journal.reader import decoded
from tenken.keeper.drain import ORPHAN_AGE_US
from tenken.keeper.parking import settled
from tenken.store.faults import Clash, Unfit
from tenken.store.ledger import STORE, Ledger, Stored, Taken
from tenken.store.parking import Parked

BATCH = 1_000
"""Frames, read whole before they are written."""


class Collected(Struct, frozen=True, kw_only=True):
    """What one step did."""

    frames: int = 0
    more: bool = False
    """There is more to bring at once."""
    parked: tuple[Parked, ...] = ()
    """What the ledger refused."""
    orphans: int = 0
    """Requests settled as unknown: of whichever journal, when nothing was heard for too long."""
    unreadable: int = 0
    """Records that this version cannot read; they stay where they are."""

    @property
    def idle(self) -> bool:
        """There is nothing to do now."""
        return not (self.frames or self.more or self.parked or self.orphans)


class Collect:
    """Takes records out of the store's journal."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._unreadable = 0
        self._most = BATCH

    def step(self, now: int) -> Collected:
        """Take one batch; raises Away, Moved and Unfit of the store.

        `now` is in microseconds since 1970.
        """
        # What cannot be read is passed over each time, so that it holds up nothing.
        passed = self._unreadable
        read = taken_of(self._ledger.stored(self._most + passed, least=passed))
        self._unreadable = read.unreadable
        if read.taken.frames:
            return replace(self._take(read.taken, now), unreadable=read.unreadable)
        stale = self._ledger.stale(now - ORPHAN_AGE_US)
        done = settled(self._ledger, stale, journal=STORE, now=now)
        return Collected(orphans=done.orphans, parked=done.parked, unreadable=read.unreadable)

    def _take(self, taken: Taken, now: int) -> Collected:
        count = len(taken.frames)
        try:
            self._ledger.take(taken)
        except (Unfit, Clash):
            return self._refused(taken, now)
        more = count >= self._most
        self._most = min(BATCH, self._most * 2)
        return Collected(frames=count, more=more)

    def _refused(self, taken: Taken, now: int) -> Collected:
        if len(taken.frames) > 1:
            self._most = len(taken.frames) // 2
            return Collected(more=True)
        parked: tuple[Parked, ...] = ()
        try:
            # Once more: what stood in its way may have been another keeper's.
            self._ledger.take(taken)
        except (Unfit, Clash) as refusal:
            parked = tuple(_parked(one, why=str(refusal), now=now) for one in taken.frames)
            self._ledger.take(Taken(frames=taken.frames, parked=parked))
        return Collected(frames=1, more=True, parked=parked)


class Read(Struct, frozen=True, kw_only=True):
    """A batch, and how many of its records cannot be read."""

    taken: Taken
    unreadable: int


def taken_of(stored: Sequence[Stored]) -> Read:
    """Read what stands in the store's journal."""
    frames: list[Stored] = []
    intents: list[tuple[str, Intent]] = []
    exchanges: list[Exchange] = []
    said: list[Feedback] = []
    for one in stored:
        try:
            record = decoded(Kind(one.kind), one.payload)
        except (ValueError, msgspec.DecodeError):
            continue
        frames.append(one)
        if isinstance(record, Intent):
            intents.append((one.boot, record))
        elif isinstance(record, Exchange):
            exchanges.append(record)
        elif record is not None:
            said.append(record)
    taken = Taken(
        frames=tuple(frames),
        intents=tuple(intents),
        exchanges=tuple(exchanges),
        feedback=tuple(said),
    )
    return Read(taken=taken, unreadable=len(stored) - len(frames))


def _parked(one: Stored, *, why: str, now: int) -> Parked:
    return Parked(
        journal=STORE, boot=one.boot, kind=one.kind, payload=one.payload, why=why, at=now
    )
