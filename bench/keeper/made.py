"""Makes a ledger of any size, the same for the same seed: what pages and queries are timed on.

python bench/keeper/made.py sqlite:////tmp/ledger.db --count 1000000
python bench/keeper/made.py postgresql://... --count 10000000 --days 60

Traffic follows the hours of a day and the days of a week. There are several routes, callers,
releases that follow each other, and models; some calls fail and are made again elsewhere, guards
find something now and then, and on one day a provider is down for an hour.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import accumulate, count
from pathlib import Path
from sqlite3 import Connection as SQLiteConnection

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine, Index, event
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import DropIndex

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tenken.journal.exchange import (  # noqa: E402 - the repository is no package
    Attempt,
    Exchange,
    Identity,
    Match,
    Outcome,
    Timings,
)
from tenken.store.engine import WRITING, opened  # noqa: E402
from tenken.store.migration import migrate  # noqa: E402
from tenken.store.months import month_of, partition  # noqa: E402
from tenken.store.recording.exchanges import write  # noqa: E402
from tenken.store.tables import EXCHANGES, MATCHES  # noqa: E402
from tenken.wire.api import Api  # noqa: E402
from tenken.wire.failure import Failure  # noqa: E402
from tenken.wire.usage import Usage  # noqa: E402

UNTIL = 1_795_392_000  # 2026-11-23, in seconds
HOUR_S = 3600
KINDS = 4_000
"""Different courses that a request may take; each has tokens, times and costs of its own."""
DOWN_HOURS_AGO = 20 * 24 + 10
MODELS = {
    # price of a million tokens read, cached and written
    "fast": ("openai", "gpt-5-mini", Decimal("0.25"), Decimal("0.025"), Decimal(2)),
    "deep": ("anthropic", "claude-sonnet-4-5", Decimal(3), Decimal("0.3"), Decimal(15)),
    "spare": ("vertex", "gemini-2.5-flash", Decimal("0.3"), Decimal("0.075"), Decimal("2.5")),
}
ROUTES = (
    # route, use case, usual target, share of the traffic, milliseconds of a usual answer
    ("answer", "faq", "fast", 55, 1_800),
    ("summary", "meeting-notes", "deep", 20, 6_500),
    ("extract", "invoices", "fast", 15, 900),
    ("plan", "shift-plan", "deep", 10, 9_000),
)
CALLERS = tuple(f"team-{number:02d}" for number in range(24))
RELEASES = tuple(f"{number * 7919:012x}" for number in range(1, 9))
FAILURES = (Failure.RATE_LIMITED, Failure.OVERLOADED, Failure.SERVER_ERROR, Failure.TIMEOUT_TTFT)
STATUS = {Failure.RATE_LIMITED: 429, Failure.OVERLOADED: 529, Failure.SERVER_ERROR: 500}
RULES = (
    Match(rule="pii.email", risk="pii", action="mask", stage="inward", severity="low"),
    Match(rule="pii.phone", risk="pii", action="mask", stage="inward", severity="low"),
    Match(rule="injection.override", risk="injection", action="block", stage="inward",
          severity="high", score=0.93),
    Match(rule="harm.self", risk="harm", action="block", stage="outward", severity="high"),
)  # fmt: skip


class Course(Struct, frozen=True):
    """What becomes of a request, whoever sends it."""

    route: int
    one: Exchange


class Kinds(Struct, frozen=True):
    """Courses by route, on usual days and while a provider is down."""

    usual: tuple[tuple[Course, ...], ...]
    down: tuple[tuple[Course, ...], ...]


def exchanges(*, number: int, days: int, seed: int) -> Iterator[list[Exchange]]:
    """Give so many, by their time, an hour's in a list."""
    chance = random.Random(seed)  # noqa: S311 - the same numbers for the same seed
    kinds = _kinds(chance)
    hours = days * 24
    first = UNTIL - hours * HOUR_S
    weights = list(accumulate(_weight(first + hour * HOUR_S) for hour in range(hours)))
    ids = count(1)
    done = 0
    for hour, upto in enumerate(weights):
        share = round(number * upto / weights[-1]) - done
        done += share
        pool = kinds.down if hours - hour == DOWN_HOURS_AGO else kinds.usual
        release = RELEASES[hour * len(RELEASES) // hours]
        start = (first + hour * HOUR_S) * 1_000_000
        yield _hour(chance, pool, start=start, share=share, release=release, ids=ids)


def _hour(
    chance: random.Random,
    pool: tuple[tuple[Course, ...], ...],
    *,
    start: int,
    share: int,
    release: str,
    ids: "count[int]",
) -> list[Exchange]:
    moments = sorted(chance.choices(range(HOUR_S * 1_000), k=share))
    routes = chance.choices(range(len(ROUTES)), [route[3] for route in ROUTES], k=share)
    identities = _identities(release)
    made = []
    for moment, route in zip(moments, routes, strict=True):
        course = chance.choice(pool[route]).one
        caller = CALLERS[min(int(chance.expovariate(0.2)), len(CALLERS) - 1)]
        id_, trace = next(ids), f"{chance.getrandbits(128):032x}"
        made.append(
            Exchange(
                id=f"req-{trace[:24]}",
                at=start + moment * 1_000 + id_ % 1_000,
                trace=trace,
                span=trace[16:],
                parent="",
                sampled=id_ % 20 == 0,
                identity=identities[route, caller],
                api=course.api,
                stream=course.stream,
                outcome=course.outcome,
                status=course.status,
                code=course.code,
                finish=course.finish,
                attempts=course.attempts,
                usage=course.usage,
                cost=course.cost,
                timings=course.timings,
                matches=course.matches,
            )
        )
    return made


def _identities(release: str) -> dict[tuple[int, str], Identity]:
    """Give who asks for what: each caller has a user for each route."""
    return {
        (route, caller): Identity(
            caller=caller,
            use_case=ROUTES[route][1],
            use_case_known="stated",
            route=ROUTES[route][0],
            session_known="derived",
            session=f"{hash((route, number)) & (2**64 - 1):016x}",
            prompt=f"{ROUTES[route][0]}@{release}",
            prompt_known="stated",
            release=release,
            settings="5b1f0c7d",
        )
        for route in range(len(ROUTES))
        for number, caller in enumerate(CALLERS)
    }


def _weight(second: int) -> float:
    """Give how busy an hour is: office hours in Japan, little at weekends."""
    hour, weekday = (second // HOUR_S + 9) % 24, (second // (24 * HOUR_S) + 3) % 7
    busy = 1.0 if 9 <= hour < 19 else 0.35 if 7 <= hour < 23 else 0.08
    return busy * (0.25 if weekday >= 5 else 1.0)


def _kinds(chance: random.Random) -> Kinds:
    usual, down = (
        tuple(
            tuple(Course(n, _course(chance, n, failing)) for _ in range(KINDS // len(ROUTES)))
            for n in range(len(ROUTES))
        )
        for failing in (0.015, 0.6)
    )
    return Kinds(usual, down)


def _course(chance: random.Random, route: int, failing: float) -> Exchange:
    _, _, target, _, usual_ms = ROUTES[route]
    took = max(80, int(chance.lognormvariate(0, 0.5) * usual_ms)) * 1_000
    found = _found(chance)
    blank = Exchange(
        id="", at=0, trace="", span="", parent="", sampled=False, identity=Identity(),
        api=Api.CHAT, stream=chance.random() < 0.7, outcome=Outcome.ANSWERED, status=200,
        finish="stop", matches=found,
    )  # fmt: skip
    if chance.random() < 0.02:
        return replace(blank, outcome=Outcome.REFUSED, status=429, code="rate_limit_exceeded",
                       finish="", matches=(), timings=Timings(last=900))  # fmt: skip
    if any(one.action == "block" and one.stage == "inward" for one in found):
        return replace(blank, outcome=Outcome.BLOCKED, status=400, code="blocked", finish="",
                       timings=Timings(last=4_000))  # fmt: skip
    failed: list[Attempt] = []
    if chance.random() < failing:
        failed = [_failed(chance, target)]
        if chance.random() < 0.1:
            return replace(blank, outcome=Outcome.FAILED, status=502, code="upstream", finish="",
                           attempts=tuple(failed), timings=Timings(last=took))  # fmt: skip
        target = "spare"
    return _answered(chance, blank, target, took=took, failed=failed)


def _answered(
    chance: random.Random, blank: Exchange, target: str, *, took: int, failed: list[Attempt]
) -> Exchange:
    provider, model, price, cached, written = MODELS[target]
    usage = Usage(
        input=int(chance.lognormvariate(6, 0.6)), output=int(chance.lognormvariate(5, 0.7)),
        cache_read=chance.choice((0, 0, 512)), source="provider",
    )  # fmt: skip
    cost = (usage.input * price + usage.cache_read * cached + usage.output * written) / 1_000_000
    began = failed[-1].ended if failed else 300
    first = began + took // 5
    call = Attempt(
        target=target, provider=provider, model=model, credential="main", status=200, began=began,
        connected=began + 9_000, first_byte=first - 1_000, first_token=first, ended=began + took,
        usage=usage, cost=cost, upstream_id=f"cmpl-{chance.getrandbits(48):012x}",
    )  # fmt: skip
    times = Timings(queued=100, connected=began + 9_000, first_byte=first - 1_000,
                    first_token=first, last=began + took)  # fmt: skip
    return replace(blank, attempts=(*failed, call), usage=usage, cost=cost, timings=times)


def _failed(chance: random.Random, target: str) -> Attempt:
    failure = chance.choice(FAILURES)
    provider, model, *_ = MODELS[target]
    return Attempt(
        target=target, provider=provider, model=model, credential="main", failure=failure,
        status=STATUS.get(failure, 0), began=300, ended=300 + chance.randrange(20_000, 3_000_000),
        reason="another target",
    )  # fmt: skip


def _found(chance: random.Random) -> tuple[Match, ...]:
    if chance.random() > 0.04:
        return ()
    return tuple(chance.choices(RULES, (60, 25, 10, 5), k=chance.choice((1, 1, 1, 2))))


@contextmanager
def hurried(engine: Engine) -> Iterator[None]:
    """Wait for no disk, and make the indexes when all stands there; throw a broken run away."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _unsafe)
    engine.dispose()
    indexes = [
        index for table in (EXCHANGES, MATCHES) for index in table.indexes if _here(index, engine)
    ]
    with engine.begin() as connection:
        for index in indexes:  # not looked for: SQLAlchemy sees none of SQLite's that is computed
            connection.execute(DropIndex(index, if_exists=True))
    yield
    for index in indexes:
        index.create(engine)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(
            "ANALYZE" if engine.dialect.name == "postgresql" else "SELECT 1"
        )


def _here(index: Index, engine: Engine) -> bool:
    return index.info.get("only", engine.dialect.name) == engine.dialect.name


def _unsafe(connection: SQLiteConnection, _entry: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def recorded(engine: Engine, some: list[Exchange]) -> None:
    """Write an hour's, with their sums, by what the keeper writes with."""
    partition(engine, {month_of(one.at) for one in some})
    with engine.connect().execution_options(**WRITING) as connection, connection.begin():
        write(connection, some)


def main() -> None:
    """Fill a database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    engine = opened(asked.url)
    migrate(engine)
    done, began = 0, time.monotonic()
    with hurried(engine):
        for some in exchanges(number=asked.count, days=asked.days, seed=asked.seed):
            recorded(engine, some)
            done += len(some)
            spent = time.monotonic() - began
            print(f"\r{done:>12,} {done / spent:>9,.0f}/s", end="", flush=True)
    print(f"\n{time.monotonic() - began:.0f} s with its indexes")
    engine.dispose()


if __name__ == "__main__":
    main()
