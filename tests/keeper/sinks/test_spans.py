"""The spans of an exchange, against spans that are written out."""

import pytest
from inline_snapshot import snapshot
from msgspec.structs import replace

from tenken.journal.exchange import Exchange, Outcome, Timings
from tenken.keeper.batch import unknown_of
from tenken.keeper.sinks.traces.naming import NAMES, Convention
from tenken.keeper.sinks.traces.sampling import Sampling
from tenken.keeper.sinks.traces.spans import Span, spans_of
from tenken.wire.api import Api
from tests.journal.making import AT, intent
from tests.keeper.sinks.records import (
    PARENT,
    SPAN,
    TRACE,
    blocked,
    failed,
    healthy,
    rescued,
)


def drawn(one: Exchange, convention: Convention = "1.41") -> list[str]:
    """Give spans as a picture: name, kind, parent's name, times, and whether it failed."""
    spans = spans_of(one, convention)
    names = {span.id: span.name for span in spans}
    return [
        f"{span.name} {span.kind.name} < {names.get(span.parent, span.parent)}"
        f" {span.began - AT}..{span.ended - AT}{' failed' if span.failed else ''}"
        for span in spans
    ]


def of(one: Exchange, name: str, convention: Convention = "1.41") -> Span:
    return next(span for span in spans_of(one, convention) if span.name == name)


def test_an_answer_is_the_request_and_the_call_in_it() -> None:
    assert drawn(healthy()) == snapshot(
        [
            "POST /v1/chat/completions SERVER <  0..901000",
            "chat m-large CLIENT < POST /v1/chat/completions 1000..900000",
        ]
    )
    assert spans_of(healthy())[0].attributes == snapshot(
        {
            "http.request.method": "POST",
            "http.route": "/v1/chat/completions",
            "http.response.status_code": 200,
            "tenken.request.id": "req-1",
            "tenken.caller": "desk",
            "tenken.use_case": "answer",
            "tenken.route": "support",
            "gen_ai.conversation.id": "5e55",
            "gen_ai.prompt.name": "support",
            "tenken.prompt.version": "0123abcd",
            "tenken.release.id": "rel-1",
            "tenken.settings.version": "set-1",
            "tenken.outcome": "answered",
            "tenken.cost.micro_usd": 1230.0,
            "tenken.attempts": 1,
        }
    )


def test_a_call_tells_model_tokens_cost_and_times() -> None:
    assert of(healthy(), "chat m-large").attributes == snapshot(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "m-large",
            "gen_ai.request.stream": True,
            "gen_ai.response.id": "resp-9",
            "gen_ai.response.finish_reasons": ("stop",),
            "gen_ai.response.time_to_first_chunk": 0.3,
            "http.response.status_code": 200,
            "gen_ai.conversation.id": "5e55",
            "tenken.target": "main",
            "cloud.region": "asia-northeast1",
            "tenken.credential.id": "key-1",
            "tenken.attempt.number": 1,
            "gen_ai.prompt.name": "support",
            "tenken.prompt.version": "0123abcd",
            "tenken.release.id": "rel-1",
            "tenken.cost.micro_usd": 1230.0,
            "tenken.usage.source": "provider",
            "gen_ai.usage.input_tokens": 158,
            "gen_ai.usage.output_tokens": 50,
            "gen_ai.usage.cache_read.input_tokens": 30,
            "gen_ai.usage.cache_creation.input_tokens": 8,
            "gen_ai.usage.reasoning.output_tokens": 5,
        }
    )


def test_a_rescued_answer_has_all_calls_and_what_guards_did() -> None:
    assert drawn(rescued()) == snapshot(
        [
            "POST /v1/chat/completions SERVER < 00f067aa0ba902b7 0..901000",
            "guard inward INTERNAL < POST /v1/chat/completions 2000..40000",
            "chat m-small CLIENT < guard inward 2000..32000",
            "guard outward INTERNAL < POST /v1/chat/completions 301000..901000",
            "chat m-large CLIENT < POST /v1/chat/completions 40000..90000 failed",
            "chat m-large CLIENT < POST /v1/chat/completions 95000..900000",
        ]
    )
    assert of(rescued(), "guard inward").attributes == snapshot(
        {
            "tenken.guard.stage": "inward",
            "tenken.guard.action": "mask",
            "tenken.guard.rules": ("pii.phone",),
            "tenken.guard.risks": ("pii",),
            "tenken.times": "bounds",
        }
    )
    assert of(rescued(), "guard inward").events[0].attributes == snapshot(
        {
            "tenken.guard.rule": "pii.phone",
            "tenken.guard.risk": "pii",
            "tenken.guard.action": "mask",
            "tenken.guard.severity": "high",
            "tenken.guard.score": 0.9,
            "tenken.guard.origin": "user",
        }
    )
    assert of(rescued(), "chat m-small").attributes == snapshot(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "m-small",
            "tenken.target": "small",
            "tenken.guard.judge": "j",
            "tenken.cost.micro_usd": 10.0,
            "gen_ai.usage.input_tokens": 50,
            "gen_ai.usage.output_tokens": 2,
        }
    )


def test_a_block_and_a_failure_say_why() -> None:
    assert drawn(blocked()) == snapshot(
        [
            "POST /v1/chat/completions SERVER <  0..5000",
            "guard inward INTERNAL < POST /v1/chat/completions 0..5000",
        ]
    )
    assert drawn(failed()) == snapshot(
        [
            "POST /v1/chat/completions SERVER <  0..901000 failed",
            "chat m-large CLIENT < POST /v1/chat/completions 1000..900000 failed",
        ]
    )
    assert spans_of(blocked())[0].attributes["error.type"] == "content_blocked"
    assert of(failed(), "chat m-large").attributes["error.type"] == "timeout_ttft"


@pytest.mark.parametrize(
    ("convention", "names"),
    [
        ("1.41", {"gen_ai.usage.cache_creation.input_tokens", "tenken.prompt.version"}),
        ("gen-ai-dev", {"gen_ai.usage.cache_write.input_tokens", "gen_ai.prompt.version"}),
    ],
)
def test_a_convention_speaks_its_own_names(convention: Convention, names: set[str]) -> None:
    """And `both` speaks those of either."""

    def spoken(of: Convention) -> set[str]:
        return {name for span in spans_of(healthy(), of) for name in span.attributes}

    assert names <= spoken(convention)
    assert spoken("1.41") | spoken("gen-ai-dev") == spoken("both")
    other: Convention = "gen-ai-dev" if convention == "1.41" else "1.41"
    assert not names & spoken(other)


def test_no_two_concepts_have_one_name() -> None:
    """In either version."""
    for convention in ("1.41", "gen-ai-dev"):
        names = [name for one in NAMES.values() for name in one.under(convention)]
        assert len(names) == len(set(names))


def test_ids_are_the_same_each_time_and_differ_within_a_trace() -> None:
    """Also where a request never ended: its record is made up from what is known."""
    spans = spans_of(rescued())
    again = spans_of(rescued(), "gen-ai-dev")
    assert [span.id for span in spans] == [span.id for span in again]
    assert len({span.id for span in spans}) == len(spans)
    assert (spans[0].trace, spans[0].id, spans[0].parent) == (TRACE, SPAN, PARENT)

    [request, call] = spans_of(unknown_of(intent(1)))
    assert len(request.trace) == 32
    assert request.failed
    assert call.parent == request.id


def test_embeddings_are_called_so() -> None:
    one = replace(healthy(), api=Api.EMBEDDINGS, stream=False)

    assert drawn(one)[1].startswith("embeddings m-large CLIENT")
    assert spans_of(one)[0].name == "POST /v1/embeddings"


SLOW = replace(healthy(), timings=Timings(last=10_000_001))
LOW, HIGH = "0" * 18 + "0" * 13 + "1", "0" * 18 + "f" * 14


@pytest.mark.parametrize(
    ("one", "goes"),
    [
        (rescued(), True),
        (blocked(), True),
        (failed(), True),
        (SLOW, True),
        (replace(SLOW, timings=Timings(last=10_000_000), trace=HIGH), False),
        (replace(healthy(), trace=LOW), True),
        (replace(healthy(), trace=HIGH), False),
        (replace(healthy(), trace=HIGH, parent=PARENT), True),
        (replace(healthy(), trace=LOW, parent=PARENT, sampled=False), False),
        (replace(healthy(), trace=HIGH, outcome=Outcome.REFUSED, status=401), False),
        (replace(healthy(), trace=HIGH, outcome=Outcome.INTERRUPTED), True),
        (replace(healthy(), trace=HIGH, outcome=Outcome.UNKNOWN), True),
        (replace(healthy(), trace=""), True),
    ],
)
def test_what_matters_always_goes(one: Exchange, *, goes: bool) -> None:
    """Of the rest those whose caller says so, and a share of those who have none."""
    assert Sampling(share=0.05).takes(one) is goes
    nothing = Sampling(share=0.0)
    assert all(nothing.takes(each) for each in (rescued(), blocked(), failed(), SLOW))


def test_the_share_is_one_of_random_traces() -> None:
    """Decided by the trace's id: all who see it decide alike."""
    traces = [f"{n * 0x9E3779B97F4A7C15 % 2**56:032x}" for n in range(4000)]
    taken = sum(Sampling(share=0.05).takes(replace(healthy(), trace=t)) for t in traces)

    assert 180 < taken < 220
