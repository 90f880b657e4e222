"""The promises of the keeper in their long form: killed at random moments, its backends away.

python bench/promises/keeping.py kills --times 100
python bench/promises/keeping.py away --seconds 600         # the backend of traces
python bench/promises/keeping.py store-away --seconds 600   # Postgres, with the backend there
python bench/promises/keeping.py receiver-away --seconds 600   # a receiver of alerts
"""

import argparse
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "bench" / "promises")]

from receiving import receiver_away  # noqa: E402 - the repository is no package
from run import folder, key_for  # noqa: E402
from sqlalchemy import func, select  # noqa: E402
from tests.keeper.sinks.otlp_receiver import Backend, backend  # noqa: E402
from tests.live.postgres import Postgres, postgres_server  # noqa: E402
from tests.live.serving import (  # noqa: E402
    Asking,
    Running,
    children,
    providing,
    replaced,
    rows,
    running,
    written,
)

from tenken.store.engine import opened  # noqa: E402
from tenken.store.rollups.reading import Rollups  # noqa: E402
from tenken.store.tables import ATTEMPTS  # noqa: E402

TELEMETRY = """
telemetry:
  traces: [{{name: backend, url: "{url}", share: 1.0}}]
  logs: [{{path: requests.jsonl}}]
"""
BEGUN_S = 30.0
DRAINED_S = 180.0


def kills(times: int, seed: int) -> dict[str, object]:
    """Kill the keeper again and again while callers ask."""
    chance = random.Random(seed)  # noqa: S311 - a mix that can be repeated
    with folder() as where, providing() as (_provider, url), backend() as there:
        key = _written(where, url, there)
        with running(["serve", str(where)], key=key) as run:
            with Asking(run, callers=3) as asking:
                for _ in range(times):
                    asking.more(10)
                    time.sleep(chance.uniform(0, 0.6))
                    os.kill(_keeper(run), signal.SIGKILL)
            _until_all(there, asking)
            code = run.end()
        return {"kills": times, "exit": code, **_compared(where, asking, there)}


def away(seconds: float, seed: int) -> dict[str, object]:
    """Let the backend of traces refuse for a while: nothing waits for it, and nothing is lost."""
    del seed
    with folder() as where, providing() as (_provider, url), backend() as there:
        key = _written(where, url, there)
        there.answers = [503] * 1_000_000
        with running(["serve", str(where)], key=key) as run:
            with Asking(run, callers=3) as asking:
                until = time.monotonic() + seconds
                while time.monotonic() < until:
                    asking.more(10)
            lines = _lines(where)
            there.answers = []
            began = time.monotonic()
            _until_all(there, asking)
            caught_up = time.monotonic() - began
            code = run.end()
        found = _compared(where, asking, there)
        return {
            "away_s": seconds, "exit": code, "log_lines_meanwhile": len(lines),
            "caught_up_s": round(caught_up, 1), **found,
        }  # fmt: skip


def store_away(seconds: float, seed: int) -> dict[str, object]:
    """Let Postgres be out of reach for a while: callers are answered, and nothing is lost."""
    del seed
    with (
        folder() as where, folder() as data, providing() as (_provider, url), backend() as there,
        _postgres(data) as (server, store),
    ):  # fmt: skip
        key = _written(where, url, there, gateway="workers: 2, store: {url_env: STORE_URL}")
        environment = {"STORE_URL": store}
        with running(["serve", str(where)], key=key, environment=environment) as run:
            with Asking(run, callers=3) as asking:
                asking.more(50)
                _until_all(there, asking)
                with server.away():
                    until = time.monotonic() + seconds
                    while time.monotonic() < until:
                        asking.more(10)
            waited = len(asking.answers)
            began = time.monotonic()
            _until_all(there, asking)
            _until_rows(store, asking)
            caught_up = time.monotonic() - began
            code = run.end()
        found = _compared(where, asking, there, store)
        return {
            "away_s": seconds, "exit": code, "asked": waited, "caught_up_s": round(caught_up, 1),
            **found,
        }  # fmt: skip


@contextmanager
def _postgres(data: Path) -> Iterator[tuple[Postgres, str]]:
    data.chmod(0o755)
    with postgres_server(data) as server, server.database("away") as store:
        yield server, store


def _until_rows(store: str, asking: Asking) -> None:
    """Wait until the ledger has all that was answered, or time is up."""
    answered = {one.id for one in asking.answers if one.status == 200}
    ends = time.monotonic() + DRAINED_S
    engine = opened(store)
    while time.monotonic() < ends and not answered <= set(rows(engine).outcomes):
        time.sleep(1)
    engine.dispose()


def _written(where: Path, url: str, there: Backend, *, gateway: str = "workers: 2") -> str:
    written(where, url, gateway=gateway)
    file = where / "tenken.yaml"
    replaced(file, file.read_text() + TELEMETRY.format(url=there.url))
    return key_for(where)


def _keeper(run: Running) -> int:
    ends = time.monotonic() + BEGUN_S
    while time.monotonic() < ends:
        for pid, command in children(run.process.pid):
            if "supervising.keep" in command:
                return pid
        time.sleep(0.02)
    raise SystemExit("the keeper did not come back")


def _until_all(there: Backend, asking: Asking) -> None:
    """Wait until the backend has all that was answered, or time is up."""
    answered = {one.id for one in asking.answers if one.status == 200}
    ends = time.monotonic() + DRAINED_S
    while time.monotonic() < ends and not answered <= set(_traced(there)):
        time.sleep(0.5)


def _traced(there: Backend) -> Counter[str]:
    return Counter(
        pair.value.string_value
        for span in tuple(there.spans)
        for pair in span.attributes
        if pair.key == "tenken.request.id"
    )


def _lines(where: Path) -> Counter[str]:
    path = where / "requests.jsonl"
    text = path.read_text("utf-8") if path.exists() else ""
    return Counter(json.loads(line)["request_id"] for line in text.splitlines())


def _compared(where: Path, asking: Asking, there: Backend, store: str = "") -> dict[str, object]:
    engine = opened(store or f"sqlite:///{where}/.tenken/store.db")
    ledger, sums = rows(engine), Rollups(engine).ever()
    with engine.connect() as connection:
        calls = connection.scalar(select(func.count()).select_from(ATTEMPTS))
    engine.dispose()
    answered = [one.id for one in asking.answers if one.status == 200]
    traced, lines = _traced(there), _lines(where)
    spans = {(span.trace_id, span.span_id) for span in there.spans}
    return {
        "answered": len(answered),
        "not_answered": len(asking.answers) - len(answered),
        "without_row": sum(ledger.outcomes.get(one) != "answered" for one in answered),
        "twice_in_ledger": len(ledger.twice),
        "rows": len(ledger.outcomes),
        "sums": sum(one.totals.requests for one in sums.exchanges),
        "calls": calls,
        "sums_of_calls": sum(one.calls for one in sums.attempts),
        "without_trace": sum(one not in traced for one in answered),
        "without_line": sum(one not in lines for one in answered),
        "lines_again": sum(lines.values()) - len(lines),
        "spans": len(spans),
        "spans_again": len(there.spans) - len(spans),
    }


AWAY = {"away": away, "store-away": store_away, "receiver-away": receiver_away}


def main() -> None:
    """Run one of them, and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("promise", choices=["kills", *AWAY])
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    if asked.promise == "kills":
        found = kills(asked.times, asked.seed)
    else:
        found = AWAY[asked.promise](asked.seconds, asked.seed)
    print(
        json.dumps({"promise": asked.promise, **found, "took_s": round(time.monotonic() - began)})
    )


if __name__ == "__main__":
    main()
