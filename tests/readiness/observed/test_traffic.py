"""What running systems do with their traffic, of a team that has none of ours in its path."""

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tenken.config.application import (
    Application,
    CallStyle,
    Capacity,
    Decisions,
    Forecast,
    Identity,
    Limits,
    Model,
    Route,
    Targets,
    UseCase,
)
from tenken.config.manifest import Manifest
from tenken.config.node import Node
from tenken.config.safety import Risk, Safety
from tenken.evidence import Holding
from tenken.readiness.collectors.observed.evaluations import read_runs
from tenken.readiness.collectors.observed.events import labels_in
from tenken.readiness.collectors.observed.logs import read_logs
from tenken.readiness.collectors.observed.otlp import read_traces
from tenken.readiness.collectors.observed.totals import totals_of, traffic_of
from tenken.readiness.facts.observed.calls import TrafficFacts, Waited
from tenken.readiness.facts.observed.records import Kept
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.observed.said import Observed
from tenken.readiness.probes.observed.traffic import calling, labels, peers, volume
from tests.readiness.adversary.ground import surveyed
from tests.readiness.applications import survey_of
from tests.readiness.observed.making import ABOUT, NOW, log_lines
from tests.readiness.observed.spans import CLIENT, MODEL, NEW, exported, request, span

HOLDS, FAILS, UNKNOWN = Holding.HOLDS, Holding.FAILS, Holding.UNKNOWN
NOTHING = survey_of({})
N = 120
Attributes = Mapping[str, Any]
Probe = Callable[[Sighting], Observed]


def declared(**parts: Any) -> Survey:
    """What the team writes down."""
    application = Application(application=Identity(name="desk", owner="team"), **parts)
    manifest = Manifest(application=application, file="tenken.yaml", document=Node(None))
    return replace(NOTHING, manifest=manifest)


def seen(
    survey: Survey = NOTHING, *, call: Attributes = NEW, n: int = N, hours: float = 30.0,
    beside: Attributes | None = None, kind: int = CLIENT,
) -> Sighting:  # fmt: skip
    """Requests over some hours; `beside` the model each calls something else."""
    lines = []
    for number in range(n):
        at = NOW - timedelta(hours=hours * (n - number) / n)
        spans = request(number, call, at=at)
        if beside is not None:
            spans.append(span(f"{number:032x}", f"{9:016x}", f"{2:016x}", kind=kind, at=at,
                              attributes=beside))  # fmt: skip
        lines.append(exported(spans))
    traces = read_traces([("spans", "\n".join(lines))], ABOUT)
    return Sighting(
        about=ABOUT, survey=survey, traces=traces, calls=totals_of(traces),
        traffic=traffic_of(traces), labels=labels_in(None, traces),
    )  # fmt: skip


# -- what is called

WRITTEN = surveyed({
    "README.md": "# Desk\n",
    "docs/failure-scenarios.md": (
        "# Failure scenarios\n\n| Id | Class | Scenario | Users | Runbook |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| F1 | LLM API | the provider answers 529 for ten minutes | 90 | a.md |\n"
        "| F2 | Dependency | the Postgres database refuses connections | 80 | b.md |\n"
    ),
    "docs/architecture.md": (
        "# Architecture\n\n```mermaid\nflowchart LR\n"
        "  app[Desk on Cloud Run] --> db[(Postgres)]\n  app --> llm[OpenAI]\n```\n"
    ),
})  # fmt: skip
POSTGRES = {"db.system.name": "postgresql", "server.address": "10.0.0.3"}
PEERS: tuple[Probe, ...] = (
    peers.called_peers_are_among_the_listed_dependencies,
    peers.called_peers_appear_in_the_diagrams,
)


@pytest.mark.parametrize("probe", PEERS, ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    ("beside", "n", "holding"),
    [
        ({"db.system": "postgres"}, N, HOLDS),
        ({"db.system.name": "postgresql"}, N, HOLDS),
        ({"peer.service": "billing"}, N, FAILS),
        ({"server.address": "search.example.com"}, N, FAILS),
        ({"server.address": "localhost"}, N, UNKNOWN),
        ({"server.address": "api.openai.com"}, N, UNKNOWN),
        (None, N, UNKNOWN),
        ({"db.system": "postgres"}, 99, UNKNOWN),
        ({"peer.service": "billing"}, 3, FAILS),
        ({"db.system": "postgres", "tenken.drill": "d1"}, N, UNKNOWN),
    ],
    ids=[
        "db",
        "newer",
        "service",
        "host",
        "near",
        "model",
        "nothing",
        "few",
        "few-and-wrong",
        "drills",
    ],
)
def test_what_is_called_is_written_of(
    probe: Probe, beside: Attributes | None, n: int, holding: Holding
) -> None:
    """In a scenario, and in a diagram; spans of models alone say nothing."""
    assert probe(seen(WRITTEN, beside=beside, n=n)).answer.holding is holding


@pytest.mark.parametrize("probe", PEERS, ids=lambda one: one.__name__)
def test_a_span_inside_the_process_calls_nobody(probe: Probe) -> None:
    """The host on it is the one that it was called by."""
    inside = seen(WRITTEN, beside={"http.host": "desk.example.com"}, kind=1)

    assert probe(inside).answer.holding is UNKNOWN


@pytest.mark.parametrize("probe", PEERS, ids=lambda one: one.__name__)
def test_nothing_written_is_nothing_compared(probe: Probe) -> None:
    """The repository's own probe says that it is missing."""
    assert probe(seen(NOTHING, beside={"db.system": "postgres"})).answer.holding is UNKNOWN


# -- how models are called


def style(decided: str) -> Survey:
    """A decision."""
    chosen = CallStyle(style=decided, reason="users read along")  # type: ignore[arg-type]
    return declared(decisions=Decisions(call_style=chosen))


@pytest.mark.parametrize(
    ("decided", "call", "holding"),
    [
        ("sync", NEW, HOLDS),
        ("stream", {**NEW, "gen_ai.request.stream": True}, HOLDS),
        ("sync", {**NEW, "gen_ai.request.stream": True}, FAILS),
        ("async", NEW, FAILS),
        ("", NEW, UNKNOWN),
        ("sync", {**NEW, "tenken.drill": "d"}, UNKNOWN),
    ],
)
def test_users_wait_as_was_decided(decided: str, call: Attributes, holding: Holding) -> None:
    """The span of the call stands in that of the request."""
    survey = style(decided) if decided else NOTHING

    assert calling.span_shape_matches_the_call_style(seen(survey, call=call)).answer.holding is (
        holding
    )


def test_a_message_is_answered_later() -> None:
    """Its door is a consumer."""
    lines = []
    for number in range(N):
        door, *others = request(number)
        lines.append(exported([{**door, "kind": 5}, *others]))
    traces = read_traces([("spans", "\n".join(lines))], ABOUT)
    sighting = Sighting(about=ABOUT, survey=style("async"), traces=traces)

    assert calling.span_shape_matches_the_call_style(sighting).answer.holding is HOLDS


STORED = {**NEW, "llm.invocation_parameters": '{"temperature": 0, "store": true}'}
UNSTORED = {**NEW, "llm.invocation_parameters": '{"temperature": 0, "store": false}'}
REGISTERED = Model(id="main", provider="openai", model=MODEL, limits=Limits(rpm=500, tpm=200_000))


@pytest.mark.parametrize(
    ("call", "n", "holding"),
    [
        (UNSTORED, N, HOLDS), (STORED, N, FAILS), (NEW, N, UNKNOWN), (UNSTORED, 99, UNKNOWN),
        ({**NEW, "gen_ai.request.store": False}, N, HOLDS),
        ({**UNSTORED, "gen_ai.request.model": "another"}, N, UNKNOWN),
    ],
    ids=["true", "stores", "untold", "few", "attribute", "unregistered"],
)  # fmt: skip
def test_calls_opt_out(call: Attributes, n: int, holding: Holding) -> None:
    """What is not told is not taken for a no."""
    found = seen(declared(models=(REGISTERED,)), call=call, n=n)

    assert calling.requests_carry_the_opt_out_flag(found).answer.holding is holding


def headers(rpm: Any = ("500",), tpm: Any = ("200000",)) -> dict[str, Any]:
    """As an instrumented client captures them."""
    start = "http.response.header.x-ratelimit-limit"
    held = {f"{start}-requests": rpm and list(rpm), f"{start}-tokens": tpm and list(tpm)}
    return {**NEW, **{name: value for name, value in held.items() if value}}


@pytest.mark.parametrize(
    ("call", "n", "holding"),
    [
        (headers(), N, HOLDS), (headers(rpm=("60",)), N, FAILS), (headers(tpm=None), N, UNKNOWN),
        (NEW, N, UNKNOWN), (headers(), 4, UNKNOWN), (headers(tpm=("400000",)), N, FAILS),
    ],
    ids=["true", "less", "half", "none", "few", "more"],
)  # fmt: skip
def test_limits_are_what_the_provider_says(call: Attributes, n: int, holding: Holding) -> None:
    """By the headers of its answers."""
    found = seen(declared(models=(REGISTERED,)), call=call, n=n)

    assert calling.provider_limit_headers_equal_the_file(found).answer.holding is holding


SECOND = Model(id="second", provider="anthropic", model="claude-second")
ROUTES = (Route(name="ask", use_case="ask", targets=("main", "second")),)


def called(second: int, failed: int = 0) -> Sighting:
    """Calls of two targets."""
    other = {**NEW, "gen_ai.request.model": SECOND.model}
    lines = [exported(request(number)) for number in range(N)]
    for number in range(second):
        *spans, call = request(1000 + number, other)
        status = {"code": 2} if number < failed else {}
        lines.append(exported([*spans, {**call, "status": status}]))
    traces = read_traces([("spans", "\n".join(lines))], ABOUT)
    survey = declared(models=(REGISTERED, SECOND), routes=ROUTES)
    return Sighting(about=ABOUT, survey=survey, traces=traces, calls=totals_of(traces))


@pytest.mark.parametrize(
    ("second", "failed", "holding"),
    [(20, 0, HOLDS), (0, 0, UNKNOWN), (4, 0, UNKNOWN), (20, 20, FAILS), (20, 2, FAILS)],
    ids=["true", "never", "hardly", "expired", "often-fails"],
)
def test_the_target_behind_the_first_answers(second: int, failed: int, holding: Holding) -> None:
    """One that nobody calls is not known to."""
    assert calling.every_target_is_healthy(called(second, failed)).answer.holding is holding


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
