"""Writes one worker's journal: a frame is one write, and a disk that is full leaves nothing half.

Only this process writes these files. Segments are numbered; a new one begins when one is large
enough and whenever a writer starts, so that a torn tail is never written on.
"""

import errno
import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from tenken.journal.exchange import SCHEMA, Exchange, Intent
from tenken.journal.frame import PAYLOAD_MAX, Kind, digest_of, encode
from tenken.journal.reader import SUFFIX, segments, tail

SEGMENT_BYTES = 64 << 20
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})


class JournalFull(Exception):
    """A frame could not be written; nothing of it is in the file."""


class Opened(Struct, frozen=True, kw_only=True, array_like=True):
    """The first payload of a segment."""

    at: int
    """Microseconds since 1970, UTC."""
    boot: str
    """A random name of the process's life."""
    torn: int = 0
    """Bytes of a torn tail that the segment before ends with."""


class Writer:
    """Appends frames. Not for several threads: the event loop that serves requests owns it."""

    def __init__(
        self,
        folder: Path,
        *,
        worker: int,
        boot: str,
        at: int,
        segment_bytes: int = SEGMENT_BYTES,
        quota_bytes: int | None = None,
    ) -> None:
        """Open a new segment after those that are there; raises JournalFull."""
        self._folder = folder
        self._worker = worker
        self._boot = boot
        self._segment_bytes = segment_bytes
        self._quota = quota_bytes
        self._encoder = msgspec.msgpack.Encoder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        last = tail(folder)
        self._sequence = last.sequence
        self._previous = last.previous
        self._number = last.number
        self._before = sum(path.stat().st_size for path in segments(folder))
        self._file = -1
        self._size = 0
        self._begin(at, torn=last.torn)

    @property
    def sequence(self) -> int:
        """The number of the last frame."""
        return self._sequence

    def intent(self, intent: Intent) -> None:
        """Put an intent on record; raises JournalFull."""
        self._append(Kind.INTENT, self._encoder.encode(intent))

    def settle(self, exchange: Exchange) -> None:
        """Put an exchange on record; raises JournalFull."""
        self._append(Kind.SETTLEMENT, self._encoder.encode(exchange))
        if self._size >= self._segment_bytes:
            # What was settled is on record; without room for a new segment the old one goes on.
            with suppress(JournalFull):
                self._begin(exchange.at, torn=0)

    def sync(self) -> int:
        """Put everything so far on the disk itself; gives the last frame that is there."""
        reached = self._sequence
        os.fdatasync(self._file)
        return reached

    def close(self) -> None:
        """Put everything on the disk and end."""
        if self._file >= 0:
            os.fdatasync(self._file)
            os.close(self._file)
            self._file = -1

    def _begin(self, at: int, *, torn: int) -> None:
        """Go over to a new segment; when that fails everything stays as it was."""
        path = self._folder / f"{self._number + 1:012d}{SUFFIX}"
        old, size = self._file, self._size
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except OSError as error:
            raise _full(error) from error
        self._size, self._before = 0, self._before + size
        try:
            opened = Opened(at=at, boot=self._boot, torn=torn)
            self._append(Kind.OPENED, self._encoder.encode(opened))
        except JournalFull:
            os.close(self._file)
            path.unlink()
            self._file, self._size, self._before = old, size, self._before - size
            raise
        self._number += 1
        if old >= 0:
            os.fdatasync(old)
            os.close(old)

    def _append(self, kind: Kind, payload: bytes) -> None:
        if len(payload) > PAYLOAD_MAX:
            raise JournalFull(f"a record of {len(payload)} bytes is over {PAYLOAD_MAX}")
        frame = encode(
            kind,
            payload,
            schema=SCHEMA,
            worker=self._worker,
            sequence=self._sequence + 1,
            previous=self._previous,
        )
        if self._quota is not None and self._before + self._size + len(frame) > self._quota:
            raise JournalFull(f"the journal has reached its quota of {self._quota} bytes")
        self._write(frame)
        self._sequence += 1
        self._previous = digest_of(frame)
        self._size += len(frame)

    def _write(self, frame: bytes) -> None:
        try:
            written = os.write(self._file, frame)
        except OSError as error:
            raise _full(error) from error
        if written != len(frame):
            # The disk took a part: without this the next frame would stand behind a torn one.
            os.ftruncate(self._file, self._size)
            raise JournalFull("the disk is full")


def _full(error: OSError) -> Exception:
    return JournalFull(error.strerror or str(error)) if error.errno in NO_ROOM else error
