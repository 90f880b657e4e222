"""Appends frames to a worker's journal: one write for what comes together, bounded segments.

Once `intent` or `settle` returns, the kernel has the frame: it survives the death of this and of
every other process. What survives the machine is another matter: `unsynced` gives what somebody
beside the event loop brings onto the disk (`journal.syncing`).

A new segment begins whenever a writer starts, so that a torn tail is never written on, and when
the file it writes fails in a way that no room heals. A disk that takes nothing is told, each time
anew: the first frame that it takes again is written.
"""

import errno
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import NoReturn

import msgspec
from msgspec import Struct

from tenken.journal.exchange import SCHEMA, Exchange, Intent
from tenken.journal.feedback import Feedback
from tenken.journal.frame import DIGEST_BYTES, HEAD_BYTES, PAYLOAD_MAX, Kind, framed
from tenken.journal.life import Mark, Missing, Opened, Tail, missing
from tenken.journal.reader import SUFFIX, segments, tail

SEGMENT_BYTES = 64 << 20
SEGMENT_US = 86_400_000_000
"""A day: what is written seldom would else stay in its file for years, stored texts with it."""
FRAME_MAX = HEAD_BYTES + PAYLOAD_MAX
payload_of = msgspec.msgpack.Encoder().encode
"""Encodes a record as its frame holds it."""
INTENT, SETTLEMENT = Kind.INTENT, Kind.SETTLEMENT  # looked up once
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""The same file may be written again when there is room."""


class JournalFull(Exception):
    """A record could not be put on record; nothing of it is there."""


class Unsynced(Struct, frozen=True, kw_only=True):
    """What the kernel has and the disk may not."""

    folder: Path | None
    """Whose entries are new."""
    files: tuple[int, ...]
    ended: tuple[int, ...]
    """Files that nothing is written to any more: to be closed."""
    sequence: int
    reserved: int


class Writer:
    """Appends frames. Not for several threads: the event loop that serves requests owns it."""

    def __init__(
        self,
        folder: Path,
        *,
        worker: int,
        boot: str,
        at: int,
        machine: str = "",
        synced: bool = False,
        reserve: int = 0,
        segment_bytes: int = SEGMENT_BYTES,
        quota_bytes: int | None = None,
    ) -> None:
        """Open a new segment after those that are there, now or when there is room.

        The folder is this process's alone: whoever makes a writer has seen to that.
        With `synced` somebody takes what is `unsynced`. With `reserve` losses are counted, and so
        many numbers may be given after the first sync.
        """
        self._folder = folder
        self._worker = worker
        self._boot = boot
        self._machine = machine
        self._segment_bytes = segment_bytes
        self._quota = quota_bytes
        self._synced = synced
        self._reserve = reserve
        self._reserved = 0
        self._tail: Tail | None = None
        self._sequence = 0
        self._previous = b""
        self._number = 0
        self._stands_on(0)
        self._file = -1
        self._size = 0
        self._until = 0
        """From this moment on the next segment is due, however short this one is."""
        self._ended: list[int] = []
        self._new_entry = False
        self.granted = 0
        """Where losses are counted: the last number that may be given before the next sync."""
        self.missing: Missing | None = None
        """What the life before may have lost."""
        with suppress(JournalFull):
            self._open(at)

    @property
    def sequence(self) -> int:
        """The number of the last frame."""
        return self._sequence

    def intent(self, intent: Intent) -> None:
        """Put an intent on record; raises JournalFull."""
        self._append(INTENT, intent, intent.at)

    def settle(self, exchange: Exchange) -> None:
        """Put an exchange on record; raises JournalFull."""
        self.written_exchanges((payload_of(exchange),), exchange.at)

    def written_intents(self, payloads: Sequence[bytes], at: int) -> None:
        """Put on record intents that are encoded already, all or none; raises JournalFull.

        `at` is the moment of the last of them.
        """
        self._put(INTENT, payloads, at)

    def written_exchanges(self, payloads: Sequence[bytes], at: int) -> None:
        """Put on record exchanges that are encoded already, all or none; raises JournalFull."""
        self._put(SETTLEMENT, payloads, at)
        if self._size >= self._segment_bytes or at >= self._until:
            # What was settled is on record; without room for a new segment the old one goes on.
            with suppress(JournalFull):
                self._begin(at)

    def feedback(self, feedback: Feedback) -> None:
        """Put on record what was said of an answer; raises JournalFull."""
        self._append(Kind.FEEDBACK, feedback, feedback.at)

    def mark(self, at: int, *, allowance: int) -> None:
        """Say how many numbers may follow; it holds from `granted` on. Raises JournalFull."""
        reserved = self._sequence + 1 + allowance
        self._append(Kind.MARK, Mark(at=at, reserved=reserved), at)
        self._reserved = reserved

    def unsynced(self) -> Unsynced:
        """Hand over what is not known to be on the disk; raises JournalFull where no file is."""
        if self._file < 0:
            raise JournalFull("no file is open")
        ended, self._ended = tuple(self._ended), []
        new, self._new_entry = self._new_entry, False
        return Unsynced(
            folder=self._folder if new else None,
            files=(*ended, self._file),
            ended=ended,
            sequence=self._sequence,
            reserved=self._reserved,
        )

    def reached(self, synced: Unsynced) -> None:
        """Take note that it is on the disk."""
        for file in synced.ended:
            os.close(file)
        self.granted = synced.reserved

    def distrust(self, unsynced: Unsynced) -> None:
        """Write no more to files of which nobody knows what the disk has of them."""
        for file in unsynced.ended:
            os.close(file)
        if self._file in unsynced.files:
            os.close(self._file)
            self._file = -1

    def close(self, at: int = 0) -> None:
        """Put everything on the disk and end; nothing is missing behind a journal so ended."""
        if self._file >= 0:
            with suppress(JournalFull, OSError):
                if self._reserve:
                    farewell = Mark(at=at, reserved=self._reserved, ended=True)
                    self._append(Kind.MARK, farewell, at)
                left = self.unsynced()
                bring(left)
                self.reached(left)
            self._leave()

    def _open(self, at: int) -> None:
        """Find where the journal ends, and begin after it."""
        try:
            if self._tail is None:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._tail = tail(self._folder)
                self._go_on(self._tail)
        except OSError as error:
            raise _full(error) from error
        self._begin(at)

    def _go_on(self, last: Tail) -> None:
        self._previous, self._number = last.previous, last.number
        self.missing = missing(last, machine=self._machine)
        # Numbers that may have been given are not given again.
        self._sequence = self.missing.reserved if self.missing else last.sequence
        self._stands_on(_size_of(self._folder))

    def _stands_on(self, before: int) -> None:
        """Take note of the bytes in other segments: they count against the quota, too."""
        self._before = before
        self._room = sys.maxsize if self._quota is None else self._quota - before

    def _begin(self, at: int) -> None:
        """Go over to a new segment; when that fails everything stays as it was."""
        path = self._folder / f"{self._number + 1:012d}{SUFFIX}"
        old, size = self._file, self._size
        try:
            if old >= 0 and self._synced:
                # A machine that dies must not keep what follows and lose what it follows on.
                os.fdatasync(old)
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except OSError as error:
            raise _full(error) from error
        self._size = 0
        self._stands_on(self._before + size)
        reserved = max(self._reserved, self.granted)
        if self._reserve and not reserved:
            reserved = self._sequence + self._reserve
        try:
            self._append(Kind.OPENED, self._opened(at, reserved), at)
        except JournalFull:
            if self._file >= 0:
                os.close(self._file)
            path.unlink(missing_ok=True)
            self._file, self._size = old, size
            self._stands_on(self._before - size)
            raise
        self._number, self._until = self._number + 1, at + SEGMENT_US
        self._reserved = reserved
        self._new_entry = True
        if old >= 0 and self._synced:
            self._ended.append(old)
        elif old >= 0:
            os.close(old)

    def _opened(self, at: int, reserved: int) -> Opened:
        last = self._tail or Tail()
        first = last.number == self._number
        gone = self.missing if first else None
        return Opened(
            at=at,
            boot=self._boot,
            torn=last.torn if first else 0,
            machine=self._machine,
            reserved=reserved,
            lost=gone.records if gone else 0,
            lost_since=gone.since if gone else 0,
        )

    def _append(self, kind: Kind, record: Struct, at: int) -> None:
        self._put(kind, (payload_of(record),), at)

    def _put(self, kind: Kind, payloads: Sequence[bytes], at: int) -> None:
        """Write a frame for each, in one step: all of them are there then, or none."""
        if self._file < 0:
            self._open(at)
        sequence, previous = self._sequence, self._previous
        frames: list[bytes] = []  # called, an alias of a type costs as much as to write a frame
        for payload in payloads:
            sequence += 1
            frame = framed(kind, payload, SCHEMA, self._worker, sequence, previous)
            previous = blake2b(frame, digest_size=DIGEST_BYTES).digest()
            frames.append(frame)
        whole = frames[0] if len(frames) == 1 else b"".join(frames)
        size = len(whole)
        stands = self._size + size
        if size > FRAME_MAX or stands > self._room:
            self._check(frames)
        try:
            written = os.write(self._file, whole)
        except OSError as error:
            if error.errno not in NO_ROOM:
                self._leave()
            raise _full(error) from error
        if written != size:
            self._take_back(frames, written)
        self._sequence, self._size, self._previous = sequence, stands, previous

    def _check(self, frames: Sequence[bytes]) -> None:
        """Refuse frames that are too large: one for itself, all for the quota."""
        sizes = [len(frame) for frame in frames]
        if max(sizes) > FRAME_MAX:
            raise JournalFull(f"a record of {max(sizes) - HEAD_BYTES} bytes is over {PAYLOAD_MAX}")
        if self._quota is not None and self._before + self._size + sum(sizes) > self._quota:
            self._over(self._quota, sum(sizes))

    def _over(self, quota: int, more: int) -> None:
        # Segments go once they are applied: what counts is what is there now.
        self._stands_on(_size_of(self._folder) - self._size)
        if self._before + self._size + more > quota:
            raise JournalFull(f"the journal has reached its quota of {quota} bytes")

    def _take_back(self, frames: Sequence[bytes], written: int) -> NoReturn:
        """Cut off what is there of frames: the next one would stand behind a torn one."""
        try:
            os.ftruncate(self._file, self._size)
        except OSError:
            self._leave()
            self._size += written
            for end, frame in zip(accumulate(map(len, frames)), frames, strict=True):
                if end <= written:  # it is there, and stays: the next one has to follow on it
                    self._sequence += 1
                    self._previous = blake2b(frame, digest_size=DIGEST_BYTES).digest()
        raise JournalFull("the disk is full")

    def _leave(self) -> None:
        """Write no more to this file: the next frame begins another."""
        with suppress(OSError):
            os.close(self._file)
        self._file = -1


def bring(unsynced: Unsynced) -> None:
    """Bring it onto the disk; raises OSError. For a thread: a disk takes its time."""
    for file in unsynced.files:
        os.fdatasync(file)
    if unsynced.folder is not None:
        folder = os.open(unsynced.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _size_of(folder: Path) -> int:
    return sum(_bytes_of(path) for path in segments(folder))


def _bytes_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # the keeper has removed it since
        return 0


def _full(error: OSError) -> JournalFull:
    return JournalFull(error.strerror or str(error))
