"""Of two who ask for a lease, one has it at a time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.watch.leases import Leases, in_term
from tests.store.watch.holding import one_of_many

S = 1_000_000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(found)
    yield found
    found.dispose()


def test_the_first_has_it_until_its_end(engine: Engine) -> None:
    """Another gets it when it has run out, and not before."""
    leases = Leases(engine)

    assert leases.hold("watch", "a", 100 * S, 30)
    assert not leases.hold("watch", "b", 129 * S, 30)
    assert leases.hold("watch", "b", 130 * S, 30)
    assert not leases.hold("watch", "a", 131 * S, 30)
    assert leases.holder("watch", 131 * S) == "b"
    assert leases.holder("watch", 160 * S) == ""


def test_its_holder_makes_it_longer(engine: Engine) -> None:
    """Held on time, it stays, and its term with it."""
    leases = Leases(engine)

    terms = [leases.term("watch", "a", now * S, 30) for now in (0, 20, 40, 60)]

    assert terms == [1, 1, 1, 1]
    assert not leases.hold("watch", "b", 89 * S, 30)


def test_a_clock_that_was_a_day_ahead_holds_nobody_up_for_a_day(engine: Engine) -> None:
    """What it took ends later than clocks differ; a few minutes are no reason."""
    leases, day = Leases(engine), 86_400

    assert leases.term("watch", "a", day * S, 60) == 1
    assert leases.term("watch", "b", 100 * S, 60) == 2
    assert not leases.hold("watch", "a", 101 * S, 60)
    assert not leases.hold("watch", "c", -400 * S, 60)


def test_each_name_is_a_lease_of_its_own(engine: Engine) -> None:
    """Who holds one keeps nobody from another."""
    leases = Leases(engine)

    assert leases.hold("watch", "a", 0, 30)
    assert leases.hold("retention", "b", 0, 30)


def test_given_back_it_is_free_at_once(engine: Engine) -> None:
    """Nobody gives back what another holds."""
    leases = Leases(engine)
    leases.hold("watch", "a", 0, 30)

    leases.give_back("watch", "b")
    assert not leases.hold("watch", "b", 1, 30)

    leases.give_back("watch", "a")
    assert leases.hold("watch", "b", 1, 30)


def test_a_new_holder_is_a_new_term(engine: Engine) -> None:
    """Who was too slow is told so before anything of its own is written."""
    leases = Leases(engine)
    old = leases.term("watch", "a", 0, 30)
    new = leases.term("watch", "b", 40 * S, 30)

    assert (old, new) == (1, 2)
    with engine.begin() as connection:
        assert not in_term(connection, "watch", 1)
        assert in_term(connection, "watch", 2)
        assert not in_term(connection, "retention", 1)


def test_of_many_at_once_one_has_it(engine: Engine) -> None:
    """However many ask in the same moment."""
    assert one_of_many(engine) == 1
