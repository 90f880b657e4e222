"""Where a worker puts its requests on record: the one place that chooses how."""

import fcntl
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from tenken.config.serving import JournalSettings
from tenken.errors import UsageError
from tenken.gateway.committing import LocalCommitter
from tenken.gateway.settle import Committer
from tenken.journal.writer import Writer
from tenken.transport.limits import MIB

WORKERS_MAX = 64
Background = Callable[[], Awaitable[None]]
"""What goes on beside requests until the worker ends."""


class Recording(Struct, frozen=True, kw_only=True):
    """How requests come on record, and what has to go on beside them for that."""

    committer: Committer
    background: tuple[Background, ...] = ()


@contextmanager
def recording(
    settings: JournalSettings, *, journals: Path, boot: str, at: int
) -> Iterator[Recording]:
    """Open a journal of this worker's own; raises UsageError, JournalFull."""
    with _own_number(journals) as number:
        writer = Writer(
            journals / str(number),
            worker=number,
            boot=boot,
            at=at,
            quota_bytes=settings.quota_mb * MIB,
        )
        try:
            yield Recording(committer=LocalCommitter(writer))
        finally:
            writer.close()


@contextmanager
def _own_number(journals: Path) -> Iterator[int]:
    """Take the lowest number that no living process has; the kernel gives it back, come what may.

    So one that still lets its streams end and the one that replaces it never share a file.
    """
    for number in range(WORKERS_MAX):
        folder = journals / str(number)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            continue
        try:
            yield number
        finally:
            os.close(lock)
        return
    raise UsageError("serving.too_many_workers", count=WORKERS_MAX, path=str(journals))
