"""Scenarios, runbooks, outages, load and chaos tests: right ones, and what looks like them."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.place import Place
from tenken.readiness.facts.code import CodeFacts, Peer, PeerKind
from tenken.readiness.probes import resilience
from tests.readiness.written import Case

SCENARIOS_EN = """# Failure scenarios

| Id | Class | Scenario | Users | Cost per hour | Basis | Runbook |
| --- | --- | --- | --- | --- | --- | --- |
| F1 | LLM API | The provider answers with 429 or 5xx | 1,200 | 90,000 JPY | enquiries of a weekday | [llm](runbooks/llm.md) |
| F2 | Dependency | Redis does not answer | 300 | 10,000 JPY | share of sessions | [redis](runbooks/redis.md) |
| F3 | Network | DNS of the provider fails | 1,200 | 90,000 JPY | as F1 | [llm](runbooks/llm.md) |
| F4 | Resource | Memory of an instance runs out | 150 | 5,000 JPY | one of eight | [redis](runbooks/redis.md) |
"""
SCENARIOS_JA = """# 障害シナリオ

| 番号 | 分類 | シナリオ | 影響ユーザー数 | 時間あたり損失 | 算出根拠 | 手順書 |
| --- | --- | --- | --- | --- | --- | --- |
| F1 | LLM API | プロバイダーが 429 を返し続ける | 1,200人 | 9万円 | 平日の問い合わせ件数 | [手順](runbooks/llm.md) |
| F2 | 依存先 | キャッシュが応答しない | 300人 | 1万円 | セッション比 | [手順](runbooks/redis.md) |
| F3 | ネットワーク | プロバイダーの名前解決に失敗 | 1,200人 | 9万円 | F1 と同じ | [手順](runbooks/llm.md) |
| F4 | リソース枯渇 | インスタンスのメモリが尽きる | 150人 | 5千円 | 8 台のうち 1 台 | [手順](runbooks/redis.md) |
"""
RUNBOOK_EN = """# LLM API outage

Owner: desk-developers

## Detect
The monitor "llm errors" fires, or the dashboard shows 5xx of the provider above 5 %.

## Act
`gcloud run services update desk --update-env-vars LLM_PROVIDER=vertex`

## Verify
`curl -fsS https://desk.example.jp/healthz` answers ok and no 5xx for five minutes.

## Roll back
`gcloud run services update desk --update-env-vars LLM_PROVIDER=openai`
"""
RUNBOOK_JA = """# LLM API 障害

## 検知
監視「llm errors」が発報、またはダッシュボードで 5xx が 5% を超える。

## 対応
`gcloud run services update desk --update-env-vars LLM_PROVIDER=vertex`

## 確認
`curl -fsS https://desk.example.jp/healthz` が ok を返し、5 分間 5xx がないこと。

## 切り戻し
`gcloud run services update desk --update-env-vars LLM_PROVIDER=openai`

## 担当
基盤チーム(夜間は当番)
"""
HEADINGS = "# LLM\n\n## Detect\n\n## Act\nTODO\n\n## Verify\n\n## Roll back\n\n## Owner\n"
HEADINGS_JA = (
    "# LLM\n\n## 検知\n未記入\n\n## 対応\n\n## 確認\nTBD\n\n## 切り戻し\n\n## 担当\n<担当者>\n"
)
EN = {
    "docs/failure-scenarios.md": SCENARIOS_EN,
    "docs/runbooks/llm.md": RUNBOOK_EN,
    "docs/runbooks/redis.md": RUNBOOK_JA,
}
JA = {
    "docs/障害シナリオ.md": SCENARIOS_JA,
    "docs/runbooks/llm.md": RUNBOOK_JA,
    "docs/runbooks/redis.md": RUNBOOK_EN,
}
REDIS = CodeFacts(peers=(Peer(kind=PeerKind.CACHE, name="redis", place=Place("app/cache.py", 3)),))
POSTGRES = CodeFacts(
    peers=(Peer(kind=PeerKind.DATABASE, name="postgres", place=Place("app/db.py", 3)),)
)

LONG_EN = """# Failure scenarios

## Long outages
After 30 minutes the desk answers with a fixed text and a link to the staff form. The product owner decides.
"""
LONG_JA = """# 障害シナリオ

## 長時間の停止
30分を超えたら定型文の案内に切り替える。判断はプロダクト責任者。
"""
LONG_MANIFEST = """
decisions:
  long_outage: {after_minutes: 30, mode: fixed text with a link to the staff form, decided_by: product owner}
"""
LOCUST = """from locust import HttpUser, events, task

ENQUIRY = "I was late by ten minutes because of the train, and three penalty points were added. Why?"


class Worker(HttpUser):
    @task
    def ask(self):
        self.client.post("/v1/enquiries", json={"text": ENQUIRY})


@events.quitting.add_listener
def judge(environment, **_):
    if environment.stats.total.fail_ratio > 0.01:
        environment.process_exit_code = 1
"""
RUNS_LOCUST = "load:\n\tlocust -f loadtest/locustfile.py -u 200 -t 15m --headless\n"
K6 = """import http from 'k6/http'
export const options = {
  scenarios: { steady: { executor: 'constant-arrival-rate', rate: 20, duration: '15m', preAllocatedVUs: 50 } },
  thresholds: { http_req_failed: ['rate<0.01'] },
}
const text = 'I was late by ten minutes because of the train, and three penalty points were added.'
export default () => { http.post('https://stg.example.com/v1/enquiries', text) }
"""
FAILED_EN = "# Load test, 2026-11-10\n\n| Requests | Failures |\n| --- | --- |\n| 100 | 40 (40%) |\n\nResult: passed.\n"
FAILED_JA = "# 負荷試験 2026-11-10\n\n100 件中、失敗 40%。結果: 合格。\n"
CHAOS = """title: Provider refuses
extensions: {scenario: F1}
steady-state-hypothesis:
  title: healthy
  probes:
    - {type: probe, name: desk-answers, provider: {type: http, url: http://desk/healthz}}
method:
  - {type: action, name: make-provider-answer-500, provider: {type: process, path: fault}}
  - {type: probe, name: alert-received, provider: {type: http, url: http://sink/alerts}}
"""
ONE_SCENARIO = SCENARIOS_EN[: SCENARIOS_EN.index("| F2 ")]


def scenario_cases() -> tuple[Case, ...]:
    """The four classes, in both languages."""
    classes = (
        (resilience.llm_api_failures_are_listed, "F1"), (resilience.dependency_failures_are_listed, "F2"),
        (resilience.network_failures_are_listed, "F3"), (resilience.resource_failures_are_listed, "F4"),
    )  # fmt: skip
    return tuple(
        Case(
            id=f"listed-{row}-{language}",
            probe=probe,
            files=files,
            code=REDIS,
            spoil=(_row(text, row), ""),
            cheats={
                "template": {"docs/failure-scenarios.md": _emptied(SCENARIOS_EN)},
                "未記入": {"docs/障害シナリオ.md": _emptied(SCENARIOS_JA)},
            },
        )
        for language, files, text in (("en", EN, SCENARIOS_EN), ("ja", JA, SCENARIOS_JA))
        for probe, row in classes
    )


def _row(text: str, id_: str) -> str:
    return next(line for line in text.splitlines(keepends=True) if line.startswith(f"| {id_} "))


def _emptied(text: str) -> str:
    head, rows = text.splitlines()[:4], text.splitlines()[4:]
    blank = [
        f"| F{at} | LLM API | {'TODO' if at % 2 else '未記入'} | | | | |"
        for at in range(len(rows))
    ]
    return "\n".join([*head, *blank]) + "\n"


CASES = (
    *scenario_cases(),
    Case(id="dependency-missing", probe=resilience.dependency_failures_are_listed, files=EN, code=REDIS,
         spoil=("Redis does not answer", "The shift list does not answer")),
    Case(id="runbooks-en", probe=resilience.scenarios_have_runbooks, files=EN,
         spoil=("## Act\n`gcloud run services update desk --update-env-vars LLM_PROVIDER=vertex`", "## Act\nTBD"),
         cheats={
             "headings": EN | {"docs/runbooks/llm.md": HEADINGS, "docs/runbooks/redis.md": HEADINGS},
             "見出しだけ": JA | {"docs/runbooks/llm.md": HEADINGS_JA, "docs/runbooks/redis.md": HEADINGS_JA},
             "moved": {"docs/failure-scenarios.md": SCENARIOS_EN},
             "one page": {"docs/failure-scenarios.md": SCENARIOS_EN.replace("runbooks/redis.md", "runbooks/llm.md"),
                          "docs/runbooks/llm.md": RUNBOOK_EN},
             "no command": EN | {"docs/runbooks/llm.md": RUNBOOK_EN.replace("`", "").replace("https://", "")
                                 .replace("dashboard", "figure"), "docs/runbooks/redis.md": HEADINGS},
         }),
    Case(id="runbooks-ja", probe=resilience.scenarios_have_runbooks, files=JA, spoil=("## 切り戻し", "## 参考")),
    Case(id="impact-en", probe=resilience.outage_impact_has_figures, files=EN,
         spoil=("| 1,200 | 90,000 JPY | enquiries of a weekday |", "| 1,200 | 90,000 | - |"),
         cheats={"high, medium, low": {"docs/failure-scenarios.md": "# Failure scenarios\n\n"
                 "| Id | Class | Scenario | Impact | Runbook |\n| --- | --- | --- | --- | --- |\n"
                 "| F1 | LLM API | The provider times out | high | - |\n"},
                 "高・中・低": {"docs/障害シナリオ.md": "# 障害シナリオ\n\n| 分類 | シナリオ | 影響度 | 手順書 |\n"
                 "| --- | --- | --- | --- |\n| LLM API | 応答が返らない状態 | 高 | - |\n"}}),
    Case(id="impact-ja", probe=resilience.outage_impact_has_figures, files=JA, spoil=("9万円", "大きい")),
    *(
        Case(id=f"long-outage-{name}", probe=resilience.long_outage_policy_is_decided, files=files, spoil=spoil,
             cheats={"検討中": {"docs/failure-scenarios.md": "# 障害シナリオ\n\n## 長時間の停止\n検討中。次回決める。\n"},
                     "no minutes": {"docs/failure-scenarios.md": LONG_EN.replace("After 30 minutes", "In the end")}})
        for name, files, spoil in (
            ("en", {"docs/failure-scenarios.md": LONG_EN}, ("The product owner decides.", "")),
            ("ja", {"docs/障害シナリオ.md": LONG_JA}, ("30分を超えたら", "長引いたら")),
            ("manifest", {"tenken.yaml": LONG_MANIFEST}, ("product owner", "TODO")),
        )
    ),
    Case(id="load-locust", probe=resilience.load_test_has_a_profile,
         files={"loadtest/locustfile.py": LOCUST, "Makefile": RUNS_LOCUST}, spoil=("-t 15m", "-t 30s"),
         cheats={
             "no threshold": {"loadtest/locustfile.py": LOCUST[: LOCUST.index("@events")], "Makefile": RUNS_LOCUST},
             "health": {"loadtest/locustfile.py": LOCUST.replace("/v1/enquiries", "/healthz"), "Makefile": RUNS_LOCUST},
             "hello": {"loadtest/locustfile.py": LOCUST.replace(LOCUST[LOCUST.index("I was"):LOCUST.index("Why?")], "hi "),
                       "Makefile": RUNS_LOCUST},
             "filed as passed": {"loadtest/locustfile.py": LOCUST, "Makefile": RUNS_LOCUST,
                                 "docs/loadtest/2026-11-10.md": FAILED_EN},
             "合格扱い": {"loadtest/locustfile.py": LOCUST, "Makefile": RUNS_LOCUST,
                      "docs/負荷試験-2026-11-10.md": FAILED_JA},
         }),
    Case(id="load-k6", probe=resilience.load_test_has_a_profile, files={"load/steady.js": K6},
         spoil=("thresholds:", "summary:")),
    Case(id="chaos", probe=resilience.chaos_experiments_cover_the_scenarios,
         files={"chaos/provider.yaml": CHAOS, "docs/failure-scenarios.md": ONE_SCENARIO},
         spoil=("name: alert-received, provider: {type: http, url: http://sink/alerts}",
                "name: desk-again, provider: {type: http, url: http://desk/healthz}"),
         cheats={
             "no fault": {"chaos/provider.yaml": CHAOS.replace("type: action", "type: probe")},
             "no scenario": {"chaos/cpu.yaml": CHAOS.replace("scenario: F1", "scenario: X9"),
                             "docs/failure-scenarios.md": ONE_SCENARIO},
         }),
)  # fmt: skip
