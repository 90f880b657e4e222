"""The series that gateways emit, so that a panel or an alert on one of them is known to be fed."""

from collections.abc import Iterable

from tenken.place import Place
from tenken.readiness.facts.code import Metric

OURS = (
    "tenken_requests_total", "tenken_responses_total", "tenken_release_requests_total",
    "tenken_request_duration_seconds", "tenken_time_to_first_token_seconds",
    "tenken_tokens_total", "tenken_cost_usd_total", "tenken_requests_fallbacks_total",
    "tenken_requests_matched_total", "tenken_requests_retries_total",
    "tenken_requests_cached_total", "tenken_attempts_total", "tenken_guard_matches_total",
    "tenken_guard_screenings_total",
    "tenken_feedback_total", "tenken_instances", "tenken_ledger_parked",
    "tenken_ledger_position", "tenken_sink_lag_seconds", "tenken_sink_lag_bytes",
    "tenken_store_up", "tenken_alerts_open",
)  # fmt: skip
"""Of the keeper's page; a test holds them against it."""
LITELLM = (
    "litellm_proxy_total_requests_metric", "litellm_proxy_failed_requests_metric",
    "litellm_request_total_latency_metric", "litellm_llm_api_latency_metric",
    "litellm_llm_api_time_to_first_token_metric", "litellm_spend_metric",
    "litellm_total_tokens_metric", "litellm_input_tokens_metric",
    "litellm_output_tokens_metric", "litellm_deployment_state",
    "litellm_deployment_failure_responses",
)  # fmt: skip
"""As docs.litellm.ai/docs/proxy/prometheus lists them (2026-11)."""


def series(names: Iterable[str], place: Place, library: str) -> tuple[Metric, ...]:
    """Give the series as a code's metrics are given."""
    return tuple(Metric(name=name, place=place, library=library) for name in names)
