"""Puts records into Postgres as they come, for workers whose disk dies with them.

One statement a group, committed when it returns. A group whose connection broke may be there or
not: it is brought again under the same numbers, which the table holds once.
"""

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress

from msgspec import Struct
from psycopg import AsyncConnection, Error
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from tenken.errors import UsageError
from tenken.store.engine import opened
from tenken.store.faults import kind
from tenken.store.migration import migrate

TIMEOUT_S = 2.0
PUT = """
INSERT INTO frames (boot, sequence, kind, payload)
SELECT %s, * FROM unnest(%b::bigint[], %b::smallint[], %b::bytea[])
ON CONFLICT DO NOTHING
"""
DURABLE = "SET synchronous_commit = on"
"""Whatever the server's own default is: a record is on record when it is on the disk."""


class Row(Struct, frozen=True):
    """A record that is to be put."""

    sequence: int
    kind: int
    payload: bytes


class StoreAway(Exception):
    """The store did not say that it has the rows; it may have them all the same."""


def postgres_frames(url: str, *, boot: str) -> "PostgresFrames":
    """Give a connection that makes the tables first; raises UsageError."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        raise UsageError("journal.store_needs_postgres")

    def prepares() -> None:
        engine = opened(url)
        try:
            migrate(engine)
        except SQLAlchemyError as error:
            raise StoreAway(kind(error)) from error
        finally:
            engine.dispose()

    plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresFrames(plain, boot=boot, prepare=prepares)


class PostgresFrames:
    """One connection, opened anew when it breaks. One call at a time."""

    def __init__(
        self,
        conninfo: str,
        *,
        boot: str,
        prepare: Callable[[], None],
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """`prepare` makes the tables, or raises StoreAway; in a thread, until it has done so."""
        self._conninfo = conninfo
        self._boot = boot
        self._prepare = prepare
        self._prepared = False
        self._timeout_s = timeout_s
        self._connection: AsyncConnection | None = None

    async def put(self, rows: Sequence[Row]) -> None:
        """Return once they are committed; raises StoreAway. Without rows: look if it is up."""
        try:
            connection = self._connection or await self._connected()
            await self._within(connection, self._put(connection, rows))
        except (Error, OSError) as error:
            await self.close()
            raise StoreAway(kind(error)) from error

    async def close(self) -> None:
        """Close the connection; the next call opens another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Error, OSError):
                await connection.close()

    async def _put(self, connection: AsyncConnection, rows: Sequence[Row]) -> None:
        if not rows:
            await connection.execute("SELECT 1")
            return
        columns = ([r.sequence for r in rows], [r.kind for r in rows], [r.payload for r in rows])
        await connection.execute(PUT, (self._boot, *columns), prepare=False)

    async def _connected(self) -> AsyncConnection:
        if not self._prepared:
            await asyncio.to_thread(self._prepare)
            self._prepared = True
        connection = await AsyncConnection.connect(
            self._conninfo,
            autocommit=True,
            connect_timeout=max(2, round(self._timeout_s)),
            application_name="tenken-journal",
        )
        self._connection = connection
        await self._within(connection, self._begun(connection))
        return connection

    async def _begun(self, connection: AsyncConnection) -> None:
        await connection.execute(DURABLE)

    async def _within(
        self, connection: AsyncConnection, work: Coroutine[object, object, None]
    ) -> None:
        """Wait so long and no longer: one that hangs has its socket taken away.

        A driver that is cancelled asks the server to cancel too, and waits for its word.
        """
        task = asyncio.get_running_loop().create_task(work)
        try:
            done, _ = await asyncio.wait((task,), timeout=self._timeout_s)
        except asyncio.CancelledError:
            _cut(connection)
            await asyncio.wait((task,))
            raise
        if not done:
            _cut(connection)
        await task


def _cut(connection: AsyncConnection) -> None:
    with suppress(OSError), socket.socket(fileno=os.dup(connection.fileno())) as ours:
        ours.shutdown(socket.SHUT_RDWR)
