"""Each exchange is one row, however often and in whatever pieces it is brought."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.journal.exchange import Outcome
from tenken.journal.reader import Position
from tenken.store.engine import opened
from tenken.store.faults import Away, Moved
from tenken.store.ledger import Applied, Batch, Ledger, Spent
from tenken.store.migration import migrate, revision
from tenken.store.tables import METADATA
from tests.journal.making import exchange, intent
from tests.store.comparing import compared

DAY = date(2026, 11, 18)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(found)
    yield found
    found.dispose()


def at(sequence: int) -> Position:
    return Position(segment=1, offset=sequence * 100, sequence=sequence, previous=b"x" * 16)


def batch(after: Position, position: Position, **records: object) -> Batch:
    return Batch(journal="w0", boot="b1", after=after, position=position, **records)  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_a_migrated_database_has_the_tables_that_are_read(engine: Engine) -> None:
    """The steps lead where the tables are; a second run changes nothing."""
    migrate(engine)

    with engine.connect() as connection:
        assert compare_metadata(compared(connection), METADATA) == []
    assert revision(engine) == "0017"


def test_records_come_back_whole(engine: Engine) -> None:
    """Every field of exchange, attempts and matches; money to the last decimal."""
    ledger = Ledger(engine)
    one = replace(exchange(), cost=Decimal("0.000000000001"), limits=("app: rpm",))

    ledger.apply(batch(Position(), at(1), exchanges=(one,)))

    assert ledger.exchanges(one.id) == (one,)
    assert ledger.applied("w0") == Applied(at(1), "b1")


def test_a_batch_is_applied_once(engine: Engine) -> None:
    """Brought again, it is refused and nothing changes."""
    ledger = Ledger(engine)
    brought = batch(Position(), at(2), intents=(intent(1),), exchanges=(exchange(1),))
    ledger.apply(brought)

    with pytest.raises(Moved):
        ledger.apply(brought)

    assert ledger.exchanges(exchange(1).id) == (exchange(1),)
    assert ledger.orphans("w0", boot="", before=0) == ()


def test_two_requests_of_one_id_are_two_rows(engine: Engine) -> None:
    """A caller that sends one id again and again is charged for each."""
    ledger = Ledger(engine)
    twins = (exchange(1), replace(exchange(1), span="c" * 16))

    ledger.apply(batch(Position(), at(1), exchanges=twins))

    assert len(ledger.exchanges(exchange(1).id)) == 2


def test_what_stood_as_unknown_gives_way_to_what_was_written(engine: Engine) -> None:
    """And not the other way round."""
    ledger = Ledger(engine)
    real = exchange(1)
    unknown = replace(real, outcome=Outcome.UNKNOWN, cost=Decimal(9), matches=())

    ledger.record((unknown,))
    ledger.apply(batch(Position(), at(1), exchanges=(real,)))
    ledger.record((unknown,))

    assert ledger.exchanges(real.id) == (real,)


def test_an_intent_waits_for_its_exchange(engine: Engine) -> None:
    """Until that is there, or the writer is gone, or it is too old."""
    ledger = Ledger(engine)
    ledger.apply(batch(Position(), at(2), intents=(intent(1), intent(2))))

    ledger.apply(batch(at(2), at(3), exchanges=(exchange(1),)))

    assert ledger.orphans("w0", boot="b1", before=0) == ()
    assert ledger.orphans("w0", boot="b2", before=0) == (intent(2),)
    assert ledger.orphans("w0", boot="b1", before=intent(2).at + 1) == (intent(2),)


def test_a_day_is_summed_by_caller(engine: Engine) -> None:
    """Exactly: 300 times a tenth of a cent is thirty cents."""
    ledger = Ledger(engine)
    one = exchange(0)
    used = replace(one.usage, cache_write_hour=7)
    many = tuple(replace(exchange(n), cost=Decimal("0.001"), usage=used) for n in range(300))

    ledger.apply(batch(Position(), at(1), exchanges=many))

    spent = Spent(
        caller="desk", requests=300, read=300 * 157, written=300 * 50, cost=Decimal("0.3")
    )
    assert ledger.daily(DAY) == ledger.daily(DAY, caller="desk") == (spent,)
    assert ledger.daily(date(2026, 11, 19)) == ()


def test_a_provider_s_words_may_hold_anything(engine: Engine) -> None:
    """No record blocks those behind it."""
    ledger = Ledger(engine)
    one = replace(exchange(1), finish="st\0p '); DROP TABLE exchanges; --")

    ledger.record((one,))

    [found] = ledger.exchanges(one.id)
    assert found.finish == "st\ufffdp '); DROP TABLE exchanges; --"


def test_a_database_that_is_away_is_told(tmp_path: Path) -> None:
    """So that its caller waits and comes again."""
    engine = opened(f"sqlite:///{tmp_path}/never-migrated.db")

    with pytest.raises(Away):
        Ledger(engine).applied("w0")
    engine.dispose()
