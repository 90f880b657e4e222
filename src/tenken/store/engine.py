"""Opens a database by URL: SQLite without anything else, Postgres by psycopg."""

from pathlib import Path
from select import POLLIN, poll
from sqlite3 import Connection as SQLiteConnection
from typing import Any

from psycopg import Connection as PostgresConnection
from psycopg import Error as PostgresError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

BUSY_MS = 5000
CONNECT_S = 5
POOL = 4
CACHE_KB = 32 * 1024
"""SQLite: as much as an index by lot of a large ledger writes to in one batch, at most."""
CHECKPOINT_PAGES = 8_000
"""SQLite: a page that several batches change is written back once."""
WRITING = {"tenken_begin": "BEGIN IMMEDIATE"}
"""SQLite: take the write lock at once. A read that turns into a write may fail half-way."""


def opened(url: str) -> Engine:
    """Give an engine for `sqlite:///path` or `postgresql://...`."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = create_engine(parsed)
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
        return engine
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=POOL,
        max_overflow=0,
        pool_timeout=CONNECT_S,
        connect_args={"connect_timeout": CONNECT_S, "application_name": "tenken"},
    )
    event.listen(engine, "checkout", _stands)
    return engine


def _stands(
    connection: PostgresConnection[Any], _entry: ConnectionPoolEntry, _lent: PoolProxiedConnection
) -> None:
    """Take another connection where the server has ended this one.

    A server that goes says so, or closes its side: there is something to be read of a connection
    on which nothing was asked. To ask it something each time would be a way there and back.
    """
    heard = poll()
    try:
        heard.register(connection.fileno(), POLLIN)
        if heard.poll(0):
            connection.execute("SELECT 1")  # what it said may have been a notice
            connection.rollback()
    except PostgresError as error:
        raise InvalidatePoolError from error


def _prepare(connection: SQLiteConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin`, not by the driver
    for pragma in (
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",  # segments are removed once applied: a commit must be on disk
        f"PRAGMA busy_timeout={BUSY_MS}",
        f"PRAGMA cache_size=-{CACHE_KB}",
        f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
    ):
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("tenken_begin", "BEGIN"))
