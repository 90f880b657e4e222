"""Brings a worker's journal into the ledger, each record once, and clears away what is applied.

It may be killed at any moment: what it has done is what the ledger has committed, and the rest is
read again. Damage stops it; what stands before is applied, and nothing behind is skipped. A batch
that the ledger refuses is halved until the record that is to blame is alone, and that one is
parked; so is a record that nobody here can read.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from tenken.config.serving import LONGEST_REQUEST_S
from tenken.journal.frame import START, Kind
from tenken.journal.reader import (
    OPENED,
    Damage,
    Position,
    first_frame,
    frames,
    last_frame,
    segments,
)
from tenken.keeper.batch import Gathered, gather, removable
from tenken.keeper.parking import Settled, settled, without
from tenken.store.faults import Clash, Unfit
from tenken.store.ledger import Applied, Batch, Ledger, Lost
from tenken.store.parking import Parked

BATCH = 8_000
"""Frames: what is there is brought, so that batches are large only when there is much to bring."""
SPARE_S = 900.0
ORPHAN_AGE_US = round((LONGEST_REQUEST_S + SPARE_S) * 1_000_000)
"""Longer than any request may take: the settings allow none that is longer, and clocks differ.

A worker that restarts settles this at once."""


class Sink(Protocol):
    """Something else that must have a journal before its segments go."""

    def applied(self, journal: str) -> Applied:
        """Give how far it is."""
        ...


class Step(Struct, frozen=True, kw_only=True):
    """What one step did."""

    frames: int = 0
    more: bool = False
    """There is more to bring at once."""
    orphans: int = 0
    """Requests settled as unknown."""
    parked: tuple[Parked, ...] = ()
    """What the ledger refused, or could not be read."""
    removed: int = 0
    """Segments."""
    left: int = 0
    """Segments of these that a sink had not read: there was no more room to wait for it."""
    damage: Damage | None = None
    renewed: Position | None = None
    """The files are other ones than those applied up to here: what was not applied is lost."""
    rewound: bool = False
    """The machine died with what the ledger had already: it goes on where the file ends now."""
    lost: Lost | None = None
    """What is gone with a machine, as the writer found when it began again."""

    @property
    def idle(self) -> bool:
        """There is nothing to do now."""
        brought = self.frames or self.orphans or self.parked
        return not (brought or self.more or self.renewed or self.rewound)


class Drain:
    """Applies one journal."""

    def __init__(
        self,
        folder: Path,
        *,
        journal: str,
        ledger: Ledger,
        others: tuple[Sink, ...] = (),
        room: int | None = None,
    ) -> None:
        """`room` is how many bytes there may be before others are not waited for any more."""
        self._room = room
        self._folder = folder
        self._journal = journal
        self._ledger = ledger
        self._others = others
        self._boots: dict[Path, str] = {}
        self._most = BATCH

    def step(self, now: int) -> Step:
        """Apply one batch; raises Away, Moved and Unfit of the store.

        `now` is in microseconds since 1970.
        """
        applied = self._ledger.applied(self._journal)
        if (other := self._other_files(applied)) is not None:
            return other
        found = frames(self._folder, after=applied.position)
        gathered = gather(found, journal=self._journal, applied=applied, most=self._most, now=now)
        if gathered.damage is not None:
            self._boots.clear()
        done = Step(damage=gathered.damage)
        if gathered.frames:
            done = self._apply(gathered, now)
            if done.more or done.lost:
                return self._cleared(done, gathered) if done.frames else done
        # Also while records keep coming: there may be no moment without any.
        settled = self._settle(gathered.batch.boot, now)
        done = replace(done, orphans=settled.orphans, parked=(*done.parked, *settled.parked))
        return self._cleared(done, gathered)

    def _cleared(self, done: Step, gathered: Gathered) -> Step:
        """Clear away what is behind a batch that is applied."""
        gone, left = self._clear(gathered.batch.position)
        return replace(done, removed=gone, left=left)

    def _apply(self, gathered: Gathered, now: int) -> Step:
        try:
            self._ledger.apply(gathered.batch)
        except (Unfit, Clash):
            return self._refused(gathered, now)
        self._most = min(BATCH, self._most * 2)
        return Step(
            frames=gathered.frames,
            more=gathered.full,
            parked=gathered.batch.parked,
            damage=gathered.damage,
            lost=gathered.batch.lost,
        )

    def _refused(self, gathered: Gathered, now: int) -> Step:
        if gathered.frames > 1 or gathered.first is None:
            self._most = max(1, gathered.frames // 2)
            return Step(more=True)
        parked: tuple[Parked, ...] = ()
        try:
            # Once more: what stood in its way may have been another keeper's.
            self._ledger.apply(gathered.batch)
        except (Unfit, Clash) as refusal:
            alone = without(gathered.batch, gathered.first, why=str(refusal), now=now)
            self._ledger.apply(alone)
            parked = alone.parked
        return Step(frames=1, more=True, parked=parked)

    def _settle(self, boot: str, now: int) -> Settled:
        """Settle what will never be: only when all that is there is applied."""
        before = now - ORPHAN_AGE_US
        intents = self._ledger.orphans(self._journal, boot=boot, before=before)
        return settled(self._ledger, intents, journal=self._journal, now=now)

    def _clear(self, position: Position) -> tuple[int, int]:
        """Remove what everybody has; gives how many segments, and how many of these too early.

        Requests go before sinks: a journal that is nearly full waits for the ledger alone, which
        can give a sink again what it missed.
        """
        paths = {int(path.stem): path for path in segments(self._folder)}
        applied = removable(paths, [position])
        if not applied:
            return 0, 0  # and others need not be asked
        reached = [position, *(sink.applied(self._journal).position for sink in self._others)]
        had = removable(applied, reached)
        sizes = {number: path.stat().st_size for number, path in paths.items()}
        early = tuple(_over(sizes, [n for n in applied if n not in had], had, self._room))
        for number in (*had, *early):
            paths[number].unlink()
        return len(had) + len(early), len(early)

    def _boot(self, segment: Path) -> str:
        if segment not in self._boots:
            self._boots = {segment: boot_of(segment)}
        return self._boots[segment]

    def _other_files(self, applied: Applied) -> Step | None:
        """Say so when these are not the files that the position speaks of.

        A life of a writer begins a segment, so the segment of a position begins with its boot.
        """
        if applied == Applied():
            return None
        paths = {int(path.stem): path for path in segments(self._folder)}
        here = paths.get(applied.position.segment)
        if here is not None and self._boot(here) == applied.boot:
            return self._shorter(here, applied)
        if not paths:
            return _damage(applied.position, "the files are gone")
        if not _is_new(paths[min(paths)]):
            return _damage(applied.position, "these are not the files that were applied so far")
        self._boots.clear()
        self._ledger.begin_anew(self._journal)
        return Step(renewed=applied.position)

    def _shorter(self, here: Path, applied: Applied) -> Step | None:
        """Go back to where a file ends whose end was applied, and then lost with a machine."""
        if here.stat().st_size >= applied.position.offset:
            return None
        last = last_frame(here)
        if last is None:
            return _damage(applied.position, "its segment is empty")
        to = replace(applied.position, offset=last.end, previous=last.digest)
        self._ledger.apply(
            Batch(journal=self._journal, boot=applied.boot, after=applied.position, position=to)
        )
        return Step(rewound=True)


def _over(
    sizes: dict[int, int], held: list[int], gone: tuple[int, ...], room: int | None
) -> Iterator[int]:
    """Give the oldest of what is held up, until the rest has room."""
    left = sum(size for number, size in sizes.items() if number not in gone)
    for number in held:
        if room is None or left <= room:
            return
        left -= sizes[number]
        yield number


def boot_of(segment: Path) -> str:
    """Give the life of the writer that a segment belongs to; empty where that cannot be read."""
    frame = first_frame(segment)
    if frame is None or frame.kind is not Kind.OPENED:
        return ""
    return OPENED.decode(frame.payload).boot


def _is_new(first: Path) -> bool:
    frame = first_frame(first)
    return frame is not None and frame.sequence == 1 and frame.previous == START


def _damage(position: Position, what: str) -> Step:
    damage = Damage(segment=position.segment, offset=position.offset, what=what)
    return Step(damage=damage)
