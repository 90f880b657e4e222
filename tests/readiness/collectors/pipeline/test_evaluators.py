"""Evaluators of libraries that fail a test by themselves, and tests that do not let them."""

from textwrap import dedent, indent

import pytest

from tenken.readiness.facts.pipeline import Effect, Purpose
from tests.readiness.pipelines import GITHUB, facts_of

WORKFLOW = dedent("""\
    on: pull_request
    jobs:
      score:
        env: {GEMINI_API_KEY: "${{ secrets.GEMINI_API_KEY }}"}
        steps: [{run: pytest tests/eval}]
    """)
HEAD = """\
import pytest
from google.adk.evaluation.agent_evaluator import AgentEvaluator


"""
EVALUATE = "await AgentEvaluator.evaluate(agent_module='desk', eval_dataset_file_path_or_dir='d')"
OF_A_SET = "await AgentEvaluator.evaluate_eval_set(agent_module='desk', eval_set=load('d.json'))"


def effect(body: str, mark: str = "") -> Effect | None:
    """What a pipeline's evaluation with such a test comes to."""
    test = f"{HEAD}{mark}async def test_desk():\n{indent(body, '    ')}\n"
    files = {GITHUB: WORKFLOW, "tests/eval/test_desk.py": test, "tests/eval/d.json": '[{"a": 1}]'}
    runs = [run for job in facts_of(files).jobs for run in job.runs]
    judged = next(it.evaluation for it in runs if it.purpose is Purpose.EVALUATION)
    return judged.effect if judged else None


@pytest.mark.parametrize("body", [EVALUATE, OF_A_SET, f"for _ in range(2):\n    {EVALUATE}"])
def test_a_score_below_its_criterion_ends_the_test(body: str) -> None:
    """No line of the test itself has to compare anything."""
    assert effect(body) is Effect.STOPS


@pytest.mark.parametrize(
    ("body", "mark"),
    [
        ("AgentEvaluator.find_config_for_test_file('d')", ""),
        (f"return\n{EVALUATE}", ""),
        (EVALUATE, "@pytest.mark.skip\n"),
        (f"try:\n    {EVALUATE}\nexcept AssertionError:\n    pass", ""),
    ],
)
def test_a_failure_that_does_not_come_through(body: str, mark: str) -> None:
    """Nothing is evaluated, the line is not reached, the test is left out, its end swallowed."""
    assert effect(body, mark) is Effect.NEVER_STOPS
