"""Sensitive data, providers, allowed models, postmortems: right ones, and lookalikes."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.evidence import Grade
from tenken.readiness.probes import organisation, security
from tests.readiness.written import Case, calling

TYPES_EN = """# Data classification

Classes follow the privacy policy v3.

| Type | Class | In logs |
| --- | --- | --- |
| e-mail | personal | mask |
| phone | personal | mask |
| My Number | special | mask |
"""
TYPES_JA = """# データ分類

区分は個人情報保護規程に従う。

| データの種類 | 区分 | ログでの扱い |
| --- | --- | --- |
| メールアドレス | 個人 | マスク |
| 電話番号 | 個人 | マスク |
| マイナンバー | 特定個人情報 | マスク |
"""
MASKER = """EMAIL = re.compile(r"[^@]+@[^@]+")
PHONE = re.compile(r"0[0-9-]{9,}")
MY_NUMBER = re.compile(r"[0-9]{12}")


def mask(text):
    for pattern in (EMAIL, PHONE, MY_NUMBER):
        text = pattern.sub("*", text)
    return text
"""
TERMS_EN = """# Provider terms

| Provider | Plan | Region | Terms | Read at | Training | Opt-out |
| --- | --- | --- | --- | --- | --- | --- |
| OpenAI | enterprise | jp | https://example.com/policies/api-data-usage | 2026-09-01 | opted_out | contract 12 |
"""
TERMS_JA = """# データ利用

| プロバイダー | 契約プラン | 利用規約 | 確認日 | 学習利用 | オプトアウト |
| --- | --- | --- | --- | --- | --- |
| OpenAI | 法人契約 | https://example.com/policies/api-data-usage | 2026-09-01 | opted_out | 契約 第12条 |
"""
ALLOWED = "allowed_models:\n  - gpt-4o-2024-08-06\n"
ENFORCES = {"app/models.py": 'ALLOWED = load("config/allowed.yaml")\n'}
MODEL = calling("gpt-4o-2024-08-06")
STORES_NOTHING = {"app/llm.py": "client.responses.create(model=M, input=x, store=False)\n"}
PROCESS = {
    "docs/incident-process.md": "# Incident process\n\n## Detection\nThe pager tells the person on call.\n"
}
POSTMORTEM_EN = """# 2026-08-19: wrong fee in answers

## Impact
212 enquiries answered wrongly for five hours.

## Timeline
09:10 prompt changed, 13:55 noticed by support, 14:50 reverted.

## Root cause
The prompt was changed in a refactoring that nobody reviewed.

## Action items
- [x] Evaluate before a release (owner: desk-developers, due 2026-09-05)
- [x] Alert on unhelpful feedback (owner: desk-developers, due 2026-09-12)
"""
POSTMORTEM_JA = """# 2026-08-19 手数料の誤回答

## 影響
212 件の問い合わせに 5 時間誤回答。

## 経緯
09:10 プロンプト変更、13:55 サポートが検知、14:50 に差し戻し。

## 原因
リファクタリングに紛れたプロンプト変更がレビューされなかった。

## 再発防止
| 内容 | 担当 | 期限 | 状態 |
| --- | --- | --- | --- |
| リリース前に評価する | 開発 | 2026-09-05 | 完了 |
| 低評価の増加を通知する | 開発 | 2026-09-12 | 完了 |
"""
PM_PATH = "docs/postmortems/2026-08-19-fee.md"
PM = PROCESS | {PM_PATH: POSTMORTEM_EN}

CASES = (
    *(
        Case(id=f"classified-{language}", probe=security.sensitive_data_is_classified, files={path: text}, spoil=spoil,
             cheats={"headings": {path: "# Data classification\n\n| Type | Class |\n| --- | --- |\n| e-mail | TBD |\n"}})
        for language, path, text, spoil in (
            ("en", "docs/data-classification.md", TYPES_EN, ("e-mail | personal", "e-mail | TBD")),
            ("ja", "docs/データ分類.md", TYPES_JA, ("電話番号 | 個人", "電話番号 | 未定")),
        )
    ),
    *(
        Case(id=f"masked-{language}", probe=security.masker_covers_the_listed_types,
             files={path: text, "app/pii.py": MASKER}, spoil=spoil,
             cheats={"no masker": {path: text}, "in a test": {path: text, "tests/pii.py": MASKER},
                     "in a comment": {path: text, "app/pii.py": "# my number\ndef mask(text):\n    return EMAIL.sub('', PHONE.sub('', text))\n"}})
        for language, path, text, spoil in (
            ("en", "docs/data-classification.md", TYPES_EN, ("MY_NUMBER", "DIGITS")),
            ("ja", "docs/データ分類.md", TYPES_JA, ("PHONE", "DIGITS")),
        )
    ),
    *(
        Case(id=f"terms-{language}", probe=security.provider_terms_are_recorded, files={path: text}, code=MODEL, spoil=spoil,
             cheats={"product page": {path: text.replace("https://example.com/policies/api-data-usage", "https://example.com/product")},
                     "no date": {path: text.replace("2026-09-01", "-")},
                     "another provider": {path: text.replace("OpenAI", "Anthropic")},
                     "hearsay": {"docs/data-classification.md": "# Data\n\n## Model provider\nInputs are not used for training.\n"}})
        for language, path, text, spoil in (
            ("en", "docs/data-use.md", TERMS_EN, ("| enterprise |", "| TBD |")),
            ("ja", "docs/データ利用.md", TERMS_JA, ("| 法人契約 |", "| 未記入 |")),
        )
    ),
    Case(id="opt-out", probe=security.training_opt_out_is_set, files={"docs/data-use.md": TERMS_EN, **STORES_NOTHING},
         code=MODEL, spoil=("store=False", "store=True"),
         cheats={"nowhere": {"docs/data-use.md": TERMS_EN.replace("contract 12", "-"), **STORES_NOTHING},
                 "trains": {"docs/data-use.md": TERMS_EN.replace("opted_out", "yes"), **STORES_NOTHING}}),
    Case(id="opt-out-ja", probe=security.training_opt_out_is_set, files={"docs/データ利用.md": TERMS_JA, **STORES_NOTHING},
         code=MODEL, spoil=("契約 第12条", "未記入")),
    Case(id="allow-list", probe=security.models_are_on_the_allow_list, files={"config/allowed.yaml": ALLOWED, **ENFORCES},
         code=MODEL, spoil=("gpt-4o-2024-08-06", "gpt-5-2025-08-07"),
         cheats={"nobody enforces": {"config/allowed.yaml": ALLOWED},
                 "alias": {"config/allowed.yaml": ALLOWED + "  - gpt-4o-latest\n", **ENFORCES}}),
    Case(id="allow-list-declared", probe=security.models_are_on_the_allow_list, grade=Grade.DECLARED, code=MODEL,
         files={"docs/models.md": "# 許可モデル\n\n| モデル | 承認 |\n| --- | --- |\n| gpt-4o-2024-08-06 | 済 |\n"},
         spoil=("gpt-4o-2024-08-06", "gpt-5-2025-08-07")),
    Case(id="postmortem-en", probe=organisation.postmortems_have_closed_actions, files=PM,
         spoil=("- [x] Alert", "- [ ] Alert"),
         cheats={
             "template": PROCESS | {"docs/postmortems/template.md": POSTMORTEM_EN},
             "three years ago": PROCESS | {"docs/postmortems/2023-08-19-fee.md": POSTMORTEM_EN.replace("2026", "2023")},
             "to be considered": PROCESS | {PM_PATH: POSTMORTEM_EN.replace(
                 POSTMORTEM_EN[POSTMORTEM_EN.index("- [x]"):], "- Reviews to be considered\n")},
             "no process": {PM_PATH: POSTMORTEM_EN},
             "no cause": PROCESS | {PM_PATH: POSTMORTEM_EN.replace("## Root cause", "## Words")},
         }),
    Case(id="postmortem-ja", probe=organisation.postmortems_have_closed_actions,
         files=PROCESS | {PM_PATH: POSTMORTEM_JA}, spoil=("2026-09-12 | 完了", "2026-09-12 | 対応中")),
)  # fmt: skip
