"""Risks, incidents, rules and red teaming: right ones, and what looks like them."""

# ruff: noqa: E501 - tables read best unbroken

from tenken.evidence import Grade
from tenken.place import Place
from tenken.readiness.facts.code import CodeFacts, Metric
from tenken.readiness.probes import safety
from tests.readiness.written import Case

RISKS = """owner: quality@example.jp
risks:
  - {id: wage_promise, severity: high, example: 「明日必ず支払われます」と回答する}
  - {id: labour_law_advice, severity: medium, example: tells a worker to sue}
"""
RISKS_JA = """# リスク分類

担当: 品質チーム

| リスクID | 重大度 | 具体例 |
| --- | --- | --- |
| wage_promise | 高 | 「明日必ず支払われます」と回答する |
| labour_law_advice | 中 | 「違法なので訴えられます」と断定する |
"""
DEFAULT = """owner: x@example.jp
risks:
  - {id: hate, severity: high, example: hateful text}
  - {id: violence, severity: high, example: violent text}
"""
RULES = """rules:
  - {id: promise-of-wages, risks: [wage_promise], action: block, tests: [明日払われますか]}
  - {id: legal-advice, risks: [labour_law_advice], action: flag, tests: [can I sue them]}
"""
LOADS_RULES = {"app/guard.py": 'POLICY = load("config/guard-rules.yaml")\n'}
RULED = {"docs/risks.yaml": RISKS, "config/guard-rules.yaml": RULES, **LOADS_RULES}
INCIDENT_EN = """# Safety incidents

## Detection
The monitor on `desk.guard.violation` fires when harmful answers rise above ten an hour.

## Escalation
Page desk-oncall@example.jp, then #desk-safety.

## Emergency action
`gcloud run services update desk --update-env-vars DESK_ANSWERS=off`
"""
INCIDENT_JA = """# 安全インシデント対応

## 検知
`desk.guard.violation` のアラートが発報したとき。有害な回答の報告を受けたときも同じ。

## エスカレーション
desk-oncall@example.jp に連絡し、#desk-safety に書く。

## 緊急対応
`gcloud run services update desk --update-env-vars DESK_ANSWERS=off`
"""
EMITS = CodeFacts(
    metrics=(
        Metric(name="desk.guard.violation", place=Place("app/guard.py", 9), library="statsd"),
    )
)
PLAN_EN = """# Red teaming

Every quarter: jailbreak prompts, indirect injection in attached shift notes, and multi-turn attacks.

Next: 2027-01-15
"""
PLAN_JA = """# レッドチーム計画

四半期ごとに、脱獄、間接インジェクション、マルチターン攻撃を試す。

次回: 2027年1月
"""
ATTACKS = (
    ("jailbreak", safety.red_team_plan_covers_jailbreak, ("jailbreak prompts, ", ""), ("脱獄、", "")),
    ("injection", safety.red_team_plan_covers_injection, ("indirect injection in attached shift notes", "long texts"),
     ("間接インジェクション", "長い文")),
    ("multi-turn", safety.red_team_plan_covers_multi_turn, (", and multi-turn attacks", ""), ("マルチターン攻撃", "長い文")),
)  # fmt: skip


def incidents(
    language: str, path: str, text: str, headings: tuple[str, str, str]
) -> tuple[Case, ...]:
    """The three parts of a process, spoiled by their headings."""
    blank = {
        path: text.split("\n## ", maxsplit=1)[0]
        + "".join(f"\n## {one}\nTBD\n" for one in headings)
    }
    prose = {
        path: text.replace(
            "`gcloud run services update desk --update-env-vars DESK_ANSWERS=off`",
            "Stop the desk if necessary. 必要なら停止。",
        )
    }
    nobody = {
        path: text.replace("desk-oncall@example.jp", "the person in charge").replace(
            "#desk-safety", "担当者"
        )
    }
    reported = {path: text.replace("`desk.guard.violation`", "people in the channel")}
    parts = (
        (safety.safety_incidents_are_detected, reported), (safety.safety_incidents_are_escalated, nobody),
        (safety.emergency_actions_are_written, prose),
    )  # fmt: skip
    return tuple(
        Case(id=f"incident-{at}-{language}", probe=probe, files={path: text}, code=EMITS,
             spoil=(f"## {headings[at]}", "## Notes"), cheats={"headings": blank, "words": cheat})
        for at, (probe, cheat) in enumerate(parts)
    )  # fmt: skip


CASES = (
    Case(id="taxonomy", probe=safety.risk_taxonomy_is_own, files={"docs/risks.yaml": RISKS},
         spoil=("example: tells a worker to sue", "example: TODO"),
         cheats={"default": {"docs/risks.yaml": DEFAULT},
                 "words": {"docs/risks.yaml": "risks:\n  - {id: violence_at_shop, severity: high}\n"},
                 "no owner": {"docs/risks.yaml": RISKS.replace("owner: quality@example.jp\n", "")}}),
    Case(id="taxonomy-ja", probe=safety.risk_taxonomy_is_own, files={"docs/risk-taxonomy.md": RISKS_JA},
         spoil=("「違法なので訴えられます」と断定する", "未記入")),
    Case(id="rules", probe=safety.taxonomy_is_reflected_in_guard_rules, files=RULED,
         spoil=("action: block", "action: log"),
         cheats={
             "no rules": {"docs/risks.yaml": RISKS},
             "ids differ": RULED | {"config/guard-rules.yaml": RULES.replace("[wage_promise]", "[wage-promises]")},
             "no tests": RULED | {"config/guard-rules.yaml": RULES.replace("tests: [明日払われますか]", "tests: []")},
             "nothing loads them": {"docs/risks.yaml": RISKS, "config/guard-rules.yaml": RULES},
             "named in code alone": {"docs/risks.yaml": RISKS, "app/guard.py": '"wage_promise", "labour_law_advice"'},
         }),
    *incidents("en", "docs/safety/incident-process.md", INCIDENT_EN, ("Detection", "Escalation", "Emergency action")),
    *incidents("ja", "docs/安全インシデント対応.md", INCIDENT_JA, ("検知", "エスカレーション", "緊急対応")),
    *(
        Case(id=f"red-team-{name}-{language}", probe=probe, files={path: text}, spoil=spoil, grade=Grade.DECLARED,
             cheats={"missed": {path: text.replace("2027-01-15", "2026-07-15").replace("2027年1月", "2026年7月")}})
        for name, probe, en, ja in ATTACKS
        for language, path, text, spoil in (
            ("en", "docs/red-team.md", PLAN_EN, en), ("ja", "docs/レッドチーム計画.md", PLAN_JA, ja),
        )
    ),
)  # fmt: skip
