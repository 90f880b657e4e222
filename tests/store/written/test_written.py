"""What an older version wrote is read: nothing is lost or twice, and sums cover all of it."""

import tarfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from tenken.keeper.drain import Drain
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate, revision
from tenken.store.rollups.reading import Asked, Rollups, Window
from tenken.store.rollups.totals import Dimension
from tenken.store.tables import ATTEMPTS, EXCHANGES, MATCHES

WRITTEN = Path(__file__).with_name("0004.tar.xz")
DIMENSIONS: tuple[Dimension, ...] = ("use_case", "caller", "model")
LATER = 1_800_000_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with tarfile.open(WRITTEN) as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


@pytest.fixture
def engine(folder: Path) -> Iterator[Engine]:
    made = opened(f"sqlite:///{folder}/store.db")
    yield made
    made.dispose()


def test_it_is_as_old_as_its_name(engine: Engine) -> None:
    assert revision(engine) == "0004"


def test_its_journal_goes_on_into_a_store_of_today(folder: Path, engine: Engine) -> None:
    migrate(engine)
    drain = Drain(folder / "journal" / "0", journal="old/0", ledger=Ledger(engine))
    while not (step := drain.step(LATER)).idle:
        assert step.damage is None
        assert step.parked == ()

    with engine.connect() as connection:
        rows = connection.execute(select(EXCHANGES)).mappings().all()
        tries = connection.scalar(select(func.count()).select_from(ATTEMPTS))
        matches = connection.scalar(select(func.count()).select_from(MATCHES))
    assert len(rows) == len({row["id"] for row in rows}) == 260
    outcomes = Counter(row["outcome"] for row in rows)
    assert outcomes["unknown"] == 8

    for name in DIMENSIONS:
        shares = Rollups(engine).by(name, Window(0, LATER), Asked(drills=True))
        assert sum(one.totals.requests for one in shares) == 260
        assert sum(one.totals.cost for one in shares) == sum(row["cost"] for row in rows)
    sums = Rollups(engine).ever()
    exchanges = [one.totals for one in sums.exchanges]
    assert sum(one.requests for one in exchanges) == 260
    assert sum(one.unknown for one in exchanges) == 8
    assert sum((one.cost for one in exchanges), Decimal(0)) == sum(row["cost"] for row in rows)
    assert sum(one.input for one in exchanges) == sum(row["input"] for row in rows)
    assert sum(one.calls for one in sums.attempts) == tries
    assert sum(one.matches for one in sums.matches) == matches
    assert {one.drill for one in sums.exchanges} == {False, True}
