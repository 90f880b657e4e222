"""An application on one host: what stands beside it in a compose file, and what is drawn of it."""

import json

import pytest

from tenken.evidence import Holding
from tenken.readiness.facts.code import CodeFacts
from tenken.readiness.probes.monitoring import dashboard_shows_system_metrics
from tenken.readiness.probes.organisation import diagrams_match_the_infrastructure
from tests.readiness.estates.survey import survey_of

COMPOSE = """\
services:
  desk:
    build: .
  grafana:
    image: grafana/grafana:12.3
    volumes: ["./watch:/etc/grafana/provisioning"]
  store:
    image: pgvector/pgvector:pg17
  cache:
    image: redis:8
"""


def board(*queries: str) -> dict[str, str]:
    """A dashboard of such queries, and the files beside it."""
    panels = [{"title": one, "type": "graph", "targets": [{"expr": one}]} for one in queries]
    text = json.dumps({"schemaVersion": 41, "title": "desk", "panels": panels}, indent=2)
    return {"compose.yaml": COMPOSE, "watch/dashboards/desk.json": text}


CPU, MEMORY = "dockerstats_cpu_usage_ratio", "dockerstats_memory_usage_bytes"
LATENCY = "nginx_ingress_controller_request_duration_seconds_sum"


@pytest.mark.parametrize(
    ("queries", "holding"),
    [
        ((CPU, LATENCY), Holding.HOLDS),
        ((CPU, MEMORY), Holding.PARTLY),
        ((CPU,), Holding.PARTLY),
        ((CPU, CPU), Holding.PARTLY),
        (("invented_cpu_ratio", "invented_memory_bytes"), Holding.UNKNOWN),
    ],
)
def test_what_users_feel_belongs_beside_the_load(
    queries: tuple[str, ...], holding: Holding
) -> None:
    """Load and latency, load of several kinds, one figure, and figures that nobody gives."""
    survey = survey_of(board(*queries), CodeFacts())

    assert dashboard_shows_system_metrics(survey).holding is holding


@pytest.mark.parametrize(
    ("old", "new", "holding"),
    [
        ("", "", Holding.HOLDS),
        ('"schemaVersion": 41', '"annotations": {}', Holding.UNKNOWN),
        ('"schemaVersion": 41, ', "", Holding.UNKNOWN),
    ],
)
def test_a_dashboard_written_by_hand_is_one_by_its_grid(
    old: str, new: str, holding: Holding
) -> None:
    """Panels on a grid are a dashboard, also below the key that its interface takes."""
    files = board(CPU, LATENCY)
    text = json.dumps(json.loads(files["watch/dashboards/desk.json"]))
    spoiled = text.replace(old, new) if old else text.replace('"schemaVersion": 41', '"a": 1')
    on_a_grid = spoiled if old else spoiled.replace('"type"', '"gridPos": {"x": 0}, "type"')
    wrapped = {**files, "watch/dashboards/desk.json": f'{{"dashboard": {on_a_grid}}}'}
    survey = survey_of(wrapped, CodeFacts())

    assert dashboard_shows_system_metrics(survey).holding is holding


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("compose.yaml", COMPOSE.replace("./watch:", "./other:")),
        ("compose.yaml", COMPOSE.replace("grafana", "other")),
        ("compose.yaml", "services: {}\n"),
    ],
)
def test_a_dashboard_that_nothing_puts_in_place(path: str, text: str) -> None:
    """A file lies there: another folder is mounted, another tool, or nothing at all."""
    survey = survey_of({**board(CPU, LATENCY), path: text}, CodeFacts())

    answer = dashboard_shows_system_metrics(survey)

    assert answer.holding is Holding.PARTLY
    assert [it.sentence.id for it in answer.findings] == ["probes_5.dashboard_not_applied"]


DRAWN = "# Design\n\n```mermaid\ngraph LR\n  desk --> pg[(PostgreSQL)]\n  desk --> redis[Redis]\n"


@pytest.mark.parametrize(
    ("boxes", "image", "holding"),
    [
        ("  desk --> grafana[Grafana]\n", "redis:8", Holding.HOLDS),
        ("", "redis:8", Holding.PARTLY),
        ("  desk --> grafana\n  desk --> q[Qdrant]\n", "redis:8", Holding.FAILS),
        ("  desk --> grafana\n  desk --> c[Claude]\n", "redis:8", Holding.FAILS),
        ("  desk --> grafana\n  desk --> c[Claude]\n", "ghcr.io/berriai/litellm:v1", None),
    ],
)
def test_a_drawing_is_compared_with_what_runs_beside(
    boxes: str, image: str, holding: Holding | None
) -> None:
    """Whole, with a part missing, with an invention; behind a router a provider may be real."""
    files = {
        "compose.yaml": COMPOSE.replace("redis:8", image),
        "docs/design.md": f"{DRAWN}{boxes}```\n",
    }

    answer = diagrams_match_the_infrastructure(survey_of(files, CodeFacts()))

    if holding is not None:
        assert answer.holding is holding
    else:
        assert all(it.sentence.fields.get("part") != "Claude" for it in answer.findings)
