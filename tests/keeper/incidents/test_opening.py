"""A page opens an incident; what follows while it is open belongs to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.keeper.incidents.opening import Opening
from tenken.keeper.incidents.reading import story
from tenken.messages.speech import Language, Speech
from tenken.store.engine import opened
from tenken.store.migration import migrate
from tenken.store.watch.alert import Alert, Step
from tenken.store.watch.alerts import Alerts, Taken, Turn
from tenken.store.watch.effects import Effects
from tenken.store.watch.incidents import Incidents
from tenken.store.watch.leases import Leases
from tests.store.watch.standing import alert

MINUTE = 60_000_000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(found)
    yield found
    found.dispose()


def turn(*several: Alert) -> Turn:
    steps = tuple(
        Taken(alert=one.id, number=1, step=Step(at=one.changed_at, what="fired"))
        for one in several
    )
    return Turn(lease="watch", term=1, alerts=several, steps=steps)


def opening(engine: Engine, *, wanted: bool = True) -> Opening:
    Leases(engine).hold("watch", "a", 0, 30)
    speech = Speech(Language.EN) if wanted else None
    return Opening(Alerts(engine), Incidents(engine), Effects(engine), wanted=lambda: speech)


def followed(engine: Engine, at: int, *several: Alert, wanted: bool = True) -> None:
    """Write a turn, and what follows on it."""
    follows, one = opening(engine, wanted=wanted), turn(*several)
    Alerts(engine).write(one)
    follows(one, at)


def test_the_first_page_opens_one_and_the_next_joins_it(engine: Engine) -> None:
    """A ticket opens none, and neither does one that is silenced."""
    followed(engine, 1, replace(alert("t1", "ticket"), severity="ticket"))
    followed(engine, 1, replace(alert("s1", "silent"), silenced_by="s"))
    assert Incidents(engine).newest(9) == ()

    followed(engine, 2, alert("a1"))
    followed(engine, 3)
    followed(engine, 4, alert("a2", "slo/other"))

    [one] = Incidents(engine).newest(9)
    assert (one.id, one.opened_by, one.alert) == ("i-a1", "tenken", "a1")
    kinds = [(noted.kind, noted.reference) for noted in Incidents(engine).notes("i-a1")]
    assert kinds == [("opened", "a1"), ("alert", "a2")]


def test_a_page_that_was_left_without_one_gets_it(engine: Engine) -> None:
    """A keeper was killed behind its turn; once somebody has closed it, it is not opened anew."""
    opening(engine)
    Alerts(engine).write(turn(alert("a1")))

    followed(engine, 9)
    Incidents(engine).close("i-a1", actor="hana", at=10, postmortem="")
    followed(engine, 11)

    [one] = Incidents(engine).newest(9)
    assert (one.opened_at, one.state) == (9, "closed")


def test_nobody_is_bothered_who_wants_none(engine: Engine) -> None:
    """Where somebody else pages, or the settings say so."""
    followed(engine, 2, alert(), wanted=False)

    assert Incidents(engine).newest(9) == ()


def test_its_story_begins_with_its_alert(engine: Engine) -> None:
    """Read from the store, also where no request is on record."""
    at = 1_795_000_000_000_000
    page = replace(alert(), since=at - 7 * MINUTE, changed_at=at)
    followed(engine, at, page)

    [one] = Incidents(engine).newest(9)
    found = story(engine, one, at + 5 * MINUTE)

    assert [line.what.id for line in found.lines] == [
        "incidents.alert_fired", "incidents.noted_opened",
    ]  # fmt: skip
    assert found.until == at + 5 * MINUTE
    assert found.impact.totals.requests == 0
