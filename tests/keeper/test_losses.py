"""What a machine took with it is in the ledger: how much at most, and of when; once."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tenken.journal.reader import segments
from tenken.journal.writer import Writer, bring
from tenken.keeper.drain import Drain, Step
from tenken.store.engine import opened
from tenken.store.ledger import Ledger, Lost
from tenken.store.migration import migrate
from tests.journal.making import AT, exchange

LATER = AT + 60_000_000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(found)
    yield found
    found.dispose()


def writer(folder: Path, *, boot: str, machine: str, at: int = AT) -> Writer:
    return Writer(folder, worker=0, boot=boot, at=at, machine=machine, synced=True, reserve=14)


def died(folder: Path, engine: Engine, *, drained: int) -> None:
    """Write five records, bring two of them onto the disk, and lose the machine."""
    journal = writer(folder, boot="b1", machine="m1")
    for number in range(2):
        journal.settle(exchange(number))
    journal.mark(AT + 7, allowance=11)  # number 4 of 15
    bring(journal.unsynced())
    [path] = segments(folder)
    size = path.stat().st_size
    for number in range(2, 5):
        journal.settle(exchange(number))
        if number + 1 == drained:
            drain(folder, engine).step(AT)
    os.truncate(path, size)


def drain(folder: Path, engine: Engine) -> Drain:
    return Drain(folder, journal="w0", ledger=Ledger(engine))


def dry(drained: Drain) -> list[Step]:
    steps = [drained.step(AT)]
    while not steps[-1].idle:
        steps.append(drained.step(AT))
    return steps


def recorded(engine: Engine) -> list[int]:
    ledger = Ledger(engine)
    return [n for n in range(8) for _ in ledger.exchanges(exchange(n).id)]


def test_a_loss_is_counted_and_kept(tmp_path: Path, engine: Engine) -> None:
    """With its bounds in time; what follows is applied."""
    folder = tmp_path / "w0"
    died(folder, engine, drained=0)
    again = writer(folder, boot="b2", machine="m2", at=LATER)
    again.settle(exchange(7))

    steps = dry(drain(folder, engine))
    dry(drain(folder, engine))

    lost = Lost(journal="w0", boot="b2", records=11, since=AT + 7, until=LATER)
    assert [step.lost for step in steps if step.lost] == [lost]
    assert Ledger(engine).losses() == (lost,)
    assert recorded(engine) == [0, 1, 7]


def test_what_the_ledger_had_heard_is_not_lost(tmp_path: Path, engine: Engine) -> None:
    """The keeper was quicker than the disk: the file is shorter now than what was applied."""
    folder = tmp_path / "w0"
    died(folder, engine, drained=5)
    before = dry(drain(folder, engine))
    again = writer(folder, boot="b2", machine="m2", at=LATER)
    again.settle(exchange(7))

    after = dry(drain(folder, engine))

    assert [step.rewound for step in before] == [True, False]
    assert [step.damage for step in (*before, *after)] == [None] * len((*before, *after))
    assert [one.records for one in Ledger(engine).losses()] == [11 - 3]
    assert recorded(engine) == [0, 1, 2, 3, 4, 7]


def test_the_death_of_a_process_is_no_loss(tmp_path: Path, engine: Engine) -> None:
    """The machine is the same: all that was written is there."""
    folder = tmp_path / "w0"
    journal = writer(folder, boot="b1", machine="m1")
    journal.settle(exchange(1))
    writer(folder, boot="b2", machine="m1").settle(exchange(2))

    dry(drain(folder, engine))

    assert Ledger(engine).losses() == ()
    assert recorded(engine) == [1, 2]
