"""Where a worker puts its requests on record: the one place that chooses how."""

import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import assert_never

from msgspec import Struct

from tenken.config.serving import GatewaySettings, JournalSettings
from tenken.errors import UsageError
from tenken.gateway.committing.files import (
    RESERVE,
    GroupCommitter,
    LocalCommitter,
    VolumeCommitter,
)
from tenken.gateway.committing.holes import Holes
from tenken.gateway.settle import Committer
from tenken.journal.writer import Writer
from tenken.sentence import Sentence, say
from tenken.transport.limits import MIB

WORKERS_MAX = 64
Background = Callable[[], Awaitable[None]]
"""What goes on beside requests until the worker ends."""
MACHINE = Path("/proc/sys/kernel/random/boot_id")
"""A name that the kernel has from its start to its end."""


class Outside(Struct, frozen=True, kw_only=True):
    """What a worker records by: who it is, when it is, and whom it tells."""

    boot: str
    wall_us: Callable[[], int]
    monotonic: Callable[[], float]
    environment: Mapping[str, str]
    tell: Callable[[Sentence], None]


class Recording(Struct, frozen=True, kw_only=True):
    """How requests come on record."""

    committer: Committer
    holes: Holes
    """Counts what does not."""


@asynccontextmanager
async def recording(
    settings: GatewaySettings, *, journals: Path, outside: Outside
) -> AsyncIterator[Recording]:
    """Open what the settings name, and say what it costs and can lose; raises UsageError."""
    holes = Holes(outside.tell, clock=outside.monotonic)
    outside.tell(promise_of(settings.journal))
    async with _committer(settings, journals, outside, holes) as committer:
        yield Recording(committer=committer, holes=holes)
    holes.close()


def promise_of(settings: JournalSettings) -> Sentence:
    """Give what a mode costs, and what it can lose."""
    match settings.durability:
        case "local" | "volume" if settings.fsync == "group":
            return say("journal.local_group")
        case "local":
            return say("journal.local")
        case "volume":
            return say("journal.volume")
        case "store":
            return say("journal.store")
        case _:
            assert_never(settings.durability)


@asynccontextmanager
async def _committer(
    settings: GatewaySettings, journals: Path, outside: Outside, holes: Holes
) -> AsyncIterator[Committer]:
    if settings.journal.durability == "store":
        async with _stored(settings, outside) as stored:
            yield stored
        return
    with _own_number(journals) as number, _disk() as disk:
        writer = _opened(settings.journal, journals, outside, number)
        found = _filed(settings.journal, writer, outside, disk=disk, holes=holes)
        try:
            yield found
        finally:
            await found.close(outside.wall_us())


def _disk() -> ThreadPoolExecutor:
    """Give the thread that waits for the disk, and for nothing else."""
    return ThreadPoolExecutor(1, thread_name_prefix="journal")


def _opened(settings: JournalSettings, journals: Path, outside: Outside, number: int) -> Writer:
    """Open a journal of this worker's own."""
    on_volume = _on_volume(settings)
    writer = Writer(
        journals / str(number),
        worker=number,
        boot=outside.boot,
        at=outside.wall_us(),
        machine=_machine(),
        synced=on_volume or settings.fsync == "group",
        reserve=RESERVE if on_volume else 0,
        quota_bytes=settings.quota_mb * MIB,
    )
    if (gone := writer.missing) is not None:
        outside.tell(say("journal.may_be_missing", count=gone.records, last=gone.reserved))
    return writer


def _filed(
    settings: JournalSettings, writer: Writer, outside: Outside, *, disk: Executor, holes: Holes
) -> LocalCommitter | GroupCommitter | VolumeCommitter:
    if _on_volume(settings):
        return VolumeCommitter(
            writer, wall_us=outside.wall_us, tell=outside.tell, unrecorded=holes, beside=disk
        )
    if settings.fsync == "group":
        return GroupCommitter(writer, tell=outside.tell, beside=disk)
    return LocalCommitter(writer, tell=outside.tell)


def _on_volume(settings: JournalSettings) -> bool:
    # A group on the disk is more than a volume promises.
    return settings.durability == "volume" and settings.fsync != "group"


@asynccontextmanager
async def _stored(settings: GatewaySettings, outside: Outside) -> AsyncIterator[Committer]:
    # Here, not above: a driver and its tables take a third of a second that files do not need.
    from tenken.cli.serving.storing import store_url  # noqa: PLC0415
    from tenken.gateway.committing.store import StoreCommitter  # noqa: PLC0415
    from tenken.store.frames import postgres_frames  # noqa: PLC0415

    variable = settings.store.url_env
    if not variable:
        raise UsageError("journal.store_needs_postgres")
    frames = postgres_frames(store_url("", variable, outside.environment), boot=outside.boot)
    committer = StoreCommitter(frames, tell=outside.tell)
    try:
        committer.look()
        yield committer
    finally:
        await committer.close()


def _machine() -> str:
    try:
        return MACHINE.read_text(encoding="ascii").strip()
    except OSError:
        return ""


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
