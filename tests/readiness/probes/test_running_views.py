"""Dashboards, objectives and diagrams: a name, a title or a figure alone shows nothing."""

import pytest

from tenken.evidence import Answer, Holding
from tenken.place import Place
from tenken.readiness.probes.goals import kpis_appear_in_a_dashboard_query
from tenken.readiness.probes.monitoring import (
    dashboard_shows_business_metrics,
    dashboard_shows_llm_metrics,
    dashboard_shows_system_metrics,
    slos_are_machine_readable,
)
from tenken.readiness.probes.organisation import (
    diagrams_match_the_infrastructure,
)
from tests.readiness.estates.cloud_run import CLOUD_RUN
from tests.readiness.estates.kubernetes import KUBERNETES
from tests.readiness.estates.survey import Files, changed, survey_of


def ids(answer: Answer) -> set[str]:
    """The ids of the findings."""
    return {one.sentence.id for one in answer.findings}


def test_a_title_alone_shows_nothing() -> None:
    """The KPI stands in the panel's title while the query draws something else."""
    files = changed(CLOUD_RUN, "sum:desk.enquiry.resolved", "sum:desk.requests")
    survey = survey_of(files)

    assert kpis_appear_in_a_dashboard_query(survey).holding is Holding.FAILS
    assert dashboard_shows_business_metrics(survey).holding is Holding.FAILS


def test_an_empty_grafana_shows_nothing() -> None:
    """A container beside the application is no dashboard."""
    files = {"compose.yaml": "services:\n  grafana:\n    image: grafana/grafana:11\n"}

    assert dashboard_shows_system_metrics(survey_of(files)).holding is Holding.UNKNOWN


@pytest.mark.parametrize(
    ("files", "old", "new", "parts"),
    [
        pytest.param(CLOUD_RUN, "rolling_period_days = 28", "", "window", id="run-window"),
        pytest.param(CLOUD_RUN, "goal                = 0.99", "", "target", id="run-target"),
        pytest.param(
            KUBERNETES,
            "objectives: [{target: 0.99}]",
            "objectives: [{target: 0}]",
            "target",
            id="k8s-target",
        ),
        pytest.param(
            KUBERNETES,
            "timeWindow: [{duration: 28d, isRolling: true}]",
            "",
            "window",
            id="k8s-window",
        ),
    ],
)
def test_an_objective_without_a_part_fails(files: Files, old: str, new: str, parts: str) -> None:
    """Query, target and window: a figure alone is no objective."""
    answer = slos_are_machine_readable(survey_of(changed(files, old, new)))

    assert answer.holding is Holding.FAILS
    assert answer.findings[0].sentence.fields["parts"] == f"wording.part_{parts}"


def test_an_objective_with_a_placeholder_query_fails() -> None:
    """`TODO` measures nothing."""
    files = {
        "slo/desk.yaml": "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: x}\nspec:\n"
        "  timeWindow: [{duration: 28d}]\n  indicator: {spec: {ratioMetric: {good: {metricSource:"
        " {spec: {query: TODO}}}}}}\n  objectives: [{target: 0.99}]\n"
    }

    assert slos_are_machine_readable(survey_of(files)).holding is Holding.FAILS


def test_figures_in_a_readme_are_no_objective() -> None:
    """Nobody measures a sentence."""
    survey = survey_of({"README.md": "Our SLO is 99.9 % availability.\n"})

    assert slos_are_machine_readable(survey).holding is Holding.UNKNOWN


@pytest.mark.parametrize(
    ("files", "old", "new", "finding"),
    [
        pytest.param(
            CLOUD_RUN, "  run --> sql[(Cloud SQL)]\n", "", "not_drawn", id="run-left-out"
        ),
        pytest.param(
            CLOUD_RUN, "  run --> vertex[Vertex AI Gemini]\n", "", "not_drawn", id="run-no-model"
        ),
        pytest.param(
            CLOUD_RUN,
            "run --> sql",
            "run --> tasks[Cloud Tasks]\n  run --> sql",
            "drawn_and_not_there",
            id="run-invented",
        ),
        pytest.param(
            KUBERNETES,
            "gke --> vertex[Vertex AI Gemini]",
            "gke --> ai[AI]",
            "not_drawn",
            id="k8s-no-model",
        ),
    ],
)
def test_a_diagram_that_has_drifted_is_no_proof(
    files: Files, old: str, new: str, finding: str
) -> None:
    """What is missing is told by name and leaves the rest half right; an invention fails it."""
    answer = diagrams_match_the_infrastructure(survey_of(changed(files, old, new)))
    invented = finding == "drawn_and_not_there"

    assert answer.holding is (Holding.FAILS if invented else Holding.PARTLY)
    assert ids(answer) == {f"probes_8.{finding}"}


def test_grafana_in_a_config_map_is_read() -> None:
    """The sidecar's way to ship a dashboard, with the lines of the file that holds it."""
    board = KUBERNETES["monitoring/dashboard.json"].replace("\n", "\n    ")
    config = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: boards}\ndata:\n"
        f"  desk.json: |\n    {board}\n"
    )
    rest = {path: text for path, text in KUBERNETES.items() if not path.endswith(".json")}

    answer = dashboard_shows_llm_metrics(survey_of({**rest, "k8s/boards.yaml": config}))

    assert answer.holding is Holding.HOLDS
    assert answer.seen[0].place == Place("k8s/boards.yaml", 13)


OBJECTIVES = {
    "sloth": (
        "slo/sloth.yaml",
        (
            "version: prometheus/v1\nservice: desk\nslos:\n  - name: answers\n    objective: 99\n"
            "    sli:\n      events: {error_query: 'desk_requests_total{code=\"500\"}',"
            " total_query: desk_requests_total}\n"
        ),
    ),
    "pyrra": (
        "slo/pyrra.yaml",
        (
            "apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\n"
            "metadata: {name: answers}\nspec:\n  target: '99'\n  window: 4w\n"
            "  indicator: {ratio: {errors: {metric: 'desk_requests_total{code=\"5\"}'},"
            " total: {metric: desk_requests_total}}}\n"
        ),
    ),
    "openslo": (
        "slo/open.yaml",
        (
            "apiVersion: openslo/v1\nkind: SLO\nmetadata: {name: answers}\nspec:\n"
            "  timeWindow: [{duration: 28d}]\n  indicatorRef: answered\n"
            "  objectives: [{targetPercent: 99}]\n"
        ),
    ),
    "datadog": (
        "slo.tf",
        (
            'resource "datadog_service_level_objective" "x" {\n'
            '  name = "answers"\n  type = "metric"\n'
            '  query {\n    numerator = "sum:desk.requests{!status:5xx}.as_count()"\n'
            '    denominator = "sum:desk.requests{*}.as_count()"\n  }\n'
            '  thresholds {\n    timeframe = "30d"\n    target = 99\n  }\n}\n'
        ),
    ),
    "datadog-monitors": (
        "slo.tf",
        (
            'resource "datadog_service_level_objective" "x" {\n  name = "answers"\n'
            '  type = "monitor"\n  monitor_ids = [1]\n'
            '  thresholds {\n    timeframe = "30d"\n    target = 99\n  }\n}\n'
        ),
    ),
    "datadog-json": (
        "slo/answers.json",
        (
            '{"name": "answers", "query": {"numerator": "sum:desk.requests{ok:1}.as_count()",'
            ' "denominator": "sum:desk.requests{*}.as_count()"},'
            ' "thresholds": [{"timeframe": "30d", "target": 99}]}\n'
        ),
    ),
    "google": (
        "slo.tf",
        (
            'resource "google_monitoring_slo" "x" {\n  service = "desk"\n  slo_id = "answers"\n'
            "  goal = 0.99\n  rolling_period_days = 30\n  basic_sli {\n    availability {\n    }\n"
            "  }\n}\n"
        ),
    ),
}


def spoiled(tool: str, *changes: tuple[str, str]) -> tuple[str, ...]:
    """What an objective lacks once each of these texts was replaced."""
    path, text = OBJECTIVES[tool]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (objective,) = survey_of({path: text}).monitoring.objectives
    return objective.missing


@pytest.mark.parametrize(("path", "text"), OBJECTIVES.values(), ids=OBJECTIVES)
def test_objectives_of_every_tool_are_read(path: str, text: str) -> None:
    """Query, target and window, whoever computes them."""
    applied = f"curl https://api.datadoghq.com/api/v1/slo -d @{path}\n"
    survey = survey_of({path: text, "deploy/apply.sh": applied})

    assert slos_are_machine_readable(survey).holding is Holding.HOLDS
    assert survey.monitoring.objectives[0].target is not None
    assert survey.monitoring.objectives[0].target.value == 0.99


@pytest.mark.parametrize("tool", OBJECTIVES)
def test_a_target_that_allows_no_failure_is_none(tool: str) -> None:
    """All of it, always, leaves nothing to alert on: whatever the tool, it is not a target."""
    old = {"sloth": ": 99", "pyrra": "'99'", "google": "0.99"}.get(tool, "99")
    new = {"google": "1"}.get(tool, old.replace("99", "100"))

    assert spoiled(tool, (old, new)) == ("target",)


@pytest.mark.parametrize(
    ("tool", "old", "new", "part"),
    [
        ("sloth", "_query", "_rate", "query"),
        ("pyrra", "window: 4w", "alerting: {}", "window"),
        ("openslo", "indicatorRef: answered", "service: desk", "query"),
        ("datadog", '"30d"', '""', "window"),
        ("datadog-monitors", "monitor_ids", "tags", "query"),
        ("datadog-json", '"30d"', '""', "window"),
        ("datadog-json", ": 99", ': "high"', "target"),
        ("google", "basic_sli", "labels", "query"),
        ("google", "rolling_period_days", "days", "window"),
    ],
)
def test_a_part_that_is_not_stated_is_missing(tool: str, old: str, new: str, part: str) -> None:
    """The same three parts are asked of every tool."""
    assert spoiled(tool, (old, new)) == (part,)


def test_a_target_that_a_variable_decides_is_stated() -> None:
    """What it comes to is decided elsewhere; that there is one stands here."""
    assert spoiled("datadog", ("target = 99", "target = var.target")) == ()
