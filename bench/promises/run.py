"""The promises of `tenken serve` in their long form; each prints one line of figures.

python bench/promises/run.py kills --times 500
python bench/promises/run.py crowded --times 200
python bench/promises/run.py exact --times 100000
python bench/promises/run.py reloads --times 1000
python bench/promises/run.py start --times 5
"""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sqlalchemy import func, select  # noqa: E402 - the repository is no package
from tests.live.serving import (  # noqa: E402
    TENKEN,
    Asking,
    Provider,
    Running,
    providing,
    rows,
    running,
    written,
)

from tenken.store.engine import opened  # noqa: E402
from tenken.store.tables import ATTEMPTS, EXCHANGES  # noqa: E402

MIX = [
    {"share": 0.04, "fault": {"kind": "status", "status": 503}},
    {"share": 0.03, "fault": {"kind": "status", "status": 429}},
    {"share": 0.03, "fault": {"kind": "reset"}},
]


@contextmanager
def folder() -> Iterator[Path]:
    """Give a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tenken-promises-") as name:
        yield Path(name)


def key_for(where: Path) -> str:
    """Make a key for the caller."""
    command = [str(TENKEN), "keys", "add", "app", "--path", str(where)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@contextmanager
def served(where: Path, url: str, *, gateway: str = "workers: 2") -> Iterator[Running]:
    """Serve an application until the block ends."""
    written(where, url, gateway=gateway)
    with running(["serve", str(where)], key=key_for(where)) as run:
        yield run


MANY = 48
"""Callers of whom many ask in one turn of a worker's loop."""


def crowded(times: int, seed: int) -> dict[str, object]:
    """The same with so many callers that a worker dies with many requests half done."""
    return kills(times, seed, callers=MANY)


def kills(times: int, seed: int, *, callers: int = 4) -> dict[str, object]:
    """Kill a worker again and again while callers ask."""
    chance = random.Random(seed)  # noqa: S311 - a mix that can be repeated
    back: list[float] = []
    with folder() as where, providing() as (provider, url):
        with served(where, url) as run:
            with Asking(run, callers=callers) as asking:
                for _ in range(times):
                    asking.more(callers)
                    victim = chance.choice(run.workers())
                    os.kill(victim, signal.SIGKILL)
                    back.append(_back(run, victim))
            code = run.end()
        found = _compared(where, asking, provider)
    return {
        "kills": times, "callers": callers, "exit": code, **found,
        "back_s": {"median": _round(statistics.median(back)), "longest": _round(max(back))},
    }  # fmt: skip


def _back(run: Running, victim: int) -> float:
    """Wait until as many workers listen as before; gives the seconds."""
    began = time.monotonic()
    while True:
        live = run.workers()
        if victim not in live and len(live) == 2 and all(map(_listens, live)):
            return time.monotonic() - began
        time.sleep(0.01)


def _listens(pid: int) -> bool:
    """Whether a worker has come as far as to write its journal, right before it listens."""
    try:
        links = [str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return False
    return any(link.endswith(".journal") for link in links)


def _compared(where: Path, asking: Asking, provider: Provider) -> dict[str, object]:
    engine = opened(f"sqlite:///{where}/.tenken/store.db")
    ledger = rows(engine)
    engine.dispose()
    answered = [one.id for one in asking.answers if one.status == 200]
    return {
        "answered": len(answered),
        "broken": sum(one.status == 0 for one in asking.answers),
        "rows": len(ledger.outcomes),
        "answered_without_row": sum(ledger.outcomes.get(one) != "answered" for one in answered),
        "provider_called_without_row": len(set(provider.asked) - set(ledger.outcomes)),
        "twice": len(ledger.twice),
        "unknown": sum(one == "unknown" for one in ledger.outcomes.values()),
    }


def exact(times: int, seed: int) -> dict[str, object]:
    """Ask over a provider that fails a tenth of its calls; compare its log and the ledger."""
    with folder() as where:
        plan, log = where / "plan.json", where / "seen.jsonl"
        plan.write_text(json.dumps({"mix": MIX, "seed": seed}))
        command = [
            str(TENKEN), "fake-provider", "--port", "0", "--control-port", "0",
            "--plan", str(plan), "--log", str(log),
        ]  # fmt: skip
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as fake:
            url = (fake.stdout or sys.stdin).readline().removeprefix("OPENAI_BASE_URL=").strip()
            with served(where, url) as run:
                began = time.monotonic()
                statuses = _asked(run, times)
                took = time.monotonic() - began
                code = run.end()
            fake.send_signal(signal.SIGINT)
            fake.wait(60)
        seen = [json.loads(line) for line in log.read_text().splitlines()]
        engine = opened(f"sqlite:///{where}/.tenken/store.db")
        with engine.connect() as connection:
            requests = connection.scalar(select(func.count()).select_from(EXCHANGES))
            calls = connection.scalar(select(func.count()).select_from(ATTEMPTS))
            tokens = connection.execute(
                select(func.sum(ATTEMPTS.c.input), func.sum(ATTEMPTS.c.output)).where(
                    ATTEMPTS.c.usage_source == "provider"
                )
            ).one()
        engine.dispose()
    whole = [one for one in seen if one["end"] == "whole" and one["status"] == 200]
    return {
        "requests": times, "exit": code, "seconds": _round(took),
        "statuses": {str(one): statuses.count(one) for one in sorted(set(statuses))},
        "ledger": {"requests": requests, "calls": calls, "tokens": list(tokens)},
        "provider": {
            "calls": len(seen),
            "tokens": [sum(one[f"{way}_tokens"] for one in whole) for way in ("input", "output")],
        },
    }  # fmt: skip


def _asked(run: Running, times: int) -> list[int]:
    """Ask so often, by eight callers."""
    statuses: list[int] = []

    def asks(caller: int) -> None:
        statuses.extend(run.ask(f"e{caller}-{n}").status for n in range(caller, times, 8))

    threads = [Thread(target=asks, args=(caller,)) for caller in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return statuses


def reloads(times: int, _seed: int) -> dict[str, object]:
    """Replace the file so often while callers ask; each time until all workers have gone over."""
    took: list[float] = []
    with folder() as where, providing() as (_, url), served(where, url) as run:
        with Asking(run, callers=3) as asking:
            for number in range(1, times + 1):
                began = time.monotonic()
                written(where, url, limits=f"rpm: {100_000 + number}", gateway="workers: 2")
                run.said("are served now", times=number)
                took.append(time.monotonic() - began)
        code = run.end()
    statuses = [one.status for one in asking.answers]
    return {
        "reloads": times, "exit": code, "requests": len(statuses),
        "not_answered": sum(one != 200 for one in statuses),
        "all_over_s": {"median": _round(statistics.median(took)), "longest": _round(max(took))},
    }  # fmt: skip


def start(times: int, _seed: int) -> dict[str, object]:
    """Time from the start of the process to the first answer."""
    took: dict[str, list[float]] = {"gateway": [], "serve": []}
    with folder() as where, providing() as (_, url):
        written(where, url, gateway="workers: 1")
        key = key_for(where)
        for _ in range(times):
            for command, found in took.items():
                began = time.monotonic()
                with running([command, str(where)], key=key) as run:
                    run.ask("first")
                    found.append(time.monotonic() - began)
                    run.end()
    return {f"{name}_s": _round(statistics.median(found)) for name, found in took.items()}


def _round(seconds: float) -> float:
    return round(seconds, 3)


PROMISES: dict[str, Callable[[int, int], dict[str, object]]] = {
    "kills": kills, "crowded": crowded, "exact": exact, "reloads": reloads, "start": start,
}  # fmt: skip


def main() -> None:
    """Run one, and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("promise", choices=PROMISES)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(json.dumps({asked.promise: PROMISES[asked.promise](asked.times, asked.seed)}))


if __name__ == "__main__":
    main()
