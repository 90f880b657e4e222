"""Leases, alerts, their deliveries and incidents in a real Postgres, where two ask at once."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.store.engine import opened
from tenken.store.faults import Moved
from tenken.store.migration import migrate
from tenken.store.watch.alert import State, Step
from tenken.store.watch.alerts import Alerts, Taken, Turn
from tenken.store.watch.effects import Effect, Effects
from tenken.store.watch.incidents import FollowUp, Incident, Incidents
from tenken.store.watch.leases import Leases
from tenken.store.watch.outbox import Outbox, Progress
from tenken.store.watch.silences import Silence, Silences
from tests.live.postgres import postgres_server
from tests.store.watch.holding import one_of_many
from tests.store.watch.standing import alert, delivery
from tests.store.watch.test_incidents import served

pytestmark = pytest.mark.live
AT = 1_795_000_000_000_000
S = 1_000_000


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with (
        postgres_server(tmp_path_factory.mktemp("server")) as server,
        server.database("watch") as url,
    ):
        found = opened(url)
        migrate(found)
        yield found
        found.dispose()


def test_of_many_at_once_one_has_the_lease(engine: Engine) -> None:
    """The row is what they take turns at; a new holder is a new term."""
    assert one_of_many(engine) == 1
    leases = Leases(engine)

    assert leases.term("other", "a", 0, 30) == 1
    assert leases.term("other", "b", 10 * S, 30) is None
    assert leases.term("other", "a", 20 * S, 30) == 1
    assert leases.term("other", "b", 60 * S, 30) == 2


def test_a_turn_is_written_whole_or_not_at_all(engine: Engine) -> None:
    """By who may, over what was read, and never two of a key."""
    term = Leases(engine).term("turns", "a", 0, 30)
    assert term is not None
    alerts = Alerts(engine)
    fired = Taken(alert="a1", number=1, step=Step(at=1_500, what="fired"))
    first = Turn(
        lease="turns",
        term=term,
        alerts=(replace(alert(), steps=1),),
        steps=(fired,),
        deliveries=(delivery(),),
    )

    alerts.write(first)
    for refused in (
        replace(first, alerts=(alert("a2"),), steps=(), deliveries=()),
        replace(first, term=term + 1),
        replace(first, alerts=(replace(alert(), revision=7),), steps=(), deliveries=()),
    ):
        with pytest.raises(Moved):
            alerts.write(refused)
    assert alerts.acknowledge("a1", actor="hana", at=3_000)

    [found] = alerts.open()
    assert (found.id, found.state, found.revision) == ("a1", State.ACKNOWLEDGED, 2)
    outbox = Outbox(engine)
    assert outbox.of_alert("a1") == (delivery(),)
    outbox.note(replace(delivery(), state=Progress.SENT, ended_at=4_000))
    assert outbox.waiting(9) == ()


def test_incidents_silences_and_effects_are_kept(engine: Engine) -> None:
    """As in SQLite."""
    book = Incidents(engine)
    one = Incident(id="i1", title="t", severity="page", opened_by="hana", opened_at=1_000)
    assert book.open(one)
    assert not book.open(one)
    for due in ("", "2026-12-24", "2026-12-01"):
        book.plan(FollowUp(incident="i1", what=due, owner="ken", due=due))
    assert [each.number for each in book.outstanding()] == [3, 2, 1]
    assert book.close("i1", actor="hana", at=2_000, postmortem="# Draft")
    assert [noted.number for noted in book.notes("i1")] == [1, 2]

    silences = Silences(engine)
    silences.add(Silence(id="s1", pattern="*", owner="h", reason="r", created_at=0, expires_at=50))
    assert [each.id for each in silences.standing(49)] == ["s1"]

    effects = Effects(engine)
    effects.order(
        Effect(overlay="o1", subject="target/a", ordered_at=AT, versions="v1", incident="i1"),
        standing=("o1",),
    )
    served(engine, 1, at=AT + S, overlays="v1")
    assert effects.look(AT + 2 * S) == 1
    assert effects.of("i1")[0].after_s == 1.0
