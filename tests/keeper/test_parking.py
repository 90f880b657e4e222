"""What the ledger refuses stands aside as it is, and everything behind it goes on."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, func, select

from tenken.journal.exchange import Exchange
from tenken.journal.frame import Kind
from tenken.journal.writer import Writer
from tenken.keeper.drain import BATCH, Drain, Step
from tenken.keeper.parking import Again, Brought, brought_again
from tenken.store import parking as standing_aside
from tenken.store.engine import opened
from tenken.store.faults import Clash
from tenken.store.ledger import Batch, Ledger
from tenken.store.migration import migrate
from tenken.store.parking import Parking
from tenken.store.tables import EXCHANGES, PARKED
from tests.journal.making import AT, exchange, intent

TOO_LARGE = 1 << 63
"""No database here has a column for it."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(found)
    yield found
    found.dispose()


def bad(number: int) -> Exchange:
    return replace(exchange(number), status=TOO_LARGE)


def drained(folder: Path, ledger: Ledger) -> list[Step]:
    drain = Drain(folder, journal="w0", ledger=ledger)
    steps = [drain.step(AT)]
    while not steps[-1].idle:
        steps.append(drain.step(AT))
    return steps


def journalled(folder: Path, exchanges: list[Exchange]) -> None:
    writer = Writer(folder, worker=0, boot="b1", at=AT)
    for one in exchanges:
        writer.intent(replace(intent(1), id=one.id, at=one.at))
        writer.settle(one)
    writer.close()


def rows(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(EXCHANGES)) or 0


def test_a_record_that_is_refused_is_parked_and_the_rest_is_brought(
    tmp_path: Path, engine: Engine
) -> None:
    """Of more than a batch; with the journal that it came from, its bytes and the reason."""
    journalled(tmp_path, [exchange(0), bad(1), *(exchange(n) for n in range(2, BATCH))])

    steps = drained(tmp_path, Ledger(engine))

    [standing] = Parking(engine).found(10)
    assert rows(engine) == BATCH - 1
    assert sum(len(step.parked) for step in steps) == 1
    assert standing.parked.journal == "w0"
    assert standing.parked.kind == Kind.SETTLEMENT
    assert msgspec.msgpack.decode(standing.parked.payload, type=Exchange) == bad(1)
    assert "large" in standing.parked.why
    assert drained(tmp_path, Ledger(engine)) == [Step()]


def test_many_that_are_refused_are_each_tried_a_few_times_only(
    tmp_path: Path, engine: Engine
) -> None:
    """The search for them does not begin anew for each."""
    journalled(tmp_path, [bad(number) for number in range(40)])

    steps = drained(tmp_path, Ledger(engine))

    assert Parking(engine).count() == 40
    assert len(steps) < 5 * 40


def test_a_moment_that_no_calendar_has_is_parked(tmp_path: Path, engine: Engine) -> None:
    """A clock was wrong; the keeper goes on."""
    journalled(tmp_path, [replace(exchange(0), at=1 << 60), exchange(1)])

    drained(tmp_path, Ledger(engine))

    assert (rows(engine), Parking(engine).count()) == (1, 1)


class Clashing(Ledger):
    """A ledger in which another keeper is faster, so many times."""

    def __init__(self, engine: Engine, times: int) -> None:
        super().__init__(engine)
        self._times = times

    def apply(self, batch: Batch) -> None:
        if self._times and batch.exchanges and not batch.parked:
            self._times -= 1
            raise Clash("UNIQUE constraint failed")
        super().apply(batch)


@pytest.mark.parametrize(("times", "parked"), [(1, 0), (2, 0), (1000, 1)])
def test_a_row_that_stands_already_is_parked_only_when_it_stays(
    tmp_path: Path, engine: Engine, times: int, parked: int
) -> None:
    """Of another keeper it is a matter of a moment; for good it would hold up everything."""
    journalled(tmp_path, [exchange(0)])

    drained(tmp_path, Clashing(engine, times))

    assert Parking(engine).count() == parked
    assert rows(engine) == 1 - parked


def test_what_an_older_version_could_not_read_is_brought_by_one_that_can(
    tmp_path: Path, engine: Engine
) -> None:
    """Until then it stands aside."""
    writer = Writer(tmp_path, worker=0, boot="b1", at=AT)
    writer.written_exchanges((b"\x91\xa1\xff",), AT)
    writer.close()
    drained(tmp_path, ledger := Ledger(engine))

    before = brought_again(ledger, Parking(engine))
    with engine.begin() as connection:  # as if it had been readable all along
        connection.execute(PARKED.update().values(payload=msgspec.msgpack.encode(exchange(1))))
    after = brought_again(ledger, Parking(engine))

    assert before == Brought(brought=0, left=1)
    assert after == Brought(brought=1, left=0)
    assert rows(engine) == 1


def test_what_is_parked_is_brought_once_the_ledger_takes_it(
    tmp_path: Path, engine: Engine
) -> None:
    """One that is refused still stays, and holds up none behind it."""
    journalled(tmp_path, [bad(0), bad(1), bad(2)])
    drained(tmp_path, ledger := Ledger(engine))
    mended = PARKED.update().where(PARKED.c.number > 1)
    with engine.begin() as connection:
        for number in (2, 3):
            payload = msgspec.msgpack.encode(exchange(number - 1))
            connection.execute(mended.where(PARKED.c.number == number).values(payload=payload))

    first = brought_again(ledger, Parking(engine))
    second = brought_again(ledger, Parking(engine))

    assert first == Brought(brought=2, left=1)
    assert second == Brought(brought=0, left=1)
    assert (rows(engine), Parking(engine).count()) == (2, 1)


def test_much_that_stands_aside_is_tried_a_little_at_a_time(
    tmp_path: Path, engine: Engine
) -> None:
    """So that a keeper that begins has what comes now; each of it is tried once."""
    journalled(tmp_path, [bad(number) for number in range(5)])
    drained(tmp_path, ledger := Ledger(engine))
    with engine.begin() as connection:
        first = connection.scalar(select(func.min(PARKED.c.number)))
        good = PARKED.update().where(PARKED.c.number > first)
        connection.execute(good.values(payload=msgspec.msgpack.encode(exchange(1))))

    again = Again(ledger, Parking(engine))
    again.step(2)
    once = (again.done, again.over)
    for _ in range(3):
        again.step(2)

    assert once == (Brought(brought=1, left=1), False)
    assert (again.done, again.over) == (Brought(brought=4, left=1), True)
    assert (rows(engine), Parking(engine).count()) == (1, 1)


def test_large_records_that_stand_aside_are_read_a_few_at_a_time(
    tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where texts are stored they are large."""
    journalled(tmp_path, [bad(number) for number in range(5)])
    drained(tmp_path, ledger := Ledger(engine))
    monkeypatch.setattr(standing_aside, "PAYLOAD_BYTES", 1)

    assert len(Parking(engine).found(9)) == 1
    assert brought_again(ledger, Parking(engine)) == Brought(brought=0, left=5)
