"""Adds model calls up, from spans."""

from collections import Counter, defaultdict
from math import ceil

from tenken.readiness.facts.observed.calls import CallTotals, Session, TrafficFacts, Waited
from tenken.readiness.facts.observed.traces import TraceFacts

HIGH = 0.95


def totals_of(traces: TraceFacts) -> CallTotals:
    """Give the calls of an export in figures; a call without a session is one of its trace's."""
    by_model = Counter(call.model for call in traces.real_calls if call.model)
    tokens: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for call in traces.real_calls:
        if call.input_tokens is not None and call.output_tokens is not None:
            of_session = tokens[call.session or call.span.trace, call.route]
            of_session[0] += call.input_tokens
            of_session[1] += call.output_tokens
    sessions = tuple(
        Session(route=route, input=read, output=written)
        for (_, route), (read, written) in tokens.items()
    )
    well = Counter(call.model for call in traces.real_calls if call.model and not call.span.failed)
    routes = Counter(one.use_case or one.route for one in traces.real_calls)
    return CallTotals(
        kept=traces.kept, by_model=dict(by_model), answered=dict(well), by_route=dict(routes),
        sessions=sessions,
    )  # fmt: skip


def traffic_of(traces: TraceFacts) -> TrafficFacts:
    """How long users waited, by use case: an export may be a sample, so that it counts nothing."""
    waits: dict[str, dict[str, float]] = defaultdict(dict)
    for call in traces.real_calls:
        entry = next((one for one in reversed(traces.above(call.span)) if one.is_entry), None)
        if entry and not entry.is_consumer:
            waits[call.use_case or call.route][call.span.trace] = entry.duration_s
    return TrafficFacts(
        kept=traces.kept,
        is_whole=False,
        waits=tuple(_waited(name, sorted(each.values())) for name, each in waits.items()),
    )


def _waited(use_case: str, seconds: list[float]) -> Waited:
    p95 = seconds[max(0, ceil(HIGH * len(seconds)) - 1)]
    return Waited(use_case=use_case, requests=len(seconds), p95_low_s=p95, p95_high_s=p95)
