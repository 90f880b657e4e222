"""Metrics that a script works out itself, and cases that are written in code."""

# ruff: noqa: E501, Q003 - tables read best with one case a line, programs with their quotes

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes import quality
from tests.readiness.probes.test_document_pipelines import OR_TRUE, evaluates, with_run
from tests.readiness.written import survey_of

PATH = "scripts/run_eval.py"
AVERAGE = 'round(sum(one["score"] for one in rows) / len(rows), 3)'
SCRIPT = """import json, sys
LEAST = 0.9

def main(rows):
    report = {"avg_faithfulness": round(sum(one["score"] for one in rows) / len(rows), 3)}
    if report["avg_faithfulness"] < LEAST:
        print("below")
        sys.exit(1)
"""
OBJECT = """from statistics import mean

def test_answers(rows):
    report.relevancy = mean(one.score for one in rows)
    assert report.relevancy >= 0.8
"""
JUDGED = (
    SCRIPT
    + """
MODEL = "gpt-4.1-2025-04-14"

def judge(client, text):
    return client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": text}])
"""
)
FLAGGED = SCRIPT.replace('print("below")\n        sys.exit(1)', 'failures.append("faithfulness")')


@pytest.mark.parametrize(
    ("text", "holding"),
    [
        pytest.param(SCRIPT, Holding.HOLDS, id="exit"),
        pytest.param(OBJECT, Holding.HOLDS, id="assertion-about-an-average"),
        pytest.param(JUDGED, Holding.HOLDS, id="by-a-pinned-judge"),
        pytest.param(FLAGGED, Holding.HOLDS, id="failures-gathered"),
        pytest.param(JUDGED.replace("gpt-4.1-2025-04-14", "gpt-4.1"), Holding.FAILS, id="by-a-judge-that-moves"),
        pytest.param(SCRIPT.replace("sys.exit(1)", "pass"), Holding.PARTLY, id="only-printed"),
        pytest.param(SCRIPT.replace(AVERAGE, "0.97"), Holding.UNKNOWN, id="a-figure-that-is-written-there"),
        pytest.param(SCRIPT.replace(AVERAGE, "97 / 100"), Holding.UNKNOWN, id="a-quotient-that-is-written-there"),
        pytest.param(SCRIPT.replace(AVERAGE, "ROOT / \"faithfulness.txt\""), Holding.UNKNOWN, id="a-path"),
        pytest.param(SCRIPT.replace("avg_faithfulness", "avg_seconds"), Holding.UNKNOWN, id="no-quality"),
    ],
)  # fmt: skip
def test_a_script_measures_what_it_works_out(text: str, holding: Holding) -> None:
    """A quotient or an average of what was scored, and a figure under which the script fails."""
    survey = with_run(survey_of({PATH: text}), evaluates(f"python {PATH}", PATH))

    assert quality.generation_metrics_fit(survey).holding is holding


def test_a_script_that_nobody_starts_or_that_cannot_stop_anything_is_half() -> None:
    """The metric is there; by itself it holds nothing back."""
    idle = survey_of({PATH: SCRIPT})
    hollow = with_run(idle, evaluates(f"python {PATH}", PATH, neutralisers=(OR_TRUE,)))

    for survey in (idle, hollow):
        assert quality.generation_metrics_fit(survey).holding is Holding.PARTLY


PROMPT = '''RUBRIC = """You grade answers. Score each from 0 to 100 by these criteria, and say why.
relevance: it answers what was asked. groundedness: all of it stands in the documents given."""

def mark(client, text):
    return client.messages.create(model=pick(), system=RUBRIC, messages=[text])
'''


@pytest.mark.parametrize(
    ("text", "holding"),
    [
        pytest.param(PROMPT, Holding.PARTLY, id="asked"),
        pytest.param(PROMPT.replace("client.messages.create", "print"), Holding.UNKNOWN, id="asked-of-nobody"),
        pytest.param(PROMPT.replace("system=RUBRIC, ", ""), Holding.UNKNOWN, id="never-sent"),
    ],
)  # fmt: skip
def test_a_judges_prompt_in_the_code_names_what_it_grades(text: str, holding: Holding) -> None:
    """Without a figure that is enough it is never the whole."""
    survey = survey_of({"app/evaluator.py": text})

    assert quality.generation_metrics_fit(survey).holding is holding


ROWS = ",\n".join(
    f'    Case(id="c{at}", description="Somebody asks for tent {at}", expected_topics=["tent {at}"])'
    for at in range(24)
)
CASES = f"GOLDEN = [\n{ROWS},\n]\n"


@pytest.mark.parametrize(
    ("path", "text", "holding"),
    [
        pytest.param("app/evaluation/cases.py", CASES, Holding.HOLDS, id="objects"),
        pytest.param("evals/golden.py", CASES.replace("Case(", "dict("), Holding.HOLDS, id="dictionaries"),
        pytest.param("app/evaluation/cases.py", CASES.replace("expected_topics", "topics"), Holding.UNKNOWN, id="nothing-expected"),
        pytest.param("tests/evaluation/test_cases.py", CASES, Holding.UNKNOWN, id="tests-of-the-code"),
        pytest.param("app/menu.py", CASES, Holding.UNKNOWN, id="elsewhere"),
    ],
)  # fmt: skip
def test_cases_may_be_written_in_code(path: str, text: str, holding: Holding) -> None:
    """A list in which every entry says what is expected of it."""
    answer = quality.golden_set_covers_the_use_cases(survey_of({path: text}))

    assert answer.holding is holding
