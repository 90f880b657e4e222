"""What a table, a list or a section is about, told from its columns and the headings above it."""

# ruff: noqa: E501 - a vocabulary reads best with one meaning a line

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache

from tenken.pattern import Pattern
from tenken.readiness.facts.documents import Column, DocumentKind, Subject

C = Column
KEYS: Mapping[str, Subject] = {
    "goals": Subject.GOAL, "business_goals": Subject.GOAL,
    "kpis": Subject.KPI, "kpi": Subject.KPI,
    "use_cases": Subject.TARGET, "targets": Subject.TARGET,
    "models": Subject.MODEL, "model_registry": Subject.MODEL,
    "slas": Subject.SLA, "limits": Subject.LIMIT, "provider_limits": Subject.LIMIT,
    "quotas": Subject.LIMIT, "rate_limits": Subject.LIMIT,
    "forecast": Subject.FORECAST, "forecasts": Subject.FORECAST, "traffic": Subject.FORECAST,
    "throughput": Subject.THROUGHPUT, "tokens": Subject.TOKENS,
    "token_estimates": Subject.TOKENS,
    "scenarios": Subject.SCENARIO, "failure_scenarios": Subject.SCENARIO,
    "long_outage": Subject.LONG_OUTAGE,
    "risks": Subject.RISK, "risk_taxonomy": Subject.RISK, "taxonomy": Subject.RISK,
    "rules": Subject.GUARD_RULE, "guards": Subject.GUARD_RULE, "guardrails": Subject.GUARD_RULE,
    "policies": Subject.GUARD_RULE,
    "red_team": Subject.RED_TEAM, "signals": Subject.SIGNAL, "online_evaluation": Subject.SIGNAL,
    "data_classification": Subject.DATA_TYPE,
    "sensitive_data": Subject.DATA_TYPE, "data_use": Subject.DATA_USE,
    "provider_terms": Subject.DATA_USE,
    "allowed_models": Subject.ALLOWED_MODEL, "approved_models": Subject.ALLOWED_MODEL,
    "model_allowlist": Subject.ALLOWED_MODEL, "allow_list": Subject.ALLOWED_MODEL,
}  # fmt: skip
"""Keys of YAML and JSON files."""

_HEADINGS: Mapping[Subject, str] = {
    Subject.GOAL: r"(business|product) (goals?|objectives?)|^goals$|\bokrs?\b|事業目標|ビジネス目標|^目標$|/ 目標$",
    Subject.KPI: r"\bkpis?\b|重要業績",
    Subject.TARGET: r"use cases?|targets?|ユースケース|目標値|品質目標|性能目標",
    Subject.MODEL: r"models?\b|モデル",
    Subject.SLA: r"\bslas?\b|可用性保証",
    Subject.LIMIT: r"limits?|quotas?|rate limit|上限|クォータ|割り当て|制限値",
    Subject.FORECAST: r"forecast|traffic|growth|demand|予測|トラフィック|流量|需要|増加見込",
    Subject.THROUGHPUT: r"throughput|スループット|処理能力|性能要件",
    Subject.TOKENS: r"tokens?\b|トークン",
    Subject.SCENARIO: r"failure (scenarios?|modes?)|fmea|障害シナリオ|障害一覧|故障モード|想定障害",
    Subject.LONG_OUTAGE: r"long outages?|prolonged outage|長時間の?(停止|障害)|長期(停止|障害)",
    Subject.RISK: r"risk|taxonomy|リスク",
    Subject.GUARD_RULE: r"guard|ガード",
    Subject.RED_TEAM: r"red[- ]?team|レッドチーム|攻撃テスト",
    Subject.SIGNAL: r"online eval|signals?|オンライン評価|本番評価|シグナル",
    Subject.DATA_TYPE: r"classif|sensitive|personal data|pii|機密|個人情報|データ分類|データ区分",
    Subject.DATA_USE: r"provider|training|data use|terms|プロバイダ|学習|データ利用|規約",
    Subject.ALLOWED_MODEL: r"(allow|approv|permit)\w*[- ](list|models?)|許可モデル|承認済みモデル|利用可能モデル|使用可能モデル",
}  # fmt: skip
HEADINGS = {subject: Pattern(f"(?i){pattern}") for subject, pattern in _HEADINGS.items()}

KIND_SUBJECTS: Mapping[DocumentKind, Subject] = {
    DocumentKind.GOALS: Subject.GOAL, DocumentKind.KPI: Subject.KPI,
    DocumentKind.SCENARIOS: Subject.SCENARIO, DocumentKind.LONG_OUTAGE: Subject.LONG_OUTAGE,
    DocumentKind.RED_TEAM: Subject.RED_TEAM, DocumentKind.CLASSIFICATION: Subject.DATA_TYPE,
    DocumentKind.DATA_USE: Subject.DATA_USE, DocumentKind.ONLINE_EVALUATION: Subject.SIGNAL,
}  # fmt: skip

NAMED = frozenset({C.NAME, C.METRIC, C.WHAT, C.FORMULA, C.ID})
# A row speaks on a subject when it has all of the first columns and one of the second, and the
# headings (or the kind of the document) say so where `needs_heading`.
RULES: tuple[tuple[Subject, AbstractSet[Column], AbstractSet[Column], bool], ...] = (
    (Subject.GOAL, {C.BASELINE, C.TARGET}, NAMED, False),
    (Subject.GOAL, set(), {C.TARGET, C.BASELINE, C.METRIC}, True),
    (Subject.KPI, set(), {C.FORMULA, C.EVENT, C.METRIC}, True),
    (Subject.TARGET, {C.USE_CASE}, {C.QUALITY, C.LATENCY}, False),
    (Subject.TARGET, set(), {C.QUALITY, C.LATENCY}, True),
    (Subject.MODEL, {C.RETIRES}, {C.MODEL, C.NAME, C.ID}, False),
    (Subject.SLA, {C.SLA}, {C.MODEL, C.PROVIDER}, False),
    (Subject.LIMIT, set(), {C.TPM, C.RPM}, False),
    (Subject.FORECAST, {C.REQUESTS}, {C.HORIZON, C.DUE, C.GROWTH}, False),
    (Subject.FORECAST, set(), {C.REQUESTS, C.GROWTH}, True),
    (Subject.THROUGHPUT, set(), {C.NEEDED, C.HEADROOM, C.MAXIMUM}, True),
    (Subject.TOKENS, {C.INPUT_TOKENS, C.OUTPUT_TOKENS}, {C.ROUTE, C.USE_CASE, C.NAME, C.BASIS}, False),
    (Subject.TOKENS, set(), {C.INPUT_TOKENS, C.OUTPUT_TOKENS}, True),
    (Subject.SCENARIO, {C.WHAT}, {C.CLASS, C.RUNBOOK, C.IMPACT, C.COST}, True),
    (Subject.SCENARIO, {C.CLASS, C.RUNBOOK}, {C.WHAT, C.NAME}, False),
    (Subject.LONG_OUTAGE, set(), {C.AFTER, C.MODE, C.DECIDER}, True),
    (Subject.RISK, {C.SEVERITY}, {C.EXAMPLE}, True),
    (Subject.GUARD_RULE, {C.ACTION}, {C.RISKS, C.ID, C.NAME}, True),
    (Subject.SIGNAL, {C.ADOPT}, {C.SIGNAL, C.NAME}, False),
    (Subject.SIGNAL, {C.ADOPT}, {C.REASON}, True),
    (Subject.DATA_TYPE, {C.NAME}, {C.CLASS, C.TREATMENT}, True),
    (Subject.DATA_USE, {C.PROVIDER}, {C.TERMS, C.TRAINING, C.OPT_OUT}, False),
    (Subject.ALLOWED_MODEL, {C.MODEL, C.ALLOWED}, {C.MODEL}, False),
    (Subject.ALLOWED_MODEL, {C.MODEL}, {C.MODEL}, True),
)  # fmt: skip


# What a record of a data file must have, besides its key, to be about the subject at all.
TELLING: Mapping[Subject, AbstractSet[Column]] = {
    Subject.GOAL: {C.BASELINE, C.TARGET}, Subject.KPI: {C.FORMULA, C.EVENT},
    Subject.TARGET: {C.QUALITY, C.LATENCY}, Subject.MODEL: {C.RETIRES}, Subject.SLA: {C.SLA},
    Subject.LIMIT: {C.TPM, C.RPM}, Subject.FORECAST: {C.REQUESTS, C.GROWTH},
    Subject.THROUGHPUT: {C.NEEDED, C.HEADROOM}, Subject.TOKENS: {C.INPUT_TOKENS, C.OUTPUT_TOKENS},
    Subject.SCENARIO: {C.CLASS, C.RUNBOOK, C.IMPACT}, Subject.LONG_OUTAGE: {C.AFTER, C.MODE, C.DECIDER},
    Subject.RISK: {C.SEVERITY}, Subject.GUARD_RULE: {C.ACTION}, Subject.SIGNAL: {C.ADOPT},
    Subject.DATA_TYPE: {C.CLASS, C.TREATMENT}, Subject.DATA_USE: {C.TERMS, C.TRAINING, C.OPT_OUT},
    Subject.ALLOWED_MODEL: {C.MODEL, C.ALLOWED}, Subject.RED_TEAM: {C.WHAT},
}  # fmt: skip
# Columns that no table has by chance.
UNMISTAKABLE = frozenset({
    Subject.LIMIT, Subject.MODEL, Subject.SIGNAL, Subject.DATA_USE, Subject.SCENARIO,
    Subject.LONG_OUTAGE, Subject.ALLOWED_MODEL,
})  # fmt: skip
IN_CAPACITY = frozenset({
    Subject.FORECAST, Subject.THROUGHPUT, Subject.TOKENS, Subject.LIMIT,
})  # fmt: skip


def is_sure(subject: Subject, kind: DocumentKind) -> bool:
    """Whether a row of a document of this kind is surely meant as the subject."""
    if subject in UNMISTAKABLE or KIND_SUBJECTS.get(kind) is subject:
        return True
    return kind is DocumentKind.CAPACITY and subject in IN_CAPACITY


def subjects_of(
    columns: AbstractSet[Column], heading: str, kind: DocumentKind
) -> Iterator[Subject]:
    """Every subject that a row with these columns speaks on."""
    found: set[Subject] = set()
    for subject, all_of, any_of, needs_heading in RULES:
        if subject in found or not (all_of <= columns and any_of & columns):
            continue
        if needs_heading and not speaks_of(subject, heading, kind):
            continue
        found.add(subject)
        yield subject


@lru_cache(maxsize=16384)
def speaks_of(subject: Subject, heading: str, kind: DocumentKind) -> bool:
    """Whether the headings, or the kind of document, name the subject."""
    return KIND_SUBJECTS.get(kind) is subject or bool(HEADINGS[subject].search(heading))
