"""Deadlines, splits, queues and hedges: small decisions, each a table."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.policy.admission import (
    AdmissionPlan,
    Enter,
    Priority,
    Shed,
    Wait,
    Waiting,
    arrive,
    following,
)
from tenken.policy.deadline import Timeouts, deadline, narrowed
from tenken.policy.hedge import HedgePlan, Seen, hedge_after
from tenken.policy.split import chosen, in_order, point

PLAN = AdmissionPlan(in_flight_max=2, queue_max=2)


@pytest.mark.parametrize(
    ("read_s", "request_s", "stream", "left_s", "by"),
    [
        (None, None, False, 600.0, "route"),
        (20.0, None, False, 20.0, "x-stainless-read-timeout"),
        (20.0, None, True, 600.0, "route"),
        (20.0, 5.0, True, 5.0, "x-request-timeout-ms"),
        (700.0, 900.0, False, 600.0, "route"),
    ],
)
def test_the_nearest_deadline_counts(
    *, read_s: float | None, request_s: float | None, stream: bool, left_s: float, by: str
) -> None:
    """A read timeout ends a whole answer, and only the wait for a stream's first token."""
    found = deadline(
        Timeouts(),
        started=100.0,
        stream=stream,
        read_timeout_s=read_s,
        request_timeout_s=request_s,
    )

    assert (found.left_s(100.0), found.by) == (left_s, by)


def test_a_stream_s_first_token_is_due_when_the_client_stops_waiting() -> None:
    """Never later than the route's own limit."""
    assert narrowed(Timeouts(), read_timeout_s=7.0).ttft_s == 7.0
    assert narrowed(Timeouts(), read_timeout_s=70.0).ttft_s == Timeouts().ttft_s


@given(st.text(max_size=20), st.floats(0.01, 0.99))
def test_a_session_stays_while_weight_grows(session: str, share: float) -> None:
    """Who is with the canary stays with it when its share grows."""
    at = point("route", session)
    small = {"stable": 1 - share / 2, "canary": share / 2}
    large = {"stable": 1 - share, "canary": share}

    if chosen(small, at) == "canary":
        assert chosen(large, at) == "canary"


def test_a_split_gives_each_its_share() -> None:
    """A tenth of ten thousand sessions, within four standard errors."""
    drawn = [chosen({"a": 9, "b": 1}, point("r", str(number))) for number in range(10_000)]

    assert abs(drawn.count("b") - 1000) < 4 * math.sqrt(10_000 * 0.1 * 0.9)


def test_the_others_follow_as_they_were_written() -> None:
    """The drawn target first; without weights the order is the file's."""
    assert in_order(("a", "b", "c"), {"a": 0, "b": 0, "c": 1}, 0.5) == ("c", "a", "b")
    assert in_order(("a", "b"), {}, 0.5) == ("a", "b")


def test_weights_of_nothing_are_refused() -> None:
    """A split that draws nobody is a mistake, not a default."""
    with pytest.raises(ValueError, match="sum to more than 0"):
        chosen({"a": 0.0}, 0.5)


def test_the_queue_is_bounded_and_shed_from_below() -> None:
    """A higher class takes the place of the latest of the lowest."""
    queue = (
        Waiting(1, Priority.BATCH, 9.0),
        Waiting(2, Priority.BATCH, 9.0),
    )

    assert arrive(PLAN, in_flight=1, queue=(), priority=Priority.BATCH, now=0.0) == Enter()
    assert arrive(PLAN, in_flight=2, queue=(), priority=Priority.BATCH, now=0.0) == Wait(2.0)
    assert isinstance(
        arrive(PLAN, in_flight=2, queue=queue, priority=Priority.BATCH, now=0.0), Shed
    )
    assert arrive(PLAN, in_flight=2, queue=queue, priority=Priority.CRITICAL, now=0.0) == Wait(
        2.0, displaces=2
    )


def test_the_highest_class_is_served_first_and_in_it_who_came_first() -> None:
    """Nobody overtakes within a class."""
    queue = (
        Waiting(1, Priority.BATCH, 9.0),
        Waiting(2, Priority.CRITICAL, 9.0),
        Waiting(3, Priority.CRITICAL, 9.0),
    )

    assert following(queue) == queue[1]
    assert following(()) is None


def test_a_hedge_needs_samples_and_stays_rare() -> None:
    """Five of a hundred at most, and none that is near the median."""
    times = tuple(number / 100 for number in range(100))

    assert hedge_after(HedgePlan(), Seen(first_tokens_s=times[:99], requests=99, hedges=0)) is None
    assert hedge_after(HedgePlan(), Seen(first_tokens_s=times, requests=100, hedges=4)) == 0.98
    assert hedge_after(HedgePlan(), Seen(first_tokens_s=times, requests=100, hedges=5)) is None


@pytest.mark.parametrize("slow", range(9))
def test_a_hedge_waits_for_no_slow_answer(slow: int) -> None:
    """However many of the latest hundred were slow, a few more or less than a twentieth."""
    times = (*[0.1] * (50 - slow), *[0.15] * 50, *[3.0] * slow)
    after_s = hedge_after(HedgePlan(), Seen(first_tokens_s=times, requests=100, hedges=0))

    assert after_s is not None
    assert 0.15 < after_s <= 0.3
