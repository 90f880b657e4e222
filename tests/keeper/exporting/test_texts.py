"""Stored texts leave in an export only where somebody asks for them, and only with the key."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.errors import UsageError
from tenken.journal.sealing import Ring, TextKey
from tenken.keeper.exporting import export
from tenken.keeper.exporting.export import Export, Written
from tenken.keeper.exporting.parquet import Parquet
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tests.journal.making import AT
from tests.store.texts.keeping import RING, SAID, kept

NOW = AT + 86_400_000_000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(found)
    Ledger(found).record([kept(1), kept(2)])
    yield found
    found.dispose()


def exported(engine: Engine, to: Path, texts: Ring | None) -> Written:
    told: list[Written] = []
    Export(engine, str(to), Parquet(), now=lambda: NOW, texts=texts).run(told=told.append)
    return told[0]


def written(to: Path) -> bytes:
    return b"".join(path.read_bytes() for path in to.rglob("*") if path.is_file())


def test_an_export_leaves_texts_out(engine: Engine, tmp_path: Path) -> None:
    """Sealed ones, too: no file of it says that there are any."""
    one = exported(engine, tmp_path / "out", None)

    assert "texts" not in one.rows
    assert not (tmp_path / "out" / "texts").exists()
    assert b"sealed" not in written(tmp_path / "out")


def test_texts_that_are_asked_for_are_opened(engine: Engine, tmp_path: Path) -> None:
    """A row for each exchange that has any, by the same key as its own."""
    one = exported(engine, tmp_path / "out", RING)
    table = pq.read_table(next((tmp_path / "out" / "texts").rglob("*.parquet")))

    assert one.rows["texts"] == 2
    assert table.column("id").to_pylist() == ["req-000001", "req-000002"]
    said = [json.loads(text) for text in table.column("request").to_pylist()]
    assert said == [[{"who": "user", "text": f"{SAID} {n}"}] for n in (1, 2)]


def test_a_lost_key_ends_the_export_with_a_sentence(engine: Engine, tmp_path: Path) -> None:
    """That names it."""
    with pytest.raises(UsageError) as refused:
        exported(engine, tmp_path / "out", Ring([TextKey(b"o" * 32)]))

    assert refused.value.sentence.id == "texts.other_key"


def test_an_export_that_fails_half_way_leaves_nothing_opened(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was opened before the fault is in no draft either."""
    monkeypatch.setattr(export, "TEXTS_AT_ONCE", 1)
    other = replace(kept(3), texts=kept(2).texts)  # put into another's place
    Ledger(engine).record([other])

    with pytest.raises(UsageError):
        exported(engine, tmp_path / "out", RING)

    assert list((tmp_path / "out" / "texts").rglob("*.*")) == []
