"""What each indicator counts as good, and what it counts at all."""

from decimal import Decimal

import pytest

from tenken.config.operating.objectives import INDICATORS, ObjectiveQuery, Slo
from tenken.gateway.passage import FAILED as GATEWAY_FAILED
from tenken.keeper.objectives.catalogue import (
    CATALOGUE,
    FAILED,
    Heard,
    Measured,
    counts_of,
    detector_failures,
)
from tenken.keeper.objectives.counts import NOTHING, Counts
from tenken.store.rollups.totals import MatchTotals, Totals

QUICK = (0, 0, 0, 0, 0, 0, 0, 0, 90, 0, 0, 0, 0, 0, 10)
"""90 within 2.56 s, ten beyond every bound."""
TOTALS = Totals(
    requests=1000, answered=900, refused=40, blocked=20, failed=20, interrupted=5, cancelled=10,
    unknown=5, status_none=15, status_2xx=905, status_4xx=55, status_5xx=25, matched=30,
    matches=30, fallbacks=8, latency=QUICK, ttft=QUICK, cost=Decimal("9.5"),
)  # fmt: skip


def slo(sli: str, *, seconds: float | None = None, usd: float | None = None) -> Slo:
    return Slo(
        name="s", sli=sli, target_percent=99, window_days=30, threshold_s=seconds,
        threshold_usd=usd,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "measured", "counts"),
    [
        pytest.param(
            slo("availability"), Measured(totals=TOTALS), Counts(good=920, total=955),
            id="5xx, torn and lost ones fail; 4xx and cancelled ones are no events",
        ),
        pytest.param(
            slo("availability"),
            Measured(totals=Totals(requests=9, answered=1, refused=8, status_2xx=1, status_5xx=8)),
            Counts(good=1, total=9),
            id="refused because no target is left",
        ),
        pytest.param(
            slo("availability"),
            Measured(totals=Totals(requests=7, refused=5, cancelled=2, status_4xx=5)),
            NOTHING, id="wrong keys and callers that left are no traffic",
        ),
        pytest.param(
            slo("latency", seconds=2.56), Measured(totals=TOTALS), Counts(good=90, total=100),
            id="latency",
        ),
        pytest.param(
            slo("latency", seconds=1.28), Measured(totals=TOTALS), Counts(good=0, total=100),
            id="latency, lower",
        ),
        pytest.param(
            slo("ttft", seconds=81.92), Measured(totals=TOTALS), Counts(good=90, total=100),
            id="first token, highest bound",
        ),
        pytest.param(
            slo("guardrail_available"), Measured(totals=TOTALS, detector_failures=50),
            Counts(good=900, total=950), id="guard",
        ),
        pytest.param(
            slo("safety_violation_rate"), Measured(totals=TOTALS, detector_failures=10),
            Counts(good=930, total=950), id="a detector that fails found nothing",
        ),
        pytest.param(
            slo("safety_violation_rate"),
            Measured(
                totals=Totals(requests=100, answered=100, matched=100, matches=310),
                detector_failures=300,
            ),
            Counts(good=90, total=100),
            id="a judge that is down in each request hides no violation",
        ),
        pytest.param(
            slo("fallback_rate"), Measured(totals=TOTALS), Counts(good=937, total=945),
            id="fallback",
        ),
        pytest.param(
            slo("cost_per_request", usd=0.01),
            Measured(
                stretches=(
                    Totals(requests=10, answered=10, cost=Decimal("0.1")),
                    Totals(requests=5, answered=5, cost=Decimal("0.0501")),
                    Totals(requests=5, refused=5),
                )
            ),
            Counts(good=10, total=15), id="dear minutes",
        ),
        pytest.param(
            slo("feedback_positive_rate"), Measured(feedback=Heard(good=8, total=9)),
            Counts(good=8, total=9), id="feedback",
        ),
        pytest.param(
            slo("eval_pass_rate"), Measured(evaluation=Heard(good=7, total=9)),
            Counts(good=7, total=9), id="evaluation",
        ),
        pytest.param(slo("eval_pass_rate"), Measured(totals=TOTALS), NOTHING, id="not evaluated"),
        pytest.param(slo("our own words"), Measured(totals=TOTALS), NOTHING, id="words"),
    ],
)  # fmt: skip
def test_what_is_counted(asked: Slo, measured: Measured, counts: Counts) -> None:
    """Good of all that counts."""
    assert counts_of(asked, measured) == counts


@pytest.mark.parametrize("sli", sorted(INDICATORS))
def test_silence_is_no_success(sli: str) -> None:
    """No indicator makes a hundred percent of nothing."""
    assert counts_of(slo(sli, seconds=2.56, usd=1), Measured()) == NOTHING


def test_every_indicator_is_counted() -> None:
    """The names in the file and the catalogue are the same."""
    assert set(CATALOGUE) == INDICATORS


def test_a_query_is_answered_elsewhere() -> None:
    """The keeper does not pretend to know it."""
    asked = Slo(
        name="s", sli="ours", target_percent=99, window_days=30,
        query=ObjectiveQuery(good="g[$window]", total="t[$window]"),
    )  # fmt: skip

    assert counts_of(asked, Measured(totals=TOTALS)) == NOTHING


def test_failures_of_detectors_are_told_from_matches() -> None:
    """By the action that the gateway records."""
    one = MatchTotals(
        use_case="u", risk="r", rule="x", action="block", stage="inward", severity="high",
        drill=False, matches=3,
    )  # fmt: skip
    failed = MatchTotals(
        use_case="u", risk="ValueError", rule="x", action=FAILED, stage="inward", severity="",
        drill=False, matches=2,
    )  # fmt: skip

    assert detector_failures((one, failed)) == 2
    assert FAILED == GATEWAY_FAILED
