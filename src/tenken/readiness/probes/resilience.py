"""Section 3: what happens when the model does not answer."""

from tenken.evidence import Answer
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code import calls as of_calls
from tenken.readiness.probes.code import style, targets
from tenken.readiness.probes.code.judging import over_calls


def call_style_decision_matches_the_code(survey: Survey) -> Answer:
    """The calls are made in the style that was decided."""
    return style.matches(survey)


def retries_depend_on_the_error(survey: Survey) -> Answer:
    """Only errors that can pass are retried."""
    return over_calls(survey, of_calls.retry_by_error)


def retries_back_off_exponentially(survey: Survey) -> Answer:
    """The waits between attempts grow."""
    return over_calls(survey, of_calls.backoff)


def circuit_breaker_guards_calls(survey: Survey) -> Answer:
    """A circuit breaker stands around every model call."""
    return over_calls(survey, of_calls.breaker)


def independent_targets_exist(survey: Survey) -> Answer:
    """There are two targets that do not fail together."""
    return targets.independent_targets(survey)


def failover_is_reachable(survey: Survey) -> Answer:
    """When a call raises, its error arrives where the other target is called."""
    return over_calls(survey, of_calls.fallback)
