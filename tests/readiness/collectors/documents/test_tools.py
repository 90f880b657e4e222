"""What the usual tools of evaluation, load and chaos say in their own files."""

# ruff: noqa: E501 - files read best unbroken

from tenken.readiness.facts.datasets import Task
from tenken.readiness.facts.documents import Column
from tests.readiness.written import survey_of

DEEPEVAL = """from deepeval.metrics import AnswerRelevancyMetric, GEval, ToxicityMetric

METRICS = [
    AnswerRelevancyMetric(threshold=0.7, model="gpt-4.1-2025-04-14"),
    GEval(name="tone", criteria="polite", model="gpt-4o"),
    ToxicityMetric(threshold=0.1, model="gpt-4.1-2025-04-14"),
]
"""
LITMUS = """kind: ChaosEngine
metadata: {name: kill, labels: {scenario: F4}}
spec:
  experiments:
    - name: pod-delete
      spec:
        probe:
          - {name: alert-arrives, type: httpProbe}
"""
MESH = "apiVersion: chaos-mesh.org/v1alpha1\nkind: NetworkChaos\nmetadata: {name: dns}\nspec: {action: loss}\n"
ARTILLERY = """config:
  phases:
    - {duration: 15m, arrivalRate: 5, rampTo: 20}
  ensure: {p95: 8000}
scenarios:
  - flow:
      - post: {url: /v1/enquiries, json: {text: "I was late by ten minutes and three points were added. Why?"}}
"""
RESULT = '{"prompt_version": "3f2a", "model": "gpt-4o-2024-08-06", "dataset_sha256": "9c", "temperature": 0, "score": 0.9}'
RAILS = "redteam:\n  plugins: [pii]\n  strategies: [jailbreak]\n"


def test_deepeval_metrics_with_their_judges() -> None:
    """Classes of the library are metrics; a judge without a version is not pinned."""
    (config,) = survey_of({"evals/test_answers.py": DEEPEVAL}).documents.evaluations
    told = [
        (one.metric, one.task, one.threshold, one.judge and one.judge.pinned)
        for one in config.metrics
    ]

    assert config.tool == "deepeval"
    assert told == [
        ("answer_relevancy", Task.GENERATION, 0.7, True),
        ("geval", Task.GENERATION, None, False),
        ("toxicity", Task.SAFETY, 0.1, True),
    ]


def test_a_metric_that_is_only_named_is_none() -> None:
    """A comment, a string or broken code computes nothing."""
    text = '"""deepeval: AnswerRelevancyMetric(threshold=0.7)"""\n# GEval(x)\n'
    broken = "from deepeval import (\n"

    assert survey_of({"evals/a.py": text, "evals/b.py": broken}).documents.evaluations == ()


def test_chaos_experiments_of_a_cluster() -> None:
    """Faults, checks of the alert, and the scenario in a label."""
    kill, loss = survey_of({"chaos/a.yaml": LITMUS, "chaos/b.yaml": MESH}).documents.experiments

    assert (kill.tool, kill.faults, kill.checks_alert, kill.scenario) == (
        "litmus",
        ("pod-delete",),
        True,
        "F4",
    )
    assert (loss.tool, loss.faults, loss.checks_alert) == (
        "chaos-mesh",
        ("NetworkChaos loss",),
        False,
    )


def test_artillery_profiles() -> None:
    """Phases add up; `ensure` is a threshold."""
    (profile,) = survey_of({"load/steady.yaml": ARTILLERY}).documents.load_profiles

    assert (profile.seconds, profile.paths, profile.longest_input) == (900, ("/v1/enquiries",), 59)
    assert profile.threshold is not None


def test_a_record_of_a_run_as_data() -> None:
    """The keys of a result file, in JSON or JSON lines."""
    files = {"evals/runs/1.json": RESULT, "evals/runs/2.jsonl": f"{RESULT}\n{RESULT}\n"}

    for record in survey_of(files).documents.run_records:
        assert (record.prompt, record.dataset) == ("prompt_version", "dataset_sha256")
        assert record.parameters
        assert record.result


def test_a_plan_of_a_tool() -> None:
    """The plugins and strategies of a red-team configuration are its plan."""
    (plan,) = survey_of({"evals/promptfoo.yaml": RAILS}).documents.statements

    assert "jailbreak" in plan.text(Column.WHAT)
