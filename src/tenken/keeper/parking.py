"""What the ledger refuses is set aside as it is, so that everything behind it goes on."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tenken.journal.exchange import Intent
from tenken.journal.frame import Kind
from tenken.journal.reader import Placed, decoded
from tenken.keeper.batch import parked_of, unknown_of
from tenken.store.faults import Clash, Moved, Unfit
from tenken.store.ledger import Batch, Ledger
from tenken.store.parking import Parked, Parking, Standing

AT_ONCE = 500


class Settled(Struct, frozen=True, kw_only=True):
    """What became of open intents."""

    orphans: int = 0
    """Requests settled as unknown."""
    parked: tuple[Parked, ...] = ()


class Brought(Struct, frozen=True, kw_only=True):
    """What became of parked records that were tried again."""

    brought: int
    left: int


def without(batch: Batch, placed: Placed, *, why: str, now: int) -> Batch:
    """Give a batch of one record that parks it."""
    parked = parked_of(placed, journal=batch.journal, boot=batch.boot, why=why, now=now)
    return replace(batch, intents=(), exchanges=(), feedback=(), lost=None, parked=(parked,))


def settled(ledger: Ledger, intents: Sequence[Intent], *, journal: str, now: int) -> Settled:
    """Settle requests that never ended as unknown; raises Away, Moved.

    What is refused is halved until it is alone.
    """
    if not intents:
        return Settled()
    try:
        ledger.record(tuple(unknown_of(one) for one in intents))
    except (Unfit, Clash) as refusal:
        if len(intents) == 1:
            return _given_up(ledger, intents[0], why=str(refusal), journal=journal, now=now)
        middle = len(intents) // 2
        first = settled(ledger, intents[:middle], journal=journal, now=now)
        second = settled(ledger, intents[middle:], journal=journal, now=now)
        return Settled(orphans=first.orphans + second.orphans, parked=first.parked + second.parked)
    return Settled(orphans=len(intents))


def brought_again(ledger: Ledger, parking: Parking) -> Brought:
    """Try every parked record once more; raises Away."""
    again = Again(ledger, parking)
    while not again.over:
        again.step(AT_ONCE)
    return again.done


class Again:
    """Tries what stands aside once more, some at a time: there may be as much as of an outage."""

    def __init__(self, ledger: Ledger, parking: Parking) -> None:
        self._ledger = ledger
        self._parking = parking
        self._after = 0
        self.done = Brought(brought=0, left=0)
        self.over = False

    def step(self, most: int) -> bool:
        """Try those that are next; tells whether none is left. Raises Away, to be tried again."""
        standing = self._parking.found(most, after=self._after)
        for one in standing:
            brought = _brought(self._ledger, one)
            self._after = one.number
            done = self.done
            self.done = Brought(brought=done.brought + brought, left=done.left + (not brought))
        self.over = not standing
        return self.over


def _brought(ledger: Ledger, one: Standing) -> bool:
    try:
        record = decoded(Kind(one.parked.kind), one.parked.payload)
        if record is None:
            return False
        ledger.bring(one.number, one.parked, record)
    except (Unfit, Moved, ValueError):
        return False
    return True


def _given_up(ledger: Ledger, intent: Intent, *, why: str, journal: str, now: int) -> Settled:
    parked = Parked(
        journal=journal,
        boot="",
        kind=Kind.SETTLEMENT,
        payload=msgspec.msgpack.encode(unknown_of(intent)),
        why=why,
        at=now,
    )
    ledger.give_up(intent, parked)
    return Settled(parked=(parked,))
