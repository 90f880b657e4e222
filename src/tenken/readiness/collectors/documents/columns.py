"""Which column a heading or a key means, in Japanese and English."""

# ruff: noqa: E501 - a vocabulary reads best with one meaning a line

from functools import lru_cache

from tenken.pattern import Pattern
from tenken.readiness.facts.documents import Column
from tenken.readiness.facts.words.figures import plain

_WORDS: dict[Column, str] = {
    Column.ID: "id, no, #, 番号, risk id, scenario id, goal id, rule id",
    Column.NAME: "name, title, kpi, goal, 名前, 名称, 項目, タイトル, ゴール, type, data type,"
    " データ種別, データの種類, 種類, data, データ, データ項目, 情報, 情報種別, item, entity, field, indicator name",
    Column.METRIC: "metric, measure, indicator, kgi, 指標, 指標名, 評価指標, メトリクス, 測定指標",
    Column.UNIT: "unit, units, 単位",
    Column.BASELINE: "baseline, current, current value, today, now, as is, before,"
    " ベースライン, 基準値, 現状, 現状値, 現在値, 現在, 実績",
    Column.TARGET: "target, target value, goal value, objective, to be, 目標, 目標値, ターゲット, ゴール値",
    Column.DUE: "due, due date, deadline, by, by when, until, target date, when due,"
    " 期限, 期日, 達成期限, 目標期限, 達成時期, いつまで",
    Column.OWNER: "owner, owners, responsible, assignee, owned by, who, maintainer, dri,"
    " 担当, 担当者, 責任者, オーナー, 管理者, 所有者, 主管, 主担当",
    Column.FORMULA: "formula, definition, calculation, numerator / denominator, how computed,"
    " 定義, 計算式, 算出方法, 算出式, 式, 計算方法",
    Column.EVENT: "event, events, event name, イベント, イベント名, 計測イベント",
    Column.SOURCE: "source, where, query, data source, table, reference, url, link, evidence,"
    " 出典, 参照, データソース, クエリ, 取得元, 情報源, 出所, 根拠資料, 測定方法, 計測方法",
    Column.USE_CASE: "use case, use cases, usecase, ユースケース, 用途, 機能, feature",
    Column.QUALITY: "quality, accuracy, quality min, quality metric, macro f1, f1, score, correctness,"
    " min score, expected accuracy, 精度, 品質, 正解率, 正答率, 期待精度, 目標精度, 品質目標, 合格点",
    Column.LATENCY: "latency, p95, p95 seconds, latency p95, latency p95 s, response time, p95 latency,"
    " ttft, ttft p95 s, speed, response speed, p95 ms,"
    " 応答時間, 応答速度, レスポンス, レスポンスタイム, レイテンシ, レイテンシー, 期待応答速度",
    Column.PROVIDER: "provider, vendor, プロバイダ, プロバイダー, 提供元, ベンダー, 事業者, サービス",
    Column.MODEL: "model, model id, model name, model version, モデル, モデル名, モデルid",
    Column.REGION: "region, location, リージョン, 地域",
    Column.PLAN: "plan, tier, contract, edition, account, プラン, 契約, 契約プラン, 契約形態",
    Column.RETIRES: "retires on, retirement, retires, retirement date, eol, end of life, eol date, sunset,"
    " shutdown, shutdown date, deprecation, deprecation date, deprecated on, end of support,"
    " 提供終了, 提供終了日, 廃止, 廃止日, 廃止予定, 廃止予定日, 終了日, サポート終了, サポート終了日, サポート期限",
    Column.CHECKED: "checked, checked at, checked on, last checked, as of, verified, read at, terms read at,"
    " date, reviewed, last reviewed, 確認日, 確認, 最終確認, 最終確認日, 調査日, 時点, 日付",
    Column.SLA: "sla, availability, availability percent, uptime, sla percent, slo of the provider,"
    " 可用性, 稼働率, sla値, 稼働率保証",
    Column.TPM: "tpm, tokens per minute, tokens / min, token limit, tpm limit, tpm上限, トークン/分, 分間トークン",
    Column.RPM: "rpm, requests per minute, requests / min, rpm limit, rps limit, rpm上限,"
    " リクエスト/分, 分間リクエスト",
    Column.REQUESTS: "requests, requests per day, requests / day, traffic, volume, forecast, users forecast,"
    " expected requests, リクエスト, リクエスト数, 件数, 問い合わせ件数, 予測, 予測値, 想定リクエスト数,"
    " 想定トラフィック, 利用者数予測",
    Column.GROWTH: "growth, growth percent, growth rate, increase, 増加率, 成長率, 伸び率, 伸び, 増加",
    Column.HORIZON: "horizon, period, by month, month, 時期, 期間, 対象期間, 対象月, 年月",
    Column.NEEDED: "needed, needed rps, needed tpm, required rps, required throughput,"
    " needed throughput, peak, peak rps, peak demand, 必要rps, 必要スループット, 必要量, ピーク, 必要値",
    Column.MAXIMUM: "maximum, max, max rps, maximum rps, capacity, maximum throughput, 最大,"
    " 最大スループット, 上限, 限界, 最大値, 最大rps",
    Column.HEADROOM: "headroom, margin, safety factor, 余裕, 余裕率, ヘッドルーム, マージン, 安全率, 余裕度",
    Column.BASIS: "basis, assumption, assumptions, how derived, derived from, rationale, calculation basis,"
    " estimate basis, 根拠, 算出根拠, 前提, 導出, 見積根拠, 見積もり根拠, 試算根拠",
    Column.ROUTE: "route, endpoint, path, api, ルート, エンドポイント, パス, 経路",
    Column.INPUT_TOKENS: "input tokens, input, input p50, input p95, input tokens p50, input tokens p95,"
    " prompt tokens, tokens in, 入力トークン, 入力トークン数, 入力, プロンプトトークン",
    Column.OUTPUT_TOKENS: "output tokens, output, output p50, output p95, output tokens p50,"
    " output tokens p95, completion tokens, tokens out, 出力トークン, 出力トークン数, 出力, 生成トークン",
    Column.CLASS: "class, kind, category, group, data class, level, sensitivity, classification,"
    " 分類, 種別, 区分, カテゴリ, カテゴリー, クラス, 機密区分, 機密度, 取扱区分",
    Column.WHAT: "what, scenario, failure, description, failure mode, failure scenario, event description,"
    " content, value, details, シナリオ, 障害, 障害シナリオ, 事象, 内容, 説明, 概要, 故障モード, 障害内容, 値",
    Column.DEPENDENCY: "dependency, component, service, depends on, target system, 依存先, 依存, 依存関係,"
    " コンポーネント, 対象, 対象システム, 依存サービス",
    Column.USERS: "users, affected users, users affected, impact users, 影響ユーザー, 影響ユーザー数,"
    " 影響ユーザ数, 利用者, 影響人数, 影響利用者数, ユーザー数",
    Column.COST: "cost, cost per hour, loss, loss per hour, cost / h, cost/h, money, revenue loss,"
    " 損失, 損失額, 損失/時, 時間あたり損失, 1時間あたりの損失, 金額, 影響額, 被害額, 時間あたりの損失, コスト",
    Column.IMPACT: "impact, effect, business impact, 影響, 影響度, インパクト, 影響範囲",
    Column.RUNBOOK: "runbook, playbook, procedure, runbook url, 手順書, 手順, ランブック, 対応手順, 運用手順書,"
    " 対応手順書",
    Column.AFTER: "after, after minutes, trigger, trigger time, threshold, applies after, 発動条件, 発動,"
    " 発動時間, 発動時刻, 判断時間, 経過時間, 条件, 発動基準",
    Column.MODE: "mode, degraded mode, degradation, behaviour, behavior, fallback mode, response, policy,"
    " 縮退, 縮退運転, 縮退モード, 代替, 代替手段, 代替運用, 動作, 対応方針, 方針, 縮退方法",
    Column.DECIDER: "decided by, decider, who decides, decision maker, approver, 判断者, 決定者, 意思決定者,"
    " 決裁者, 発動判断者, 承認者",
    Column.SEVERITY: "severity, priority, 重大度, 深刻度, 重要度, 優先度, リスクレベル, 危険度",
    Column.EXAMPLE: "example, examples, sample, 例, 具体例, 例文, 実例, 入力例, 出力例",
    Column.RISKS: "risks, risk, risk ids, covers, taxonomy, リスク, 対応リスク, リスクid",
    Column.ACTION: "action, actions, on match, on fail, response action, 動作設定, アクション, 処置, 処理",
    Column.STAGE: "stage, applies to, direction, 段階, 適用箇所",
    Column.TESTS: "tests, test prompts, test cases, prompts, テスト, テストプロンプト, テストケース",
    Column.SIGNAL: "signal, signals, シグナル, 信号, 評価シグナル, 観点, 評価軸",
    Column.ADOPT: "adopt, adopted, use, used, decision, adopt?, 採否, 採用, 採用可否, 採用有無, 実施, 実施有無, 判断",
    Column.REASON: "reason, why, 理由, 判断理由, 採否理由, 採用理由",
    Column.TREATMENT: "treatment, handling, in logs, in logs and traces, mask, masking, how handled,"
    " 取り扱い, 取扱い, 取扱, 扱い, 処理方法, マスキング, マスク, マスク対象, ログでの扱い, 対処",
    Column.TERMS: "terms, terms url, policy url, terms of service, privacy policy, dpa,"
    " 規約, 利用規約, 規約url, 利用規約url, ポリシー, プライバシーポリシー",
    Column.TRAINING: "training, used for training, training use, trains on data, model training,"
    " 学習, 学習利用, 学習への利用, 学習利用有無, 学習使用, 学習可否",
    Column.OPT_OUT: "opt out, opt-out, optout, opted out, オプトアウト, オプトアウト設定, オプトアウト方法",
    Column.ALLOWED: "approved, allowed, permitted, 許可, 承認, 承認済み, 利用可否, 使用可否, 許可済み",
}  # fmt: skip

BY_WORD = {word.strip(): column for column, words in _WORDS.items() for word in words.split(",")}
UNIT = Pattern(r"[（(\[［]([^）)\]］]{1,20})[）)\]］]")


@lru_cache(maxsize=4096)
def column_of(heading: str) -> Column | None:
    """The column a heading means; `期限 / Due` is asked for by either half."""
    said = UNIT.sub(" ", plain(heading)).lower().replace("_", " ").replace("-", " ")
    said = " ".join(said.split()).strip(" :*?")
    if said in BY_WORD:
        return BY_WORD[said]
    if "/" not in said:
        return None
    halves = (BY_WORD.get(half.strip()) for half in said.split("/"))
    return next((column for column in halves if column), None)


@lru_cache(maxsize=4096)
def unit_of_heading(heading: str) -> str:
    """`s` in `p95 (s)`, `s` in `latency_p95_s`, `%` in `availability_percent`."""
    found = UNIT.search(plain(heading))
    if found:
        return str(found.group(1)).strip()
    last = heading.lower().rpartition("_")[2]
    return SUFFIXES.get(last, "")


SUFFIXES = {"percent": "%", "s": "s", "ms": "ms", "seconds": "s", "minutes": "min", "hours": "h"}
