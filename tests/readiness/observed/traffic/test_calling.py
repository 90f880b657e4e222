"""What a running system calls, and how, beside what is written of it."""

from collections.abc import Callable
from typing import Any

import pytest

from tenken.config.application import (
    CallStyle,
    Decisions,
    Limits,
    Model,
    Route,
)
from tenken.evidence import Holding
from tenken.readiness.collectors.observed.otlp import read_traces
from tenken.readiness.collectors.observed.totals import totals_of
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.observed.said import Observed
from tenken.readiness.probes.observed.traffic import calling, peers
from tests.readiness.adversary.ground import surveyed
from tests.readiness.observed.making import ABOUT
from tests.readiness.observed.spans import MODEL, NEW, exported, request
from tests.readiness.observed.traffic.sightings import NOTHING, Attributes, N, declared, seen

HOLDS, FAILS, UNKNOWN = Holding.HOLDS, Holding.FAILS, Holding.UNKNOWN
Probe = Callable[[Sighting], Observed]


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
