"""The questions that are asked of every call of a model."""

from collections.abc import Callable

from tenken.evidence import Answer
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes import (
    monitoring,
    resilience,
    safety,
    scalability,
    security,
    stability,
)

Probe = Callable[[Survey], Answer]
ON_CALLS: tuple[Probe, ...] = (
    stability.prompts_are_versioned,
    stability.fallback_target_is_set_on_every_call,
    stability.retry_policy_is_stated_on_every_call,
    stability.timeout_is_stated_on_every_call,
    scalability.calls_pass_a_provider_rate_limiter,
    resilience.retries_depend_on_the_error,
    resilience.retries_back_off_exponentially,
    resilience.circuit_breaker_guards_calls,
    resilience.independent_targets_exist,
    resilience.failover_is_reachable,
    safety.input_guard_blocks_injection,
    safety.input_guard_blocks_off_topic,
    safety.input_guard_blocks_pii,
    safety.output_guard_stops_harm,
    safety.output_guard_stops_pii,
    safety.output_guard_checks_grounding,
    safety.guard_violations_are_recorded,
    monitoring.llm_calls_are_traced_as_spans,
    monitoring.llm_inputs_are_masked_in_traces,
    monitoring.llm_outputs_are_masked_in_traces,
    monitoring.spans_carry_model_and_parameters,
    monitoring.spans_carry_ttfb_and_duration,
    monitoring.spans_carry_tokens,
    monitoring.spans_carry_cost,
    security.inputs_are_checked,
    security.prompts_are_templates,
    security.outputs_are_parsed,
    security.user_input_stays_in_the_user_role,
)
"""The honest application answers each; without calls, none has a subject."""
