"""Sums what stood in the ledger before there were sums, in the step that makes their tables.

It reads the columns of that time, whatever a later step adds to them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Connection, Select, select, tuple_

from tenken.journal.exchange import Attempt, Exchange, Identity, Match, Outcome, Timings
from tenken.store.rollups.derive import increments
from tenken.store.rollups.writing import add_whole
from tenken.store.tables import ATTEMPTS, EXCHANGES, MATCHES
from tenken.wire.api import Api
from tenken.wire.failure import Failure
from tenken.wire.usage import Usage

AT_ONCE = 5_000
KEY = ("at", "id", "span")
TOKENS = ("input", "cache_read", "cache_write", "cache_write_hour", "output", "reasoning")
WHO = ("use_case", "route", "caller", "release", "drill")
OF_EXCHANGE = (
    *KEY, *WHO, *TOKENS, "api", "stream", "outcome", "status", "cost", "first_token_us",
    "last_us", "cached",
)  # fmt: skip
TARGET = ("target", "provider", "model", "credential")
OF_ATTEMPT = (*KEY, *TOKENS, *TARGET, "failure", "began_us", "ended_us", "cost")
FOUND = ("rule", "risk", "action", "stage", "severity")
Row = Mapping[str, Any]
Key = tuple[Any, ...]


def backfill(connection: Connection) -> None:
    """Sum all exchanges, some at a time, so that memory stays small."""
    for several in standing(connection, AT_ONCE):
        add_whole(connection, increments(several))


def standing(connection: Connection, most: int) -> Iterator[list[Exchange]]:
    """Give all exchanges by their time, with what is summed of them and nothing else."""
    table, last = EXCHANGES.c, None
    order = [table[name] for name in KEY]
    while True:
        asked = select(*_columns(EXCHANGES.c, OF_EXCHANGE)).order_by(*order).limit(most)
        if last is not None:
            asked = asked.where(table.at >= last[0], tuple_(*order) > last)
        rows = _rows(connection, asked)
        if not rows:
            return
        yield _whole(connection, rows)
        last = _key(rows[-1])


def _whole(connection: Connection, rows: list[Row]) -> list[Exchange]:
    between = (rows[0]["at"], rows[-1]["at"])
    attempts = select(*_columns(ATTEMPTS.c, OF_ATTEMPT)).where(ATTEMPTS.c.at.between(*between))
    matches = select(*_columns(MATCHES.c, (*KEY, *FOUND))).where(MATCHES.c.at.between(*between))
    tried = _by_key(_rows(connection, attempts.order_by(ATTEMPTS.c.number)))
    found = _by_key(_rows(connection, matches.order_by(MATCHES.c.number)))
    return [_exchange(row, tried.get(_key(row), ()), found.get(_key(row), ())) for row in rows]


def _exchange(row: Row, attempts: Iterable[Row], matches: Iterable[Row]) -> Exchange:
    return Exchange(
        id=row["id"],
        at=row["at"],
        span=row["span"],
        trace="",
        parent="",
        sampled=False,
        identity=Identity(**{name: row[name] for name in WHO}),
        api=Api(row["api"]),
        stream=row["stream"],
        outcome=Outcome(row["outcome"]),
        status=row["status"],
        attempts=tuple(_attempt(one) for one in attempts),
        usage=_usage(row),
        cost=row["cost"],
        timings=Timings(first_token=row["first_token_us"], last=row["last_us"]),
        matches=tuple(Match(**{name: one[name] for name in FOUND}) for one in matches),
        cached=row["cached"],
    )


def _attempt(row: Row) -> Attempt:
    return Attempt(
        **{name: row[name] for name in TARGET},
        failure=Failure(row["failure"]) if row["failure"] else None,
        began=row["began_us"],
        ended=row["ended_us"],
        usage=_usage(row),
        cost=row["cost"],
    )


def _usage(row: Row) -> Usage:
    return Usage(**{name: row[name] for name in TOKENS})


def _columns(found: Any, names: Iterable[str]) -> list[Column[Any]]:
    return [found[name] for name in names]


def _by_key(rows: Iterable[Row]) -> dict[Key, list[Row]]:
    found: dict[Key, list[Row]] = {}
    for row in rows:
        found.setdefault(_key(row), []).append(row)
    return found


def _key(row: Row) -> Key:
    return tuple(row[name] for name in KEY)


def _rows(connection: Connection, asked: Select[tuple[Any, ...]]) -> list[Row]:
    return [
        {str(name): v for name, v in row.items()} for row in connection.execute(asked).mappings()
    ]
