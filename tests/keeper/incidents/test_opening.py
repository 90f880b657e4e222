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
    speech = Speech(Language.EN) if wanted else None
    return Opening(Incidents(engine), Effects(engine), wanted=lambda: speech)


def test_the_first_page_opens_one_and_the_next_joins_it(engine: Engine) -> None:
    """A ticket opens none."""
    follows = opening(engine)
    follows(turn(replace(alert("t1"), severity="ticket")), 1)
    assert Incidents(engine).newest(9) == ()

    follows(turn(alert("a1")), 2)
    follows(turn(alert("a1")), 3)
    follows(turn(alert("a2", "slo/other")), 4)

    [one] = Incidents(engine).newest(9)
    assert (one.id, one.opened_by, one.alert) == ("i-a1", "tenken", "a1")
    kinds = [(noted.kind, noted.reference) for noted in Incidents(engine).notes("i-a1")]
    assert kinds == [("opened", "a1"), ("alert", "a1"), ("alert", "a2")]


def test_nobody_is_bothered_who_wants_none(engine: Engine) -> None:
    """Where somebody else pages, or the settings say so."""
    opening(engine, wanted=False)(turn(alert()), 2)

    assert Incidents(engine).newest(9) == ()


def test_its_story_begins_with_its_alert(engine: Engine) -> None:
    """Read from the store, also where no request is on record."""
    at = 1_795_000_000_000_000
    page = replace(alert(), since=at - 7 * MINUTE, changed_at=at)
    begun = turn(page)
    Leases(engine).hold("watch", "a", at, 30)
    Alerts(engine).write(begun)
    opening(engine)(begun, at)

    [one] = Incidents(engine).newest(9)
    found = story(engine, one, at + 5 * MINUTE)

    assert [line.what.id for line in found.lines] == [
        "incidents.alert_fired", "incidents.noted_opened",
    ]  # fmt: skip
    assert found.until == at + 5 * MINUTE
    assert found.impact.totals.requests == 0
