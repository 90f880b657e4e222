"""Reads a worker's journal: from a position on, and the whole chain to prove it whole."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from tenken.journal.exchange import Exchange, Intent
from tenken.journal.feedback import Feedback
from tenken.journal.frame import START, Broken, Frame, Kind, Torn, decode
from tenken.journal.life import Mark, Opened, Tail

SUFFIX = ".journal"
PIECE_BYTES = 1 << 20
"""Less than the keeper's batch: what is behind its last record is read again with the next."""


class Position(Struct, frozen=True, kw_only=True, order=True):
    """How far a reader is: up to a byte of a segment, and the frame that ended there."""

    segment: int = 0
    offset: int = 0
    sequence: int = 0
    previous: bytes = START


class Placed(Struct, frozen=True, gc=False):
    """A frame and the segment it stands in."""

    segment: int
    frame: Frame

    @property
    def position(self) -> Position:
        """Where reading goes on after it."""
        return Position(
            segment=self.segment,
            offset=self.frame.end,
            sequence=self.frame.sequence,
            previous=self.frame.digest,
        )


class Damage(Struct, frozen=True, kw_only=True):
    """A place at which a journal is not what was written."""

    segment: int
    offset: int
    what: str


def unreadable(placed: Placed, error: ValueError) -> Damage:
    """Say that a frame is whole, and that nobody here can read what it holds."""
    what = f"its record cannot be read by this version: {error}"
    return Damage(segment=placed.segment, offset=placed.frame.offset, what=what)


class Proof(Struct, frozen=True, kw_only=True):
    """What reading a whole journal showed."""

    frames: int
    segments: int
    torn: int
    """Segments that end inside a frame: a writer was killed there."""
    damage: tuple[Damage, ...]

    @property
    def whole(self) -> bool:
        """Nothing was changed, taken out or put in."""
        return not self.damage


Record = Intent | Exchange | Feedback


def segments(folder: Path) -> tuple[Path, ...]:
    """Give the segments of a worker's journal in their order."""
    found = (path for path in folder.glob(f"*{SUFFIX}") if path.stem.isdigit())
    return tuple(sorted(found, key=lambda path: int(path.stem)))


def record_of(frame: Frame) -> Record | None:
    """Give what a frame holds; None for what its writer says of itself."""
    return decoded(frame.kind, frame.payload)


def decoded(kind: Kind, payload: bytes) -> Record | None:
    """Give what a payload of a kind is; raises msgspec.DecodeError."""
    decode = DECODERS.get(kind)
    return decode(payload) if decode is not None else None


def frames(folder: Path, *, after: Position) -> Iterator[Placed | Damage]:
    """Give the frames after a position, to the end of what is there now.

    Ends at damage: what stands behind it cannot be trusted to be the rest. A torn tail is passed
    over when a later segment follows, and waited for when none does.
    """
    previous = after.previous
    for path in segments(folder):
        number = int(path.stem)
        if number < after.segment:
            continue
        offset = after.offset if number == after.segment else 0
        for found in _from(path, offset, previous):
            match found:
                case Frame():
                    previous = found.digest
                    yield Placed(number, found)
                case Torn():
                    break
                case Broken(offset=at, what=what):
                    yield Damage(segment=number, offset=at, what=what)
                    return


def first_frame(segment: Path) -> Frame | None:
    """Give what a segment begins with; None where that is no whole frame."""
    found = next(_from(segment, 0, None), None)
    return found if isinstance(found, Frame) else None


def _from(path: Path, offset: int, previous: bytes | None) -> Iterator[Frame | Torn | Broken]:
    """Decode a segment from an offset on, a piece at a time: one is never held whole."""
    size = PIECE_BYTES
    while True:
        try:
            with path.open("rb") as file:
                file.seek(offset)
                content = file.read(size)
        except FileNotFoundError:
            return  # a writer took back a segment that it could not begin
        began = offset
        for found in decode(content, previous=previous, base=began):
            if isinstance(found, Frame):
                offset, previous = found.end, found.digest
                yield found
            elif isinstance(found, Broken) or len(content) < size:
                yield found
                return
        if len(content) < size:
            return
        if offset == began:
            size *= 2  # a frame that is longer than a piece


def tail(folder: Path) -> Tail:
    """Find the last whole frame and the life it belongs to, for a writer that goes on after it."""
    paths = segments(folder)
    number = int(paths[-1].stem) if paths else 0
    torn = 0
    for path in reversed(paths):
        found = _ended(path)
        torn = torn or found.torn
        if found.opened is not None:
            return replace(found, number=number, torn=torn)
    return Tail(number=number, torn=torn)


def last_frame(segment: Path) -> Frame | None:
    """Give the last whole frame of a segment."""
    last: Frame | None = None
    for found in _from(segment, 0, None):
        last = found if isinstance(found, Frame) else last
    return last


def _ended(segment: Path) -> Tail:
    last: Frame | None = None
    opened: Opened | None = None
    mark: Mark | None = None
    before, reserved, torn = 0, 0, 0
    for found in _from(segment, 0, None):
        match found:
            case Frame(kind=Kind.OPENED, payload=payload):
                opened, mark = OPENED.decode(payload), None
                before, reserved = 0, opened.reserved
            case Frame(kind=Kind.MARK, payload=payload):
                mark = MARKS.decode(payload)
                before, reserved = reserved, mark.reserved
            case Torn(bytes_left=left):
                torn = left
            case _:
                pass
        last = found if isinstance(found, Frame) else last
    return Tail(
        sequence=last.sequence if last else 0,
        previous=last.digest if last else START,
        torn=torn,
        opened=opened,
        mark=mark,
        # Until a mark is on the disk the one before it holds, which may allow more.
        reserved=max(before, reserved),
    )


def prove(folder: Path) -> Proof:
    """Read everything and follow the chain from its first frame that is still there."""
    counted, torn, damage = 0, 0, []
    previous: bytes | None = None
    paths = segments(folder)
    for path in paths:
        for found in decode(path.read_bytes(), previous=previous):
            match found:
                case Frame():
                    counted += 1
                    previous = found.digest
                case Torn():
                    torn += 1
                case Broken(offset=offset, what=what):
                    damage.append(Damage(segment=int(path.stem), offset=offset, what=what))
                    previous = None
    return Proof(frames=counted, segments=len(paths), torn=torn, damage=tuple(damage))


OPENED = msgspec.msgpack.Decoder(Opened)
MARKS = msgspec.msgpack.Decoder(Mark)
INTENTS = msgspec.msgpack.Decoder(Intent)
EXCHANGES = msgspec.msgpack.Decoder(Exchange)
FEEDBACK = msgspec.msgpack.Decoder(Feedback)
DECODERS: Mapping[Kind, Callable[[bytes], Record]] = {
    Kind.INTENT: INTENTS.decode,
    Kind.SETTLEMENT: EXCHANGES.decode,
    Kind.FEEDBACK: FEEDBACK.decode,
}
"""Of other kinds is what a writer says of itself."""
