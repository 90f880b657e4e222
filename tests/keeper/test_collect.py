"""What workers without a disk have put into the store reaches the ledger once, by any keeper."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, insert

from tenken.journal.exchange import Exchange, Intent, Outcome
from tenken.journal.frame import Kind
from tenken.keeper.collect import BATCH, Collect
from tenken.keeper.drain import ORPHAN_AGE_US
from tenken.keeper.keeping import Found, Keeping
from tenken.sentence import Sentence
from tenken.store.engine import opened
from tenken.store.faults import Moved
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tenken.store.parking import Parking
from tenken.store.tables import FRAMES
from tenken.wire.usage import Usage
from tests.journal.making import AT, exchange, intent


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(found)
    yield found
    found.dispose()


def put(engine: Engine, records: Sequence[Intent | Exchange | bytes], *, boot: str = "b") -> None:
    rows = [
        {
            "boot": boot,
            "sequence": number,
            "kind": Kind.INTENT if isinstance(one, Intent) else Kind.SETTLEMENT,
            "payload": one if isinstance(one, bytes) else msgspec.msgpack.encode(one),
        }
        for number, one in enumerate(records, 1)
    ]
    with engine.begin() as connection:
        connection.execute(insert(FRAMES), rows)


def collected(engine: Engine, now: int = AT) -> int:
    """Collect until there is nothing to do; gives how many were settled as unknown."""
    collect, orphans = Collect(Ledger(engine)), 0
    while not (step := collect.step(now)).idle:
        orphans += step.orphans
    return orphans


def outcomes(engine: Engine, count: int) -> list[str]:
    ledger = Ledger(engine)
    return [one.outcome for n in range(count) for one in ledger.exchanges(exchange(n).id)]


def test_records_are_taken_out_and_written_once(engine: Engine) -> None:
    """More than a batch, of two workers, an intent and its settlement apart."""
    for boot, first in (("a", 0), ("b", 400)):
        pairs = [(intent(first + n), exchange(first + n)) for n in range(400)]
        put(engine, [one for pair in pairs for one in pair], boot=boot)
    assert BATCH < 2 * 800

    orphans = collected(engine)

    assert orphans == 0
    assert outcomes(engine, 800) == [Outcome.ANSWERED] * 800
    assert Ledger(engine).stored(1) == ()


def test_a_worker_that_is_gone_leaves_its_requests_unknown(engine: Engine) -> None:
    """Once nothing was heard for longer than a request may take; not before."""
    put(engine, [intent(0)])

    assert collected(engine, AT) == 0
    assert collected(engine, AT + ORPHAN_AGE_US + 10) == 1
    assert outcomes(engine, 1) == [Outcome.UNKNOWN]


def test_a_settlement_that_comes_late_takes_the_place_of_unknown(engine: Engine) -> None:
    """It was owed while the store was away."""
    put(engine, [intent(0)])
    collected(engine, AT + ORPHAN_AGE_US + 10)
    put(engine, [exchange(0), exchange(0)], boot="again")

    collected(engine)

    assert outcomes(engine, 1) == [Outcome.ANSWERED]


def test_what_cannot_be_read_stays_and_holds_up_nothing(engine: Engine) -> None:
    """A newer version may read it."""
    put(engine, [b"\xc1"] * (BATCH + 5), boot="a")
    put(engine, [exchange(0)], boot="b")
    collect = Collect(Ledger(engine))

    steps = [collect.step(AT) for _ in range(4)]

    assert steps[-1].unreadable == BATCH + 5
    assert outcomes(engine, 1) == [Outcome.ANSWERED]
    assert len(Ledger(engine).stored(10_000)) == BATCH + 5


def test_a_keeper_brings_them_beside_the_journals(engine: Engine, tmp_path: Path) -> None:
    """And says what it cannot read, once."""
    put(engine, [intent(0), exchange(0), intent(1)], boot="a")
    put(engine, [b"\xc1"], boot="b")
    told: list[Sentence] = []
    keeping = Keeping(
        tmp_path / "no-journals", instance="i", ledger=Ledger(engine), prepare=lambda: None,
        beside=lambda: None, tell=told.append,
    )  # fmt: skip

    found = [keeping.turn(AT + ORPHAN_AGE_US + 10) for _ in range(3)]

    assert found == [Found.SOME, Found.SOME, Found.NOTHING]
    assert outcomes(engine, 2) == [Outcome.ANSWERED, Outcome.UNKNOWN]
    assert [one.id for one in told] == ["journal.unreadable", "serving.settled_unknown"]


def test_of_two_that_take_the_same_one_does(engine: Engine) -> None:
    """Whoever is first; the other begins again."""
    put(engine, [exchange(n) for n in range(50)])
    moved: list[Exception] = []

    def takes() -> None:
        try:
            Collect(Ledger(engine)).step(AT)
        except Moved as error:
            moved.append(error)

    both = [Thread(target=takes) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert len(moved) <= 1
    assert outcomes(engine, 50) == [Outcome.ANSWERED] * 50


def test_a_record_that_is_refused_is_parked_and_holds_up_nothing(engine: Engine) -> None:
    """Taken out and parked in one; the rest of its batch is in the ledger."""
    bad = replace(exchange(1), status=1 << 63)
    put(engine, [exchange(0), bad, exchange(2)])
    collect = Collect(Ledger(engine))

    parked = [one for _ in range(8) for one in collect.step(AT).parked]

    assert [one.why.split(":")[0] for one in parked] == ["OverflowError"]
    assert Ledger(engine).stored(10) == ()
    assert outcomes(engine, 3) == [Outcome.ANSWERED] * 2
    assert [one.parked for one in Parking(engine).found(10)] == parked


def test_an_intent_whose_request_is_refused_as_unknown_is_parked(engine: Engine) -> None:
    """Others that were open are settled all the same."""
    never = replace(intent(1), estimate=Usage(input=1 << 63))
    put(engine, [intent(0), never, intent(2)])

    orphans = collected(engine, AT + ORPHAN_AGE_US + 10)

    assert orphans == 2
    assert outcomes(engine, 3) == [Outcome.UNKNOWN] * 2
    assert Parking(engine).count() == 1
    assert collected(engine, AT + ORPHAN_AGE_US + 10) == 0
