"""OpenSLO v1: what goes out comes back; what cannot is said."""

from typing import Any

import pytest

from tenken.errors import Malformed
from tenken.keeper.generating.openslo import openslo, read_openslo
from tests.keeper.generating.given import CATALOGUE, DOGS, OWN, UNMEASURED, given, read

FOREIGN = """
apiVersion: openslo/v1
kind: SLO
metadata: {name: Search Quality}
spec:
  service: search
  indicator:
    spec:
      ratioMetric:
        counter: true
        good: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(good_total[5m]))'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'sum(rate(all_total[5m]))'}}}
  timeWindow: [{duration: 4w, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.995}, {targetPercent: 90, timeSliceTarget: 0.9}]
"""


def back(text: str) -> Any:
    return read(read_openslo(text, file="x.yaml").text)["slos"]


def told(text: str) -> list[str]:
    return [one.sentence.id for one in read_openslo(text, file="x.yaml").losses]


def test_objectives_come_back() -> None:
    """With indicator, bound, scope, owner and runbook; a query with its window."""
    first, quick, own, dogs = back(openslo(given(*CATALOGUE[:2], OWN, DOGS)).files[0].text)

    assert first == {
        "name": "availability", "sli": "availability", "target_percent": 99.9,
        "window_days": 30, "use_case": "answer", "runbook": "docs/runbooks/answers.md",
    }  # fmt: skip
    assert quick["threshold_s"] == 2.56
    assert (own["sli"], own["owner"]) == ("good scans", "scan team")
    assert own["query"]["good"] == "sum(rate(scans_good_total[$window]))"
    assert dogs["query"]["language"] == "datadog"


def test_a_foreign_document_is_read() -> None:
    """Its queries get the window; each of its targets is an objective."""
    first, second = back(FOREIGN)

    assert first == {
        "name": "search-quality", "sli": "search-quality", "target_percent": 99.5,
        "window_days": 28,
        "query": {
            "good": "sum(rate(good_total[$window]))", "total": "sum(rate(all_total[$window]))",
            "language": "promql",
        },
    }  # fmt: skip
    assert (second["name"], second["target_percent"]) == ("search-quality-2", 90)
    assert told(FOREIGN) == ["slo.import_slices"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("openslo/v1", "openslo/v1alpha", "slo.other_version"),
        ("kind: SLO", "kind: Service", "slo.other_kind"),
        ("rate(good_total[5m])", "good_total", "slo.import_no_range"),
        ("type: Prometheus", "type: Elsewhere", "slo.import_no_ratio"),
        ("duration: 4w", "count: 3", "slo.import_no_window"),
        ("duration: 4w", f"duration: {'9' * 5000}d", "slo.import_no_window"),
        ("isRolling: true", "calendar: {startTime: 2026-01-01}", "slo.import_calendar"),
        ("target: 0.995", "op: lt", "slo.import_no_target"),
        ("  timeWindow", "  alertPolicies: [page]\n  timeWindow", "slo.import_policies"),
    ],
)
def test_what_is_not_taken_over_is_said(old: str, new: str, why: str) -> None:
    """Nothing is dropped in silence."""
    assert why in told(FOREIGN.replace(old, new))


def test_two_languages_make_no_ratio() -> None:
    """Good events of one system are no part of those that another counts."""
    head, total = FOREIGN.rsplit("type: Prometheus", 1)

    assert "slo.import_no_ratio" in told(f"{head}type: Datadog{total}")


def test_a_bound_that_is_no_number_is_left_out() -> None:
    """The settings then ask for one."""
    [quick] = back(openslo(given(CATALOGUE[1])).files[0].text.replace("'2.56'", "soon"))

    assert "threshold_s" not in quick


def test_what_it_cannot_say_is_told() -> None:
    """No ratio, no second window, no receiver."""
    made = openslo(given(UNMEASURED, CATALOGUE[0], CATALOGUE[7]))

    assert [(one.slo, one.sentence.id) for one in made.losses] == [
        ("eval-pass-rate", "slo.loss_no_ratio"),
        ("availability", "slo.loss_short_window"),
        ("cost-per-request", "slo.loss_no_ratio"),
        ("", "slo.loss_targets"),
    ]
    assert openslo(given(UNMEASURED)).files == ()
    assert "AlertPolicy" in openslo(given(OWN)).files[0].text


def test_what_is_no_yaml_is_refused() -> None:
    """With its place."""
    with pytest.raises(Malformed):
        read_openslo("a: [", file="x.yaml")
