"""Evaluation data, metrics, signals and runs: right ones, and what looks like them."""

# ruff: noqa: E501 - tables read best unbroken

import hashlib
import json

from tenken.evidence import Grade
from tenken.readiness.probes import quality
from tests.readiness.written import Case


def rows(*, twins: int = 0, expected: str = "wage", tag: str = "classify", count: int = 24) -> str:
    """A JSONL set of distinct questions, some of which repeat."""
    texts = [f"シフト{at}番の給与はいつ振り込まれますか" for at in range(count)]
    texts += [f"{text}。" for text in texts[:twins]]
    lines = [
        {"input": text, "expected": expected if at % 2 else f"{expected}-day", "use_case": tag}
        for at, text in enumerate(texts)
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def pinned(content: str, **more: str) -> str:
    """A manifest that names the digest of the content."""
    said = {
        "file": "golden.jsonl",
        "version": "4",
        "owner": "quality@example.jp",
        "rules": "by pull request",
        "sha256": hashlib.sha256(content.encode()).hexdigest(),
        **more,
    }
    return "".join(f"{key}: {value}\n" for key, value in said.items())


def cases_jsonl(*kinds: str, origin: str = "2026-08-19-fee", date: str = "2026-11-01") -> str:
    """Hard cases of these kinds."""
    lines = [
        {
            "input": f"手数料の質問 {kind}",
            "expected": "24時間前まで無料",
            "kind": kind,
            "incident": origin,
            "date": date,
        }
        for kind in kinds
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


GOLDEN = rows()
MANIFEST = pinned(GOLDEN)
GREETINGS = '{"input": "こんにちは", "expected": ""}\n{"input": "hello", "expected": ""}\n'
USE_CASES = (
    "use_cases:\n  - {id: classify, description: topic of an enquiry, task: classification}\n"
)
HARD = cases_jsonl("edge", "failure", "adversarial")
POSTMORTEM = {
    "docs/postmortems/2026-08-19-fee.md": "# 2026-08-19: wrong fee\n\n## Root cause\nThe prompt.\n\n## Actions\n- [x] test it\n"
}
PROMPTFOO = """prompts: [file://prompts/answer.txt]
providers: [openai:gpt-4o-2024-08-06]
defaultTest:
  options: {provider: openai:gpt-4.1-2025-04-14}
tests:
  - vars: {question: いつ払われますか}
    assert:
      - {type: llm-rubric, value: 支払日を約束しない, threshold: 0.8}
"""
CONFIG = """tasks:
  classify: {type: classification, metric: macro_f1, threshold: 0.85}
  guard: {type: safety, metric: violation_rate, threshold: 0.01}
"""
SCORER = {"evals/score.py": "def macro_f1(rows): ...\ndef violation_rate(rows): ...\n"}
RUN = """def record(prompt, score):
    return {"prompt_sha256": prompt.digest, "model": MODEL, "dataset_sha256": DATASET, "temperature": 0.0, "score": score}
"""
SIGNALS_EN = """# Online evaluation

| Signal | Adopt | Reason | Event |
| --- | --- | --- | --- |
| Feedback | yes | cheapest truth we have | desk.feedback |
| Functional | yes | schema failures | desk.parsed |
| Acceptance | yes | drafts are edited | desk.accepted |
| Business impact | yes | what it is for | desk.resolved |
| Incidental | yes | people ask again | desk.asked_again |
"""
SIGNALS_JA = """# オンライン評価

| シグナル | 採否 | 理由 | イベント |
| --- | --- | --- | --- |
| フィードバック | 採用 | 最も安い正解 | desk.feedback |
| 機能(スキーマ一致) | 採用 | 解析失敗を見る | desk.parsed |
| 受容・編集 | 採用 | 下書きは編集される | desk.accepted |
| 事業効果 | 採用 | 目的そのもの | desk.resolved |
| 付随行動(再質問) | 採用 | 再質問が増える | desk.asked_again |
"""
EVENTS = ("desk.feedback", "desk.parsed", "desk.accepted", "desk.resolved", "desk.asked_again")
SENDS = {"app/events.py": "".join(f'send("{event}")\n' for event in EVENTS)}
SIGNALS = tuple(zip(
    (quality.online_feedback_is_decided, quality.online_functional_signal_is_decided,
     quality.online_acceptance_is_decided, quality.online_business_impact_is_decided,
     quality.online_incidental_signal_is_decided),
    EVENTS, strict=True,
))  # fmt: skip

CASES = (
    Case(id="golden", probe=quality.golden_set_covers_the_use_cases, files={"evals/golden.jsonl": GOLDEN},
         spoil=('"expected": "wage"', '"expected": ""'),
         cheats={
             "two greetings": {"evals/golden.jsonl": GREETINGS},
             "twins": {"evals/golden.jsonl": rows(count=12, twins=12)},
             "width and 句点": {"evals/golden.jsonl": rows(twins=20)},
             "TODO expected": {"evals/golden.jsonl": rows(expected="TODO")},
             "an example": {"examples/golden.jsonl": GOLDEN},
             "tag without rows": {"evals/golden.jsonl": rows(tag="answer"), "tenken.yaml": USE_CASES},
         }),
    Case(id="golden-csv", probe=quality.golden_set_covers_the_use_cases,
         files={"evals/golden.csv": "質問,正解\n" + "".join(f"問い合わせ{at},回答{at}\n" for at in range(25))},
         spoil=("正解\n", "備考\n")),
    Case(id="golden-yaml", probe=quality.golden_set_covers_the_use_cases,
         files={"evals/golden.yaml": "cases:\n" + "".join(f"  - {{question: 質問{at}, expected: 回答{at}}}\n" for at in range(25))},
         spoil=("expected: 回答", "expected: TBD ")),
    Case(id="golden-owner", probe=quality.golden_set_has_an_owner_and_a_place,
         files={"evals/golden.jsonl": GOLDEN, "evals/manifest.yaml": MANIFEST}, spoil=("owner: quality@example.jp", "owner: TBD"),
         cheats={"alone": {"evals/golden.jsonl": GOLDEN},
                 "no rules": {"evals/golden.jsonl": GOLDEN, "evals/manifest.yaml": pinned(GOLDEN, rules="未記入")},
                 "another content": {"evals/golden.jsonl": rows(count=30), "evals/manifest.yaml": MANIFEST}}),
    Case(id="golden-owner-manifest", probe=quality.golden_set_has_an_owner_and_a_place,
         files={"evals/golden.jsonl": GOLDEN, "tenken.yaml": "datasets:\n  - {name: golden, path: evals/golden.jsonl, owner: quality, "
                f"rules: docs/rules.md, sha256: {hashlib.sha256(GOLDEN.encode()).hexdigest()}}}\n"},
         spoil=("owner: quality", "owner: TODO")),
    Case(id="hard-cases", probe=quality.edge_and_failure_cases_exist, files={"evals/edge.jsonl": HARD, **POSTMORTEM},
         spoil=('"incident": "2026-08-19-fee"', '"incident": ""'),
         cheats={
             "typos": {"evals/golden.jsonl": GOLDEN + '{"input": "きゃんせるしたいでｓ", "expected": "cancel"}\n'},
             "no source": {"evals/cases.jsonl": '{"input": "x", "expected": "y", "kind": "adversarial"}\n'},
             "incident without case": {"evals/edge.jsonl": cases_jsonl("edge", "failure", "adversarial", origin="X-1"), **POSTMORTEM},
         }),
    Case(id="failures-added", probe=quality.failure_cases_are_added, files={"evals/regression.jsonl": HARD, **POSTMORTEM},
         spoil=("2026-11-01", "2025-11-01"),
         cheats={"typed by hand": {"evals/golden.jsonl": '{"input": "x", "expected": "y", "source": "prod"}\n'},
                 "incident without case": {"evals/golden.jsonl": GOLDEN, **POSTMORTEM}}),
    Case(id="versioned", probe=quality.evaluation_sets_are_versioned,
         files={"evals/golden.jsonl": GOLDEN, "evals/manifest.yaml": MANIFEST}, spoil=("シフト1番", "シフト9999番"),
         cheats={"in git alone": {"evals/golden.jsonl": GOLDEN},
                 "version without digest": {"evals/golden.jsonl": GOLDEN, "evals/manifest.yaml": "file: golden.jsonl\nversion: v3\n"}}),
    Case(id="versioned-lfs", probe=quality.evaluation_sets_are_versioned,
         files={"evals/golden.jsonl": "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 12345\n"},
         spoil=("version https://git-lfs.github.com/spec/v1", "broken")),
    Case(id="run-record", probe=quality.evaluation_runs_record_the_unit, files={"evals/record.py": RUN},
         spoil=('"dataset_sha256": DATASET, ', ""),
         cheats={"name alone": {"evals/record.py": 'RESULT = {"prompt_version": 3, "model": MODEL, "score": score}\n'},
                 "in a comment": {"evals/record.py": "# prompt_sha256 model dataset_sha256 temperature score\n"}}),
    Case(id="metrics-classification", probe=quality.classification_metrics_fit, files={"evals/config.yaml": CONFIG, **SCORER},
         spoil=("macro_f1", "rouge_l"),
         cheats={"nothing computes it": {"evals/config.yaml": CONFIG}}),
    Case(id="metrics-generation", probe=quality.generation_metrics_fit, files={"evals/promptfooconfig.yaml": PROMPTFOO},
         spoil=("openai:gpt-4.1-2025-04-14", "openai:gpt-4.1"),
         cheats={"accuracy": {"evals/promptfooconfig.yaml": PROMPTFOO.replace("llm-rubric", "equals")},
                 "exact match": {"evals/config.yaml": "answer: {type: generation, metric: exact_match, threshold: 0.8}\n",
                                 "evals/score.py": "def exact_match(a, b): ..."}}),
    Case(id="metrics-safety", probe=quality.safety_metrics_fit, files={"evals/config.yaml": CONFIG, **SCORER},
         spoil=("violation_rate", "accuracy")),
    *(
        Case(id=f"{probe.__name__}-{language}", probe=probe, files={path: text, **SENDS},
             spoil=(f'send("{event}")', f'later("{event}x")'),
             cheats={"goes nowhere": {path: text},
                     "open": {path: text.replace("| yes |", "|  |").replace("| 採用 |", "| 未定 |"), **SENDS}})
        for language, path, text in (("en", "docs/online-evaluation.md", SIGNALS_EN), ("ja", "docs/オンライン評価.md", SIGNALS_JA))
        for probe, event in SIGNALS
    ),
    Case(id="signal-declined", probe=quality.online_acceptance_is_decided, grade=Grade.DECLARED,
         files={"docs/online-evaluation.md": SIGNALS_EN.replace("| Acceptance | yes | drafts are edited | desk.accepted |",
                                                                "| Acceptance | no | answers cannot be edited | |")},
         spoil=("answers cannot be edited", "TBD")),
)  # fmt: skip
