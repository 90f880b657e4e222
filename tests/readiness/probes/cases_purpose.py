"""Goals, targets, KPIs, models, limits, forecasts and tokens: right ones, and lookalikes."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.evidence import Grade
from tenken.place import Place
from tenken.readiness.facts.code import Auth, CodeFacts, Metric, Route
from tenken.readiness.probes import goals, scalability, stability
from tests.readiness.written import Case, calling

GOALS_EN = """# Goals

| Metric | Unit | Baseline | Target | Due | Owner |
| --- | --- | --- | --- | --- | --- |
| Enquiries solved without staff | % | 31 | 55 | 2027-03-31 | Aiko Mori |
"""
GOALS_JA = """# 事業目標

| 指標 | 単位 | 現状値 | 目標値 | 期限 | 担当 |
| --- | --- | --- | --- | --- | --- |
| 有人対応なしの解決率 | % | 31 | 55 | 2027年3月末 | 森 愛子 |
"""
GOALS_MANIFEST = """
goals:
  - {id: solved, metric: solved without staff, unit: "%", baseline: 31, target: 55, due: 2027-03-31, owner: Aiko Mori}
"""
TARGETS = """use_cases:
  answer: {p95_seconds: 8, accuracy: 0.80}
"""
GATE = 'TARGETS = "config/targets.yaml"\n'
SLO = "kind: SLO\nmetadata: {annotations: {target: config/targets.yaml}}\n"
KPI_EN = """# KPI

| KPI | Definition | Owner |
| --- | --- | --- |
| Solved without staff | `desk.self_resolved` / enquiries | support-quality |
"""
KPI_JA = """# KPI 一覧

| 名称 | 計算式 | 担当 |
| --- | --- | --- |
| 有人対応なしの解決 | `desk.self_resolved` / 全問い合わせ | 品質チーム |
"""
SENDS = {"app/metrics.py": 'statsd.increment("desk.self_resolved")\n'}
SLA_EN = """# Models

## SLA of providers, checked 2026-10-01

| Provider | Model | SLA | Source |
| --- | --- | --- | --- |
| OpenAI | gpt-4o-2024-08-06 | 99.9% | https://example.com/sla |
"""
SLA_JA = SLA_EN.replace("SLA of providers, checked", "可用性 確認日").replace(
    "| Provider | Model | SLA | Source |", "| プロバイダー | モデル | 可用性 | 出典 |"
)
REGISTER = """models:
  - id: gpt-4o-2024-08-06
    provider: openai
    retires_on: 2027-08-06
    source: https://example.com/deprecations
    checked_at: 2026-11-01
"""
REGISTER_JA = """# モデル台帳

| モデル | 提供終了日 | 出典 | 確認日 |
| --- | --- | --- | --- |
| gpt-4o-2024-08-06 | 2027年8月6日 | https://example.com/deprecations | 2026-11-01 |
"""
LIMITS_EN = """# Capacity

## Provider limits, checked 2026-10-20

| Provider | Model | TPM | RPM |
| --- | --- | --- | --- |
| OpenAI | gpt-4o-2024-08-06 | 450,000 | 5,000 |
"""
LIMITS_JA = """# キャパシティ

| プロバイダー | モデル | TPM上限 | RPM上限 | 確認日 |
| --- | --- | --- | --- | --- |
| OpenAI | gpt-4o-2024-08-06 | 45万 | 5,000 | 2026-10-20 |
"""
FORECAST_EN = """# Capacity

| Requests per day | Horizon | Source |
| --- | --- | --- |
| 40,000 | 2027-03-31 | number of shops, March peak of last year |
"""
FORECAST_JA = (
    "# 需要予測\n\n## トラフィック\n\n2027年3月末までに 1日 4万件。出典: 昨年の繁忙期実績。\n"
)
NEEDED_EN = (
    "# Capacity\n\n## Throughput\n- Needed: 12 rps\n- Headroom: 1.5\n- Basis: forecast peak hour\n"
)
NEEDED_JA = "# キャパシティ\n\n## スループット\n- 必要スループット: 12 rps\n- 余裕率: 1.5\n- 根拠: ピーク時間の予測\n"
TOKENS_EN = """# Capacity

## Tokens per session

| Route | Input tokens p50 | Input tokens p95 | Output tokens p50 | Output tokens p95 |
| --- | --- | --- | --- | --- |
| POST /answer | 900 | 2,400 | 180 | 420 |
| POST /classify | 300 | 700 | 8 | 12 |
"""
TOKENS_JA = TOKENS_EN.replace("# Capacity", "# キャパシティ").replace(
    "| Route | Input tokens p50 | Input tokens p95 | Output tokens p50 | Output tokens p95 |",
    "| ルート | 入力トークン | 入力トークン数 | 出力トークン | 出力トークン数 |",
)
MODEL = calling("gpt-4o-2024-08-06")


def routes(*paths: str) -> CodeFacts:
    """Code whose routes reach a model."""
    return CodeFacts(
        routes=tuple(
            Route(
                place=Place("app/main.py", 5), framework="fastapi", method="POST", path=path,
                function="handler", auth=Auth.REQUIRED, reaches_model=True,
            )
            for path in paths
        )
    )  # fmt: skip


def capped(value: str) -> CodeFacts:
    """Code that caps the answer."""
    return calling("gpt-4o-2024-08-06", max_tokens=value)


EMITS = CodeFacts(
    metrics=(Metric(name="desk.self_resolved", place=Place("app/m.py", 3), library="statsd"),)
)
GOAL_CHEATS = {
    "heading only": {"docs/goals.md": "# Goals\n"},
    "prose": {"docs/goals.md": "# Goals\n\n- Workers get answers faster\n- 負荷を減らす\n"},
    "no date": {"docs/goals.md": GOALS_EN.replace("2027-03-31", "TBD")},
    "over": {"docs/goals.md": GOALS_EN.replace("2027-03-31", "2026-03-31")},
    "未記入": {"docs/goals.md": GOALS_JA.replace("森 愛子", "未記入")},
    "same": {"docs/goals.md": GOALS_EN.replace("55", "31")},
    "no figure": {"docs/goals.md": GOALS_EN.replace("55", "much better")},
}
CASES = (
    Case(id="goal-en", probe=goals.business_goal_is_measurable, files={"docs/goals.md": GOALS_EN},
         spoil=("| 55 |", "| <target> |"), cheats=GOAL_CHEATS),
    Case(id="goal-ja", probe=goals.business_goal_is_measurable, files={"docs/goals.md": GOALS_JA},
         spoil=("森 愛子", "未記入")),
    Case(id="goal-manifest", probe=goals.business_goal_is_measurable, files={"tenken.yaml": GOALS_MANIFEST},
         spoil=("owner: Aiko Mori", "owner: TODO")),
    Case(id="goal-bullets", probe=goals.business_goal_is_measurable,
         files={"docs/goals.md": "# Goals\n\n- Metric: solved without staff\n- Baseline: 31 %\n- Target: 55 %\n"
                                 "- Due: 2027-03-31\n- Owner: Aiko Mori\n"},
         spoil=("- Baseline: 31 %\n", "")),
    Case(id="targets", probe=goals.use_case_targets_are_read_by_gate_and_slo,
         files={"config/targets.yaml": TARGETS, "evals/gate.py": GATE, "slo/desk.yaml": SLO},
         spoil=("target: config/targets.yaml", "target: other"), grade=Grade.DECLARED,
         cheats={
             "nobody reads": {"config/targets.yaml": TARGETS},
             "gate alone": {"config/targets.yaml": TARGETS, "evals/gate.py": GATE},
             "slo alone": {"config/targets.yaml": TARGETS, "slo/desk.yaml": SLO},
             "in a comment": {"config/targets.yaml": TARGETS, "evals/gate.py": "# config/targets.yaml\n",
                              "slo/desk.yaml": SLO},
         }),
    Case(id="kpi-en", probe=goals.kpis_name_events_of_this_application,
         files={"docs/kpi.md": KPI_EN, **SENDS}, spoil=('increment("desk.self_resolved")', "pass"),
         cheats={
             "generic": {"docs/kpi.md": KPI_EN.replace("Solved without staff", "p95 latency"), **SENDS},
             "never sent": {"docs/kpi.md": KPI_EN},
             "sent in a test": {"docs/kpi.md": KPI_EN, "tests/test_m.py": 'increment("desk.self_resolved")'},
             "no owner": {"docs/kpi.md": KPI_EN.replace("support-quality", "-"), **SENDS},
         }),
    Case(id="kpi-ja", probe=goals.kpis_name_events_of_this_application, files={"docs/kpi.md": KPI_JA, **SENDS},
         spoil=("`desk.self_resolved` / 全問い合わせ", "満足した人の割合")),
    Case(id="sla-en", probe=stability.model_sla_is_recorded, files={"docs/models.md": SLA_EN}, code=MODEL,
         spoil=("99.9%", "TBD"),
         cheats={"empty column": {"docs/models.yaml": "models:\n  - {id: gpt-4o-2024-08-06, sla: }\n"},
                 "no source": {"docs/models.md": SLA_EN.replace("https://example.com/sla", "-")},
                 "old": {"docs/models.md": SLA_EN.replace("2026-10-01", "2023-10-01")}}),
    Case(id="sla-ja", probe=stability.model_sla_is_recorded, files={"docs/models.md": SLA_JA}, code=MODEL,
         spoil=("99.9%", "高い")),
    Case(id="register", probe=stability.models_are_registered_with_retirement_dates,
         files={"docs/models.yaml": REGISTER}, code=MODEL, spoil=("2027-08-06", "TBD"),
         cheats={"empty": {"docs/models.yaml": REGISTER.replace("2027-08-06", "")},
                 "retired": {"docs/models.yaml": REGISTER.replace("2027-08-06", "2026-01-06")},
                 "checked years ago": {"docs/models.yaml": REGISTER.replace("2026-11-01", "2023-11-01")},
                 "alias": {"docs/models.yaml": REGISTER.replace("gpt-4o-2024-08-06", "gpt-4o-latest")}}),
    Case(id="register-ja", probe=stability.models_are_registered_with_retirement_dates,
         files={"docs/models.md": REGISTER_JA}, code=MODEL, spoil=("2027年8月6日", "未定")),
    Case(id="limits-en", probe=scalability.provider_limits_are_documented,
         files={"docs/capacity.md": LIMITS_EN}, code=MODEL, spoil=("450,000 | 5,000", "high | high"),
         cheats={"no date": {"docs/capacity.md": LIMITS_EN.replace(", checked 2026-10-20", "")},
                 "another model": {"docs/capacity.md": LIMITS_EN.replace("gpt-4o-2024-08-06", "gpt-5")}}),
    Case(id="limits-ja", probe=scalability.provider_limits_are_documented,
         files={"docs/capacity.md": LIMITS_JA}, code=MODEL, spoil=("45万 | 5,000", "未記入 | 未記入")),
    Case(id="forecast-en", probe=scalability.traffic_forecast_has_figures,
         files={"docs/capacity.md": FORECAST_EN}, spoil=("40,000", "a lot"),
         cheats={"words": {"docs/capacity.md": "# Capacity\n\n## Traffic\nExpected to keep growing.\n"},
                 "past": {"docs/capacity.md": FORECAST_EN.replace("2027-03-31", "2026-03-31")}}),
    Case(id="forecast-ja", probe=scalability.traffic_forecast_has_figures,
         files={"docs/capacity.md": FORECAST_JA}, spoil=("4万件", "大幅増")),
    Case(id="needed-en", probe=scalability.needed_throughput_is_stated, files={"docs/capacity.md": NEEDED_EN},
         spoil=("- Headroom: 1.5\n", ""),
         cheats={"vendor's page": {"docs/capacity.md": "# Capacity\n\n## Throughput\n"
                                   "The desk handles 5,000 requests a minute (limit of the provider).\n"}}),
    Case(id="needed-ja", probe=scalability.needed_throughput_is_stated, files={"docs/capacity.md": NEEDED_JA},
         spoil=("12 rps", "未定")),
    *(
        Case(id=f"tokens-{at}-{language}", probe=probe, files={"docs/capacity.md": text},
             code=routes("/answer", "/classify"), spoil=spoil,
             cheats={"one constant": {"docs/capacity.md": "# Capacity\n\n## Tokens\nAbout 1,000 tokens.\n"},
                     "copied": {"docs/capacity.md": TOKENS_EN.replace("300 | 700 | 8 | 12", "900 | 2,400 | 180 | 420")},
                     "one route": {"docs/capacity.md": TOKENS_EN.replace("| POST /classify | 300 | 700 | 8 | 12 |\n", "")}})
        for language, text in (("en", TOKENS_EN), ("ja", TOKENS_JA))
        for at, (probe, spoil) in enumerate((
            (scalability.input_tokens_are_estimated_per_route, ("900 | 2,400", "- | -")),
            (scalability.output_tokens_are_estimated_per_route, ("180 | 420", "- | -")),
        ))
    ),
)  # fmt: skip
