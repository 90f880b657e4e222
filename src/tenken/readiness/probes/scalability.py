"""Section 2: capacity, and the limits of providers."""

from tenken.evidence import Answer
from tenken.readiness.facts.documents import Column
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code import limits
from tenken.readiness.probes.documents import capacity
from tenken.readiness.probes.gateways.made import as_far_as_through, with_made
from tenken.readiness.probes.running import scaling


def calls_pass_a_provider_rate_limiter(survey: Survey) -> Answer:
    """Every model call waits its turn under the provider's limit."""
    return as_far_as_through(survey, limits.provider_side(with_made(survey)))


def serving_workload_autoscales(survey: Survey) -> Answer:
    """The workload that takes the traffic scales between a minimum and a higher maximum."""
    return scaling.answer(survey)


def provider_limits_are_documented(survey: Survey) -> Answer:
    """TPM or RPM of every model in use is written down, with the date it was read."""
    return capacity.limits_are_documented(survey)


def traffic_forecast_has_figures(survey: Survey) -> Answer:
    """The forecast of traffic has a figure, a horizon and where it comes from."""
    return capacity.forecast_has_figures(survey)


def needed_throughput_is_stated(survey: Survey) -> Answer:
    """The throughput that is needed is stated with its headroom and how it follows."""
    return capacity.throughput_is_stated(survey)


def input_tokens_are_estimated_per_route(survey: Survey) -> Answer:
    """Input tokens of a session are estimated for every route."""
    return capacity.tokens_are_estimated(survey, Column.INPUT_TOKENS)


def output_tokens_are_estimated_per_route(survey: Survey) -> Answer:
    """Output tokens of a session are estimated for every route."""
    return capacity.tokens_are_estimated(survey, Column.OUTPUT_TOKENS)
