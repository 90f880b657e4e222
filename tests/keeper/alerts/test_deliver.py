"""What is due is sent in order, later each time, and not for ever."""

import pytest
from msgspec.structs import replace

from tenken.keeper.alerts.deliver import GIVEN_UP_AFTER, arrived, failed, ready
from tenken.keeper.alerts.posting import NotSent
from tenken.store.watch.outbox import Delivery, Progress
from tests.store.watch.standing import delivery

S = 1_000_000


def due(name: str, alerts: str, *, receiver: str = "pager", at: int = 0) -> Delivery:
    """Give one that has been tried before."""
    return replace(delivery(name, due_at=at), receiver=receiver, alerts=alerts, attempts=1)


def test_nobody_hears_an_end_before_its_beginning() -> None:
    """Of one alert; others, and other receivers, are not held up."""
    waiting = [
        due("d1", "a1", at=90 * S),
        due("d2", "a1 a2"),
        due("d3", "a3"),
        due("d4", "a2"),
        due("d5", "a1", receiver="chat"),
    ]

    found = ready(waiting, 0)

    assert {name: [one.id for one in several] for name, several in found.items()} == {
        "pager": ["d3"],
        "chat": ["d5"],
    }
    assert [one.id for one in ready(waiting, 90 * S)["pager"]] == ["d1", "d3"]


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    """What was never tried is tried; no receiver may ask for more than an hour."""
    new = replace(due("d1", "a1", at=9_000 * S), attempts=0)
    tried = due("d2", "a2", at=9_000 * S)

    assert [one.id for one in ready([new, tried], 8_000 * S)["pager"]] == ["d1"]
    assert [one.id for one in ready([new, tried], 0)["pager"]] == ["d1", "d2"]


def test_it_is_tried_later_each_time() -> None:
    """Up to five minutes, or when the receiver says; an hour at most."""
    one, waits = delivery(), []
    for _ in range(9):
        after = failed(one, NotSent("503"), 2_000)
        waits.append((after.due_at - 2_000) // S)
        one = after

    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert (failed(delivery(), NotSent("429", after_s=30.0), 0).due_at) == 30 * S
    assert (failed(delivery(), NotSent("429", after_s=1e9), 0).due_at) == 3600 * S


@pytest.mark.parametrize(
    ("failure", "now"), [(NotSent("400", final=True), 3_000), (NotSent("503"), GIVEN_UP_AFTER * 2)]
)
def test_some_day_it_is_given_up(failure: NotSent, now: int) -> None:
    """At once where the same bytes can never arrive, else after a day; why is kept."""
    after = failed(delivery(), failure, now)

    assert (after.state, after.answer, after.ended_at) == (Progress.GIVEN_UP, failure.why, now)
    assert arrived(delivery(), "200 ok", now).state is Progress.SENT
