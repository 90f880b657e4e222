"""Section 3: what happens when the model does not answer."""

from tenken.evidence import Answer
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.code import calls as of_calls
from tenken.readiness.probes.code import style, targets
from tenken.readiness.probes.code.judging import with_others
from tenken.readiness.probes.documents import outages, scenarios, trials
from tenken.readiness.probes.gateways.made import as_far_as_through, over_made, with_made


def call_style_decision_matches_the_code(survey: Survey) -> Answer:
    """The calls are made in the style that was decided."""
    return style.matches(survey)


def retries_depend_on_the_error(survey: Survey) -> Answer:
    """Only errors that can pass are retried."""
    return over_made(survey, of_calls.retry_by_error)


def retries_back_off_exponentially(survey: Survey) -> Answer:
    """The waits between attempts grow."""
    return over_made(survey, of_calls.backoff)


def circuit_breaker_guards_calls(survey: Survey) -> Answer:
    """A circuit breaker stands around every model call."""
    return over_made(survey, of_calls.breaker)


def independent_targets_exist(survey: Survey) -> Answer:
    """There are two targets that do not fail together."""
    return as_far_as_through(survey, targets.independent_targets(with_made(survey)))


def failover_is_reachable(survey: Survey) -> Answer:
    """When a call raises, its error arrives where the other target is called."""
    return with_others(with_made(survey), over_made(survey, of_calls.fallback), of_calls.fallback)


def llm_api_failures_are_listed(survey: Survey) -> Answer:
    """Failures of the LLM API that can happen to this application are listed."""
    return scenarios.listed(survey, "llm_api")


def dependency_failures_are_listed(survey: Survey) -> Answer:
    """Failures of dependencies are listed; every dependency of the code is in one."""
    return scenarios.listed(survey, "dependency")


def network_failures_are_listed(survey: Survey) -> Answer:
    """Failures of the network are listed."""
    return scenarios.listed(survey, "network")


def resource_failures_are_listed(survey: Survey) -> Answer:
    """Exhaustion of resources is listed."""
    return scenarios.listed(survey, "resource")


def scenarios_have_runbooks(survey: Survey) -> Answer:
    """Every failure scenario leads to a runbook that can be followed."""
    return scenarios.have_runbooks(survey)


def outage_impact_has_figures(survey: Survey) -> Answer:
    """Each scenario has users, cost per hour with its currency, and their basis."""
    return outages.impact_has_figures(survey)


def long_outage_policy_is_decided(survey: Survey) -> Answer:
    """It is decided after how many minutes, how the service degrades, and who says so."""
    return outages.long_outage_is_decided(survey)


def load_test_has_a_profile(survey: Survey) -> Answer:
    """A load test runs long enough at the expected rate, with real inputs and a threshold."""
    return trials.load_test_has_a_profile(survey)


def chaos_experiments_cover_the_scenarios(survey: Survey) -> Answer:
    """Experiments with a fault and a check of the alert reproduce the scenarios."""
    return trials.experiments_cover_the_scenarios(survey)
