"""How fast a budget burns, and what is left of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.config.operating.alarms import alarms_of
from tenken.config.operating.objectives import STANDARD, Slo
from tenken.keeper.objectives.burning import Burning, burn_rate, burning, windows
from tenken.keeper.objectives.counts import NOTHING, Counts, counted

SLO = Slo(name="answers", sli="availability", target_percent=99.9, window_days=30)
COUNTS = st.builds(
    lambda total, bad: counted(bad=bad, total=total),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
)
TARGETS = st.floats(1, 99.999)


def burnt(slo: Slo = SLO, **minutes: Counts) -> Burning:
    """Reckon with counts by window, such as `m60=...`; the others saw nothing."""
    counts = {int(name[1:]): one for name, one in minutes.items()}
    return burning(slo, alarms_of(slo).pairs, counts)


def test_a_fast_burn_alarms_and_says_what_is_left() -> None:
    """2 % errors at 99.9 % burn twenty times as fast as allowed."""
    two_percent = Counts(good=980, total=1000)

    found = burnt(m60=two_percent, m5=two_percent, m43200=Counts(good=999_500, total=1_000_000))

    assert [str(one.pair) for one in found.firing] == ["14.4x 1h/5m"]
    assert found.firing[0].long == pytest.approx(20)
    assert found.budget_left == pytest.approx(0.5)
    assert found.kept is True


def test_it_ends_when_the_short_window_is_well() -> None:
    """The hour still holds the failures; nothing fails any more."""
    found = burnt(m60=Counts(good=900, total=1000), m5=Counts(good=90, total=90))

    assert found.firing == ()


def test_no_data_is_neither_kept_nor_broken() -> None:
    """No traffic is not 100 %."""
    found = burnt()

    assert (found.budget_left, found.kept, found.firing) == (None, None, ())
    assert {(one.long, one.short) for one in found.burns} == {(None, None)}


def test_an_overdrawn_budget_is_below_zero() -> None:
    """Ten times the failures that were allowed."""
    found = burnt(m43200=Counts(good=990, total=1000))

    assert found.budget_left == pytest.approx(-9)
    assert found.kept is False


def test_windows_are_counted_once_each() -> None:
    """Those of the pairs, and the promise's own."""
    assert windows(SLO, STANDARD) == (5, 30, 60, 120, 360, 1440, 4320, 43_200)


@given(COUNTS, COUNTS, COUNTS)
def test_any_split_of_counts_gives_the_same(a: Counts, b: Counts, c: Counts) -> None:
    """However rows are cut into minutes, workers and callers."""
    assert a + (b + c) == (c + a) + b
    assert a + NOTHING == a
    assert (a + b).bad == a.bad + b.bad


@given(COUNTS, st.integers(0, 1000), TARGETS)
def test_more_failures_never_burn_slower(counts: Counts, more: int, target: float) -> None:
    """Monotone in what fails; within nothing and the most there is."""
    budget = 1 - target / 100
    worse = counted(bad=counts.bad + more, total=counts.total)
    rates = burn_rate(counts, budget), burn_rate(worse, budget)

    if counts.total == 0:
        assert rates == (None, None)
        return
    assert rates[0] is not None
    assert rates[1] is not None
    assert 0 <= rates[0] <= rates[1] <= 1 / budget * (1 + 1e-9)


@given(COUNTS, COUNTS, TARGETS)
def test_both_stretches_burn_between_each(a: Counts, b: Counts, target: float) -> None:
    """A window cannot burn faster than its worst part, nor slower than its best."""
    budget = 1 - target / 100
    parts = [rate for one in (a, b) if (rate := burn_rate(one, budget)) is not None]
    whole = burn_rate(a + b, budget)

    if whole is None:
        assert parts == []
    else:
        assert min(parts) * (1 - 1e-9) <= whole <= max(parts) * (1 + 1e-9)


@given(TARGETS, st.integers(1, 100_000))
def test_a_pair_in_effect_can_fire(target: float, total: int) -> None:
    """When everything fails every pair that was not left out alarms, with any traffic."""
    slo = Slo(name="s", sli="availability", target_percent=target, window_days=30)
    pairs = alarms_of(slo).pairs
    all_bad = Counts(good=0, total=total)

    found = burning(slo, pairs, dict.fromkeys(windows(slo, pairs), all_bad))

    assert [one.pair for one in found.firing] == list(pairs)


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_counts_are_never_impossible(bad: int, total: int) -> None:
    """Two tables that disagree by a moment give no negative count."""
    found = counted(bad=bad, total=total)

    assert 0 <= found.good <= found.total
    assert found.bad >= 0
