"""How much comes in, how long users wait and what guards find, beside what is planned."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tenken.config.application import (
    Capacity,
    Forecast,
    Targets,
    UseCase,
)
from tenken.config.safety import Risk, Safety
from tenken.evidence import Holding
from tenken.readiness.collectors.observed.evaluations import read_runs
from tenken.readiness.collectors.observed.events import labels_in
from tenken.readiness.collectors.observed.logs import read_logs
from tenken.readiness.collectors.observed.otlp import read_traces
from tenken.readiness.collectors.observed.totals import totals_of
from tenken.readiness.facts.observed.calls import TrafficFacts, Waited
from tenken.readiness.facts.observed.records import Kept
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.observed.said import Observed
from tenken.readiness.probes.observed.traffic import labels, volume
from tests.readiness.adversary.ground import surveyed
from tests.readiness.observed.making import ABOUT, NOW, log_lines
from tests.readiness.observed.spans import NEW, exported, request
from tests.readiness.observed.traffic.sightings import NOTHING, N, declared, seen

HOLDS, FAILS, UNKNOWN = Holding.HOLDS, Holding.FAILS, Holding.UNKNOWN
Probe = Callable[[Sighting], Observed]


# -- how much, and how long


def use_case(**targets: Any) -> Survey:
    """A promise for the one use case."""
    return declared(use_cases=(UseCase(id="ask", description="asks", targets=Targets(**targets)),))


@pytest.mark.parametrize(
    ("targets", "n", "hours", "holding"),
    [
        ({"latency_p95_s": 3.0}, N, 30.0, HOLDS),
        ({"latency_p95_s": 1.0}, N, 30.0, FAILS),
        ({"latency_p95_s": 3.0}, 99, 30.0, UNKNOWN),
        ({"latency_p95_s": 3.0}, N, 1.0, UNKNOWN),
        ({"latency_p95_s": 3.0, "quality_metric": "faithfulness", "quality_min": 0.8}, N, 30.0,
         UNKNOWN),
        ({}, N, 30.0, UNKNOWN),
    ],
    ids=["true", "slow", "few", "an-hour", "no-score", "no-target"],
)  # fmt: skip
def test_users_wait_no_longer_than_promised(
    targets: dict[str, Any], n: int, hours: float, holding: Holding
) -> None:
    """Over a day or more; a promise on quality needs its figure too."""
    probe = volume.latency_and_score_meet_the_use_case_targets

    assert probe(seen(use_case(**targets), n=n, hours=hours)).answer.holding is holding


@pytest.mark.parametrize(("score", "holding"), [(0.91, HOLDS), (0.7, FAILS)])
def test_answers_are_as_good_as_promised(score: float, holding: Holding) -> None:
    """By the newest run of an evaluation."""
    run = json.dumps({"at": NOW.isoformat(), "metrics": {"faithfulness": score}})
    survey = use_case(latency_p95_s=3.0, quality_metric="Faithfulness", quality_min=0.8)
    found = replace(seen(survey), runs=read_runs([("runs", run)], NOW))

    assert volume.latency_and_score_meet_the_use_case_targets(found).answer.holding is holding


def counted(
    survey: Survey, *, per_day: float = 1000, peak: float = 2.0, hours: float = 720.0,
    whole: bool = True, low: float = 0.64, high: float = 1.28,
) -> Sighting:  # fmt: skip
    """What a counter of everything tells."""
    kept = Kept(latest=NOW, earliest=NOW - timedelta(hours=hours))
    waits = (Waited(use_case="ask", requests=5000, p95_low_s=low, p95_high_s=high),)
    facts = TrafficFacts(kept=kept, is_whole=whole, per_day=per_day, peak_rps=peak, waits=waits,
                         counted_by="http_requests_total", hours=hours)  # fmt: skip
    return Sighting(about=ABOUT, survey=survey, traffic=facts)


@pytest.mark.parametrize(
    ("limit", "holding"),
    [(2.0, HOLDS), (1.28, HOLDS), (1.0, UNKNOWN), (0.64, FAILS), (0.5, FAILS)],
)
def test_sums_in_buckets_know_bounds_alone(limit: float, holding: Holding) -> None:
    """A target inside the bucket is not judged by it."""
    found = counted(use_case(latency_p95_s=limit))

    assert volume.latency_and_score_meet_the_use_case_targets(found).answer.holding is holding


PLANNED = declared(
    capacity=Capacity(
        needed_rps=3.0,
        forecast=Forecast(requests_per_day=1200, horizon=date(2027, 6, 1), source="sales"),
    )
)


@pytest.mark.parametrize(
    ("changed", "band", "peak"),
    [
        ({}, HOLDS, HOLDS),
        ({"per_day": 100}, FAILS, HOLDS),
        ({"per_day": 5000}, FAILS, HOLDS),
        ({"peak": 4.0}, HOLDS, FAILS),
        ({"hours": 3.0}, UNKNOWN, UNKNOWN),
        ({"hours": 3.0, "peak": 4.0}, UNKNOWN, FAILS),
        ({"whole": False}, UNKNOWN, UNKNOWN),
        ({"peak": 0.0}, HOLDS, UNKNOWN),
    ],
    ids=["true", "less", "more", "peak", "hours", "hours-and-peak", "sample", "nothing"],
)
def test_traffic_is_as_planned(changed: dict[str, Any], band: Holding, peak: Holding) -> None:
    """A week of a counter of everything at least; a sample has neither a sum nor a peak."""
    found = counted(PLANNED, **changed)

    assert volume.traffic_stays_within_the_forecast_band(found).answer.holding is band
    assert volume.needed_throughput_covers_the_observed_peak(found).answer.holding is peak


@pytest.mark.parametrize("probe", [volume.traffic_stays_within_the_forecast_band,
                                   volume.needed_throughput_covers_the_observed_peak])  # fmt: skip
def test_without_a_plan_nothing_is_held_to_it(probe: Probe) -> None:
    """The repository's own probe says that it is missing."""
    assert probe(counted(NOTHING)).answer.holding is UNKNOWN


def mixed(rows_of_search: int, *, asks: tuple[str, ...] = ("answer", "search")) -> Sighting:
    """Half of the calls are searches; so many rows of forty are."""
    rows = (
        {"input": f"question {number} of the day", "expected": f"answer {number}",
         "use_case": "search" if number < rows_of_search else "answer"}
        for number in range(40)
    )  # fmt: skip
    survey = surveyed({
        "README.md": "# Desk\n",
        "evals/golden.jsonl": "\n".join(json.dumps(one) for one in rows),
    })  # fmt: skip
    lines = []
    for number in range(N):
        at = NOW - timedelta(hours=30 * (N - number) / N)
        call = {**NEW, "app.use_case": asks[number % len(asks)]}
        lines.append(exported(request(number, call, at=at)))
    traces = read_traces([("spans", "\n".join(lines))], ABOUT)
    return Sighting(about=ABOUT, survey=survey, traces=traces, calls=totals_of(traces))


@pytest.mark.parametrize(
    ("found", "holding"),
    [(mixed(20), HOLDS), (mixed(0), FAILS), (mixed(5), FAILS),
     (mixed(20, asks=("answer",)), UNKNOWN)],
    ids=["true", "none", "hardly", "one-route"],
)  # fmt: skip
def test_what_users_ask_for_is_in_the_golden_set(found: Sighting, holding: Holding) -> None:
    """In a share that is not far below theirs."""
    assert volume.tag_mix_matches_production(found).answer.holding is holding


# -- what guards call what they find

TAXONOMY = declared(
    safety=Safety(
        risks=(Risk(id="prompt-injection", severity="high", example="ignore it", owner="safety"),)
    )
)


def found_by(label: str, n: int, *, as_span: bool) -> Sighting:
    """What a guard reported, in lines or on spans."""
    if as_span:
        return seen(TAXONOMY, n=n, beside={"guardrail.category": label})
    lines = read_logs([("app", "\n".join(log_lines(n, guard_risk=label)))], ABOUT)
    return Sighting(about=ABOUT, survey=TAXONOMY, labels=labels_in(lines, None))


@pytest.mark.parametrize("as_span", [True, False], ids=["spans", "lines"])
@pytest.mark.parametrize(
    ("label", "n", "holding"),
    [("prompt_injection", 6, HOLDS), ("prompt-injection", 4, UNKNOWN), ("toxicity", 1, FAILS)],
)
def test_labels_are_those_of_the_taxonomy(
    label: str, n: int, holding: Holding, *, as_span: bool
) -> None:
    """A guard of another product has words of its own."""
    probe = labels.guard_labels_are_in_the_taxonomy

    assert probe(found_by(label, n, as_span=as_span)).answer.holding is holding
