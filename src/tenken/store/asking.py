"""Statements that are written once: whoever asks often pays for no building of them.

Building and naming a statement of fifty sums takes longer than a small ledger takes to answer it,
and so does describing the columns of its answer. So Postgres is asked by its driver.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from msgspec import Struct
from psycopg import Connection as PostgresConnection
from sqlalchemy import Connection, Dialect, Engine, Row, Select
from sqlalchemy.exc import DBAPIError

from tenken.store.faults import told

Rows = Sequence[Row[Any]] | Sequence[tuple[Any, ...]]


class Written(Struct, frozen=True):
    """A statement as a driver takes it."""

    text: str
    order: tuple[str, ...] | None
    """The names of its values where they are given by place; None where by name."""


@contextmanager
def asking(engine: Engine) -> Iterator[Connection]:
    """Give a connection for a single question, which has one view by itself; raises Away.

    On Postgres no transaction is begun and ended around it: each is a way to the server and back.
    """
    with told(), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        yield connection


def written(asked: Select[Any], dialect: Dialect) -> Written:
    """Write a statement down; each of its values has a name."""
    compiled = asked.compile(dialect=dialect)
    placed = compiled.positiontup if compiled.positional else None
    return Written(str(compiled), None if placed is None else tuple(placed))


def answered(connection: Connection, asked: Written, values: Mapping[str, object]) -> Rows:
    """Ask; gives rows as the driver does, so that money is told as the database keeps it."""
    if asked.order is None:
        with as_told(connection):
            return driver(connection).execute(asked.text, values).fetchall()
    return connection.exec_driver_sql(asked.text, tuple(values[one] for one in asked.order)).all()


def driver(connection: Connection) -> PostgresConnection[tuple[Any, ...]]:
    """Give Postgres's own connection, for what goes past SQLAlchemy."""
    found = connection.connection.driver_connection
    assert isinstance(found, PostgresConnection)  # noqa: S101 - the type of the driver's own
    return found


@contextmanager
def as_told(connection: Connection) -> Iterator[None]:
    """Raise what the driver raises as everybody else's statements do."""
    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, dialect=connection.dialect
        ) from error
