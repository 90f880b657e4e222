"""Reads one journal for a sink, a batch at a time, from wherever that sink is.

Nothing is kept in memory but a few batches and a piece of a file. Sinks that go side by side read
a batch once between them. The journal may be cut off and begun anew by others; then it is read
from what is there, since a sink takes the same thing twice.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock

from msgspec import Struct
from msgspec.structs import replace

from tenken.journal.exchange import Exchange
from tenken.journal.frame import Kind
from tenken.journal.reader import (
    EXCHANGES,
    OPENED,
    Damage,
    Placed,
    Position,
    first_frame,
    frames,
    last_frame,
    segments,
    unreadable,
)
from tenken.keeper.sinks.plain import shown
from tenken.store.ledger import Applied

FRAMES = 2000
PAYLOAD_BYTES = 4 << 20
BATCHES = 3
"""That are kept for sinks which come after."""


class Piece(Struct, frozen=True, kw_only=True):
    """A batch of one journal."""

    exchanges: tuple[Exchange, ...]
    """As others may see them."""
    reached: Applied
    """Where reading goes on once they are handed over."""
    more: bool = False
    skipped: int = 0
    """Frames that were gone before they were read, or that nobody can read."""
    damage: Damage | None = None
    """What stands behind it is not read."""


class Shared:
    """Batches that were read lately, for several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._batches: dict[tuple[Path, Applied], Piece] = {}

    def piece(self, folder: Path, after: Applied, read: Callable[[], Piece]) -> Piece:
        """Give what follows on a position; one reads it, and the others wait for that."""
        with self._lock:
            key = (folder, after)
            found = self._batches.get(key)
            if found is None:
                found = read()
                if found.more:  # the last batch of a journal grows still
                    self._batches[key] = found
                    while len(self._batches) > BATCHES:
                        self._batches.pop(next(iter(self._batches)))
            return found


class Following:
    """Reads one journal."""

    def __init__(self, folder: Path, shared: Shared | None = None) -> None:
        self._folder = folder
        self._shared = shared or Shared()
        self._found: Iterator[Placed | Damage] | None = None
        self._next = Applied()
        self._boots: dict[Path, str] = {}

    def piece(self, after: Applied) -> Piece:
        """Give what follows on a position."""
        return self._shared.piece(self._folder, after, lambda: self._read(after))

    def _read(self, after: Applied) -> Piece:
        skipped = 0
        if self._found is None or after != self._next:
            start = self._resumed(after)
            if after != Applied():  # a sink that is new has missed nothing
                skipped = max(0, start.position.sequence - after.position.sequence)
            self._found = frames(self._folder, after=start.position)
            after = start
        piece = _gathered(self._found, after)
        if piece.damage is not None:
            self._boots.clear()  # other files may stand there under the same names
        self._found = self._found if piece.more else None
        self._next = piece.reached
        return replace(piece, skipped=piece.skipped + skipped)

    def behind(self, after: Applied) -> int:
        """Give how many bytes stand behind a position."""
        position = after.position
        return sum(
            max(0, path.stat().st_size - (position.offset if number == position.segment else 0))
            for path in segments(self._folder)
            if (number := int(path.stem)) >= position.segment
        )

    def _resumed(self, after: Applied) -> Applied:
        """Give where to read from: where it was, unless the files are other ones by now."""
        paths = {int(path.stem): path for path in segments(self._folder)}
        here = paths.get(after.position.segment)
        if here is None or self._boot(here) != after.boot:
            return _beginning(paths[min(paths)]) if paths else after
        if here.stat().st_size < after.position.offset and (last := last_frame(here)):
            # The machine died with the end of it, and the ledger may have that end: go on here.
            to = replace(after.position, offset=last.end, previous=last.digest)
            return Applied(to, after.boot)
        return after

    def _boot(self, segment: Path) -> str:
        if segment not in self._boots:
            frame = first_frame(segment)
            boot = OPENED.decode(frame.payload).boot if frame and frame.kind is Kind.OPENED else ""
            self._boots = {segment: boot}
        return self._boots[segment]


def _beginning(segment: Path) -> Applied:
    """Give the position before a segment's first frame."""
    frame = first_frame(segment)
    if frame is None:
        return Applied()
    return Applied(
        Position(
            segment=int(segment.stem),
            offset=0,
            sequence=max(0, frame.sequence - 1),
            previous=frame.previous,
        )
    )


def _gathered(found: Iterator[Placed | Damage], after: Applied) -> Piece:
    exchanges: list[Exchange] = []
    reached, boot, taken, held, unread = after.position, after.boot, 0, 0, 0
    damage: Damage | None = None
    more = False
    for one in found:
        if isinstance(one, Damage):
            damage = one
            break
        frame = one.frame
        try:
            if frame.kind is Kind.SETTLEMENT:
                exchanges.append(shown(EXCHANGES.decode(frame.payload)))
            elif frame.kind is Kind.OPENED:
                boot = OPENED.decode(frame.payload).boot
        except ValueError as error:
            if frame.kind is Kind.OPENED:
                damage = unreadable(one, error)
                break
            unread += 1  # the ledger parks it, and nobody else has it
        reached, taken, held = one.position, taken + 1, held + len(frame.payload)
        if taken == FRAMES or held >= PAYLOAD_BYTES:
            more = True
            break
    return Piece(
        exchanges=tuple(exchanges),
        reached=Applied(reached, boot),
        more=more,
        skipped=unread,
        damage=damage,
    )
