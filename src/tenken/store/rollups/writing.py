"""Adds increments to the tables of sums, in the transaction that writes the rows."""

from collections.abc import Sequence
from hashlib import blake2b
from operator import itemgetter

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Table

from tenken.store.bulk import writing as bulk
from tenken.store.bulk.columns import Rows
from tenken.store.rollups.derive import Increments, Names, Summed, folded, narrowed
from tenken.store.rollups.grain import Grain
from tenken.store.rollups.sums import CALLER_KEY, EXCHANGE_KEY, MODEL_KEY, ROUTE_KEY
from tenken.store.rollups.tables import (
    ATTEMPT_ROLLUPS,
    ATTEMPT_SERIES,
    CALLER_ROLLUPS,
    CALLER_SERIES,
    FEEDBACK_ROLLUPS,
    FEEDBACK_SERIES,
    MATCH_ROLLUPS,
    MATCH_SERIES,
    MODEL_ROLLUPS,
    MODEL_SERIES,
    ROLLUPS,
    ROUTE_ROLLUPS,
    ROUTE_SERIES,
    SCREENING_ROLLUPS,
    SCREENING_SERIES,
    SERIES,
)

GRAINS = (Grain.MINUTE, Grain.HOUR, Grain.DAY, Grain.EVER)
"""Each is made of the one before."""


class Into(Struct, frozen=True, kw_only=True):
    """Where sums of one kind go, and by which steps of time they are kept."""

    series: Rows
    sums: Rows
    grains: tuple[Grain, ...] = GRAINS
    names: tuple[int, ...] = ()
    """Which of the names of an exchange these are summed by."""


def _into(
    series: Table,
    sums: Table,
    *,
    grains: tuple[Grain, ...] = GRAINS,
    key: Sequence[str] = (),
) -> Into:
    return Into(
        series=_rows(series),
        sums=_rows(sums),
        grains=grains,
        names=tuple(EXCHANGE_KEY.index(one) for one in key),
    )


def _rows(table: Table) -> Rows:
    return Rows(table=table, columns=tuple(column.name for column in table.columns))


OF_EXCHANGES = _into(SERIES, ROLLUPS)
OF_ATTEMPTS = _into(ATTEMPT_SERIES, ATTEMPT_ROLLUPS)
OF_MATCHES = _into(MATCH_SERIES, MATCH_ROLLUPS)
OF_FEEDBACK = _into(FEEDBACK_SERIES, FEEDBACK_ROLLUPS)
OF_SCREENINGS = _into(SCREENING_SERIES, SCREENING_ROLLUPS, grains=GRAINS[2:])
NARROW = (
    _into(ROUTE_SERIES, ROUTE_ROLLUPS, grains=GRAINS[:3], key=ROUTE_KEY),
    _into(CALLER_SERIES, CALLER_ROLLUPS, grains=GRAINS[1:3], key=CALLER_KEY),
    _into(MODEL_SERIES, MODEL_ROLLUPS, grains=GRAINS[1:3], key=MODEL_KEY),
)


def add(connection: Connection, made: Increments) -> None:
    """Add what exchanges add."""
    by_grain = add_whole(connection, made)
    for into in NARROW:
        if by_grain:
            _add(
                connection,
                into,
                {grain: narrowed(by_grain[grain], into.names) for grain in into.grains},
            )


def add_whole(connection: Connection, made: Increments) -> dict[Grain, Summed]:
    """Add it to the sums by all names, and give those of exchanges by grain."""
    exchanges: dict[Grain, Summed] = {}
    for into, fine in (
        (OF_EXCHANGES, made.exchanges),
        (OF_ATTEMPTS, made.attempts),
        (OF_MATCHES, made.matches),
        (OF_FEEDBACK, made.feedback),
        (OF_SCREENINGS, made.screenings),
    ):
        if fine:
            by_grain = _folded(fine, into.grains)
            _add(connection, into, by_grain)
            exchanges = by_grain if into is OF_EXCHANGES else exchanges
    return exchanges


def number_of(names: Names) -> int:
    """Give a series' number: 63 bits of a digest of its names."""
    digest = blake2b(msgspec.msgpack.encode(names), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def _folded(fine: Summed, grains: tuple[Grain, ...]) -> dict[Grain, Summed]:
    found: dict[Grain, Summed] = {}
    found[grains[0]] = fine
    for grain in grains[1:]:
        found[grain] = fine = folded(fine, grain)
    return found


def _add(connection: Connection, into: Into, by_grain: dict[Grain, Summed]) -> None:
    coarsest = by_grain[into.grains[-1]]
    numbers = {names: number_of(names) for _, names in coarsest}
    named = [(number, *map(_clean, names)) for names, number in numbers.items()]
    bulk.insert_new(connection, into.series, sorted(named))
    rows: list[bulk.Values] = [
        (seconds, start, numbers[names], *values)
        for seconds, summed in ((int(grain), found) for grain, found in by_grain.items())
        for (start, names), values in summed.items()
    ]
    if into.grains[-1] is Grain.EVER:
        rows += [
            (int(Grain.TAKEN_BACK), start, numbers[names], *(max(0, -one) for one in values))
            for (start, names), values in coarsest.items()
            if min(values) < 0
        ]
    # In one order, so that of two keepers neither holds what the other waits for.
    rows.sort(key=itemgetter(0, 1, 2))
    bulk.add(connection, into.sums, rows)


def _clean(one: str | bool) -> str | bool:
    return one.replace("\0", "\ufffd") if isinstance(one, str) else one
