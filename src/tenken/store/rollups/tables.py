"""The tables of sums: narrow keys, since a combination of names is written once, as a series.

A series' number is a digest of its names, so that it is known without asking the database.
"""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text
from sqlalchemy.sql.schema import SchemaItem

from tenken.store.money import Money
from tenken.store.rollups.sums import (
    ATTEMPT_KEY,
    CALLER_KEY,
    EXCHANGE_KEY,
    FEEDBACK_KEY,
    MATCH_KEY,
    MODEL_KEY,
    OF_ATTEMPTS,
    OF_EXCHANGES,
    OF_FEEDBACK,
    OF_MATCHES,
    OF_SCREENINGS,
    ROUTE_KEY,
    SCREENING_KEY,
)
from tenken.store.tables import METADATA


def _series(name: str, key: tuple[str, ...]) -> Table:
    return Table(
        name,
        METADATA,
        Column("id", BigInteger, primary_key=True, autoincrement=False),
        *(Column(one, Boolean if one == "drill" else Text, nullable=False) for one in key),
    )


def _sums(name: str, summed: tuple[str, ...]) -> Table:
    columns: list[SchemaItem] = [
        Column(one, Money if one == "cost" else BigInteger, nullable=False) for one in summed
    ]
    return Table(
        name,
        METADATA,
        Column("grain", Integer, primary_key=True, autoincrement=False),
        Column("start", BigInteger, primary_key=True, autoincrement=False),
        Column("series", BigInteger, primary_key=True, autoincrement=False),
        *columns,
        sqlite_with_rowid=False,
    )


SERIES = _series("rollup_series", EXCHANGE_KEY)
ROLLUPS = _sums("rollups", OF_EXCHANGES)
ROUTE_SERIES = _series("rollup_route_series", ROUTE_KEY)
ROUTE_ROLLUPS = _sums("rollup_routes", OF_EXCHANGES)
CALLER_SERIES = _series("rollup_caller_series", CALLER_KEY)
CALLER_ROLLUPS = _sums("rollup_callers", OF_EXCHANGES)
MODEL_SERIES = _series("rollup_model_series", MODEL_KEY)
MODEL_ROLLUPS = _sums("rollup_models", OF_EXCHANGES)
ATTEMPT_SERIES = _series("rollup_attempt_series", ATTEMPT_KEY)
ATTEMPT_ROLLUPS = _sums("rollup_attempts", OF_ATTEMPTS)
MATCH_SERIES = _series("rollup_match_series", MATCH_KEY)
MATCH_ROLLUPS = _sums("rollup_matches", OF_MATCHES)
SCREENING_SERIES = _series("rollup_screening_series", SCREENING_KEY)
SCREENING_ROLLUPS = _sums("rollup_screenings", OF_SCREENINGS)
FEEDBACK_SERIES = _series("rollup_feedback_series", FEEDBACK_KEY)
FEEDBACK_ROLLUPS = _sums("rollup_feedback", OF_FEEDBACK)
KEPT = Table(
    "rollup_kept",
    METADATA,
    Column("grain", Integer, primary_key=True, autoincrement=False),
    Column("since", BigInteger, nullable=False),
)
"""Since when sums of a grain are there; no row where none was taken away."""
