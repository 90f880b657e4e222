"""Sealed texts in a real Postgres: what holds of SQLite holds here."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, text

from tenken.store.engine import opened
from tenken.store.migration import migrate
from tests.live.postgres import postgres_server
from tests.store.texts import keeping

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    with postgres_server(tmp_path_factory.mktemp("server")) as found:
        yield found.url


@pytest.fixture
def engine(server: URL, request: pytest.FixtureRequest) -> Iterator[Engine]:
    name = request.node.name[:50]
    admin = create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    found = opened(server.set(database=name).render_as_string(hide_password=False))
    migrate(found)
    yield found
    found.dispose()


def test_texts_are_applied_once_whoever_is_killed(engine: Engine, tmp_path: Path) -> None:
    """Within a record, and right after a commit."""
    keeping.killed_and_replayed(engine, tmp_path / "journal")


def test_texts_that_come_again_stay_as_they_are(engine: Engine) -> None:
    """Also where an unknown exchange stood first."""
    keeping.brought_twice(engine)


def test_texts_go_when_they_are_old(engine: Engine) -> None:
    """By days of their own."""
    keeping.aged(engine)


def test_texts_of_a_session_and_of_a_caller_are_forgotten(engine: Engine) -> None:
    """With their exchanges."""
    keeping.forgotten(engine)
