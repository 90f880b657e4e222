"""Objectives in a form of one's own, and exported ones that nothing applies: half there."""

import json

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes.monitoring import slos_are_machine_readable
from tests.readiness.estates.survey import survey_of

OWN = """\
slos:
  - name: availability
    target: 99.5
    window: 30d
    query: sum(rate(desk_requests_total{status!~"5.."}[5m])) / sum(rate(desk_requests_total[5m]))
  - name: latency
    target: 3
    unit: seconds
"""
EXPORT = {
    "data": [
        {
            "name": "answers",
            "type": "metric",
            "thresholds": [{"timeframe": "7d", "target": 99.9}],
            "query": {
                "numerator": "sum:desk.requests{status:ok}.as_count()",
                "denominator": "sum:desk.requests{*}.as_count()",
            },
        }
    ]
}
APPLY = "curl -X POST https://api.datadoghq.com/api/v1/slo -d @datadog/slos.json\n"
BY_NAME = "objectives:\n  answers: {objective: 0.99, period: 28d, expr: good / total}\n"
EXPORTED = {"datadog/slos.json": json.dumps(EXPORT)}


@pytest.mark.parametrize(
    ("files", "holding"),
    [
        ({"monitoring/slo.yaml": OWN}, Holding.PARTLY),
        ({"config/service-levels.yml": BY_NAME}, Holding.PARTLY),
        (EXPORTED, Holding.PARTLY),
        ({**EXPORTED, "deploy/apply.sh": APPLY}, Holding.HOLDS),
        ({"monitoring/slo.yaml": OWN.replace("target: 99.5", "target: soon")}, Holding.UNKNOWN),
        ({"monitoring/slo.yaml": OWN.replace("    window: 30d\n", "")}, Holding.UNKNOWN),
        ({"monitoring/slo.yaml": OWN.replace("query: sum", "query: TODO sum")}, Holding.UNKNOWN),
        ({"monitoring/slope.yaml": OWN}, Holding.UNKNOWN),
        ({"examples/slo.yaml": OWN}, Holding.UNKNOWN),
    ],
)
def test_objectives_that_nothing_computes(files: dict[str, str], holding: Holding) -> None:
    """Target, window and query together; without one of them it is a wish."""
    assert slos_are_machine_readable(survey_of(files)).holding is holding
