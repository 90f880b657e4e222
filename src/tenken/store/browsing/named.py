"""Finds requests by their ids.

Ids are drawn by lot. Where all of them stand in one index, each that is written changes another
page of it, however large it is; so SQLite's stands by day first, and what is written together
stands together. A question goes through the days, which sums tell; Postgres has a part a month.
"""

from sqlalchemy import ColumnElement, Connection, literal_column, select, true

from tenken.store.rollups.grain import Grain
from tenken.store.rollups.tables import ROUTE_ROLLUPS
from tenken.store.tables import EXCHANGES

DAY: ColumnElement[int] = literal_column(f"exchanges.at / {Grain.DAY.us}")
"""As the index says it, or it is not used."""


def on_some_day(connection: Connection) -> ColumnElement[bool]:
    """Give what is true of every exchange, and lets an id be found by the index."""
    if connection.dialect.name != "sqlite":
        return true()
    sums = ROUTE_ROLLUPS.c
    asked = select(sums.start).where(sums.grain == Grain.DAY.value).distinct()
    return DAY.in_([at // Grain.DAY.us for at in connection.scalars(asked)])


def of_id(connection: Connection, name: str) -> ColumnElement[bool]:
    """Ask for one request; several where callers used its id again."""
    return on_some_day(connection) & (EXCHANGES.c.id == name)
