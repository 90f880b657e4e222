"""Section 5: what is seen of a running application."""

from tenken.evidence import Answer, Holding
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code import traces
from tenken.readiness.probes.gateways.made import with_tracing
from tenken.readiness.probes.gateways.watched import only_stated, with_watching
from tenken.readiness.probes.running import alerting, objectives, panels


def logs_are_structured(survey: Survey) -> Answer:
    """Every line the application writes is structured."""
    return traces.structured_logs(survey)


def trace_context_is_propagated(survey: Survey) -> Answer:
    """The trace of a request goes through the application."""
    return traces.propagated(survey)


def upstream_request_id_is_inherited(survey: Survey) -> Answer:
    """An id that comes in with a request is kept."""
    return traces.inherited(survey)


def traces_are_exported(survey: Survey) -> Answer:
    """Traces leave the process."""
    return traces.exported(survey)


def llm_calls_are_traced_as_spans(survey: Survey) -> Answer:
    """Model calls become spans."""
    return traces.spans(with_tracing(survey))


def llm_inputs_are_masked_in_traces(survey: Survey) -> Answer:
    """What is sent to a model is masked before a trace stores it."""
    return traces.masked(with_tracing(survey), lambda one: one.masks_inputs, "input")


def llm_outputs_are_masked_in_traces(survey: Survey) -> Answer:
    """What a model answers is masked before a trace stores it."""
    return traces.masked(with_tracing(survey), lambda one: one.masks_outputs, "output")


def spans_carry_model_and_parameters(survey: Survey) -> Answer:
    """Spans of model calls name the model and its parameters."""
    return traces.model_and_parameters(with_tracing(survey))


def spans_carry_ttfb_and_duration(survey: Survey) -> Answer:
    """Spans of model calls tell the time to the first token and the whole time."""
    words = ("ttft", "ttfb", "first_token", "first_byte", "completion_start_time")
    return traces.carries(with_tracing(survey), words, traces.FIRST_TOKEN, "ttft")


def spans_carry_tokens(survey: Survey) -> Answer:
    """Spans of model calls count tokens."""
    return traces.carries(with_tracing(survey), ("token", "tokens", "usage"), None, "tokens")


def spans_carry_cost(survey: Survey) -> Answer:
    """Spans of model calls tell what they cost."""
    return traces.carries(with_tracing(survey), ("cost", "usd", "price"), traces.COSTING, "cost")


def dashboard_shows_system_metrics(survey: Survey) -> Answer:
    """A dashboard shows errors, latency, traffic or saturation that something emits."""
    return panels.system(with_watching(survey))


def dashboard_shows_business_metrics(survey: Survey) -> Answer:
    """A dashboard shows a figure of the business that something emits."""
    return panels.business(with_watching(survey))


def dashboard_shows_llm_metrics(survey: Survey) -> Answer:
    """A dashboard shows tokens, cost or another figure of model calls that something emits."""
    return panels.of_models(with_watching(survey))


def dashboard_shows_guard_violations(survey: Survey) -> Answer:
    """A dashboard shows how often guards stop something."""
    return panels.of_topics(with_watching(survey), panels.GUARD, "guard")


def slos_are_machine_readable(survey: Survey) -> Answer:
    """Each objective has a query, a target and a window that a machine can read."""
    answer = objectives.answer(with_watching(survey))
    found = answer.holding is not Holding.UNKNOWN
    return answer if found else only_stated(survey) or answer


def alerts_reach_a_receiver(survey: Survey) -> Answer:
    """Alerts on what users feel reach somebody."""
    return alerting.reaching(with_watching(survey))


def guard_alerts_are_routed_by_severity(survey: Survey) -> Answer:
    """A severe guard alert takes another way than a mild one."""
    return alerting.by_severity(with_watching(survey))


def alert_watches_tokens_or_cost(survey: Survey) -> Answer:
    """An alert tells of a jump in tokens or cost within the day."""
    return alerting.on_spending(with_watching(survey))
