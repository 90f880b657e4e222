"""A server is asked again soon after one late answer, and seldom when it stays away."""

import pytest

from tenken.store.counters.reach import BEAT_S, FIRST_S, OFTEN, STEADY_S, Reach


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def reach(told: list[str]) -> Reach:
    return Reach(told.append)


def lost(reach: Reach, why: str = "late") -> None:
    reach.failed(why, returns=reach.returns)


def test_one_late_answer_is_looked_after_at_once_and_told_to_nobody(
    reach: Reach, told: list[str]
) -> None:
    """It answers at the first look."""
    before = reach.reached
    lost(reach)
    assert (before, reach.reached, reach.rest_s) == (True, False, FIRST_S)

    reach.found(now=1.0)

    assert (reach.reached, reach.rest_s, told) == (True, BEAT_S, [])


def test_who_stays_away_is_told_once_and_looked_for_less_and_less(
    reach: Reach, told: list[str]
) -> None:
    """At least once a beat; and its return is told once."""
    lost(reach, "refused")
    rests = []
    for _ in range(7):
        rests.append(reach.rest_s)
        reach.missed()
    reach.found(now=9.0)
    reach.found(now=10.0)

    assert rests == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
    assert told == ["refused", ""]


def test_who_comes_and_goes_is_told_as_away_until_it_has_stayed(
    reach: Reach, told: list[str]
) -> None:
    """Each time it is looked for later, so that requests seldom wait for it."""
    rests, looks = list[float](), list[int]()
    for _ in range(7):
        lost(reach)
        rests.append(reach.rest_s)
        looks.append(0)
        while not reach.reached:
            reach.found(now=1.0)
            looks[-1] += 1
    assert told == ["late"]
    assert rests == [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
    assert looks == [1, 2, *[OFTEN] * 5]

    reach.found(now=1.0 + STEADY_S)

    assert told == ["late", ""]
    lost(reach)
    assert reach.rest_s == FIRST_S


def test_good_looks_are_those_in_a_row(reach: Reach) -> None:
    """One that found nobody begins them anew."""
    for _ in range(2):
        lost(reach)
        reach.found(now=1.0)
    assert not reach.reached
    reach.missed()

    reach.found(now=2.0)
    once = reach.reached
    reach.found(now=3.0)

    assert (once, reach.reached) == (False, True)


def test_an_answer_that_was_asked_for_before_a_return_ends_nothing(reach: Reach) -> None:
    """It was late because the server was away then."""
    asked_after = reach.returns
    lost(reach)
    reach.found(now=1.0)

    reach.failed("late", returns=asked_after)

    assert reach.reached
