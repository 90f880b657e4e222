"""An incident keeps what people said and did, and what is still to be done."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.journal.reader import Position
from tenken.store.engine import opened
from tenken.store.ledger import Batch, Ledger
from tenken.store.migration import migrate
from tenken.store.watch.effects import Effect, Effects
from tenken.store.watch.incidents import FollowUp, Incident, Incidents, Noted
from tests.journal.making import exchange

ONE = Incident(id="i1", title="Slow answers", severity="page", opened_by="hana", opened_at=1_000)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(found)
    yield found
    found.dispose()


def test_it_is_opened_once_and_closed_once(engine: Engine) -> None:
    """With what was said in between, in order."""
    book = Incidents(engine)

    assert book.open(ONE, why="users complain")
    assert not book.open(ONE)
    book.note("i1", Noted(at=2_000, kind="note", actor="ken", text="it is the provider"))
    assert book.newest(9, running=True) == (ONE,)
    assert book.close("i1", actor="hana", at=3_000, postmortem="# Draft")
    assert not book.close("i1", actor="hana", at=4_000, postmortem="")

    assert [(one.number, one.kind, one.text) for one in book.notes("i1")] == [
        (1, "opened", "users complain"), (2, "note", "it is the provider"), (3, "closed", ""),
    ]  # fmt: skip
    assert book.find("i1") == replace(
        ONE, state="closed", closed_at=3_000, closed_by="hana", postmortem="# Draft"
    )
    assert book.newest(9, running=True) == ()
    assert book.find("none") is None


def test_what_is_to_be_done_is_listed_until_it_is(engine: Engine) -> None:
    """What is due first comes first, what has no day comes last."""
    book = Incidents(engine)
    book.open(ONE)
    numbers = [
        book.plan(FollowUp(incident="i1", what="someday", owner="ken")),
        book.plan(FollowUp(incident="i1", what="later", owner="ken", due="2026-12-24")),
        book.plan(FollowUp(incident="i1", what="soon", owner="hana", due="2026-12-01")),
    ]

    assert numbers == [1, 2, 3]
    assert [one.what for one in book.outstanding()] == ["soon", "later", "someday"]
    assert book.done("i1", 3, actor="hana", at=5_000)
    assert not book.done("i1", 3, actor="hana", at=6_000)
    assert [one.what for one in book.outstanding()] == ["later", "someday"]
    assert book.follow_ups("i1")[2].done_by == "hana"


def served(engine: Engine, number: int, *, at: int, overlays: str) -> None:
    made = exchange(number)
    one = replace(made, at=at, identity=replace(made.identity, overlays=overlays))
    ledger = Ledger(engine)
    after = ledger.applied("w0").position
    position = Position(segment=1, offset=number, sequence=number, previous=b"x" * 16)
    ledger.apply(Batch(journal="w0", boot="b", after=after, position=position, exchanges=(one,)))


def test_a_change_is_in_effect_with_the_first_request_that_shows_it(engine: Engine) -> None:
    """Also where another change came before anybody asked."""
    at = 1_795_000_000_000_000
    effects = Effects(engine)
    served(engine, 1, at=at - 1, overlays="")
    first = Effect(overlay="o1", subject="target/a", ordered_at=at, versions="v1", incident="i1")
    effects.order(first, standing=("o1",))
    served(engine, 2, at=at + 500_000, overlays="")
    assert effects.look(at + 600_000) == 0

    second = Effect(overlay="o2", subject="use_case/b", ordered_at=at + 700_000, versions="v2")
    effects.order(second, standing=("o1", "o2"))
    served(engine, 3, at=at + 2_000_000, overlays="v2")

    assert effects.look(at + 3_000_000) == 2
    [found] = effects.of("i1")
    assert (found.after_s, found.exchange) == (2.0, exchange(3).id)
    assert [one.after_s for one in effects.newest(9)] == [1.3, 2.0]
    assert effects.look(at + 4_000_000) == 0
