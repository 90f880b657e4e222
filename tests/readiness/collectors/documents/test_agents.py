"""Evaluation sets and criteria of agents: conversations, and metrics by name."""

import json

import pytest

from tenken.evidence import Grade, Holding
from tenken.readiness.facts.datasets import Task
from tenken.readiness.probes import quality
from tests.readiness.probes.test_document_pipelines import evaluates, with_run
from tests.readiness.written import survey_of

SET = "tests/eval/data/desk.evalset.json"
CRITERIA = "tests/eval/data/test_config.json"
TEST = "tests/eval/test_desk.py"
EVALUATOR = "from google.adk.evaluation.agent_evaluator import AgentEvaluator\n"
JUDGED = {"threshold": 0.7, "judge_model_options": {"judge_model": "gemini-2.5-flash"}}


def turn(said: str, answer: str = "", tool: str = "") -> dict[str, object]:
    """What the user says, and what should follow."""
    return {
        "user_content": {"parts": [{"text": said}]},
        "final_response": {"parts": [{"text": answer}]} if answer else None,
        "intermediate_data": {"tool_uses": [{"name": tool}] if tool else []},
    }


def conversations(*turns: dict[str, object]) -> str:
    """A set of one conversation."""
    return json.dumps({"eval_cases": [{"eval_id": "one", "conversation": list(turns)}]})


def test_each_turn_is_a_row() -> None:
    """An answer or a tool call is expected; a turn with neither is no usable row."""
    said = turn("When is it?", "At nine."), turn("Book it", tool="book"), turn("And then?")

    (found,) = survey_of({SET: conversations(*said)}).documents.datasets

    assert (found.rows, found.usable, len(found.without_expected)) == (3, 2, 1)


def test_the_other_spelling_is_read_too() -> None:
    """`evalCases` and `userContent`, as the service writes them."""
    text = conversations(turn("When is it?", "At nine."))
    for old, new in (("eval_cases", "evalCases"), ("user_content", "userContent"),
                     ("final_response", "finalResponse")):  # fmt: skip
        text = text.replace(old, new)

    (found,) = survey_of({SET: text}).documents.datasets

    assert found.usable == 1


def test_what_its_evaluator_computes() -> None:
    """A number or a mapping is a threshold; which tools were called judges no text."""
    said = {"response_match_score": 0.4, "safety_v1": {"threshold": 0.8},
            "tool_trajectory_avg_score": 1.0, "final_response_match_v2": JUDGED}  # fmt: skip

    (found,) = survey_of({CRITERIA: json.dumps({"criteria": said})}).documents.evaluations

    assert [(one.metric, one.task, one.threshold) for one in found.metrics] == [
        ("response_match_score", Task.GENERATION, 0.4),
        ("safety_v1", Task.SAFETY, 0.8),
        ("tool_trajectory_avg_score", Task.UNKNOWN, 1.0),
        ("final_response_match_v2", Task.GENERATION, 0.7),
    ]
    assert [one.judge is not None for one in found.metrics] == [False, False, False, True]


STATED = {"response_match_score": 0.4}
FULL = "tests/eval/data/full.json"


@pytest.mark.parametrize(
    ("criteria", "path", "runs", "holding"),
    [
        (STATED, CRITERIA, True, Holding.HOLDS),
        (STATED, CRITERIA, False, Holding.PARTLY),
        (STATED, FULL, True, Holding.PARTLY),
        ({"final_response_match_v2": JUDGED}, CRITERIA, True, Holding.FAILS),
        ({"tool_trajectory_avg_score": 1.0}, CRITERIA, True, Holding.UNKNOWN),
    ],
)
def test_metrics_that_something_runs(
    criteria: dict[str, object], path: str, runs: bool, holding: Holding
) -> None:
    """By the pipeline, by hand, under a name that must be given, by a judge without a version."""
    survey = survey_of({path: json.dumps({"criteria": criteria}), TEST: EVALUATOR})
    if runs:
        survey = with_run(survey, evaluates("pytest tests/eval", TEST))

    assert quality.generation_metrics_fit(survey).holding is holding


def test_criteria_that_no_code_takes_are_only_said() -> None:
    """The evaluator is never called."""
    survey = survey_of({CRITERIA: json.dumps({"criteria": STATED}), TEST: "import unittest\n"})

    assert quality.generation_metrics_fit(survey).grade is Grade.DECLARED


@pytest.mark.parametrize(
    ("files", "holding"),
    [
        ((TEST,), Holding.PARTLY),
        ((), Holding.FAILS),
        (("scripts/other.py",), Holding.FAILS),
    ],
)
def test_a_few_rows_that_a_pipeline_scores_are_a_beginning(
    files: tuple[str, ...], holding: Holding
) -> None:
    """Rows that nothing runs on are a first try, however they look."""
    survey = survey_of({SET: conversations(turn("When is it?", "At nine."))})
    scored = with_run(survey, evaluates("pytest tests/eval", *files)) if files else survey

    assert quality.golden_set_covers_the_use_cases(scored).holding is holding


@pytest.mark.parametrize(
    ("text", "partly"),
    [
        ("## Maintaining cases\n\nCapture one in `tests/eval/data/`.\n", True),
        ("## Cases\n\nSee `tests/eval/data/`.\n", False),
        ("## Maintaining cases\n\nCapture one in the spreadsheet.\n", False),
    ],
)
def test_how_cases_are_kept_is_told_in_a_document(text: str, partly: bool) -> None:
    """A heading on their upkeep, and the place they are kept at."""
    row = conversations(turn("When is it?", "At nine."))
    survey = survey_of({SET: row, "docs/testing.md": text})

    holding = quality.golden_set_has_an_owner_and_a_place(survey).holding

    assert holding is (Holding.PARTLY if partly else Holding.UNKNOWN)
