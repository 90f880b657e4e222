"""Which questions a running system is asked, and where the answer to each is seen.

A question is asked only where every one of its sources was looked at: an observation of logs says
nothing on traces, not even that they are unknown.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from tenken.readiness.facts.observed.sighting import Sighting, Source
from tenken.readiness.probes.observed import (
    credentials,
    doors,
    events,
    forge,
    logs,
    masking,
    models,
    series,
    tracing,
)
from tenken.readiness.probes.observed.released import evaluations, rows, running, scaling
from tenken.readiness.probes.observed.said import Observed
from tenken.readiness.probes.observed.traffic import (
    calling,
    counters,
    labels,
    listening,
    peers,
    volume,
)

VERSION = 4
"""Raised when any of them changes what it accepts, so that older evidence can be told apart."""


class Held(StrEnum):
    """What of the repository a running system is held to: changed, it has to be observed anew."""

    TO_NOTHING = "nothing"
    TO_THE_MANIFEST = "manifest"
    TO_THE_COMMIT = "commit"


class Question(Struct, frozen=True, kw_only=True):
    """A runtime probe of the catalogue."""

    ask: Callable[[Sighting], Observed]
    sources: frozenset[Source]
    held: Held = Held.TO_NOTHING

    @property
    def name(self) -> str:
        """Give the name by which the catalogue lists it."""
        return self.ask.__name__


def _question(
    ask: Callable[[Sighting], Observed], *sources: Source, held: Held = Held.TO_NOTHING
) -> Question:
    return Question(ask=ask, sources=frozenset(sources), held=held)


LOGS, TRACES, CALLS, SENT = Source.LOGS, Source.TRACES, Source.CALLS, Source.SENT
TRAFFIC = Source.TRAFFIC
METRICS, RUNS = Source.METRICS, Source.RUNS
MANIFEST, COMMIT = Held.TO_THE_MANIFEST, Held.TO_THE_COMMIT
EVERY: tuple[Question, ...] = (
    _question(logs.log_lines_parse_with_required_fields, LOGS),
    _question(tracing.probe_trace_id_is_in_response_log_and_trace, SENT, LOGS, TRACES),
    _question(tracing.upstream_request_id_survives_to_the_llm_call, SENT, LOGS, TRACES),
    _question(tracing.probe_trace_is_complete_in_the_backend, SENT, TRACES),
    _question(tracing.llm_calls_have_a_parent_span, TRACES),
    _question(tracing.observed_spans_name_model_and_parameters, TRACES),
    _question(tracing.observed_spans_have_ttfb_and_duration, TRACES),
    _question(tracing.observed_spans_have_tokens, TRACES),
    _question(tracing.span_cost_equals_tokens_times_price, TRACES, held=MANIFEST),
    _question(masking.canary_pii_is_absent_from_stored_inputs, SENT, TRACES),
    _question(masking.canary_pii_is_absent_from_stored_outputs, SENT, TRACES),
    _question(masking.marked_input_reaches_only_user_parts, SENT, TRACES),
    _question(models.models_called_are_on_the_allow_list, CALLS, held=MANIFEST),
    _question(models.called_models_are_in_the_register, CALLS, held=MANIFEST),
    _question(models.days_to_retirement_exceed_the_lead_time, CALLS, held=MANIFEST),
    _question(models.input_tokens_stay_within_the_estimate, CALLS, held=MANIFEST),
    _question(models.output_tokens_stay_within_the_estimate, CALLS, held=MANIFEST),
    _question(series.system_panels_return_data, METRICS, held=COMMIT),
    _question(series.business_panels_return_data, METRICS, held=COMMIT),
    _question(series.llm_panels_return_data, METRICS, held=COMMIT),
    _question(series.kpi_queries_return_recent_points, METRICS, held=COMMIT),
    _question(series.cost_metric_is_live, METRICS, held=COMMIT),
    _question(series.alert_rules_are_loaded_and_unmuted, METRICS, held=COMMIT),
    _question(events.blocked_answers_equal_violation_records, Source.BLOCKS),
    _question(events.guard_series_moves_by_the_number_of_probes, Source.GUARD_SERIES, held=COMMIT),
    _question(events.feedback_events_arrived_this_week, Source.SIGNALS, held=MANIFEST),
    _question(events.functional_events_arrived_this_week, Source.SIGNALS, held=MANIFEST),
    _question(events.acceptance_events_arrived_this_week, Source.SIGNALS, held=MANIFEST),
    _question(events.incidental_events_arrived_this_week, Source.SIGNALS, held=MANIFEST),
    _question(doors.listeners_speak_tls_12_or_later, Source.DOORS),
    _question(doors.plain_http_is_refused, Source.DOORS),
    _question(doors.anonymous_requests_are_refused, Source.DOORS),
    _question(doors.expired_tokens_are_refused, Source.DOORS),
    _question(forge.last_default_branch_run_is_green, Source.FORGE),
    _question(forge.deployed_revision_carries_the_pipeline_run, Source.FORGE),
    _question(credentials.running_credential_expires_within_hours, Source.CREDENTIAL),
    _question(doors.wrong_audience_tokens_are_refused, Source.DOORS),
    _question(rows.recent_rows_come_from_production, Source.ORIGINS, held=COMMIT),
    _question(evaluations.random_run_resolves_and_repeats, RUNS),
    _question(evaluations.runs_cite_a_resolvable_dataset_digest, RUNS),
    _question(evaluations.declared_metrics_were_computed_in_the_last_run, RUNS, held=MANIFEST),
    _question(evaluations.each_release_digest_has_an_evaluation_run, RUNS, TRACES),
    _question(evaluations.evaluation_of_the_same_unit_precedes_each_release, RUNS, TRACES),
    _question(running.running_revision_resolves_to_a_clean_commit, Source.RUNNING),
    _question(running.traces_carry_a_prompt_version_that_resolves, TRACES),
    _question(peers.called_peers_are_among_the_listed_dependencies, TRACES, held=COMMIT),
    _question(peers.called_peers_appear_in_the_diagrams, TRACES, held=COMMIT),
    _question(calling.span_shape_matches_the_call_style, TRACES, held=COMMIT),
    _question(calling.requests_carry_the_opt_out_flag, TRACES, held=MANIFEST),
    _question(calling.provider_limit_headers_equal_the_file, TRACES, held=MANIFEST),
    _question(calling.every_target_is_healthy, CALLS, held=MANIFEST),
    _question(volume.latency_and_score_meet_the_use_case_targets, TRAFFIC, held=MANIFEST),
    _question(volume.traffic_stays_within_the_forecast_band, TRAFFIC, held=MANIFEST),
    _question(volume.needed_throughput_covers_the_observed_peak, TRAFFIC, held=MANIFEST),
    _question(volume.tag_mix_matches_production, CALLS, held=COMMIT),
    _question(counters.retry_and_breaker_counters_exist, METRICS),
    _question(counters.every_route_counts_input_screenings, METRICS, held=COMMIT),
    _question(counters.every_route_counts_output_screenings, METRICS, held=COMMIT),
    _question(counters.layer_counters_move, METRICS),
    _question(counters.sli_queries_return_good_and_total, METRICS, held=COMMIT),
    _question(counters.instance_count_follows_the_load, METRICS),
    _question(listening.firing_alerts_link_to_the_scenario_runbook, METRICS, held=COMMIT),
    _question(listening.on_call_target_resolves, METRICS),
    _question(forge.postmortem_actions_are_closed_in_the_tracker, Source.FORGE, held=COMMIT),
    _question(forge.load_result_precedes_the_last_release, Source.FORGE, held=COMMIT),
    _question(logs.sampled_logs_hold_no_listed_type, LOGS, held=COMMIT),
    _question(scaling.described_scaling_equals_the_files, Source.DESCRIBED, held=COMMIT),
    _question(labels.guard_labels_are_in_the_taxonomy, Source.LABELS, held=MANIFEST),
)
QUESTIONS: Mapping[str, Question] = MappingProxyType({one.name: one for one in EVERY})
