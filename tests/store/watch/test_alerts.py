"""A turn of the watch is written whole, by who may, over what was read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from tenken.store.engine import opened
from tenken.store.faults import Moved
from tenken.store.migration import migrate
from tenken.store.watch.alert import State, Step
from tenken.store.watch.alerts import Alerts, Taken, Turn
from tenken.store.watch.leases import Leases
from tenken.store.watch.outbox import Outbox, Progress
from tenken.store.watch.silences import Silence, Silences
from tests.store.watch.standing import alert, delivery

S = 1_000_000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/store.db")
    migrate(found)
    Leases(found).hold("watch", "a", 0, 30)
    yield found
    found.dispose()


def turn(**what: object) -> Turn:
    return Turn(lease="watch", term=1, **what)  # type: ignore[arg-type]


def test_an_alert_comes_back_as_it_was_written(engine: Engine) -> None:
    """With what became of it, and what is to be told."""
    fired = Taken(alert="a1", number=1, step=Step(at=1_500, what="fired"))

    Alerts(engine).write(turn(alerts=(alert(),), steps=(fired,), deliveries=(delivery(),)))

    assert Alerts(engine).open() == (replace(alert(), revision=1),)
    assert Alerts(engine).steps("a1") == (fired.step,)
    assert Alerts(engine).steps_between(0, 1_501) == (fired,)
    assert Alerts(engine).steps_between(0, 1_501, only={"resolved"}) == ()
    assert Alerts(engine).steps_between(0, 1_501, 1, only={"fired"}) == (fired,)
    assert Outbox(engine).waiting(9) == (delivery(),)
    assert Outbox(engine).of_alert("a1") == (delivery(),)


def test_no_two_are_open_for_one_key(engine: Engine) -> None:
    """The database itself refuses it, and nothing of that turn is written."""
    Alerts(engine).write(turn(alerts=(alert(),)))

    with pytest.raises(Moved):
        Alerts(engine).write(turn(alerts=(alert("a2"),), deliveries=(delivery(),)))

    assert [one.id for one in Alerts(engine).open()] == ["a1"]
    assert Outbox(engine).waiting(9) == ()


def test_one_that_ended_makes_room(engine: Engine) -> None:
    """It is kept, and another of its key may begin."""
    Alerts(engine).write(turn(alerts=(alert(),)))
    ended = replace(alert(state=State.RESOLVED), revision=1)

    Alerts(engine).write(turn(alerts=(ended, alert("a2"))))

    assert [one.id for one in Alerts(engine).open()] == ["a2"]
    assert [one.id for one in Alerts(engine).ended(since=0)] == ["a1"]


def test_an_old_term_writes_nothing(engine: Engine) -> None:
    """Who was away too long is told so."""
    Leases(engine).hold("watch", "b", 40 * S, 30)

    with pytest.raises(Moved):
        Alerts(engine).write(turn(alerts=(alert(),), deliveries=(delivery(),)))

    assert Alerts(engine).open() == ()
    assert Outbox(engine).waiting(9) == ()


def test_what_was_acknowledged_meanwhile_is_not_lost(engine: Engine) -> None:
    """The turn that had read it before is refused."""
    Alerts(engine).write(turn(alerts=(alert(),)))
    [read] = Alerts(engine).open()

    assert Alerts(engine).acknowledge("a1", actor="hana", at=3_000)
    with pytest.raises(Moved):
        Alerts(engine).write(turn(alerts=(read,)))

    [found] = Alerts(engine).open()
    assert (found.state, found.acknowledged_by) == (State.ACKNOWLEDGED, "hana")
    assert [step.what for step in Alerts(engine).steps("a1")] == ["acknowledged"]
    assert not Alerts(engine).acknowledge("a1", actor="ken", at=4_000)
    assert not Alerts(engine).acknowledge("none", actor="ken", at=4_000)


def test_of_what_passed_nothing_is_kept(engine: Engine) -> None:
    """A moment that nobody was to be told of."""
    Alerts(engine).write(turn(alerts=(alert(state=State.PENDING),)))

    Alerts(engine).write(turn(passed=("a1",)))

    assert Alerts(engine).newest(9) == ()


def test_what_has_arrived_stays_so(engine: Engine) -> None:
    """Another that tried at the same time does not make it due again."""
    outbox = Outbox(engine)
    outbox.put(delivery())
    outbox.note(replace(delivery(), state=Progress.SENT, ended_at=3_000, answer="200"))
    outbox.note(replace(delivery(), due_at=9_000, attempts=1, answer="timeout"))

    [found] = outbox.newest(9, receiver="pager")
    assert (found.state, found.answer) == (Progress.SENT, "200")
    assert outbox.newest(9, receiver="other") == ()


def test_what_one_has_not_taken_hides_nothing_from_others(engine: Engine) -> None:
    """Of each receiver as many as asked for, in order."""
    outbox = Outbox(engine)
    for number in range(5):
        outbox.put(replace(delivery(f"d{number}"), created_at=number))
    outbox.put(replace(delivery("late"), receiver="chat", created_at=9))

    assert [one.id for one in outbox.waiting(2)] == ["d0", "d1", "late"]


def test_what_a_receiver_never_got_is_known_until_it_takes_something(engine: Engine) -> None:
    """A test that failed elsewhere tells nothing of the way from here; one that arrived does."""
    outbox = Outbox(engine)

    def ended(name: str, at: int, state: Progress, reason: str = "fired") -> None:
        one = delivery(name)
        outbox.put(replace(one, reason=reason, state=state, ended_at=at))

    ended("d1", 3_000, Progress.SENT)
    ended("d2", 4_000, Progress.GIVEN_UP, "tested")
    assert outbox.refused(since=0) == ()
    ended("d3", 5_000, Progress.GIVEN_UP)
    assert [one.id for one in outbox.refused(since=0)] == ["d3"]
    assert outbox.refused(since=2_001) == ()
    ended("d4", 6_000, Progress.SENT, "tested")
    assert outbox.refused(since=0) == ()


def test_a_silence_holds_until_its_end(engine: Engine) -> None:
    """Or until somebody takes it back; both stay to be read."""
    silences = Silences(engine)
    one = Silence(
        id="s1", pattern="slo/*", owner="hana", reason="known", created_at=0, expires_at=50
    )
    silences.add(one)
    silences.add(replace(one, id="s2", created_at=1, expires_at=90))

    assert [each.id for each in silences.standing(49)] == ["s1", "s2"]
    assert [each.id for each in silences.standing(50)] == ["s2"]
    assert silences.withdraw("s2", actor="ken", at=60)
    assert not silences.withdraw("s2", actor="ken", at=61)
    assert silences.standing(60) == ()
    assert [each.withdrawn_by for each in silences.newest(9)] == ["ken", ""]
