"""What a metric is made for, and what a function measures, told from their names."""

# ruff: noqa: E501 - a vocabulary reads best with one meaning a line

import re

from tenken.pattern import Pattern
from tenken.readiness.facts.datasets import Task
from tenken.readiness.facts.words.figures import plain

_TASKS: tuple[tuple[Task, str], ...] = (
    (Task.SAFETY, r"refus|violat|toxic|moderat|harm|jailbreak|pii|leak|block_?rate|bias|guardrail|safety|red_?team|安全|拒否|違反"),
    (Task.GENERATION, r"citation|retrieval|context|chunk|document_recall|(recall|precision|hit|ndcg|mrr)_?at_?[k0-9]|hit_rate|ndcg"),
    (Task.CLASSIFICATION, r"(^|_)f1|precision|recall|accuracy|confusion|classif|auc|cohen|kappa|適合率|再現率|正解率|分類"),
    (Task.GENERATION, (r"rouge|bleu|chrf|bert_?score|similar|rubric|g_?eval|factual|faithful|relevan|correctness"
     r"|context_|judge|hallucin|summar|closedqa|grounded|ground_truth|helpful|coheren|exact_match|equals"
     r"|meteor|生成|忠実|関連性|要約")),
)  # fmt: skip
TASKS = tuple((task, Pattern(f"(?i){pattern}")) for task, pattern in _TASKS)
MEASURING = re.compile(  # on identifiers of a syntax tree: short, and ours to split
    r"^_*(?:(?:calculate|compute|create|get|make|run|eval|evaluate|judge|score|measure)_)?(\w+?)"
    r"_(?:evaluation|evaluator|scores?|judge|grader)$"
)
EVALUATOR = re.compile(r"^([A-Z]\w+)Evaluator$")
ATTACKERS = frozenset({"RedTeam", "AdversarialSimulator"})
"""Tools that attack the application and grade what it answers."""


def task_of(metric: str) -> Task:
    """What kind of answer a metric is made for."""
    return next((task for task, pattern in TASKS if pattern.search(metric)), Task.UNKNOWN)


def metric_name(text: str) -> str:
    """`Macro F1` and `macro-f1` are one metric."""
    return plain(text).lower().replace("-", "_").replace(" ", "_")[:80]


def measured_by(name: str) -> str:
    """Give what a called function or class measures, by its name; empty for any other."""
    if name in ATTACKERS:
        return "red_team"
    found = MEASURING.match(name) or EVALUATOR.match(name)
    return found.group(1) if found else ""
