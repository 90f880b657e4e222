"""Automated quality: tests with a model, evaluations on a change, load tests, sampling."""

from collections.abc import Callable, Mapping
from textwrap import dedent

import pytest
from msgspec.structs import replace

from tenken.evidence import Answer, FindingKind, Holding
from tenken.place import Place
from tenken.readiness.facts.code import Assertion, CodeFacts, TestCase
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.quality import (
    happy_path_with_model_runs_in_ci,
    load_test_is_automated_with_a_threshold,
    production_sampling_job_exists,
    prompt_change_triggers_evaluation,
)
from tenken.readiness.probes.stability import unit_tests_run_in_ci
from tests.readiness.pipelines import APPLICATION, CODE, GITHUB, spoiled, survey_of

Probe = Callable[[Survey], Answer]
WORKFLOW = dedent("""\
    on:
      pull_request:
      push: {branches: [main]}
      schedule: [{cron: "0 3 * * *"}]
    jobs:
      quality:
        env:
          OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}
        steps:
          - run: pytest tests
          - run: python evals/run.py
          - run: k6 run load/desk.js
          - run: python scripts/sample_production.py
""")
SAMPLER = dedent("""\
    import json

    from google.cloud import bigquery

    rows = bigquery.Client().query("select * from exchanges limit 50")
    with open("evals/golden.jsonl", "a") as out:
        for row in rows:
            out.write(json.dumps(dict(row)) + "\\n")
""")
LOAD = "export const options = {\n  thresholds: { http_req_duration: ['p(95)<2000'] },\n};\n"
SAMPLING = "scripts/sample_production.py"
READS = '[json.loads(line) for line in open("evals/golden.jsonl")]'
WRITES = 'out.write(json.dumps(dict(row)) + "\\n")'
FILES: Mapping[str, str] = {
    **APPLICATION, GITHUB: WORKFLOW, "load/desk.js": LOAD, SAMPLING: SAMPLER,
}  # fmt: skip
PLACE = Place("tests/test_path.py", 3)
TEST = TestCase(place=PLACE, name="test_path", assertion=Assertion.REAL)


def with_test(test: TestCase) -> CodeFacts:
    """The code of the application with one test of the happy path."""
    return CodeFacts(prompts=CODE.prompts, tests=(test,))


MODEL = with_test(replace(TEST, calls_model=True, skipped_without_key=True))
PARTLY = {"evaluation_without_threshold"}
"""It runs and calls a model, and nothing it says stops anybody."""
PROBES = (
    happy_path_with_model_runs_in_ci,
    prompt_change_triggers_evaluation,
    load_test_is_automated_with_a_threshold,
    production_sampling_job_exists,
)


JOURNEY = with_test(replace(TEST, drives_application=True))


@pytest.mark.parametrize(
    ("code", "old", "new", "holding"),
    [
        pytest.param(JOURNEY, "secrets", "secrets", Holding.PARTLY, id="with a key"),
        pytest.param(JOURNEY, "OPENAI_API_KEY", "PAGER_KEY", Holding.UNKNOWN, id="without a key"),
        pytest.param(
            JOURNEY, "pytest tests", "pytest tests/unit", Holding.UNKNOWN, id="not selected"
        ),
        pytest.param(
            JOURNEY, "pytest tests", "pytest tests || true", Holding.UNKNOWN, id="hollow"
        ),
        pytest.param(with_test(TEST), "secrets", "secrets", Holding.UNKNOWN, id="a unit test"),
    ],
)
def test_a_journey_through_the_application_walks_part_of_the_path(
    code: CodeFacts, old: str, new: str, holding: Holding
) -> None:
    """It goes through the running application; that a model answered is not followed."""
    workflow = WORKFLOW.replace("      - run: python evals/run.py\n", "")
    files = {**FILES, GITHUB: workflow.replace(old, new)}

    assert happy_path_with_model_runs_in_ci(survey_of(files, code=code)).holding is holding


@pytest.mark.parametrize("probe", PROBES)
def test_what_runs_by_itself_and_can_fail_holds(probe: Probe) -> None:
    """One honest workflow makes all four true."""
    assert probe(survey_of(FILES, code=MODEL)).holding is Holding.HOLDS


@pytest.mark.parametrize("probe", PROBES)
def test_nothing_to_be_seen_is_unknown(probe: Probe) -> None:
    """It might be elsewhere."""
    assert probe(survey_of({}, code=CodeFacts())).holding is Holding.UNKNOWN


@pytest.mark.parametrize(
    ("probe", "path", "old", "new", "lie"),
    [
        pytest.param(PROBES[1], GITHUB, "evals/run.py", "evals/run.py || true", "hollow_or_true",
            id="evaluation-or-true"),
        pytest.param(PROBES[1], "evals/run.py", "sys.exit(1)", "print(rate)",
            "evaluation_without_threshold", id="evaluation-prints"),
        pytest.param(PROBES[1], "evals/run.py", "from openai import OpenAI", "OpenAI = dict",
            "evaluation_without_model", id="evaluation-without-model"),
        pytest.param(PROBES[1], "evals/run.py", READS,
            "[1]", "evaluation_without_data", id="evaluation-without-data"),
        pytest.param(PROBES[1], GITHUB,
            '  pull_request:\n  push: {branches: [main]}\n  schedule: [{cron: "0 3 * * *"}]\n',
            "  push: {branches: [main], paths: ['app/**/*.py']}\n", "hollow_paths_miss",
            id="evaluation-paths"),
        pytest.param(PROBES[2], GITHUB, "k6 run", "k6 run --help", "hollow_selects_nothing",
            id="load-help"),
        pytest.param(PROBES[2], "load/desk.js", "  thresholds", "  // thresholds",
            "load_test_without_threshold", id="load-without-threshold"),
        pytest.param(PROBES[3], SAMPLING, WRITES,
            "print(row)", "sampling_takes_nothing", id="sampling-prints"),
        pytest.param(PROBES[3], SAMPLING, "from google.cloud import bigquery",
            "import bigquery", "sampling_takes_nothing", id="sampling-no-store"),
        pytest.param(PROBES[0], GITHUB, "OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}",
            "LEVEL: debug", "skips_without_key", id="path-without-key"),
        pytest.param(PROBES[0], GITHUB, "pytest tests", "pytest tests || true", "hollow_or_true",
            id="path-or-true"),
    ],
)  # fmt: skip
def test_what_only_looks_so_is_a_lie(
    probe: Probe, path: str, old: str, *, new: str, lie: str
) -> None:
    """Each way of having it without having it."""
    answer = probe(survey_of(spoiled(FILES, path, old, new), code=MODEL))

    assert answer.holding is (Holding.PARTLY if lie in PARTLY else Holding.FAILS)
    found = [it.sentence.id for it in answer.findings if it.kind is FindingKind.LIE]
    assert f"pipeline.{lie}" in found


@pytest.mark.parametrize(
    ("code", "holding"),
    [
        (with_test(replace(TEST, mocks_model=True)), Holding.PARTLY),
        (with_test(replace(TEST, calls_model=True, skipped=True)), Holding.FAILS),
        (with_test(replace(TEST, calls_model=True)), Holding.HOLDS),
        (with_test(TEST), Holding.PARTLY),
    ],
)
def test_the_happy_path_needs_a_model(code: CodeFacts, holding: Holding) -> None:
    """A fake in its place leaves the path to the evaluation; a skipped test is a lie."""
    assert happy_path_with_model_runs_in_ci(survey_of(FILES, code=code)).holding is holding


@pytest.mark.parametrize(
    ("code", "holding"),
    [
        (with_test(replace(TEST, mocks_model=True)), Holding.FAILS),
        (with_test(replace(TEST, calls_model=True, skipped=True)), Holding.FAILS),
        (with_test(TEST), Holding.UNKNOWN),
    ],
)
def test_without_an_evaluation_nothing_walks_the_path(code: CodeFacts, holding: Holding) -> None:
    """A fake in its place, or a skipped test, is no happy path."""
    files = spoiled(FILES, GITHUB, "      - run: python evals/run.py\n", "")

    assert happy_path_with_model_runs_in_ci(survey_of(files, code=code)).holding is holding


@pytest.mark.parametrize("probe", PROBES[1:])
def test_by_hand_only_never_holds(probe: Probe) -> None:
    """Somebody has to remember it."""
    by_hand = WORKFLOW.partition("jobs:")[2]
    files = {**FILES, GITHUB: f"on: workflow_dispatch\njobs:{by_hand}"}

    assert probe(survey_of(files, code=MODEL)).holding in {Holding.FAILS, Holding.PARTLY}


DECIDED_AT_RUN_TIME = "  quality:\n    if: needs.changes.outputs.code == 'true'\n"
"""What an action that looks at the changed files has said."""


@pytest.mark.parametrize("probe", PROBES[:2])
def test_a_condition_that_no_file_decides_is_no_lie(probe: Probe) -> None:
    """It may well run on every change of a prompt."""
    files = spoiled(FILES, GITHUB, "  quality:\n", DECIDED_AT_RUN_TIME)
    answer = probe(survey_of(files, code=MODEL))

    assert answer.holding is Holding.UNKNOWN
    assert [it.sentence.id for it in answer.findings] == ["pipeline.condition_open"]


def test_what_is_hollow_stays_so_under_an_open_condition() -> None:
    """Whenever it runs, nothing stops."""
    files = spoiled(FILES, GITHUB, "  quality:\n", DECIDED_AT_RUN_TIME)
    files = spoiled(files, GITHUB, "evals/run.py", "evals/run.py || true")

    assert prompt_change_triggers_evaluation(survey_of(files)).holding is Holding.FAILS


@pytest.mark.parametrize("assertion", [Assertion.CONSTANT, Assertion.NONE])
def test_tests_that_assert_nothing_are_a_lie(assertion: Assertion) -> None:
    """`assert True` is run by CI, and decides nothing."""
    code = with_test(replace(TEST, assertion=assertion))

    answer = unit_tests_run_in_ci(survey_of(FILES, code=code))

    assert answer.holding is Holding.FAILS
    assert answer.findings[0].sentence.id == "pipeline.tests_assert_nothing"


def test_a_report_without_tests_is_a_lie() -> None:
    """The attached report says that none was carried out."""
    files = {**FILES, "junit.xml": '<testsuite tests="0"/>'}

    assert unit_tests_run_in_ci(survey_of(files)).holding is Holding.FAILS
