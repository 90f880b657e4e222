"""Lines of evidence name the one before; figures behind them are those of the ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.journal.exchange import Match, Outcome
from tenken.journal.reader import Position
from tenken.store.engine import opened
from tenken.store.ledger import Batch, Ledger
from tenken.store.migration import migrate
from tenken.store.proofs.figures import Figures
from tenken.store.proofs.lines import Proofs
from tests.journal.making import exchange

STOPPED = Match(rule="injection.ja", risk="injection", action="block", stage="inward")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Give a store."""
    made = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(made)
    yield made
    made.dispose()


def test_a_line_is_made_knowing_the_one_before(engine: Engine) -> None:
    """The first knows of none."""
    proofs = Proofs(engine)
    for at, name in ((10, "a"), (20, "b"), (30, "c")):
        proofs.add(at, lambda before, name=name: f"{before}{name}")  # type: ignore[misc]

    assert [one.line for one in proofs.since(0, 10)] == ["a", "ab", "abc"]
    assert [one.number for one in proofs.since(20, 10)] == [2, 3]


def test_of_too_many_lines_the_newest_are_given(engine: Engine) -> None:
    """What was proved long ago ages out; what fails now must not be left out."""
    proofs = Proofs(engine)
    for at in (10, 20, 30):
        proofs.add(at, lambda _before, at=at: f"{at}")  # type: ignore[misc]

    assert [one.line for one in proofs.since(0, 2)] == ["20", "30"]


def test_the_newest_line_stays(engine: Engine) -> None:
    """The next one has to name it, however old it is."""
    proofs = Proofs(engine)
    proofs.add(10, lambda _before: "a")
    proofs.add(20, lambda _before: "b")

    assert proofs.forget(1000) == 1
    assert proofs.add(2000, lambda before: f"{before}c") == 3
    assert [one.line for one in proofs.since(0, 10)] == ["b", "bc"]


def test_blocks_are_held_to_their_records(engine: Engine) -> None:
    """One of two has nothing on record; an answered request is no block."""
    recorded = replace(exchange(1), outcome=Outcome.BLOCKED, matches=(STOPPED,))
    bare = replace(exchange(2), outcome=Outcome.BLOCKED, matches=())
    fine = replace(exchange(3), outcome=Outcome.ANSWERED, matches=())
    position = Position(segment=1, offset=100, sequence=3, previous=b"x" * 16)
    batch = Batch(journal="w0", boot="b1", after=Position(), position=position,
                  exchanges=(recorded, bare, fine))  # fmt: skip
    Ledger(engine).apply(batch)
    figures = Figures(engine)

    blocks = figures.blocks(0)

    assert (blocks.answers, blocks.recorded) == (2, 1)
    assert figures.span(0) == (exchange(1).at, exchange(3).at)
    assert len(figures.sessions(0)) == 1
