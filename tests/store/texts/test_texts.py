"""Sealed texts in SQLite: once each, gone in time, and nothing that could be read in any file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tenken.journal.writer import Writer
from tenken.keeper import batch
from tenken.keeper.drain import Drain
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tests.journal.making import AT
from tests.store.texts import keeping


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
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


def test_no_file_holds_what_was_said(engine: Engine, tmp_path: Path) -> None:
    """Neither a journal's nor the ledger's nor its log."""
    writer = Writer(tmp_path / "journal", worker=0, boot="b", at=AT)
    writer.settle(keeping.kept(1))
    Drain(tmp_path / "journal", journal="j", ledger=Ledger(engine)).step(AT)

    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert keeping.KEY.id.encode() in written
    assert not any(one.encode() in written for one in ("カナリア", "山田", "予約"))
    assert keeping.read(engine, keeping.kept(1)).request[0].text == f"{keeping.SAID} 1"


def test_a_batch_of_large_records_ends_before_it_fills_the_memory(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the rest follows at once."""
    monkeypatch.setattr(batch, "PAYLOAD_BYTES", 1_000)
    writer = Writer(tmp_path / "journal", worker=0, boot="b", at=AT)
    for number in range(1, 9):
        writer.settle(keeping.kept(number))
    drain = Drain(tmp_path / "journal", journal="j", ledger=Ledger(engine))

    steps = [drain.step(AT) for _ in range(8)]

    assert steps[0].more
    assert 1 < steps[0].frames < 9
    assert sum(step.frames for step in steps) == 9
    assert keeping.count(engine) == (8, 8)
