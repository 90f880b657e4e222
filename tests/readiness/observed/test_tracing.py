"""What spans of several conventions tell of model calls, and exports that only look as if."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tenken.config.application import Application, Capacity, Identity, Model, TokenEstimate
from tenken.config.manifest import Manifest
from tenken.config.node import Node
from tenken.evidence import Holding
from tenken.readiness.collectors.observed.otlp import read_traces
from tenken.readiness.collectors.observed.totals import totals_of
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed import models, tracing
from tenken.readiness.probes.observed.said import Observed
from tests.readiness.applications import survey_of
from tests.readiness.observed.making import ABOUT, NOW
from tests.readiness.observed.spans import (
    COST,
    LANGFUSE,
    MODEL,
    NEW,
    OPENINFERENCE,
    OPENLLMETRY,
    READ,
    WRITTEN,
    Attributes,
    exported,
    request,
)

N = 120
NOTHING = survey_of({})
PRICES = {MODEL: (0.25e-6, 0.025e-6, 2e-6)}
TODAY = NOW.date()
HOLDS, FAILS, UNKNOWN = Holding.HOLDS, Holding.FAILS, Holding.UNKNOWN
Probe = Callable[[Sighting], Observed]
FIELDS: tuple[Probe, ...] = (
    tracing.llm_calls_have_a_parent_span,
    tracing.observed_spans_name_model_and_parameters,
    tracing.observed_spans_have_ttfb_and_duration,
    tracing.observed_spans_have_tokens,
    tracing.span_cost_equals_tokens_times_price,
)


def registered(**changed: object) -> Model:
    """The model as the register has it."""
    entry = {"retires_on": date(2027, 12, 1), "checked_at": TODAY, **changed}
    return Model(id="main", provider="openai", model=MODEL, **entry)  # type: ignore[arg-type]


def application(
    *, allowed: tuple[str, ...] = (MODEL,), model: Model | None = None, planned: int = READ
) -> Application:
    """What the team declares."""
    tokens = TokenEstimate(route="ask", input_p50=planned, input_p95=planned,
                           output_p50=WRITTEN, output_p95=WRITTEN)  # fmt: skip
    return Application(
        application=Identity(name="desk", owner="team"),
        models=(model or registered(),),
        allowed_models=allowed,
        capacity=Capacity(tokens=(tokens,)),
    )


def seen(*exports: str, declared: Application | None = None) -> Sighting:
    """What exports show."""
    manifest = Manifest(application=declared or application(), file="tenken.yaml",
                        document=Node(None))  # fmt: skip
    traces = read_traces([(f"spans-{n}", text) for n, text in enumerate(exports)], ABOUT)
    return Sighting(
        about=ABOUT,
        survey=replace(NOTHING, manifest=manifest),
        traces=traces,
        calls=totals_of(traces),
        prices=PRICES,
    )


def spans(n: int = N, call: Attributes = NEW, *, hours: float = 30.0, linked: bool = True) -> str:
    """An export of requests over some hours, one line each."""
    times = (NOW - timedelta(hours=hours * (n - number) / n) for number in range(n))
    return "\n".join(
        exported(request(number, call, at=at, linked=linked)) for number, at in enumerate(times)
    )


def without(*names: str) -> Attributes:
    """A call without some of its attributes."""
    return {name: value for name, value in NEW.items() if name not in names}


@pytest.mark.parametrize("call", [NEW, OPENLLMETRY], ids=["semconv", "openllmetry"])
@pytest.mark.parametrize("probe", FIELDS, ids=lambda one: one.__name__)
def test_conventions_are_understood(probe: Probe, call: Attributes) -> None:
    """A call with everything on it, written by nobody of ours."""
    assert probe(seen(spans(call=call))).answer.holding is HOLDS


@pytest.mark.parametrize("call", [OPENINFERENCE, LANGFUSE], ids=["openinference", "langfuse"])
@pytest.mark.parametrize("probe", FIELDS, ids=lambda one: one.__name__)
def test_a_first_token_may_be_an_event(probe: Probe, call: Attributes) -> None:
    """As some write it."""
    export = "\n".join(exported(request(number, call)) for number in range(N))

    assert probe(seen(export)).answer.holding is HOLDS


@pytest.mark.parametrize(
    ("probe", "call"),
    [
        (tracing.observed_spans_name_model_and_parameters, without("gen_ai.request.temperature")),
        (tracing.observed_spans_name_model_and_parameters, without("gen_ai.request.model")),
        (tracing.observed_spans_have_tokens, without("gen_ai.usage.output_tokens")),
        (tracing.observed_spans_have_ttfb_and_duration,
         without("gen_ai.response.time_to_first_chunk")),
        (tracing.observed_spans_have_ttfb_and_duration,
         {**NEW, "gen_ai.response.time_to_first_chunk": 40.0}),
        (tracing.span_cost_equals_tokens_times_price, {**NEW, "gen_ai.usage.cost": 0.0}),
        (tracing.span_cost_equals_tokens_times_price, {**NEW, "gen_ai.usage.cost": COST * 2}),
        (tracing.span_cost_equals_tokens_times_price, without("gen_ai.usage.cost")),
    ],
    ids=["parameters", "model", "tokens", "ttft", "ttft-beyond", "zero", "double", "no-cost"],
)  # fmt: skip
def test_what_a_call_lacks_is_seen(probe: Probe, call: Attributes) -> None:
    """One field taken away, or given a figure that cannot be."""
    assert probe(seen(spans(call=call))).answer.holding is FAILS
    few = "\n".join([spans(n=N - 3), spans(n=3, call=call)])
    assert probe(seen(few)).answer.holding is FAILS, "a few of them are enough"


@pytest.mark.parametrize("probe", FIELDS, ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    "export",
    [spans(n=99), exported([]), exported(request(1), service="another"), "no JSON at all"],
    ids=["few", "empty", "another", "text"],
)
def test_too_few_calls_settle_nothing(probe: Probe, export: str) -> None:
    """Nor do those of another service."""
    assert probe(seen(export)).answer.holding is UNKNOWN


def test_another_commit_s_spans_do_not_count() -> None:
    """However many there are."""
    revision = {"vcs.ref.head.revision": "f" * 40}
    export = "\n".join(exported(request(number), **revision) for number in range(N))

    assert tracing.observed_spans_have_tokens(seen(export)).answer.holding is UNKNOWN


def datadog(number: int, *, revision: str = "") -> list[dict[str, Any]]:
    """A request as the Spans API v2 lists it (docs.datadoghq.com/api, read 2026-11-23)."""
    times = {"start_timestamp": "2026-11-23T11:59:58.000Z", "end_timestamp": NOW.isoformat()}
    shared = {**times, "trace_id": f"{number:032x}", "service": "desk", "status": "ok"}
    door = {"span_id": "1", "parent_id": "0", "resource_name": "POST /v1/ask", "type": "web"}
    tokens = {"input_tokens": READ, "output_tokens": WRITTEN, "cost": COST}
    asked = {"model": MODEL, "temperature": 0.2}
    gen_ai = {"operation": {"name": "chat"}, "request": asked, "usage": tokens,
              "response": {"time_to_first_chunk": 0.4}}  # fmt: skip
    custom = {"gen_ai": gen_ai, "git": {"commit": {"sha": revision}}}
    call = {"span_id": "2", "parent_id": "1", "resource_name": "chat", "custom": custom}
    spans = ({**shared, **one} for one in (door, call))
    return [{"id": "AAAA", "type": "spans", "attributes": one} for one in spans]


@pytest.mark.parametrize("probe", FIELDS, ids=lambda one: one.__name__)
def test_spans_that_are_at_datadog_alone_are_read(probe: Probe) -> None:
    """By its API, since nothing exports them."""
    data = [one for number in range(N) for one in datadog(number)]
    others = [one for number in range(N) for one in datadog(number, revision="f" * 40)]

    assert probe(seen(json.dumps({"data": data}))).answer.holding is HOLDS
    assert probe(seen(json.dumps({"data": others}))).answer.holding is UNKNOWN


def test_a_tool_with_ids_of_its_own_is_not_in_the_trace() -> None:
    """Its calls are traced, and nobody finds them from the request."""
    probe = tracing.llm_calls_have_a_parent_span

    assert probe(seen(spans(linked=False))).answer.holding is FAILS


def test_model_spans_alone_do_not_tell_whether_they_are_linked() -> None:
    """The doors may be in another export."""
    alone = "\n".join(exported(request(number, linked=False)[2:]) for number in range(N))

    assert tracing.llm_calls_have_a_parent_span(seen(alone)).answer.holding is UNKNOWN


def test_cached_tokens_are_priced_as_such() -> None:
    """Whether they are among the tokens read or beside them."""
    cached = {**NEW, "gen_ai.usage.cache_read.input_tokens": 1000,
              "gen_ai.usage.cost": 200 * 0.25e-6 + 1000 * 0.025e-6 + WRITTEN * 2e-6}  # fmt: skip

    assert tracing.span_cost_equals_tokens_times_price(
        seen(spans(call=cached))
    ).answer.holding is (HOLDS)


def test_an_unknown_price_is_no_failure() -> None:
    """It says which model's."""
    other = {**NEW, "gen_ai.request.model": "house-model"}

    assert tracing.span_cost_equals_tokens_times_price(seen(spans(call=other))).answer.holding is (
        UNKNOWN
    )


# -- models and tokens, beside what is declared

DECLARED: tuple[Probe, ...] = (
    models.models_called_are_on_the_allow_list,
    models.called_models_are_in_the_register,
    models.days_to_retirement_exceed_the_lead_time,
    models.input_tokens_stay_within_the_estimate,
    models.output_tokens_stay_within_the_estimate,
)


@pytest.mark.parametrize("probe", DECLARED, ids=lambda one: one.__name__)
def test_what_is_called_is_what_is_declared(probe: Probe) -> None:
    """Over more than a day."""
    assert probe(seen(spans())).answer.holding is HOLDS


@pytest.mark.parametrize(
    ("probe", "declared", "holding"),
    [
        (DECLARED[0], application(allowed=("gpt-5",)), FAILS),
        (DECLARED[0], application(allowed=("main",)), HOLDS),
        (DECLARED[0], application(allowed=()), UNKNOWN),
        (DECLARED[1], application(model=Model(id="a", provider="openai", model="gpt-5")), FAILS),
        (DECLARED[2], application(model=registered(retires_on=None)), FAILS),
        (DECLARED[2], application(model=registered(retires_on=TODAY + timedelta(9))), FAILS),
        (DECLARED[2], application(model=registered(checked_at=date(2025, 1, 1))), FAILS),
        (DECLARED[3], application(planned=READ * 2), FAILS),
        (DECLARED[3], application(planned=READ // 2), FAILS),
    ],
    ids=["not-allowed", "by-id", "no-list", "not-registered", "no-date", "soon", "old-date",
         "planned-more", "planned-less"],
)  # fmt: skip
def test_what_is_declared_otherwise_is_seen(
    probe: Probe, declared: Application, holding: Holding
) -> None:
    """A register that nobody keeps, a plan that nobody compared."""
    assert probe(seen(spans(), declared=declared)).answer.holding is holding


def test_one_stranger_among_many_is_one_too_many() -> None:
    """Even in a sample that is too small to praise."""
    stranger = exported(request(500, {**NEW, "gen_ai.request.model": "gpt-4o"}))
    sighting = seen("\n".join([spans(n=20, hours=1), stranger]))

    assert models.models_called_are_on_the_allow_list(sighting).answer.holding is FAILS


def test_an_hour_does_not_show_what_is_called_once_a_day() -> None:
    """However many calls it has."""
    sighting = seen(spans(hours=1))

    assert models.models_called_are_on_the_allow_list(sighting).answer.holding is UNKNOWN
