"""One manifest that says everything: what is whole there is heard; the rest is only declared."""

# ruff: noqa: E501 - tables read best unbroken

import pytest

from tenken.evidence import Grade, Holding
from tenken.readiness.probes import (
    goals,
    quality,
    resilience,
    safety,
    scalability,
    security,
    stability,
)
from tenken.readiness.probes.registry import Probe
from tests.readiness.probes.cases_resilience import RUNBOOK_JA
from tests.readiness.written import calling, survey_of, worth

MANIFEST = """
goals:
  - {id: solved, metric: 有人対応なしの解決率, unit: "%", baseline: 31, target: 55, due: 2027-03-31, owner: 森}
kpis:
  - {id: self-resolved, formula: self_resolved / enquiries, owner: 品質, events: [desk.self_resolved]}
use_cases:
  - id: answer
    description: 問い合わせに答える
    task: generation
    targets: {quality_metric: rubric, quality_min: 0.8, latency_p95_s: 8}
models:
  - id: main
    provider: openai
    model: gpt-4o-2024-08-06
    owner: 基盤
    retires_on: 2027-08-06
    source: https://example.com/deprecations
    checked_at: 2026-11-01
    sla: {availability_percent: 99.9, source: https://example.com/sla, checked_at: 2026-10-01}
    limits: {rpm: 5000, tpm: 450000, checked_at: 2026-10-20}
gates:
  - {use_case: answer, dataset: golden, metric: rubric, min: 0.8, judge_model: gpt-4.1-2025-04-14}
slos:
  - {name: fast, sli: p95, target_percent: 95, window_days: 28, use_case: answer}
scenarios:
  - id: f1
    kind: llm_api
    what: プロバイダーが 429 を返し続ける
    runbook: docs/llm.md
    impact: {users: 1200, cost_per_hour: 90000, currency: JPY, basis: 平日の問い合わせ}
capacity:
  needed_rps: 12
  headroom: 1.5
  basis: ピーク時間の予測
  forecast: {requests_per_day: 40000, horizon: 2027-03-31, source: 昨年実績}
  tokens:
    - {route: answer, input_p50: 900, input_p95: 2400, output_p50: 180, output_p95: 420}
decisions:
  online_evaluation:
    - {signal: feedback, adopt: true, reason: 最も安い正解, event: desk.feedback}
safety:
  risks:
    - {id: wage_promise, severity: high, example: 「明日必ず支払われます」と回答, owner: 品質}
  guards:
    - {id: promise, risks: [wage_promise], action: block, tests: [明日払われますか]}
data_classification:
  criteria: 個人情報保護規程
  types:
    - {name: email, data_class: personal, treatment: mask}
data_use:
  - provider: openai
    tier: enterprise
    terms: https://example.com/policies/data-usage
    terms_read_at: 2026-09-01
    training: opted_out
    opt_out: 契約 第12条
allowed_models: [gpt-4o-2024-08-06]
"""
TOKENS = MANIFEST[MANIFEST.index("tokens:") : MANIFEST.index("decisions:")].rstrip()
FILES = {
    "tenken.yaml": MANIFEST,
    "docs/llm.md": RUNBOOK_JA,
    "app/events.py": 'send("desk.self_resolved")\nsend("desk.feedback")\n',
    "app/pii.py": "def mask(text):\n    return EMAIL.sub('*', text)\n",
}
WHOLE: tuple[tuple[Probe, Grade, str], ...] = (
    (goals.business_goal_is_measurable, Grade.CONFIGURED, "baseline: 31, "),
    (goals.kpis_name_events_of_this_application, Grade.CONFIGURED, "events: [desk.self_resolved]"),
    (goals.use_case_targets_are_read_by_gate_and_slo, Grade.DECLARED, ", use_case: answer}"),
    (
        stability.model_sla_is_recorded,
        Grade.CONFIGURED,
        "source: https://example.com/sla, checked_at: 2026",
    ),
    (
        stability.models_are_registered_with_retirement_dates,
        Grade.CONFIGURED,
        "retires_on: 2027-08-06",
    ),
    (scalability.provider_limits_are_documented, Grade.CONFIGURED, "rpm: 5000, tpm: 450000, "),
    (scalability.traffic_forecast_has_figures, Grade.CONFIGURED, "horizon: 2027"),
    (scalability.needed_throughput_is_stated, Grade.CONFIGURED, "basis: ピーク時間の予測"),
    (
        scalability.input_tokens_are_estimated_per_route,
        Grade.CONFIGURED,
        TOKENS,
    ),
    (
        resilience.llm_api_failures_are_listed,
        Grade.CONFIGURED,
        "what: プロバイダーが 429 を返し続ける",
    ),
    (resilience.scenarios_have_runbooks, Grade.CONFIGURED, "runbook: docs/llm.md"),
    (resilience.outage_impact_has_figures, Grade.CONFIGURED, "basis: 平日の問い合わせ"),
    (safety.risk_taxonomy_is_own, Grade.CONFIGURED, "example: 「明日必ず支払われます」と回答"),
    (safety.taxonomy_is_reflected_in_guard_rules, Grade.DECLARED, "tests: [明日払われますか]"),
    (quality.generation_metrics_fit, Grade.DECLARED, "judge_model: gpt-4.1-2025-04-14"),
    (quality.online_feedback_is_decided, Grade.CONFIGURED, "event: desk.feedback"),
    (security.sensitive_data_is_classified, Grade.CONFIGURED, "criteria: 個人情報保護規程"),
    (security.masker_covers_the_listed_types, Grade.CONFIGURED, "name: email"),
    (security.provider_terms_are_recorded, Grade.CONFIGURED, "tier: enterprise"),
    (security.training_opt_out_is_set, Grade.DECLARED, "opt_out: 契約 第12条"),
    (security.models_are_on_the_allow_list, Grade.DECLARED, "allowed_models: [gpt-4o-2024-08-06]"),
)
BROKEN = {
    "baseline: 31, ": "baseline: 55, ",
    "events: [desk.self_resolved]": "events: [desk.imagined]",
    ", use_case: answer}": "}",
    "source: https://example.com/sla, checked_at: 2026": "source: https://example.com/sla, checked_at: 2023",
    "rpm: 5000, tpm: 450000, ": "",
    "horizon: 2027": "horizon: 2025",
    "retires_on: 2027-08-06": "retires_on: 2025-08-06",
    "name: email": "name: my_number",
    "allowed_models: [gpt-4o-2024-08-06]": "allowed_models: [gpt-5-2025-08-07]",
    "judge_model: gpt-4.1-2025-04-14": "judge_model: gpt-4.1",
    "runbook: docs/llm.md": "runbook: docs/moved.md",
    "event: desk.feedback": "event: desk.imagined",
    TOKENS: "tokens: []",
    "tests: [明日払われますか]": "tests: []",
}
MODEL = calling("gpt-4o-2024-08-06")


@pytest.mark.parametrize(("probe", "grade", "_key"), WHOLE)
def test_a_whole_manifest_is_heard(probe: Probe, grade: Grade, _key: str) -> None:
    """What is the artefact itself counts in full; what must be in effect elsewhere is declared."""
    answer = probe(survey_of(FILES, MODEL))

    assert (answer.holding, answer.grade) == (Holding.HOLDS, grade), answer


@pytest.mark.parametrize(("probe", "_grade", "key"), WHOLE)
def test_a_gap_in_the_manifest_is_seen(probe: Probe, _grade: Grade, key: str) -> None:
    """Each probe falls with the part of the manifest that it reads, and names its line."""
    old, new = (key, _with_placeholder(key)) if key not in BROKEN else (key, BROKEN[key])
    assert old in MANIFEST
    files = FILES | {"tenken.yaml": MANIFEST.replace(old, new)}
    answer = probe(survey_of(files, MODEL))

    assert worth(answer) < worth(probe(survey_of(FILES, MODEL))), answer


def _with_placeholder(key: str) -> str:
    return f"{key.partition(':')[0]}: TODO"
