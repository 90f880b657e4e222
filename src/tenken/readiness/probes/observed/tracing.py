"""What spans tell: whether a request can be followed, and what is known of its model calls."""

from collections.abc import Callable, Iterable, Mapping

from tenken.evidence import Finding
from tenken.readiness.answers import gap, lie, seen
from tenken.readiness.facts.observed.sent import Sent
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.facts.observed.traces import ModelCall, Span, TraceFacts
from tenken.readiness.probes.observed.said import Observed, fails, holds, partly, share, unknown
from tenken.sentence import say

FEWEST_CALLS = 100
NEARLY_ALL = 0.99
FEWEST_SENT = 5
SOME_SLACK = 1.05
"""Clocks of two processes differ a little."""
ENTRANCE = ("http.", "messaging.", "rpc.", "faas.", "url.")

Trial = Callable[[Sent], Finding | None]


# -- requests that the observer sent itself


def probe_trace_id_is_in_response_log_and_trace(sighting: Sighting) -> Observed:
    """The trace id that a request came with is in its answer, in the log and in its spans."""
    traces, logs = sighting.traces, sighting.logs
    if traces is None or logs is None:
        return _nothing_sent()
    logged = {id_ for line in logs.lines for id_ in line.ids}

    def missing(one: Sent) -> Finding | None:
        if one.trace not in f"{one.headers}\n{one.answer}".lower():
            return gap("observed.trace_not_in_answer", request=one.name)
        if one.trace not in logged:
            return gap("observed.trace_not_in_log", request=one.name)
        if one.trace not in traces.by_trace:
            return gap("observed.trace_not_in_traces", request=one.name)
        return None

    return _each(sighting, missing, "observed.trace_is_everywhere")


def upstream_request_id_survives_to_the_llm_call(sighting: Sighting) -> Observed:
    """The ids that a request came with are those under which its model call is known."""
    traces, logs = sighting.traces, sighting.logs
    if traces is None or logs is None:
        return _nothing_sent()
    beside = {(trace, id_) for line in logs.lines for trace in line.ids for id_ in line.ids}

    def missing(one: Sent) -> Finding | None:
        calls = traces.calls_of.get(one.trace, ())
        if not calls:
            return gap("observed.call_in_another_trace", request=one.name)
        way = (span for call in calls for span in (call.span, *traces.above(call.span)))
        is_carried = any(one.request_id in span.written for span in way)
        if not is_carried and (one.trace, one.request_id) not in beside:
            return gap("observed.request_id_lost", request=one.name)
        return None

    return _each(sighting, missing, "observed.request_id_survives")


def probe_trace_is_complete_in_the_backend(sighting: Sighting) -> Observed:
    """A request's spans reach from the door to the model call, and none stands alone."""
    traces = sighting.traces
    if traces is None:
        return _nothing_sent()

    def missing(one: Sent) -> Finding | None:
        return _hole(one, traces)

    return _each(sighting, missing, "observed.trace_is_complete")


def _hole(one: Sent, traces: TraceFacts) -> Finding | None:
    spans = traces.by_trace.get(one.trace, ())
    if not spans:
        return gap("observed.trace_not_in_traces", request=one.name)
    ids = {span.id for span in spans} | {one.span}
    orphan = next((span for span in spans if span.parent and span.parent not in ids), None)
    if orphan:
        return gap("observed.orphan_span", orphan.place, request=one.name, span=orphan.name)
    calls = traces.calls_of.get(one.trace, ())
    if not calls:
        return gap("observed.call_in_another_trace", request=one.name)
    if not any(_enters(span) for call in calls for span in traces.above(call.span)):
        return gap("observed.no_door_span", request=one.name)
    return None


def _each(sighting: Sighting, missing: Trial, all_is_well: str) -> Observed:
    """Judge every request by itself: one that is lost is one too many."""
    sent = sighting.sent.served if sighting.sent else ()
    asked = tuple(one for one in sent if one.mark) or sent
    found = [finding for one in asked if (finding := missing(one))]
    figures = (share("requests_followed", len(asked) - len(found), len(asked)),)
    if len(asked) < FEWEST_SENT:
        return unknown(say("observed.too_few_sent", n=len(asked), least=FEWEST_SENT))
    if not found:
        return holds(seen(all_is_well, n=len(asked)), figures=figures)
    told = tuple(dict.fromkeys(found))
    if len(found) == len(asked):
        return fails(*told, figures=figures)
    return partly((seen("observed.some_followed", n=len(asked) - len(found)),), *told,
                  figures=figures)  # fmt: skip


def _nothing_sent() -> Observed:
    return unknown(say("observed.too_few_sent", n=0, least=FEWEST_SENT))


# -- all model calls of an export


def llm_calls_have_a_parent_span(sighting: Sighting) -> Observed:
    """A model call is a span in the trace of the request that caused it."""
    traces = sighting.traces
    if traces is None or not any(map(_enters, traces.spans)):
        return unknown(say("observed.no_door_in_export"))

    def is_linked(call: ModelCall) -> bool:
        return any(map(_enters, traces.above(call.span)))

    return _nearly_all(
        traces.real_calls, is_linked, "linked_calls", "observed.calls_are_not_linked"
    )


def observed_spans_name_model_and_parameters(sighting: Sighting) -> Observed:
    """The span of a model call says which model was asked, and with which parameters."""
    return _nearly_all(
        _calls(sighting),
        lambda call: bool(call.model and call.parameters),
        "calls_with_model_and_parameters",
        "observed.calls_without_parameters",
    )


def observed_spans_have_ttfb_and_duration(sighting: Sighting) -> Observed:
    """The span of a model call says how long it took, and how long until the first token."""
    return _nearly_all(
        _answered(sighting), _is_timed, "timed_calls", "observed.calls_without_first_token"
    )


def observed_spans_have_tokens(sighting: Sighting) -> Observed:
    """The span of a model call counts the tokens read and written."""
    return _nearly_all(
        _answered(sighting),
        lambda call: bool(call.input_tokens) and call.output_tokens is not None,
        "counted_calls",
        "observed.calls_without_tokens",
    )


def span_cost_equals_tokens_times_price(sighting: Sighting) -> Observed:
    """The cost on a span is what its tokens cost by the price that is known."""
    calls = _answered(sighting)
    unpriced = sorted({call.model for call in calls if call.model not in sighting.prices})
    if unpriced:
        return unknown(say("observed.no_price", models=", ".join(unpriced[:5])))
    return _nearly_all(
        calls, lambda call: _costs_so(call, sighting.prices), "priced_calls",
        "observed.calls_cost_otherwise",
    )  # fmt: skip


def _costs_so(call: ModelCall, prices: Mapping[str, tuple[float, float, float]]) -> bool:
    """Whether cached tokens are among those read, or beside them, conventions differ on."""
    if call.cost is None or call.input_tokens is None or call.output_tokens is None:
        return False
    read, cached, written = prices[call.model]
    after = call.output_tokens * written + call.cache_read * cached
    within = max(0, call.input_tokens - call.cache_read) * read + after
    beside = call.input_tokens * read + after
    return any(abs(call.cost - one) <= max(one * 0.01, 1e-9) and one > 0
               for one in (within, beside))  # fmt: skip


def _is_timed(call: ModelCall) -> bool:
    took = call.span.duration_s
    if call.is_streamed is False:
        return took > 0
    return call.first_token_s is not None and 0 < call.first_token_s <= took * SOME_SLACK


def _calls(sighting: Sighting) -> tuple[ModelCall, ...]:
    return sighting.traces.real_calls if sighting.traces else ()


def _answered(sighting: Sighting) -> tuple[ModelCall, ...]:
    return tuple(call for call in _calls(sighting) if not call.span.failed)


def _nearly_all(
    calls: Iterable[ModelCall], is_so: Callable[[ModelCall], bool], name: str, otherwise: str
) -> Observed:
    every = tuple(calls)
    lacking = [call for call in every if not is_so(call)]
    part = share(name, len(every) - len(lacking), len(every))
    figures = (part,)
    if len(lacking) > FEWEST_CALLS * (1 - NEARLY_ALL) and part.value < NEARLY_ALL:
        first = lacking[0]
        told = lie(otherwise, first.span.place, n=len(every), times=len(lacking),
                   span=first.span.name)  # fmt: skip
        return fails(told, figures=figures)
    if len(every) < FEWEST_CALLS:
        return unknown(
            say("observed.too_few_calls", n=len(every), least=FEWEST_CALLS), figures=figures
        )
    return holds(seen(f"observed.all_{name}", n=len(every)), figures=figures)


def _enters(span: Span) -> bool:
    return span.is_entry or any(name.startswith(ENTRANCE) for name in span.attributes)
