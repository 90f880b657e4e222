"""A limit per minute holds in every span of sixty seconds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from tenken.policy.limit import Full, Reserved, TooLarge, Window

LIMIT = 100


class Passed(Struct, frozen=True):
    """What was let through, and when."""

    at: float
    amount: int


@given(
    st.lists(st.tuples(st.floats(0, 20), st.integers(1, LIMIT)), min_size=1, max_size=120),
)
def test_no_minute_holds_more_than_the_limit(asked: list[tuple[float, int]]) -> None:
    """Whatever is asked when, no span of sixty seconds lets more through."""
    window, now = Window(), 1000.0
    passed: list[Passed] = []
    for step, amount in asked:
        now += step
        if isinstance(window.reserve(amount, limit=LIMIT, now=now), Reserved):
            passed.append(Passed(now, amount))

    for first in passed:
        inside = [one.amount for one in passed if 0 <= one.at - first.at < 60]
        assert sum(inside) <= LIMIT


@given(st.integers(1, LIMIT), st.integers(1, LIMIT), st.floats(0, 0.999))
def test_who_waits_as_told_gets_in(first: int, second: int, part: float) -> None:
    """The wait that is told is long enough, and not a minute longer than needed."""
    window, now = Window(), 500.0 + part
    window.reserve(first, limit=LIMIT, now=now)

    refused = window.reserve(second, limit=LIMIT, now=now)

    if isinstance(refused, Full):
        assert refused.after_s <= 61
        later = window.reserve(second, limit=LIMIT, now=now + refused.after_s)
        assert isinstance(later, Reserved)


def test_what_is_larger_than_the_limit_never_fits() -> None:
    """It is told apart from what fits later."""
    assert Window().reserve(LIMIT + 1, limit=LIMIT, now=0.0) == TooLarge(LIMIT)


@pytest.mark.parametrize(("actual", "used"), [(0, 0), (30, 30), (80, 80), (120, 120)])
def test_settling_puts_the_real_amount_in_place(actual: int, used: int) -> None:
    """Less gives room back; more counts, though it passed the limit."""
    window = Window()
    reserved = window.reserve(80, limit=LIMIT, now=10.0)
    assert isinstance(reserved, Reserved)

    window.settle(reserved, actual, 12.0)

    assert window.used(12.0) == used


def test_settling_long_after_gives_nothing_back_twice() -> None:
    """What left the window by itself is not taken out of it again."""
    window = Window()
    old = window.reserve(80, limit=LIMIT, now=10.0)
    assert isinstance(old, Reserved)
    window.reserve(50, limit=LIMIT, now=80.0)

    window.settle(old, 0, 80.0)

    assert window.used(80.0) == 50
