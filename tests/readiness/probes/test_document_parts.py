"""What is half there is called half there: neither in effect nor missing."""

# ruff: noqa: E501 - tables read best with one case a line

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import goals, quality, resilience
from tenken.readiness.probes.registry import Probe
from tests.readiness.written import Files, survey_of

QUESTIONS = "".join(f'{{"question": "How do I cancel shift {at}?"}}\n' for at in range(12))
PAIRS = "".join(
    f'{{"question": "Where is tent {at}?", "truth": "Aisle {at}"}}\n' for at in range(30)
)
KEYWORDS = (
    "["
    + ", ".join(f'{{"question": "q{at}", "expected_keywords": ["k{at}"]}}' for at in range(6))
    + "]"
)
READ_ME = "# Evaluation\n\n## Generate ground truth data\n\nRun `evals/generate.py` and review what it wrote.\n"
JUDGE = "Rate the answer from 0 to 1.\n\n## Scoring criteria\n"
LOADS = 'FOLDER = "prompts"\n'
SCORES = "from evals.own import groundedness_evaluation\n\nscore = groundedness_evaluation(question, answer)\n"
ATTACKS = "from azure.ai.evaluation.red_team import RedTeam\n\nteam = RedTeam(target)\n"
REQUESTED = '{"requested_metrics": ["gpt_groundedness", "latency"]}'
RUNS = 'from evaltools.eval import run\n\nrun("config.json")\n'
EDGES = "".join(
    f'{{"question": "Where is tent {at}?", "truth": "Aisle {at}", "kind": "edge"}}\n'
    for at in range(4)
)
FAILURES = "# Operations runbook\n\n## Database connection refused\n\n```sh\ndocker compose restart db\n```\n\n## Queries fail\n\n```sh\ndocker compose logs api\n```\n"
UNLED = """# Failure scenarios

| ID | Class | Scenario |
| --- | --- | --- |
| F1 | database | Postgres refuses connections |
| F2 | llm_api | the model's provider answers 503 for an hour |
"""
PARTS: tuple[tuple[str, Probe, Files], ...] = (
    ("too few rows", quality.golden_set_covers_the_use_cases, {"evals/data.jsonl": "".join(PAIRS.splitlines(keepends=True)[:10])}),
    ("questions for a judge", quality.golden_set_covers_the_use_cases, {"app/evaluators/data.jsonl": QUESTIONS}),
    ("words expected", quality.golden_set_covers_the_use_cases, {"tests/test-cases.json": KEYWORDS}),
    ("answers of a run beside", quality.golden_set_covers_the_use_cases,
     {"evals/data.jsonl": QUESTIONS, "evals/results/baseline/answers.jsonl": PAIRS}),
    ("in a folder of notebooks", quality.golden_set_covers_the_use_cases, {"notebooks/evaluation/data/set.jsonl": QUESTIONS}),
    ("described beside", quality.golden_set_has_an_owner_and_a_place, {"evals/data/set.jsonl": PAIRS, "evals/README.md": READ_ME}),
    ("described in the documents", quality.golden_set_has_an_owner_and_a_place,
     {"evals/data.jsonl": PAIRS, "docs/quality.md": READ_ME}),
    ("a judge of one's own", quality.generation_metrics_fit, {"evals/evaluate.py": SCORES}),
    ("a judge's prompt", quality.safety_metrics_fit,
     {"evals/metrics/prompts/toxicity.md": JUDGE, "evals/metrics/load.py": LOADS}),
    ("attacks by a tool", quality.safety_metrics_fit, {"evals/safety_evaluation.py": ATTACKS}),
    ("asked of a tool", quality.generation_metrics_fit, {"evals/config.json": REQUESTED, "evals/run.py": RUNS}),
    ("steps without scenarios", resilience.scenarios_have_runbooks, {"docs/operations.md": FAILURES}),
    ("steps beside scenarios that lead nowhere", resilience.scenarios_have_runbooks, {"docs/operations.md": FAILURES, "docs/failure-scenarios.md": UNLED}),
    ("steps on a page for trouble", resilience.scenarios_have_runbooks, {"docs/troubleshooting.md": FAILURES}),
    ("edges alone", quality.edge_and_failure_cases_exist, {"evals/edge_cases.jsonl": EDGES}),
    ("in git", quality.evaluation_sets_are_versioned, {"evals/data.jsonl": PAIRS}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("probe", "files"), [pytest.param(*case[1:], id=case[0]) for case in PARTS]
)
def test_what_is_half_there_is_told_as_half_there(probe: Probe, files: Files) -> None:
    """Something is seen, something is missing, and both are told with their places."""
    answer = probe(survey_of(files))

    assert answer.holding is Holding.PARTLY, answer
    assert all(remark.place for remark in answer.seen)
    assert answer.findings


ANSWERS = "".join(
    f'{{"answer_id": {at}, "said": "Ban every advertisement number {at}."}}\n' for at in range(30)
)
LABELS = "".join(f'{{"answer_id": {at}, "labels": ["{chr(65 + at % 2)}"]}}\n' for at in range(30))


@pytest.mark.parametrize(
    ("labels", "holding"),
    [
        pytest.param(LABELS, Holding.HOLDS, id="every-answer-has-a-label"),
        pytest.param(LABELS.replace("answer_id", "person_id"), Holding.PARTLY, id="another-id"),
        pytest.param("", Holding.PARTLY, id="no-labels"),
    ],
)
def test_inputs_and_results_in_folders_of_their_own_are_one_set(
    labels: str, holding: Holding
) -> None:
    """What is expected stands beside, under the same id."""
    files = {
        "evals/data/inputs/answers.jsonl": ANSWERS,
        "evals/data/outputs/day/map.jsonl": labels,
    }

    assert quality.golden_set_covers_the_use_cases(survey_of(files)).holding is holding


LESS: tuple[tuple[str, Probe, Files], ...] = (
    ("a first try", quality.golden_set_covers_the_use_cases, {"evals/data.jsonl": '{"question": "a", "truth": "b"}\n'}),
    ("a document about something else", quality.golden_set_has_an_owner_and_a_place,
     {"evals/data.jsonl": PAIRS, "docs/quality.md": READ_ME.replace("Generate ground truth data", "Install")}),
    ("a set that is named and not here", quality.evaluation_sets_are_versioned,
     {"tenken.yaml": "datasets:\n  - {name: golden, path: evals/golden.jsonl}\n"}),
    ("a judge's prompt that nothing loads", quality.safety_metrics_fit, {"evals/metrics/prompts/toxicity.md": JUDGE}),
    ("a text about toxicity", quality.safety_metrics_fit,
     {"evals/metrics/prompts/toxicity.md": "What toxicity is.\n", "evals/metrics/load.py": LOADS}),
    ("asked of nobody", quality.generation_metrics_fit, {"evals/config.json": REQUESTED, "evals/run.py": 'open("config.json")\n'}),
    ("a score in the application", quality.generation_metrics_fit, {"app/rank.py": SCORES}),
    ("steps for installing", resilience.scenarios_have_runbooks,
     {"docs/runbook.md": FAILURES.replace("connection refused", "set-up").replace("Queries fail", "Queries")}),
    ("edges without an answer", quality.edge_and_failure_cases_exist, {"evals/edge_cases.jsonl": EDGES.replace("Aisle", "").replace('"truth": " ', '"truth": "TODO ')}),
    ("trouble in a guide for developers", resilience.scenarios_have_runbooks, {"docs/guide.md": FAILURES.replace("runbook", "guide")}),
    ("examples", quality.evaluation_sets_are_versioned, {"examples/evals/data.jsonl": PAIRS}),
)  # fmt: skip


@pytest.mark.parametrize(
    ("probe", "files"), [pytest.param(*case[1:], id=case[0]) for case in LESS]
)
def test_what_is_not_even_half_there_is_less(probe: Probe, files: Files) -> None:
    """The same files without what made them half."""
    assert probe(survey_of(files)).holding is not Holding.PARTLY


GUIDE = "# 0 Goals\n\n## 0-1-1 A measurable goal\n\n- Asked of the repository\n\n## 0-1-2 Targets\n\n- In figures\n"


def test_a_page_that_explains_a_checklist_states_no_goals() -> None:
    """Its bullets are about goals; they are nobody's goals, so nothing is held against them."""
    explained = goals.business_goal_is_measurable(survey_of({"docs/checklist/0.md": GUIDE}))
    stated = goals.business_goal_is_measurable(
        survey_of({"docs/goals.md": GUIDE.replace("0-1-1", "").replace("0-1-2", "")})
    )

    assert (explained.holding, stated.holding) == (Holding.UNKNOWN, Holding.FAILS)


def test_scenarios_that_lead_nowhere_without_any_steps_fail() -> None:
    """Nothing tells what to do."""
    survey = survey_of({"docs/failure-scenarios.md": UNLED})

    assert resilience.scenarios_have_runbooks(survey).holding is Holding.FAILS
