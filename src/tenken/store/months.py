"""Monthly partitions on Postgres: made when the first record of a month comes."""

from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

from msgspec import Struct
from psycopg import Connection as PostgresConnection
from psycopg import sql
from sqlalchemy import Connection, Engine, func, select

from tenken.store.tables import MONTHLY

MICRO = 1_000_000
Driver = PostgresConnection[tuple[object, ...]]
LOCK = 0x7E4E_4B45_4E02
"""Two that need the same month at once take turns."""
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
    """Give the month of a moment; raises OverflowError for one that no calendar has."""
    try:
        moment = datetime.fromtimestamp(at // MICRO, tz=UTC)
    except ValueError as error:
        raise OverflowError(str(error)) from error
    return Month(moment.year, moment.month)


def partition(engine: Engine, months: AbstractSet[Month]) -> None:
    """Make what is missing for these months; nothing is to do on SQLite.

    In a transaction of its own: a new part locks the whole table, and two that have read from it
    before would wait for each other for ever.
    """
    if engine.dialect.name != "postgresql" or not months:
        return
    with engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        for month in sorted(months):
            _make(connection, month)


def drop_months(engine: Engine, before: int) -> tuple[Month, ...]:
    """Take away the months that ended before a moment, each in one step; gives which."""
    with engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        driver = _driver(connection)
        gone: set[Month] = set()
        for table in MONTHLY:
            for name, month in _months(driver, table.name):
                if month.following.first <= before:
                    driver.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
                    gone.add(month)
    return tuple(sorted(gone))


def _months(driver: Driver, table: str) -> list[tuple[str, Month]]:
    found = driver.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass", (table,)
    ).fetchall()
    names = [str(name) for (name,) in found]
    return [(name, Month(*(int(one) for one in name.rsplit("_", 2)[1:]))) for name in names]


def _driver(connection: Connection) -> Driver:
    driver = connection.connection.driver_connection
    assert isinstance(driver, PostgresConnection)  # noqa: S101 - the type of the driver's own
    return driver


def _make(connection: Connection, month: Month) -> None:
    driver = _driver(connection)
    for table in MONTHLY:
        driver.execute(
            MAKE.format(
                part=sql.Identifier(f"{table.name}_{month.year:04d}_{month.number:02d}"),
                whole=sql.Identifier(table.name),
                first=sql.Literal(month.first),
                end=sql.Literal(month.following.first),
            )
        )
