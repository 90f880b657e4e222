"""Section 2: capacity, and the limits of providers."""

from tenken.evidence import Answer
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code import limits


def calls_pass_a_provider_rate_limiter(survey: Survey) -> Answer:
    """Every model call waits its turn under the provider's limit."""
    return limits.provider_side(survey)
