"""All journals of a machine are kept, whatever befalls one of them or the store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from tenken.journal.writer import Writer
from tenken.keeper.drain import BATCH
from tenken.keeper.keeping import AWAY_MAX_S, PAUSE_S, UNFIT_US, Found, Keeping
from tenken.sentence import Sentence
from tenken.store.engine import opened
from tenken.store.faults import Unfit
from tenken.store.ledger import Batch, Ledger
from tenken.store.migration import migrate
from tenken.store.tables import EXCHANGES
from tests.journal.making import AT, exchange, intent


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
    yield found
    found.dispose()


class Kept:
    """A keeper over a folder of journals, and what it told."""

    def __init__(self, folder: Path, engine: Engine, ledger: Ledger | None = None) -> None:
        self.folder = folder / "journals"
        self.engine = engine
        self.told: list[Sentence] = []
        self.away = False
        self.keeping = Keeping(
            self.folder,
            instance="here",
            ledger=ledger or Ledger(engine),
            prepare=lambda: migrate(engine),
            beside=self.beside,
            tell=self.told.append,
        )

    def beside(self) -> None:
        if self.away:
            raise OperationalError("SELECT", {}, OSError("nobody listens"))

    def writes(self, worker: int, *numbers: int, boot: str = "b1") -> Writer:
        writer = Writer(self.folder / str(worker), worker=worker, boot=boot, at=AT)
        for number in numbers:
            writer.intent(intent(number))
            writer.settle(exchange(number))
        return writer

    def turns(self) -> list[Found]:
        found = [self.keeping.turn(AT)]
        while found[-1] in {Found.MORE, Found.SOME}:
            found.append(self.keeping.turn(AT))
        return found

    def rows(self) -> int:
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(EXCHANGES)) or 0

    @property
    def said(self) -> list[str]:
        return [one.id for one in self.told]


def test_every_journal_is_brought_and_a_full_batch_is_followed_at_once(
    tmp_path: Path, engine: Engine
) -> None:
    """Those of workers that came later, too."""
    kept = Kept(tmp_path, engine)
    assert kept.turns() == [Found.NOTHING]
    kept.writes(0, *range(BATCH)).close()
    kept.writes(1, BATCH, BATCH + 1).close()

    found = kept.turns()

    assert found[0] is Found.MORE
    assert found[-2:] == [Found.SOME, Found.NOTHING]
    assert kept.rows() == BATCH + 2
    assert kept.keeping.pause_s == PAUSE_S


def test_a_store_that_is_away_is_told_once_and_asked_less_often(
    tmp_path: Path, engine: Engine
) -> None:
    """Until it is back; then everything is brought."""
    kept = Kept(tmp_path, engine)
    kept.writes(0, 1, 2).close()
    kept.away = True
    pauses = []
    for _ in range(6):
        assert kept.keeping.turn(AT) is Found.AWAY
        pauses.append(kept.keeping.pause_s)
    kept.away = False
    kept.turns()

    assert pauses == sorted(pauses)
    assert pauses[-1] == AWAY_MAX_S
    assert kept.said == ["serving.store_away", "serving.store_back"]
    assert kept.rows() == 2


def test_what_never_ended_is_settled_when_its_worker_comes_back(
    tmp_path: Path, engine: Engine
) -> None:
    """With what was estimated, and that is told."""
    kept = Kept(tmp_path, engine)
    first = kept.writes(0, 1)
    first.intent(intent(2))
    first.close()
    kept.turns()
    kept.writes(0, 3, boot="b2").close()
    kept.turns()

    assert kept.rows() == 3
    assert kept.said == ["serving.settled_unknown"]


def test_what_never_ended_is_settled_when_no_worker_lives(tmp_path: Path, engine: Engine) -> None:
    """At the end of a service: nobody may ever come back to these files."""
    kept = Kept(tmp_path, engine)
    writer = kept.writes(0, 1)
    writer.intent(intent(2))
    writer.close()
    kept.turns()
    before = kept.rows()

    assert kept.keeping.turn(AT + 10**9, alone=True) is Found.SOME
    assert (before, kept.rows()) == (1, 2)


def test_damage_is_told_once_and_stops_its_journal_alone(tmp_path: Path, engine: Engine) -> None:
    """What stands before it is in the ledger."""
    kept = Kept(tmp_path, engine)
    kept.writes(0, 1, 2).close()
    [segment] = (kept.folder / "0").glob("*.journal")
    content = bytearray(segment.read_bytes())
    content[-10] ^= 1
    segment.write_bytes(content)
    kept.writes(1, 3).close()

    kept.turns()
    kept.turns()

    assert kept.said == ["serving.journal_damaged"]
    assert kept.rows() == 2


class Refusing(Ledger):
    """A ledger that takes nothing of one journal, and can set nothing aside."""

    def __init__(self, engine: Engine, journal: str) -> None:
        super().__init__(engine)
        self.refused = 0
        self._journal = journal

    def apply(self, batch: Batch) -> None:
        if batch.journal == self._journal:
            self.refused += 1
            raise Unfit("out of range")
        super().apply(batch)


def test_a_record_that_cannot_even_be_parked_waits_a_minute_and_others_go_on(
    tmp_path: Path, engine: Engine
) -> None:
    """It stays in its file."""
    ledger = Refusing(engine, "here/0")
    kept = Kept(tmp_path, engine, ledger)
    kept.writes(0, 1).close()
    kept.writes(1, 2).close()

    kept.turns()
    before = ledger.refused
    kept.turns()
    kept.keeping.turn(AT + UNFIT_US)

    assert before < ledger.refused
    assert kept.rows() == 1
    assert kept.said == ["serving.record_refused"] * 2


def test_a_record_that_is_refused_is_told_once_and_what_follows_is_brought(
    tmp_path: Path, engine: Engine
) -> None:
    """At once, in the same life of the keeper."""
    kept = Kept(tmp_path, engine)
    writer = kept.writes(0)
    writer.settle(replace(exchange(1), status=1 << 63))
    writer.settle(exchange(2))
    writer.close()

    kept.turns()
    kept.turns()

    assert kept.rows() == 1
    assert kept.said == ["journal.parked"]
