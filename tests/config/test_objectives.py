"""Objectives that cannot be kept, counted or heard are refused, each with its reason."""

import pytest

from tenken.config.operating.alarms import alarms_of, events_needed
from tenken.config.operating.objectives import EDGES_S, STANDARD, BurnPair, Slo, span
from tenken.store.rollups.sums import BOUNDS_US
from tests.config.declaring import APPLICATION, load, problems

SLO = "name: s, target_percent: 99.9, window_days: 30"
FORECAST = "capacity: {forecast: {requests_per_day: %s, horizon: 2027-01-01, source: plan}}\n"
QUERY = "sli: our own, query: {good: 'g[$window]', total: 't[$window]'}"


def slos(*bodies: str) -> str:
    return APPLICATION + "slos:\n" + "".join(f"  - {{{body}}}\n" for body in bodies)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(f"{SLO}, sli: 'good answers / all, as the desk counts'", id="free text"),
        pytest.param(f"{SLO}, sli: 'histogram_quantile(0.95, x) < 2'", id="text with a query"),
        pytest.param(f"{SLO}, sli: availability, use_case: answer, route: answer", id="catalogue"),
        pytest.param(f"{SLO}, sli: latency, threshold_s: 2.56", id="latency"),
        pytest.param(f"{SLO}, sli: cost_per_request, threshold_usd: 0.02", id="cost"),
        pytest.param(f"{SLO}, {QUERY}", id="query"),
        pytest.param(
            "name: s, sli: eval_pass_rate, target_percent: 90, window_days: 28", id="quality"
        ),
        pytest.param(
            f"{SLO}, sli: availability, "
            "alerting: [{burn: 999, long_minutes: 60, short_minutes: 5}]",
            id="just below the most",
        ),
    ],
)
def test_sound_objectives_are_read(body: str) -> None:
    """No false alarm, and files from before still load."""
    assert load(slos(body)).application.slos[0].name == "s"


@pytest.mark.parametrize(
    ("body", "key", "told"),
    [
        pytest.param(
            "name: s, sli: availability, target_percent: 100, window_days: 30",
            "target_percent", "`s` promises 100 %", id="all",
        ),
        pytest.param(
            "name: s, sli: availability, target_percent: 99, window_days: 0.01",
            "window_days", "A promise over 0.01 days cannot be kept account of", id="minutes",
        ),
        pytest.param(
            "name: s, sli: availability, target_percent: 99, window_days: 1000",
            "window_days", "A promise over 1000 days", id="years",
        ),
        pytest.param(f"{SLO}, sli: latency", "sli", "give it as `threshold_s`", id="no bound"),
        pytest.param(
            f"{SLO}, sli: ttft, threshold_s: 2", "threshold_s", "take 1.28 or 2.56", id="no edge"
        ),
        pytest.param(
            f"{SLO}, sli: latency, threshold_s: 200", "threshold_s", "take 81.92 or 81.92",
            id="above the last edge",
        ),
        pytest.param(
            f"{SLO}, sli: availability, threshold_s: 2.56", "threshold_s", "says nothing",
            id="idle bound",
        ),
        pytest.param(
            f"{SLO}, sli: cost_per_request", "sli", "give it as `threshold_usd`", id="no price"
        ),
        pytest.param(
            f"{SLO}, sli: latency, threshold_s: 2.56, threshold_usd: 1", "threshold_usd",
            "says nothing", id="idle price",
        ),
        pytest.param(
            f"{SLO}, sli: guardrail_available, route: answer", "route", "by use case", id="route"
        ),
        pytest.param(
            f"{SLO}, sli: ours, query: {{good: 'histogram_quantile(0.95, x[$window]) < 2',"
            " total: 't[$window]'}",
            "query.good", "A percentile is no count", id="percentile",
        ),
        pytest.param(
            f"{SLO}, sli: ours, query: {{good: 'g[$window] or vector(1)', total: 't[$window]'}}",
            "query.good", "missing data into a number", id="absent is full",
        ),
        pytest.param(
            f"{SLO}, sli: ours, query: {{good: 'g[5m]', total: 't[$window]'}}",
            "query.good", "needs `$window`", id="fixed window",
        ),
        pytest.param(
            f"{SLO}, sli: ours, query: {{good: 't[$window]', total: 't[$window]'}}",
            "query", "the same query", id="always good",
        ),
        pytest.param(
            f"{SLO}, sli: availability, query: {{good: 'g[$window]', total: 't[$window]'}}",
            "query", "counted by the keeper already", id="both",
        ),
        pytest.param(f"{SLO}, sli: availabilty", "sli", "write `availability`", id="misspelt"),
        pytest.param(
            f"{SLO}, sli: Fallback rate", "sli", "write `fallback_rate`", id="other letters"
        ),
        pytest.param(
            f"{SLO}, sli: words, alerting: [{{burn: 2, long_minutes: 60, short_minutes: 5}}]",
            "alerting", "Nothing counts `words`", id="alarm on words",
        ),
        pytest.param(
            "name: s, sli: availability, target_percent: 90, window_days: 30, "
            "alerting: [{burn: 14.4, long_minutes: 60, short_minutes: 5}]",
            "alerting[0]", "a target of 90 % burns 10 times at most", id="never fires",
        ),
        pytest.param(
            "name: s, sli: availability, target_percent: 90, window_days: 30, "
            "alerting: [{burn: 10, long_minutes: 60, short_minutes: 5}]",
            "alerting[0]", "a target of 90 % burns 10 times at most", id="reached, not passed",
        ),
        pytest.param(
            "name: s, sli: availability, target_percent: 99, window_days: 1, "
            "alerting: [{burn: 1, long_minutes: 4320, short_minutes: 360}]",
            "alerting[0]", "looks further back than the 1 days", id="longer than the window",
        ),
        pytest.param(
            f"{SLO}, sli: availability, "
            "alerting: [{burn: 2, long_minutes: 5, short_minutes: 5}]",
            "alerting[0]", "is not shorter", id="short window",
        ),
        pytest.param(
            "name: s, sli: feedback_positive_rate, target_percent: 50, window_days: 1",
            "target_percent", "None of the standard alarms works for `s`", id="none left",
        ),
    ],
)  # fmt: skip
def test_unsound_objectives_are_refused(body: str, key: str, told: str) -> None:
    """At its place, with the reason."""
    found = problems(slos(body))

    assert [one for one in found if f"slos[0].{key}: " in one and told in one], found


def test_a_single_failure_would_page() -> None:
    """The least traffic is told: 69.4 requests an hour at 99.9 %."""
    alarm = "alerting: [{burn: 14.4, long_minutes: 60, short_minutes: 5}]"
    body = slos(f"{SLO}, sli: availability, {alarm}")

    (found,) = problems(body + FORECAST % 1000)

    assert "`severity: ticket`" in found
    assert "1h holds about 41.67 requests by the forecast, and 69.44 are needed" in found
    assert load(body + FORECAST % 1700).application.slos[0].alerting


def test_every_reason_is_told_at_once() -> None:
    """And objectives of environments are looked at, too."""
    body = slos("name: s, sli: latency, target_percent: 100, window_days: 999")
    of_prod = "{name: s, sli: ttft, target_percent: 99, window_days: 7}"
    body += f"environments: {{prod: {{slos: [{of_prod}]}}}}\n"

    keys = [line.split(": ")[0].split(" ")[1] for line in problems(body)]

    assert keys == [
        "slos[0].sli", "slos[0].target_percent", "slos[0].window_days",
        "environments.prod.slos[0].sli",
    ]  # fmt: skip


def test_standard_pairs_that_cannot_work_are_left_out() -> None:
    """At 90 % the fastest burn is ten times: one page pair is left, and nobody is refused."""
    slo = Slo(name="s", sli="eval_pass_rate", target_percent=90, window_days=30)

    alarms = alarms_of(slo)

    assert alarms.pairs == STANDARD[1:]
    assert [one.pair for one in alarms.left_out] == [STANDARD[0]]


def test_events_needed_is_where_one_failure_burns_as_fast() -> None:
    """One failure in that many events burns exactly at the alarm's rate, and so does not fire."""
    slo = Slo(name="s", sli="availability", target_percent=99.9, window_days=30)
    needed = events_needed(slo, STANDARD[0])

    assert 1 / needed / slo.budget == pytest.approx(STANDARD[0].burn)


def test_the_edges_are_those_of_the_ledger() -> None:
    """A bound that the file allows is one that durations are counted by."""
    assert tuple(round(edge * 1_000_000) for edge in EDGES_S) == BOUNDS_US


def test_a_pair_is_written_as_people_say_it() -> None:
    """Windows as monitoring tools write them."""
    assert [str(pair) for pair in STANDARD] == [
        "14.4x 1h/5m", "6x 6h/30m", "3x 1d/2h", "1x 3d/6h"
    ]  # fmt: skip
    assert span(90) == "90m"
    assert str(BurnPair(burn=2, long_minutes=90, short_minutes=1)) == "2x 90m/1m"
