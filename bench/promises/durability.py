"""What the durabilities of the journal promise, in their long form; each prints a row of a table.

python bench/promises/durability.py lost --times 100     # kill -9, the disk deleted: store
python bench/promises/durability.py volume --times 100   # kill -9, the unsynced end cut off
python bench/promises/durability.py away --seconds 600   # Postgres away at 100 requests a second
"""

import argparse
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread

import msgspec
from msgspec import Struct
from msgspec.structs import replace

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.live.postgres import Postgres, postgres_server  # noqa: E402 - the repository is no package
from tests.live.serving import (  # noqa: E402
    TENKEN,
    Asking,
    Provider,
    Rows,
    Running,
    providing,
    rows,
    running,
    written,
)

from tenken.drills.provider.plan import drawn  # noqa: E402
from tenken.journal.frame import Frame, Kind, decode, digest_of, encode  # noqa: E402
from tenken.journal.reader import OPENED, segments  # noqa: E402
from tenken.keeper.collect import Collect  # noqa: E402
from tenken.keeper.drain import Drain  # noqa: E402
from tenken.store.engine import opened  # noqa: E402
from tenken.store.ledger import Ledger  # noqa: E402
from tenken.store.migration import migrate  # noqa: E402

FAR = 4_000_000_000_000_000
"""A moment at which every open request is long gone."""
SEED = 7
RATE = 100
STORE = "journal: {{durability: {mode}}}, store: {{url_env: STORE_URL}}"


class Ground(Struct, frozen=True):
    """A gateway's folder, its provider and its store."""

    folder: Path
    provider: Provider
    upstream: str
    key: str
    store: str
    postgres: Postgres

    @contextmanager
    def served(self, command: str, gateway: str) -> Iterator[Running]:
        """Run a command of tenken until the block ends."""
        written(self.folder, self.upstream, gateway=gateway)
        environment = {"STORE_URL": self.store}
        with running([command, str(self.folder)], key=self.key, environment=environment) as run:
            yield run


@contextmanager
def ground() -> Iterator[Ground]:
    """Prepare everything."""
    with ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="tenken-promises-"))
        folder = Path(name)
        postgres = stack.enter_context(postgres_server(folder))
        store = stack.enter_context(postgres.database("ledger"))
        provider, upstream = stack.enter_context(providing())
        written(folder, upstream)
        command = [str(TENKEN), "keys", "add", "app", "--path", str(folder)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        yield Ground(folder, provider, upstream, done.stdout.strip(), store, postgres)


def lost(times: int) -> str:
    """Kill gateways in mode store, delete what they had, and look for every answer."""
    answered: list[str] = []
    with ground() as it:
        keys = (it.folder / ".tenken" / "keys.json").read_bytes()
        for number in range(times):
            answered += killed(it, "store", number)
            shutil.rmtree(it.folder / ".tenken")
            (it.folder / ".tenken").mkdir()
            (it.folder / ".tenken" / "keys.json").write_bytes(keys)
        found = ledger(it, [])
        gone = sum(1 for name in answered if found.outcomes.get(name) != "answered")
        unseen = len(set(it.provider.asked) - set(found.outcomes))
        unknown = sum(1 for outcome in found.outcomes.values() if outcome == "unknown")
        return (
            f"| store, disk deleted | {times} | {len(answered)} | {gone} answers and "
            f"{unseen} calls missing, {unknown} settled as unknown | {len(found.twice)} |"
        )


def volume(times: int) -> str:
    """Kill gateways in mode volume, cut what a dead machine would not have, and count."""
    answered: list[str] = []
    with ground() as it:
        for number in range(times):
            answered += killed(it, "volume", number)
            cut(it.folder / ".tenken" / "journal" / "0")
        with it.served("gateway", STORE.format(mode="volume")) as run:
            run.end()  # whoever opens it next finds what is missing
        found = ledger(it, ["0"])
        engine = opened(it.store)
        told = sum(one.records for one in Ledger(engine).losses())
        missing = len(set(answered) - set(found.outcomes))
        engine.dispose()
        return (
            f"| volume, unsynced end cut off | {times} | {len(answered)} | {missing} answers "
            f"gone, at most {told} records told | {len(found.twice)} |"
        )


def killed(it: Ground, mode: str, number: int) -> list[str]:
    """Kill a gateway under load at a moment drawn from the seed; gives who was answered."""
    with (
        it.served("gateway", STORE.format(mode=mode)) as run,
        Asking(run, callers=8, named=f"{number}-") as asking,
    ):
        asking.more(1 + round(200 * drawn(SEED, number)))
        run.process.send_signal(signal.SIGKILL)
        run.process.wait()
    return [one.id for one in asking.answers if one.status == 200]


def cut(folder: Path) -> None:
    """Leave of the last segment what was surely on the disk: up to the mark before the last.

    Under another machine's name, as if it had been written elsewhere: here no machine dies.
    """
    path = segments(folder)[-1]
    whole = [one for one in decode(path.read_bytes()) if isinstance(one, Frame)]
    marks = [at for at, one in enumerate(whole) if one.kind is Kind.MARK]
    kept = whole[: marks[-2] + 1 if len(marks) > 1 else 1]
    content, previous = b"", kept[0].previous
    for one in kept:
        payload = one.payload
        if one.kind is Kind.OPENED:
            payload = msgspec.msgpack.encode(replace(OPENED.decode(payload), machine="elsewhere"))
        frame = encode(
            one.kind, payload, schema=one.schema, worker=one.worker, sequence=one.sequence,
            previous=previous,
        )  # fmt: skip
        content, previous = content + frame, digest_of(frame)
    path.write_bytes(content)


def ledger(it: Ground, journals: list[str]) -> Rows:
    """Bring everything into the ledger; gives its rows."""
    engine = opened(it.store)
    migrate(engine)
    kept = Ledger(engine)
    for name in journals:
        drain = Drain(it.folder / ".tenken" / "journal" / name, journal=name, ledger=kept)
        while not drain.step(FAR).idle:
            pass
    collect = Collect(kept)
    while not collect.step(FAR).idle:
        pass
    found = rows(engine)
    engine.dispose()
    return found


def away(seconds: float) -> str:
    """Ask at a steady rate while Postgres is away, and see how long the rest takes afterwards."""
    with ground() as it:
        with it.served("serve", "store: {url_env: STORE_URL}, workers: 2") as run:
            before = asked(run, 10.0, "before")
            with it.postgres.away():
                meanwhile = asked(run, seconds, "away")
            began = time.monotonic()
            run.said("The store answers again")
            everybody = len(before.statuses) + len(meanwhile.statuses)
            while counted(it.store) < everybody:
                time.sleep(0.2)
            took = time.monotonic() - began
            run.end()
        found = ledger(it, [])
    statuses = {*before.statuses, *meanwhile.statuses}
    return (
        f"| Postgres away {seconds:.0f} s at {RATE}/s | {everybody} asked, statuses {statuses} "
        f"| p99 {before.p99_ms:.1f} ms before, {meanwhile.p99_ms:.1f} ms while away "
        f"| {everybody - len(found.outcomes)} rows missing, {len(found.twice)} twice "
        f"| brought {took:.1f} s after it was back |"
    )


class Course(Struct):
    """What callers saw."""

    statuses: list[int]
    p99_ms: float


def asked(run: Running, seconds: float, name: str) -> Course:
    """Ask at a steady rate, whatever the answers take."""
    statuses: list[int] = []
    waits: list[float] = []

    def asks(number: int) -> None:
        at = time.perf_counter()
        statuses.append(run.ask(f"{name}-{number}").status)
        waits.append(time.perf_counter() - at)

    threads = []
    began, stop = time.monotonic(), Event()
    for number in range(round(RATE * seconds)):
        stop.wait(max(0.0, began + number / RATE - time.monotonic()))
        thread = Thread(target=asks, args=(number,))
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    return Course(statuses, statistics.quantiles(waits, n=100)[98] * 1000)


def counted(store: str) -> int:
    """Give how many requests the ledger has."""
    engine = opened(store)
    try:
        return len(rows(engine).outcomes)
    finally:
        engine.dispose()


def main() -> None:
    """Run one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=["lost", "volume", "away"])
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=600.0)
    given = parser.parse_args()
    if given.what == "away":
        print(away(given.seconds))
    else:
        print((lost if given.what == "lost" else volume)(given.times))


if __name__ == "__main__":
    main()
