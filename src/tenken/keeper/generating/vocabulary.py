"""The names of the keeper's metrics that files are made with: those that `/metrics` shows."""

from collections.abc import Iterable

from tenken.config.operating.objectives import Slo

STORE_UP = "tenken_store_up"
"""1 while the sums that are shown are those of now: without the store they stand still."""
ALERTS_OPEN = "tenken_alerts_open"
"""Labels `kind`, `severity`: alerts of the keeper that are open and that nobody has silenced."""
REQUESTS = "tenken_requests_total"
"""Labels `use_case`, `route`, `outcome`."""
RESPONSES = "tenken_responses_total"
"""Labels `use_case`, `route`, `status` such as `5xx`."""
DURATION = "tenken_request_duration_seconds"
FIRST_TOKEN = "tenken_time_to_first_token_seconds"  # noqa: S105 - the first token of an answer
COST = "tenken_cost_usd_total"
TOKENS = "tenken_tokens_total"
FALLBACKS = "tenken_requests_fallbacks_total"
GUARDED = "tenken_requests_matched_total"
"""Requests in which a guard found something, or failed."""
MATCHES = "tenken_guard_matches_total"
"""Labels `use_case`, `risk`, `rule`, `action`, `stage`, `severity`."""
FEEDBACK = "tenken_feedback_total"
"""Labels `use_case`, `route`, `kind`, `verdict`."""

GOOD = ("answered", "blocked")
TORN = ("interrupted", "unknown")
SERVED = ("answered", "blocked", "failed", "interrupted", "unknown")
CALLED = ("answered", "blocked", "failed", "interrupted")


def scope(slo: Slo) -> dict[str, str]:
    """Give the labels that choose an objective's events."""
    named = {"use_case": slo.use_case, "route": slo.route}
    return {name: value for name, value in named.items() if value}


def any_of(names: Iterable[str]) -> str:
    """Give a pattern that is one of the names."""
    return "|".join(names)
