"""More than usual is seen soon; chance, few data and first contact are not taken for it."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.config.operating.spikes import MEASURES, Measure, SpikeSettings
from tenken.keeper.objectives.causes import Cause
from tenken.keeper.spikes.baseline import DAY, HOUR_US, WEEK, Hour, baseline
from tenken.keeper.spikes.spike import Seen, bound_of, look
from tenken.keeper.spikes.watch import Noticed, watch
from tenken.messages.speech import Language, Speech
from tenken.store.rollups.totals import Point, Totals

NOW = 500_000 * HOUR_US + HOUR_US // 2
QUARTER = HOUR_US // 4
SETTINGS = SpikeSettings()
VALUES = st.floats(0, 1e9, allow_nan=False)


def ago(hours: int) -> int:
    return (NOW // HOUR_US - hours) * HOUR_US


def traffic(requests: int, *, tokens: int = 100, failed: int = 0, slow: int = 1) -> Totals:
    """So many requests of so many tokens each."""
    answered = requests - failed
    return Totals(
        requests=requests, answered=answered, failed=failed, status_5xx=failed,
        input=requests * tokens,
        cost=Decimal(requests * tokens) / 1000, latency_us=answered * slow * 1_000_000,
    )  # fmt: skip


def steady(hours: int, of: Callable[[int], Totals] = lambda _: traffic(400)) -> list[Point]:
    return [Point(ago(one), of(one)) for one in range(1, hours + 1)]


def seen(measure: Measure, history: list[Point], now: Totals) -> Seen:
    return look(measure, history, now, at=NOW, window_us=QUARTER, settings=SETTINGS)


@pytest.mark.parametrize(
    ("measure", "now"),
    [
        ("tokens", traffic(100, tokens=500)),
        ("tokens", traffic(500)),
        ("cost", traffic(100, tokens=500)),
        ("error_rate", traffic(100, failed=20)),
        ("error_rate", Totals(requests=100, answered=80, refused=20, status_5xx=20)),
        ("latency", traffic(100, slow=5)),
        ("guard_matches", Totals(requests=100, answered=100, matched=30)),
    ],
)
def test_five_times_the_usual_is_seen_within_a_quarter_of_an_hour(
    measure: Measure, now: Totals
) -> None:
    """Whatever is measured."""
    assert seen(measure, steady(3 * WEEK), now).spikes


@pytest.mark.parametrize("measure", MEASURES)
def test_the_usual_is_no_spike(measure: Measure) -> None:
    """A quarter of an hour is a quarter of an hour's traffic."""
    found = seen(measure, steady(3 * WEEK), traffic(100))

    assert not found.spikes
    assert found.usual is not None


def test_a_busy_monday_morning_is_usual() -> None:
    """Ten times the traffic of other hours, as each week."""
    busy = steady(6 * WEEK, lambda one: traffic(4000 if one % WEEK == 0 else 400))

    found = seen("tokens", busy, traffic(1000))

    assert found.usual is not None
    assert (found.usual.season, found.spikes) == ("hour_of_week", False)
    assert seen("tokens", steady(6 * WEEK), traffic(1000)).spikes


@pytest.mark.parametrize(
    ("hours", "season"),
    [(23, None), (24, "any_hour"), (5 * DAY, "hour_of_day"), (4 * WEEK, "hour_of_week")],
)
def test_more_history_tells_more(hours: int, season: str | None) -> None:
    """And with less than a day nothing is usual yet."""
    found = seen("tokens", steady(hours), traffic(2000))

    assert (found.usual.season if found.usual else None) == season
    assert found.spikes is (season is not None)


def test_few_requests_tell_nothing() -> None:
    """Three requests, all failed, at night."""
    assert not seen("error_rate", steady(3 * WEEK), traffic(3, failed=3)).spikes


def test_a_single_failure_is_no_spike() -> None:
    """Where nothing ever failed, one of twenty is chance; a quarter of them is none."""
    assert not seen("error_rate", steady(3 * WEEK), traffic(20, failed=1)).spikes
    assert seen("error_rate", steady(3 * WEEK), traffic(20, failed=7)).spikes


@given(
    st.sampled_from(MEASURES),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.integers(0, 23),
)
def test_nothing_is_told_on_first_contact(
    measure: Measure, requests: int, tokens: int, hours: int
) -> None:
    """Whatever comes."""
    found = seen(measure, steady(hours), traffic(requests, tokens=tokens))

    assert (found.usual, found.spikes) == (None, False)


@given(st.lists(VALUES, min_size=24, max_size=60), VALUES)
def test_one_odd_hour_does_not_change_what_is_usual(values: list[float], odd: float) -> None:
    """The usual stays within what was seen in the other hours."""
    hours = [Hour(ago(at + 1), value) for at, value in enumerate(values)]

    found = baseline([*hours, Hour(ago(len(hours) + 1), odd)], NOW)

    assert found is not None
    assert min(values) <= found.usual <= max(values)
    assert found.spread >= 0


@given(st.lists(VALUES, min_size=24, max_size=60), st.integers(1, 10_000), st.booleans())
def test_the_bound_is_above_the_usual(values: list[float], events: int, is_share: bool) -> None:
    """By the factor at least, and more events never need more."""
    found = baseline([Hour(ago(at + 1), value) for at, value in enumerate(values)], NOW)

    assert found is not None
    bound, next_ = (
        bound_of(found, events=one, least=1.0, times=2.0, is_share=is_share)
        for one in (events, events + 1)
    )
    assert bound >= max(2 * found.usual, found.usual + 1)
    assert next_ <= bound


@given(st.integers(20, 5_000), st.integers(0, 5_000))
def test_more_is_never_less_of_a_spike(requests: int, more: int) -> None:
    """Monotone in what is measured."""
    history = steady(3 * WEEK)
    first = seen("tokens", history, traffic(requests))
    second = seen("tokens", history, traffic(requests + more))

    assert second.spikes >= first.spikes


def test_hours_of_the_future_and_the_present_do_not_count() -> None:
    """What is usual is of the past."""
    hours = [Hour(ago(-one), 1.0) for one in range(50)]

    assert baseline(hours, NOW) is None


def test_what_is_said_of_a_spike() -> None:
    """How much, what is usual, from which hours, and who is behind it."""
    cause = Cause(dimension="caller", name="batch", bad_share=0.9, traffic_share=0.1)
    found = seen("tokens", steady(4 * WEEK), traffic(500))
    speech = Speech(Language.EN)

    (signal,) = watch([Noticed(use_case="answer", seen=found, cause=cause)], "ticket", 0)

    assert (signal.key, signal.firing, signal.kind) == ("spike/answer/tokens", True, "spike")
    assert speech(signal.what) == (
        "Tokens of `answer`: 200,000 tokens/h, usually 40,000 tokens/h "
        "(the same hour of the week, 4 of them)"
    )
    assert signal.cause is not None
    assert speech(signal.cause) == (
        "90 % of it now has the caller `batch`, over the last day 10 %"
    )


def test_costs_are_told_in_money() -> None:
    """And a spike without a cause names none."""
    found = seen("cost", steady(4 * WEEK), traffic(500))

    (signal,) = watch([Noticed(use_case="answer", seen=found)], "ticket", 0)

    assert signal.cause is None
    assert Speech(Language.EN)(signal.what).startswith("Cost of `answer`: 200 USD/h, usually 40")


def test_what_is_said_otherwise() -> None:
    """That it is as usual, or that nothing is usual yet."""
    calm = seen("error_rate", steady(3 * WEEK), traffic(100))
    new = seen("latency", [], traffic(100))

    signals = watch([Noticed(use_case="a", seen=calm), Noticed(use_case="b", seen=new)], "page", 0)

    assert [(one.firing, one.what.id) for one in signals] == [
        (False, "spikes.calm"), (False, "spikes.learning")
    ]  # fmt: skip
    assert Speech(Language.EN)(signals[0].what) == "Error rate of `a`: 0 %, as usual (0 %)"
