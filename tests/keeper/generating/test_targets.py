"""What is made for each target is understood by the inspection, and says what it leaves out."""

import json
import re

import pytest
from msgspec.structs import replace

from tenken.keeper.generating.cloud_monitoring import cloud_monitoring
from tenken.keeper.generating.datadog import CHECK, DASHBOARD, TERRAFORM, datadog
from tenken.keeper.generating.given import Generated, Target
from tenken.keeper.generating.grafana import grafana
from tenken.keeper.generating.hcl import quoted, resource_name
from tenken.keeper.generating.openslo import openslo
from tenken.keeper.generating.prometheus import prometheus
from tenken.keeper.generating.targets import TARGETS
from tenken.readiness.facts.monitoring import AlertKind, MonitoringFacts, Reach
from tests.keeper.generating.given import CATALOGUE, DOGS, OWN, UNMEASURED, WORDS, given, read, slo
from tests.readiness.estates.survey import survey_of


def inspected(*made: Generated, **more: str) -> MonitoringFacts:
    """Look at files as an inspection does."""
    files = {f"monitoring/{file.path}": file.text for one in made for file in one.files}
    return survey_of({**files, **more}).monitoring


def told(made: Generated) -> list[tuple[str, str]]:
    return [(one.slo, one.sentence.id.removeprefix("slo.")) for one in made.losses]


def test_rules_and_routes_are_heard() -> None:
    """Every rule burns, reaches somebody and can fire."""
    asked = given(CATALOGUE[0], CATALOGUE[1])
    routes = TARGETS["alertmanager"](asked)
    text = {"monitoring/alertmanager.yaml": routes.files[0].text}
    alerts = inspected(prometheus(asked), **text).alerts

    burns = [one for one in alerts if one.kind is AlertKind.BURN_RATE]
    assert len(burns) == 8
    assert {one.reach for one in alerts} == {Reach.SOMEBODY}
    assert [one.silenced for one in alerts if one.silenced] == []
    assert {one.severity for one in burns} == {"page", "ticket"}
    assert all(one.runbook for one in burns)


def test_datadog_is_understood() -> None:
    """Objectives with target and window, monitors that page and can fire."""
    found = inspected(datadog(given(CATALOGUE[0])))

    (objective,) = found.objectives
    assert objective.missing == ()
    assert objective.target is not None
    assert objective.target.value == pytest.approx(0.999)
    (not_seen,) = [one for one in found.alerts if one.kind is not AlertKind.BURN_RATE]
    assert not_seen.name == "desk: tenken is not seen"
    assert [one.silenced for one in found.alerts if one.silenced] == []
    assert {one.reach for one in found.alerts} == {Reach.SOMEBODY}
    assert [one.severity for one in found.alerts] == ["page", "page", "ticket", "ticket"]


def test_cloud_monitoring_is_understood() -> None:
    """A policy for each pair, and one that it sees anything; channels are decided elsewhere."""
    found = inspected(cloud_monitoring(given(CATALOGUE[0])))

    assert len(found.alerts) == 5
    assert {one.reach for one in found.alerts} == {Reach.ELSEWHERE}
    assert all(one.query and one.query.metrics for one in found.alerts)


def test_dashboards_are_understood() -> None:
    """Every panel asks something."""
    asked = given(CATALOGUE[0])
    dashboards = inspected(grafana(asked), datadog(asked)).dashboards

    assert {one.tool for one in dashboards} == {"Grafana", "Datadog"}
    assert [panel for one in dashboards for panel in one.panels if not panel.queries] == []


def test_openslo_is_understood() -> None:
    """With query, target and window."""
    objectives = inspected(openslo(given(CATALOGUE[0]))).objectives

    assert [(one.name, one.missing) for one in objectives] == [("availability", ())]


@pytest.mark.parametrize(
    ("target", "losses"),
    [
        (
            "datadog",
            [
                ("availability", "loss_long_window"),
                ("guardrail-available", "loss_absent_series"),
                ("guardrail-available", "loss_long_window"),
                ("cost-per-request", "loss_no_ratio"),
                ("eval-pass-rate", "loss_no_metric"),
                ("words", "loss_words"),
                ("own", "loss_language"),
                ("dogs", "loss_long_window"),
                ("quick", "loss_days"),
                ("quick", "loss_long_window"),
            ],
        ),
        (
            "cloud-monitoring",
            [
                ("cost-per-request", "loss_no_ratio"),
                ("eval-pass-rate", "loss_no_metric"),
                ("words", "loss_words"),
                ("dogs", "loss_language"),
                ("", "loss_no_budget"),
                ("", "loss_channels"),
            ],
        ),
        (
            "grafana",
            [
                ("eval-pass-rate", "loss_no_metric"),
                ("words", "loss_words"),
                ("dogs", "loss_language"),
                ("", "loss_no_alarms"),
            ],
        ),
    ],
)
def test_what_a_target_cannot_say_is_told(target: Target, losses: list[tuple[str, str]]) -> None:
    """Nothing is left out in silence."""
    quick = slo("latency", seconds=2.56).__class__(
        name="quick", sli="latency", threshold_s=2.56, target_percent=99, window_days=28
    )
    asked = given(CATALOGUE[0], CATALOGUE[3], CATALOGUE[7], UNMEASURED, WORDS, OWN, DOGS, quick)
    assert told(TARGETS[target](asked)) == losses


def test_only_urgencies_in_use_have_channels() -> None:
    """An objective that never asks for a ticket needs nobody for it."""
    asked = given(CATALOGUE[0])
    one = asked.objectives[0]
    pages = replace(asked, objectives=(replace(one, pairs=one.of("page")),))

    text = cloud_monitoring(pages).files[0].text

    assert "page_channels" in text
    assert "ticket_channels" not in text


def test_nobody_is_named_where_nobody_is_told() -> None:
    """And that is said."""
    bare = given(CATALOGUE[0])
    bare = bare.__class__(application="desk", owner="", objectives=bare.objectives)

    made = datadog(bare)

    assert ("", "loss_nobody_datadog") in told(made)
    assert ("", "loss_no_page") in told(made)
    assert "@" not in made.files[0].text


def test_datadog_asks_for_what_the_check_gives() -> None:
    """Names that the agent would not send are asked for by nothing."""
    files = {file.path: file.text for file in datadog(given(*CATALOGUE)).files}
    (instance,) = read(files[CHECK])["instances"]
    sent = {f"tenken.{name}" for one in instance["metrics"] for name in one.values()}

    asked = {
        word.rpartition(".")[0]
        for text in (files[TERRAFORM], files[DASHBOARD])
        for word in text.replace("{", " ").replace("sum:", " ").split()
        if word.startswith("tenken.") and not word.startswith("tenken.yaml")
    }
    assert asked
    assert asked <= sent


def test_a_dashboard_lays_nothing_over_another() -> None:
    """Three across."""
    panels = json.loads(grafana(given(*CATALOGUE)).files[0].text)["panels"]
    places = {(one["gridPos"]["x"], one["gridPos"]["y"]) for one in panels}

    assert len(places) == len(panels) == 2 * len(CATALOGUE) + 6


def test_terraform_reads_no_template_in_a_text() -> None:
    """What stands in an objective is text."""
    assert quoted('a "b" ${c} %{d}\n') == '"a \\"b\\" $${c} %%{d}\\n"'


def test_no_two_objectives_are_one_resource() -> None:
    """Terraform would refuse the file, or make one of two."""
    names = ["a.b", "a-b", "a_b", "slo_2", "2", "a..b", "a_.b", "-b", "_b"]
    made = [resource_name(name) for name in names]

    assert len({*made}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", one) for one in made)
    assert resource_name("a-b") == "a-b"
