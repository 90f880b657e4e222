"""How fast the keeper is with every sink on: ledger, traces, log lines, events, metrics.

python bench/keeper/sinks.py --count 40000
python bench/keeper/sinks.py --count 360000   # an hour away at 100 a second, caught up with

A journal is written first; then drain and sinks run as in the keeper, each in a thread of its own.
CPU time counts, of this process alone: who receives runs in another one.
"""

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread

from msgspec.structs import replace
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from sqlalchemy import Engine

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.journal.making import exchange, intent  # noqa: E402
from tests.keeper.sinks.records import blocked, healthy  # noqa: E402

from tenken.journal.reader import segments  # noqa: E402 - the repository is no package
from tenken.journal.writer import Writer  # noqa: E402
from tenken.keeper.drain import Drain  # noqa: E402
from tenken.keeper.sinks.events.datadog import DatadogEvents  # noqa: E402
from tenken.keeper.sinks.feed import Feed  # noqa: E402
from tenken.keeper.sinks.following import Shared  # noqa: E402
from tenken.keeper.sinks.logs.lines import Style  # noqa: E402
from tenken.keeper.sinks.logs.writing import File, Logs  # noqa: E402
from tenken.keeper.sinks.metrics.families import Families  # noqa: E402
from tenken.keeper.sinks.metrics.keeping import Kept  # noqa: E402
from tenken.keeper.sinks.metrics.page import Page  # noqa: E402
from tenken.keeper.sinks.plain import plain  # noqa: E402
from tenken.keeper.sinks.posting import Posting  # noqa: E402
from tenken.keeper.sinks.receiver import Receiver  # noqa: E402
from tenken.keeper.sinks.traces.sampling import Sampling  # noqa: E402
from tenken.keeper.sinks.traces.sending import Manner, Traces  # noqa: E402
from tenken.store.engine import opened  # noqa: E402
from tenken.store.ledger import Ledger  # noqa: E402
from tenken.store.migration import migrate  # noqa: E402
from tenken.store.owed.counts import counted  # noqa: E402
from tenken.store.owed.owed import Owed  # noqa: E402
from tenken.store.rollups.reading import Rollups  # noqa: E402
from tenken.store.sinks.positions import Positions  # noqa: E402

SINKS = ("traces", "logs", "events")
HOSTILE = 0.01
"""Of the requests: blocked by a guard."""
RESCUED = 0.02
"""Of the requests: with a call that failed first, which always goes."""


def wall_us() -> int:
    return time.time_ns() // 1000


class Taking(BaseHTTPRequestHandler):
    """Takes whatever is posted."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def receive(tells: Connection) -> None:
    """Listen, in a process of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    tells.send(server.server_port)
    server.serve_forever()


@contextmanager
def receiving() -> Iterator[str]:
    """Give the address of somebody who takes everything."""
    context = get_context("spawn")
    heard, tells = context.Pipe()
    process = context.Process(target=receive, args=(tells,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{heard.recv()}/v1/traces"
    finally:
        process.terminate()
        process.join()


def write(folder: Path, count: int) -> None:
    """Write a journal: an intent and a settlement of each request."""
    writer = Writer(folder, worker=0, boot="b", at=wall_us())
    now, chance = wall_us(), random.Random(7)  # noqa: S311 - the same each time
    kinds = {"healthy": healthy(), "rescued": exchange(1), "blocked": blocked()}
    for number in range(count):
        part = (number * 0.618_033_988_7) % 1
        kind = (
            "blocked" if part < HOSTILE else "rescued" if part < HOSTILE + RESCUED else "healthy"
        )
        at = now - (count - number) * 100
        trace, span, drawn = (f"{chance.getrandbits(64):016x}" for _ in range(3))
        id_, trace = f"req-{drawn}{span}", f"{drawn}{trace}"
        writer.intent(replace(intent(1), id=id_, at=at, span=span))
        writer.settle(replace(kinds[kind], id=id_, at=at, span=span, trace=trace))
    writer.close()


def receivers(url: str, folder: Path, share: float) -> dict[str, Receiver]:
    posting = Posting(url, {}, now=wall_us)
    manner = Manner(name="traces", resource={"service.name": "b"}, sampling=Sampling(share=share))
    return {
        "traces": Traces(posting, manner, tell=print),
        "logs": Logs(File(folder / "requests.jsonl"), Style(service="bench")),
        "events": DatadogEvents(posting, tags=()),
    }


def run(step: Callable[[], bool], name: str) -> Thread:
    """Step until there is no more."""

    def works() -> None:
        while step():
            pass

    thread = Thread(target=works, name=name)
    thread.start()
    return thread


class Keeping:
    """Drain and sinks over one journal."""

    def __init__(self, engine: Engine, folder: Path, *, url: str, share: float) -> None:
        journals, shared = folder / "journals", Shared()
        self.feeds = [
            Feed(
                sink,
                receiver,
                journals=journals,
                instance="i",
                positions=Positions(engine, sink),
                owed=Owed(engine, sink),
                mine=lambda _now: True,
                tell=print,
                shared=shared,
            )
            for sink, receiver in receivers(url, folder, share).items()
        ]
        self.drain = Drain(
            journals / "0",
            journal="i/0",
            ledger=Ledger(engine, sinks=SINKS),
            others=tuple(Positions(engine, sink) for sink in SINKS),
        )

    def run(self) -> None:
        """Bring everything, each in a thread of its own."""
        threads = [run(lambda: not self.drain.step(wall_us()).idle, "drain")]
        threads += [
            run(lambda feed=feed: not feed.step(wall_us()), feed.name) for feed in self.feeds
        ]
        for thread in threads:
            thread.join()
        while self.drain.step(wall_us()).removed:
            pass


def scraped(engine: Engine) -> tuple[int, float]:
    """Give how long a page of metrics is, and the CPU seconds it takes."""
    registry = CollectorRegistry(auto_describe=False)
    families = Families(2000, plain=plain)
    ever = Rollups(engine).counters
    page = Page(ever=ever, kept=lambda _: Kept(), families=families, parent=0, now=wall_us)
    registry.register(page)
    began = time.process_time()
    return len(generate_latest(registry)), time.process_time() - began


def main() -> None:
    """Write, bring, and tell how long that took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40_000)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--store", default="", help="another store than SQLite in a file")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, receiving() as url:
        folder = Path(name)
        engine = opened(asked.store or f"sqlite:///{folder}/store.db")
        migrate(engine)
        write(folder / "journals/0", asked.count)
        keeping = Keeping(engine, folder, url=url, share=asked.share)
        began, cpu = time.perf_counter(), time.process_time()
        keeping.run()
        took, used = time.perf_counter() - began, time.process_time() - cpu
        size, page_s = scraped(engine)
        print(f"{asked.count} exchanges, {asked.share:.0%} of the healthy in traces")
        print(f"{asked.count / used:,.0f} a second of CPU ({used:.1f} s), {took:.1f} s in all")
        print(f"a page of metrics: {size} bytes, {page_s * 1000:.0f} ms of CPU")
        print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB at most")
        for sink, tally in counted(engine).items():
            print(sink, tally)
        print(f"{len(segments(folder / 'journals/0'))} segments left")
        engine.dispose()


if __name__ == "__main__":
    main()
