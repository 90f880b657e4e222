"""Sealed texts in a real Postgres: what holds of SQLite holds here."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, text

from tenken.gateway.committing.store import StoreCommitter
from tenken.keeper.collect import Collect
from tenken.store import ledger as ledgers
from tenken.store.engine import opened
from tenken.store.frames import postgres_frames
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tests.journal.making import AT
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


def test_texts_of_records_that_stand_aside_go_when_they_are_old(engine: Engine) -> None:
    """A record that no ledger takes is no place to keep them for ever."""
    keeping.aged_where_parked(engine)


def test_what_a_sink_is_owed_holds_no_texts(engine: Engine) -> None:
    """They would outlive whoever is forgotten."""
    keeping.owed_without_texts(engine)


def test_texts_of_workers_without_a_disk_are_applied_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed before they reach the store; large ones are taken a few at a time."""
    monkeypatch.setattr(ledgers, "PAYLOAD_BYTES", 1_000)

    async def committed() -> None:
        frames = postgres_frames(engine.url.render_as_string(hide_password=False), boot="b")
        committer = StoreCommitter(frames, tell=lambda _said: None)
        for number in range(1, 9):
            await committer.settle(keeping.kept(number))
        await committer.close()

    asyncio.run(committed())
    with engine.connect() as connection:
        payloads = [bytes(one) for one in connection.scalars(text("SELECT payload FROM frames"))]
    collect = Collect(Ledger(engine))
    steps = [collect.step(AT).frames for _ in range(8)]

    assert len(payloads) == 8
    assert not any("カナリア".encode() in one for one in payloads)
    assert max(steps) < 8
    assert sum(steps) == 8
    assert keeping.count(engine) == (8, 8)
    assert keeping.read(engine, keeping.kept(8)).request[0].text == f"{keeping.SAID} 8"
