"""What the keeper costs: processor seconds for a thousand requests, and how many a second.

python bench/keeper/run.py ledger                       # SQLite, an empty ledger
python bench/keeper/run.py ledger --standing 1000000    # with so many requests in it before
python bench/keeper/run.py ledger --postgres            # a Postgres from a wheel, started for it
python bench/keeper/run.py ledger --store sqlite:////tmp/large.db  # one that `made.py` made

It journals requests as a gateway does, intents and settlements, and lets the drain bring them into
the ledger with all its sums. `live` is traffic of 10,000 requests a second, `backlog` that of a
small team over many days, where nearly every request has a minute of its own. Processor time is
what counts where others use the machine, too; a Postgres's own is told beside it.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import chain, islice
from pathlib import Path

import msgspec
import psutil
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from bench.keeper.made import UNTIL, exchanges  # noqa: E402 - the repository is no package
from tests.live.postgres import postgres_server  # noqa: E402

from tenken.cli.serving.machine import spare_memory  # noqa: E402
from tenken.journal.exchange import Exchange, Intent  # noqa: E402
from tenken.journal.writer import Writer  # noqa: E402
from tenken.keeper.drain import Drain  # noqa: E402
from tenken.store.engine import opened  # noqa: E402
from tenken.store.ledger import Ledger  # noqa: E402
from tenken.store.migration import migrate  # noqa: E402

AT_ONCE = 5_000
START_US = (UNTIL + 3600) * 1_000_000
LIVE_US = 100


class Figures(Struct, frozen=True, kw_only=True):
    """What one run did."""

    store: str
    traffic: str
    standing: int
    requests: int
    cpu_s_per_1000: float
    """Of the keeper."""
    server_cpu_s_per_1000: float
    """Of the database beside it."""
    requests_s: float
    """By the clock, with whatever else ran."""
    per_core_s: float
    """By the keeper's own processor time."""
    peak_mb: int


def journalled(folder: Path, requests: list[Exchange]) -> None:
    """Write what a gateway would."""
    journal = Writer(folder, worker=0, boot="bench", at=requests[0].at)
    for one in requests:
        target = one.attempts[0] if one.attempts else None
        if target is not None:
            journal.intent(
                Intent(
                    id=one.id, at=one.at, identity=one.identity, api=one.api, stream=one.stream,
                    target=target.target, model=target.model, trace=one.trace, span=one.span,
                )
            )  # fmt: skip
        journal.settle(one)
    journal.close()


def traffic(kind: str, count: int) -> list[Exchange]:
    """Give requests that come after all that `made.py` makes."""
    days = 1 if kind == "live" else max(1, count // 5_000)
    made = islice(chain.from_iterable(exchanges(number=count, days=days, seed=7)), count)
    if kind == "live":
        return [replace(one, at=START_US + n * LIVE_US) for n, one in enumerate(made)]
    ahead = days * 24 * 3_600 * 1_000_000
    return [replace(one, at=one.at + ahead) for one in made]


def drained(url: str, requests: list[Exchange], *, kind: str, standing: int) -> Figures:
    """Bring them in, and tell what it cost."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Path(folder) / "0"
        journalled(journal, requests)
        engine = opened(url)
        drain = Drain(journal, journal=f"bench/{time.time_ns()}", ledger=Ledger(engine))
        spare_memory()  # as the keeper does when it begins
        server, own, began = _server(engine), time.process_time(), time.monotonic()
        while not drain.step(0).idle:
            pass
        wall, cpu = time.monotonic() - began, time.process_time() - own
        beside = _server(engine) - server
        engine.dispose()
    thousand = len(requests) / 1_000
    return Figures(
        store=url.partition(":")[0],
        traffic=kind,
        standing=standing,
        requests=len(requests),
        cpu_s_per_1000=round(cpu / thousand, 4),
        server_cpu_s_per_1000=round(beside / thousand, 4),
        requests_s=round(len(requests) / wall),
        per_core_s=round(len(requests) / cpu),
        peak_mb=_peak_mb(),
    )


def filled(url: str, standing: int) -> None:
    """Let so many stand there."""
    engine = opened(url)
    ledger = Ledger(engine)
    for some in exchanges(number=standing, days=60, seed=1):
        for first in range(0, len(some), AT_ONCE):
            ledger.record(some[first : first + AT_ONCE])
    engine.dispose()


def ledger(asked: argparse.Namespace) -> None:
    """Measure the ledger."""
    with store(asked) as url:
        engine = opened(url)
        migrate(engine)
        engine.dispose()
        if asked.standing and not asked.store:
            filled(url, asked.standing)
        for kind in asked.traffic:
            found = drained(url, traffic(kind, asked.requests), kind=kind, standing=asked.standing)
            print(msgspec.json.encode(found).decode())


@contextmanager
def store(asked: argparse.Namespace) -> Iterator[str]:
    """Give a store to measure."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o755)
        if asked.store:
            yield asked.store
        elif asked.postgres:
            server = stack.enter_context(postgres_server(folder))
            yield stack.enter_context(server.database("bench"))
        else:
            yield f"sqlite:///{folder}/ledger.db"


def _server(engine: Engine) -> float:
    """Give the processor time of a Postgres, of all its processes, those that ended too."""
    if engine.dialect.name != "postgresql":
        return 0.0
    with engine.connect() as connection:
        ours = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    server = psutil.Process(ours).parent()
    spent = sum(server.cpu_times()[:4])
    for one in server.children():
        with suppress(psutil.NoSuchProcess):  # it ended, and is told with the server's own
            spent += sum(one.cpu_times()[:2])
    return spent


def _peak_mb() -> int:
    status = Path(f"/proc/{os.getpid()}/status").read_text()
    [line] = [one for one in status.splitlines() if one.startswith("VmHWM")]
    return int(line.split()[1]) // 1024


def main() -> None:
    """Measure what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["ledger"])
    parser.add_argument("--requests", type=int, default=50_000)
    parser.add_argument("--standing", type=int, default=0)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--store", default="")
    parser.add_argument("--traffic", nargs="+", default=["live", "backlog"])
    asked = parser.parse_args()
    ledger(asked)


if __name__ == "__main__":
    main()
