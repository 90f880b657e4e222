"""Adds increments to the tables of sums, in the transaction that writes the rows."""

from hashlib import blake2b
from operator import itemgetter

import msgspec
from sqlalchemy import Connection, Table

from tenken.store.bulk import writing as bulk
from tenken.store.bulk.columns import Rows
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
"""Each is made of the one before."""


def _rows(table: Table) -> Rows:
    return Rows(table=table, columns=tuple(column.name for column in table.columns))


OF_EXCHANGES = (_rows(SERIES), _rows(ROLLUPS))
OF_ATTEMPTS = (_rows(ATTEMPT_SERIES), _rows(ATTEMPT_ROLLUPS))
OF_MATCHES = (_rows(MATCH_SERIES), _rows(MATCH_ROLLUPS))
OF_FEEDBACK = (_rows(FEEDBACK_SERIES), _rows(FEEDBACK_ROLLUPS))


def add(connection: Connection, made: Increments) -> None:
    """Add what exchanges add."""
    for fine, (series, sums) in (
        (made.exchanges, OF_EXCHANGES),
        (made.attempts, OF_ATTEMPTS),
        (made.matches, OF_MATCHES),
        (made.feedback, OF_FEEDBACK),
    ):
        if fine:
            _add(connection, fine, series=series, sums=sums)


def number_of(names: Names) -> int:
    """Give a series' number: 63 bits of a digest of its names."""
    digest = blake2b(msgspec.msgpack.encode(names), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _add(connection: Connection, fine: Summed, *, series: Rows, sums: Rows) -> None:
    numbers = {names: number_of(names) for _, names in fine}
    named = [(number, *map(_clean, names)) for names, number in numbers.items()]
    bulk.insert_new(connection, series, sorted(named))
    rows: list[bulk.Values] = []
    for grain in GRAINS:
        fine = folded(fine, grain)
        rows += [
            (grain.value, start, numbers[names], *values)
            for (start, names), values in fine.items()
        ]
    # In one order, so that of two keepers neither holds what the other waits for.
    rows.sort(key=itemgetter(0, 1, 2))
    bulk.add(connection, sums, rows)


def _clean(one: str | bool) -> str | bool:
    return one.replace("\0", "\ufffd") if isinstance(one, str) else one
