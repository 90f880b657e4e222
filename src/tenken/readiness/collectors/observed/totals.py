"""Adds model calls up, from spans."""

from collections import Counter, defaultdict

from tenken.readiness.facts.observed.calls import CallTotals, Session
from tenken.readiness.facts.observed.traces import TraceFacts


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
    return CallTotals(kept=traces.kept, by_model=dict(by_model), sessions=sessions)
