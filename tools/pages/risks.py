"""The page of the risks that ship: what each means, who owns it, who lists it, what is done.

Whoever writes a policy looks up here what a risk is called and which actions make sense for it.
"""

# ruff: noqa: E501 - a paragraph of a page is written as it stands there

from collections.abc import Iterator

from msgspec import Struct

from tenken.guardrails.policy.loading import default_policy
from tenken.guardrails.policy.policy import Policy, Rule
from tenken.guardrails.policy.risks import Risk, Said, shipped
from tenken.guardrails.text import Direction


class Words(Struct, frozen=True, kw_only=True):
    """What the page says around the taxonomy, in one language."""

    title: str
    introduction: str
    table: str
    ways: dict[Direction, str]
    elsewhere: str
    told: str


EN = Words(
    title="Risks",
    introduction="""\
The taxonomy that ships with tenken: the ids that rules of a [policy](policy-yaml.md) name. *Done* is what the
policy that ships does, towards the model and away from it; owners are roles, to be replaced by yours under
`risks`. OWASP is the Top 10 for LLM applications 2025, NIST is AI 600-1, and the last column names the common
principles of AI事業者ガイドライン 1.2. A dash stands where a list has no entry for a risk.

A service has its own risks: state them under `risks` of `guard/policy.yaml`
([how](../guides/guard-policy.md#risks-of-your-own)). For those marked *judge*, words are only a hint;
[plug in a judge](../guides/guard-judges.md) for a verdict.
""",
    table="| Id | What, and an example | Severity | Owner | Done | OWASP | NIST | Japan |",
    ways={Direction.INWARD: "in", Direction.OUTWARD: "out"},
    elsewhere="no guard: limits, tool policy, the inspection",
    told="judge",
)
JA = Words(
    title="リスク",
    introduction="""\
tenken に付属するリスクの分類。[方針](policy-yaml.md)のルールは、ここにある ID でリスクを指す。「処置」は付属の方針がすることで、モデルへ向かう側（入力）と、モデルから来る側（出力）に分けて示す。責任者は役割名なので、`risks` で自組織の名前に置き換える。OWASP は Top 10 for LLM applications 2025、NIST は AI 600-1、最後の列は AI事業者ガイドライン 1.2 の共通の指針。該当する項目のない欄は「–」。

サービスに固有のリスクは `guard/policy.yaml` の `risks` に書く（[書き方](guard-policy.md#own-risks)）。「判定モデル」とあるリスクでは単語は手がかりにすぎない。判定には[判定モデル](guard-judges.md)を加える。
""",
    table="| ID | 内容と例 | 重大度 | 責任者 | 処置 | OWASP | NIST | 日本 |",
    ways={Direction.INWARD: "入力", Direction.OUTWARD: "出力"},
    elsewhere="ガードの対象外: 上限・ツール方針・点検",
    told="判定モデル",
)


def pages() -> Iterator[tuple[str, str]]:
    """Give both pages, with their paths."""
    yield "docs/reference/risks.md", page(EN, "en")
    yield "docs/ja/risks.md", page(JA, "ja")


def page(words: Words, language: str) -> str:
    """Give the page in a language."""
    policy = default_policy()
    rows = (_row(risk, policy, words, language) for risk in shipped().values())
    head = [f"# {words.title}", "", words.introduction, words.table, f"|{'---|' * 8}"]
    return "\n".join([*head, *rows]) + "\n"


def _row(risk: Risk, policy: Policy, words: Words, language: str) -> str:
    what = f"{_said(risk.title, language)}<br>*{_said(risk.example, language)}*"
    lists = (risk.owasp_llm_2025, risk.nist_ai_600_1, risk.ai_guidelines_jp)
    named = " | ".join(", ".join(entries) or "–" for entries in lists)
    done = _done(risk, policy, words)
    return f"| `{risk.id}` | {what} | {risk.severity} | {risk.owner} | {done} | {named} |"


def _done(risk: Risk, policy: Policy, words: Words) -> str:
    rules = {way: policy.rule(risk.id, way, "") for way in risk.directions}
    ruled = {way: _action(rule) for way, rule in rules.items() if rule is not None}
    if not ruled:
        return words.elsewhere
    same = len(set(ruled.values())) == 1 and len(ruled) == len(Direction)
    shown = [next(iter(ruled.values()))] if same else _apart(ruled, words)
    judged = [words.told] if risk.seen_by == "verdict" else []
    return ", ".join([*shown, *judged])


def _apart(ruled: dict[Direction, str], words: Words) -> list[str]:
    return [f"{words.ways[way]}: {action}" for way, action in ruled.items()]


def _action(rule: Rule) -> str:
    return f"`{rule.action}`"


def _said(said: Said, language: str) -> str:
    text: str = getattr(said, language)
    return text.replace("|", "\\|").replace("<", "&lt;")
