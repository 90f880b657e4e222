"""Adds increments to the tables of sums, in the transaction that writes the rows."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from hashlib import blake2b

import msgspec
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from tenken.store.money import PLACES
from tenken.store.rollups.derive import Increments, Names, Summed, folded
from tenken.store.rollups.grain import Grain
from tenken.store.rollups.tables import (
    ATTEMPT_ROLLUPS,
    ATTEMPT_SERIES,
    FEEDBACK_ROLLUPS,
    FEEDBACK_SERIES,
    MATCH_ROLLUPS,
    MATCH_SERIES,
    ROLLUPS,
    SERIES,
)

GRAINS = (Grain.MINUTE, Grain.HOUR, Grain.DAY, Grain.EVER)


def add(connection: Connection, made: Increments) -> None:
    """Add what exchanges add."""
    for fine, series, sums in (
        (made.exchanges, SERIES, ROLLUPS),
        (made.attempts, ATTEMPT_SERIES, ATTEMPT_ROLLUPS),
        (made.matches, MATCH_SERIES, MATCH_ROLLUPS),
        (made.feedback, FEEDBACK_SERIES, FEEDBACK_ROLLUPS),
    ):
        if fine:
            _add(connection, fine, series=series, sums=sums)


def number_of(names: Names) -> int:
    """Give a series' number: 63 bits of a digest of its names."""
    digest = blake2b(msgspec.msgpack.encode(names), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _add(connection: Connection, fine: Summed, *, series: Table, sums: Table) -> None:
    numbers = {names: number_of(names) for names in {names for _, names in fine}}
    _series(connection, series, numbers)
    rows = [row for grain in GRAINS for row in _rows(folded(fine, grain), grain, numbers)]
    # In one order, so that of two keepers neither holds what the other waits for.
    _upsert(connection, sums, sorted(rows))


def _rows(summed: Summed, grain: Grain, numbers: Mapping[Names, int]) -> Iterator[tuple[int, ...]]:
    for (start, names), values in summed.items():
        yield (grain.value, start, numbers[names], *values)


def _series(connection: Connection, table: Table, numbers: Mapping[Names, int]) -> None:
    columns = [column.name for column in table.columns]
    rows = [
        dict(zip(columns, (number, *(_clean(one) for one in names)), strict=True))
        for names, number in sorted(numbers.items(), key=lambda one: one[1])
    ]
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(table).on_conflict_do_nothing(), rows)


def _clean(one: str | bool) -> str | bool:
    return one.replace("\0", "\ufffd") if isinstance(one, str) else one


def _upsert(connection: Connection, table: Table, rows: Iterable[tuple[int, ...]]) -> None:
    columns = [column.name for column in table.columns]
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    made = insert(table)
    added = {name: table.c[name] + made.excluded[name] for name in columns[3:]}
    made = made.on_conflict_do_update(index_elements=columns[:3], set_=added)
    connection.execute(made, [_row(columns, row) for row in rows])


def _row(columns: list[str], row: tuple[int, ...]) -> dict[str, int | Decimal]:
    return {
        name: Decimal(value).scaleb(-PLACES) if name == "cost" else value
        for name, value in zip(columns, row, strict=True)
    }
