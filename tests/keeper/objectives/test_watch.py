"""What is said of objectives: what, how bad, what is left, and what is behind it."""

import pytest

from tenken.config.operating.alarms import alarms_of
from tenken.config.operating.objectives import Slo
from tenken.keeper.alerts.signal import Signal
from tenken.keeper.objectives.burning import burning
from tenken.keeper.objectives.causes import Cause, likely_cause
from tenken.keeper.objectives.counts import Counts
from tenken.keeper.objectives.watch import Watched, watch
from tenken.messages.speech import Language, Speech

SLO = Slo(
    name="answers", sli="availability", target_percent=99.9, window_days=30, use_case="answer",
    runbook="docs/runbooks/answers.md",
)  # fmt: skip
BAD, WELL = Counts(good=95, total=100), Counts(good=9_999, total=10_000)
CAUSE = Cause(dimension="release", name="r2", bad_share=0.9, traffic_share=0.1)


def said(counts: dict[int, Counts], cause: Cause | None = None) -> dict[str, Signal]:
    state = burning(SLO, alarms_of(SLO).pairs, counts)
    signals = watch([Watched(slo=SLO, burning=state, cause=cause)], now=0)
    return {one.key: one for one in signals}


def test_a_burn_pages() -> None:
    """With everything a person needs to begin."""
    page = said({60: BAD, 5: BAD, 43_200: WELL}, CAUSE)["slo/answers/page"]
    speech = Speech(Language.EN)

    assert (page.firing, page.severity, page.kind) == (True, "page", "burn")
    assert speech(page.what) == (
        "`answers` burns its budget 50 times too fast over 1 h, and 50 times over the last 5 min "
        "(target 99.9 % over 30 days)"
    )
    assert page.cause is not None
    assert speech(page.cause) == (
        "90 % of what went wrong has the release `r2`, which has 10 % of the traffic"
    )
    assert page.runbook == SLO.runbook
    assert page.budget_left is not None
    assert round(page.budget_left, 6) == 0.9
    assert page.subject.parts() == (("use_case", "answer"), ("slo", "answers"))


def test_a_slow_burn_asks_for_a_ticket_and_wakes_nobody() -> None:
    """Three times as fast as allowed, over a day."""
    slow = Counts(good=9_960, total=10_000)

    signals = said({1440: slow, 120: slow})

    assert signals["slo/answers/ticket"].firing
    assert not signals["slo/answers/page"].firing


def test_what_is_well_is_said_too() -> None:
    """An alert ends when its signal says so."""
    signals = said(dict.fromkeys((5, 30, 60, 120, 360, 1440, 4320, 43200), WELL))

    assert [one.firing for one in signals.values()] == [False, False]
    assert {one.what.id for one in signals.values()} == {"slo.calm"}


def test_no_data_is_said_to_be_none() -> None:
    """It is not said that all is well."""
    assert {one.what.id for one in said({}).values()} == {"slo.no_data"}


@pytest.mark.parametrize(
    ("counts", "known"),
    [
        pytest.param({}, False, id="nothing happened"),
        pytest.param({60: BAD, 360: BAD, 43_200: BAD}, False, id="it burnt, and then all left"),
        pytest.param({60: BAD, 5: WELL, 360: WELL}, True, id="it burnt, and is well now"),
        pytest.param({60: WELL, 360: WELL}, True, id="it did not burn"),
    ],
)
def test_where_nothing_is_measured_nothing_is_known_to_be_over(
    counts: dict[int, Counts], known: bool
) -> None:
    """A pager's call must not end because nobody asks any more, or the ledger is behind."""
    page = said(counts)["slo/answers/page"]

    assert (page.firing, page.known) == (False, known)


def test_the_cause_is_what_failures_share_and_traffic_does_not() -> None:
    """A caller with half the failures and half the traffic explains nothing."""
    by = {
        "caller": {"a": Counts(good=400, total=500), "b": Counts(good=400, total=500)},
        "release": {"r1": Counts(good=790, total=800), "r2": Counts(good=10, total=200)},
        "model": {"only": Counts(good=800, total=1000)},
    }

    found = likely_cause(by)

    assert found is not None
    assert (found.dimension, found.name, round(found.bad_share, 2)) == ("release", "r2", 0.95)


def test_an_objective_without_a_page_says_nothing_of_one() -> None:
    """At 80 % only tickets are left."""
    slo = Slo(name="s", sli="feedback_positive_rate", target_percent=80, window_days=30)
    state = burning(slo, alarms_of(slo).pairs, {})

    assert [one.severity for one in watch([Watched(slo=slo, burning=state)], 0)] == ["ticket"]


def test_no_cause_is_made_up() -> None:
    """Failures that are spread like the traffic, of nobody's name, or none at all."""
    even = {"caller": {"a": Counts(good=9, total=10), "b": Counts(good=9, total=10)}}
    nameless = {"release": {"": Counts(good=0, total=10), "r": Counts(good=90, total=90)}}

    assert likely_cause(even) is None
    assert likely_cause(nameless) is None
    assert likely_cause({"caller": {"a": Counts(good=9, total=9)}}) is None
