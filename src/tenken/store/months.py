"""Monthly partitions on Postgres: made when the first record of a month comes."""

from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct
from psycopg import Connection as PostgresConnection
from psycopg import sql
from sqlalchemy import Connection

from tenken.store.tables import MONTHLY

MICRO = 1_000_000
MAKE = sql.SQL(
    "CREATE TABLE IF NOT EXISTS {part} PARTITION OF {whole} FOR VALUES FROM ({first}) TO ({end})"
)


class Month(Struct, frozen=True, order=True):
    """A month, UTC."""

    year: int
    number: int

    @property
    def first(self) -> int:
        """Its first microsecond."""
        return int(datetime(self.year, self.number, 1, tzinfo=UTC).timestamp()) * MICRO

    @property
    def following(self) -> "Month":
        """The month after it."""
        years, months = divmod(self.number, 12)
        return Month(self.year + years, months + 1)


def month_of(at: int) -> Month:
    """Give the month of a moment."""
    moment = datetime.fromtimestamp(at // MICRO, tz=UTC)
    return Month(moment.year, moment.month)


def partition(connection: Connection, months: Iterable[Month]) -> None:
    """Make what is missing for these months; nothing is to do on SQLite."""
    if connection.dialect.name != "postgresql":
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, PostgresConnection)  # noqa: S101 - the type of the driver's own
    for month in sorted(months):
        for table in MONTHLY:
            driver.execute(
                MAKE.format(
                    part=sql.Identifier(f"{table.name}_{month.year:04d}_{month.number:02d}"),
                    whole=sql.Identifier(table.name),
                    first=sql.Literal(month.first),
                    end=sql.Literal(month.following.first),
                )
            )
