"""Rollouts in steps, controllers that follow git, and attached reports."""

from textwrap import dedent

import pytest

from tenken.evidence import Holding
from tenken.readiness.collectors.pipeline.reports import read_junit
from tenken.readiness.facts.pipeline import Signal
from tenken.readiness.probes.stability import canary_watches_errors_accuracy_and_cost
from tests.readiness.pipelines import ON_CLOUD_BUILD, facts_of, survey_of

ROLLOUT = dedent("""\
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    spec:
      strategy:
        canary:
          steps:
            - setWeight: 5
            - analysis: {templates: [{templateName: answers}]}
            - setWeight: 50
    ---
    apiVersion: argoproj.io/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: answers}
    spec:
      metrics:
        - name: error-rate
          successCondition: result[0] < 0.01
          provider: {prometheus: {query: sum(rate(errors_total))}}
        - name: judge-score
          successCondition: result[0] > 0.9
          provider: {prometheus: {query: avg(judge_score)}}
        - name: cost-per-request
          successCondition: result[0] < 0.02
          provider: {prometheus: {query: avg(request_cost_usd)}}
""")
FLAGGER = dedent("""\
    apiVersion: flagger.app/v1beta1
    kind: Canary
    spec:
      analysis:
        stepWeight: 10
        maxWeight: 50
        metrics:
          - {name: request-success-rate, thresholdRange: {min: 99}}
          - {name: answer-quality, thresholdRange: {min: 0.9}}
          - {name: token-cost, thresholdRange: {max: 0.02}}
""")


def holding(text: str) -> Holding:
    """What the probe says of one manifest."""
    return canary_watches_errors_accuracy_and_cost(survey_of({"k8s/rollout.yaml": text})).holding


def test_a_rollout_that_watches_all_three_holds() -> None:
    """Errors, accuracy and cost, each compared before the next step."""
    (canary,) = facts_of({"k8s/rollout.yaml": ROLLOUT}).canaries

    assert canary.percents == (5, 50)
    assert [it.signal for it in canary.watches] == [Signal.ERRORS, Signal.ACCURACY, Signal.COST]
    assert holding(ROLLOUT) is Holding.HOLDS
    assert holding(FLAGGER) is Holding.HOLDS


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        (ROLLOUT, "judge-score", "p95-latency", Holding.PARTLY),
        (ROLLOUT, "templateName: answers", "templateName: elsewhere", Holding.NOT_VISIBLE),
        (ROLLOUT, "result[0] < 0.01", "len(result) == 0 || result[0] < 1", Holding.FAILS),
        (ROLLOUT, "      successCondition: result[0] > 0.9\n", "", Holding.FAILS),
        (FLAGGER, "answer-quality", "request-duration", Holding.PARTLY),
        (FLAGGER, "  analysis:", "  skipAnalysis: true\n  analysis:", Holding.FAILS),
    ],
)
def test_a_rollout_that_looks_away(text: str, old: str, new: str, expected: Holding) -> None:
    """A metric less, a template nobody has, or no data taken as success."""
    assert old in text
    assert holding(text.replace(old, new)) is expected


def test_all_traffic_at_once_is_no_canary() -> None:
    """A deploy that can be read and gives everything to the new revision."""
    answer = canary_watches_errors_accuracy_and_cost(survey_of(ON_CLOUD_BUILD))

    assert answer.holding is Holding.FAILS


def test_nothing_to_be_seen_is_unknown() -> None:
    """A canary may live in a gateway or a console."""
    assert holding("kind: ConfigMap\n") is Holding.UNKNOWN


@pytest.mark.parametrize(
    ("sync", "automated"), [("{automated: {prune: true}}", True), ("{}", False)]
)
def test_argo_follows_the_repository_only_when_told_so(sync: str, *, automated: bool) -> None:
    """`syncPolicy.automated` makes Argo CD a delivery of its own."""
    application = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: desk}\n"
        f"spec: {{source: {{path: overlays/prod}}, syncPolicy: {sync}}}\n"
    )
    (delivery,) = facts_of({"argo/app.yaml": application}).deliveries

    assert (delivery.automated, delivery.target.stage.value) == (automated, "prod")


def test_a_junit_file_is_counted() -> None:
    """Tests, failures and skips."""
    report = read_junit(
        '<testsuites><testsuite tests="3"><testcase/><testcase><skipped/></testcase>'
        "<testcase><failure/></testcase></testsuite></testsuites>",
        "junit.xml",
    )

    assert report is not None
    assert (report.tests, report.failures, report.skipped) == (3, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><testsuite/>',
        "<testsuite",
        "",
        "<html/>",
        "<a>" * 20_000,
    ],
)
def test_what_is_no_junit_is_refused(text: str) -> None:
    """Entities are never expanded, and broken XML is a problem, not a crash."""
    assert read_junit(text, "junit.xml") is None
    assert [it.path for it in facts_of({"junit.xml": text or " "}).problems] == ["junit.xml"]


def test_a_sarif_file_is_counted() -> None:
    """The scanner and how much it found."""
    sarif = '{"runs": [{"tool": {"driver": {"name": "bandit"}}, "results": [{}, {}]}]}'
    facts = facts_of({"reports/bandit.sarif": sarif, "x.sarif": "{"})

    assert [(it.tool, it.results) for it in facts.scan_reports] == [("bandit", 2)]
    assert [it.path for it in facts.problems] == ["x.sarif"]
