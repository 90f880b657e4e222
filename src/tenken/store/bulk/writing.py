"""Inserts tuples, and adds them to what is there: SQLite takes each by itself, Postgres by COPY.

Statements are made of the names of our own tables and columns, and of nothing that anybody sent.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from psycopg import Connection as PostgresConnection
from psycopg import sql
from sqlalchemy import Connection, Table

from tenken.store.asking import as_told, driver
from tenken.store.bulk.columns import Rows
from tenken.store.money import PLACES

Values = tuple[object, ...]
Key = tuple[str, str, int]
"""Of a request: its id, our span of it, and when it arrived."""
KEY = 3
"""How many columns tell a sum from others: they come first."""


def insert(connection: Connection, into: Rows, rows: Sequence[Values]) -> None:
    """Write rows that are not there; raises what the driver does."""
    if not rows:
        return
    name = into.table.name
    if connection.dialect.name == "postgresql":
        with as_told(connection):
            _copy(driver(connection), sql.Identifier(name), into, rows)
        return
    statement = f'INSERT INTO "{name}" ({into.listed}) VALUES ({into.blanks})'  # noqa: S608 - names of ours
    connection.exec_driver_sql(statement, list(rows))


def add(connection: Connection, into: Rows, rows: Sequence[Values]) -> None:
    """Add rows to those with the same key, column by column; those that are not there are made."""
    if not rows:
        return
    name = into.table.name
    if connection.dialect.name == "postgresql":
        with as_told(connection):
            _merge(driver(connection), name, into, rows)
        return
    connection.exec_driver_sql(
        f'INSERT INTO "{name}" ({into.listed}) VALUES ({into.blanks})'  # noqa: S608 - names of ours
        f" {_adding(into)}",
        list(rows),
    )


def insert_new(connection: Connection, into: Rows, rows: Sequence[Values]) -> None:
    """Write a few rows; those with a key that is there are passed over."""
    blank = "%s" if connection.dialect.name == "postgresql" else "?"
    blanks = ", ".join(blank for _ in into.columns)
    connection.exec_driver_sql(
        f'INSERT INTO "{into.table.name}" ({into.listed}) VALUES ({blanks})'  # noqa: S608 - names of ours
        " ON CONFLICT DO NOTHING",
        list(rows),
    )


def remove(connection: Connection, table: Table, keys: Sequence[Key]) -> None:
    """Take out the rows of requests."""
    if not keys:
        return
    if connection.dialect.name == "postgresql":
        ids, spans, ats = zip(*keys, strict=True)
        gone = sql.SQL(
            "DELETE FROM {} WHERE (id, span, at) IN"
            " (SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[]))"
        ).format(sql.Identifier(table.name))
        with as_told(connection):
            driver(connection).execute(gone, (list(ids), list(spans), list(ats)))
        return
    statement = f'DELETE FROM "{table.name}" WHERE id = ? AND span = ? AND at = ?'  # noqa: S608 - names of ours
    connection.exec_driver_sql(statement, list(keys))


def _adding(into: Rows) -> str:
    name, key = into.table.name, ", ".join(into.columns[:KEY])
    sums = ", ".join(
        f'"{one}" = "{name}"."{one}" + excluded."{one}"' for one in into.columns[KEY:]
    )
    return f"ON CONFLICT ({key}) DO UPDATE SET {sums}"


def _merge(
    postgres: PostgresConnection[tuple[Any, ...]], name: str, into: Rows, rows: Sequence[Values]
) -> None:
    """Bring rows beside the table in one go, and merge them in another."""
    beside = sql.Identifier(f"{name}_brought")
    postgres.execute(
        sql.SQL("CREATE TEMP TABLE IF NOT EXISTS {} (LIKE {}) ON COMMIT DELETE ROWS").format(
            beside, sql.Identifier(name)
        )
    )
    _copy(postgres, beside, into, rows)
    columns = sql.SQL(", ").join(map(sql.Identifier, into.columns))
    postgres.execute(
        sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ORDER BY 1, 2, 3 {}").format(
            sql.Identifier(name), columns, columns, beside, sql.SQL(_adding(into))
        )
    )
    postgres.execute(sql.SQL("TRUNCATE {}").format(beside))


def _copy(
    postgres: PostgresConnection[tuple[Any, ...]],
    name: sql.Identifier,
    into: Rows,
    rows: Sequence[Values],
) -> None:
    columns = sql.SQL(", ").join(map(sql.Identifier, into.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(name, columns)
    with postgres.cursor() as cursor, cursor.copy(statement) as copy:
        for row in _priced(into, rows):
            copy.write_row(row)


def _priced(into: Rows, rows: Sequence[Values]) -> Iterator[Sequence[object]]:
    """Give money as the exact number that Postgres keeps."""
    money = into.money
    for row in rows:
        values = list(row)
        for n in money:
            values[n] = Decimal(str(row[n])).scaleb(-PLACES)
        yield values
