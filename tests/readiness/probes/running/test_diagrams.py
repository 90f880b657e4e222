"""Boxes that are notes, models that a setting leads to, and drawings of something else."""

# ruff: noqa: E501 - texts read best unbroken

import pytest

from tenken.evidence import Holding
from tenken.readiness.probes.organisation import diagrams_match_the_infrastructure
from tests.readiness.estates.survey import survey_of

SERVICE = 'resource "google_cloud_run_v2_service" "desk" {\n  name = "desk"\n  template {\n    containers {\n      image = "desk:1"\n SETTING    }\n  }\n}\n'
SETTING = '      env {\n        name  = "AZURE_OPENAI_ENDPOINT"\n        value = "x"\n      }\n'
NOTE = "How we work with agents, written down in AGENTS.md, and what Pinecone taught us when we tried it out last year"


def drawn(*boxes: str) -> str:
    """An architecture page with these boxes in a row."""
    names = [f'n{at}["{box}"]' for at, box in enumerate(boxes)]
    return f"# Architecture\n\n```mermaid\nflowchart LR\n  {' --> '.join(names)}\n```\n"


@pytest.mark.parametrize(
    ("boxes", "setting", "holding"),
    [
        (("Cloud Run", "Vertex AI Gemini", "User"), "", Holding.HOLDS),
        (("Cloud Run", "Vertex AI Gemini", NOTE), "", Holding.HOLDS),
        (("Cloud Run", "Vertex AI Gemini", "Pinecone"), "", Holding.FAILS),
        (("Cloud Run", "Vertex AI Gemini", "rules in CLAUDE.md"), "", Holding.HOLDS),
        (("Cloud Run", "Vertex AI Gemini", "Azure OpenAI"), "", Holding.FAILS),
        (("Cloud Run", "Vertex AI Gemini", "Azure OpenAI"), SETTING, Holding.HOLDS),
    ],
)
def test_boxes_beside_the_files(boxes: tuple[str, ...], setting: str, holding: Holding) -> None:
    """A note speaks of things and is none; an address that is handed in leads to a model."""
    files = {
        "main.tf": SERVICE.replace(" SETTING", setting),
        "docs/architecture.md": drawn(*boxes),
    }

    assert diagrams_match_the_infrastructure(survey_of(files)).holding is holding


def test_a_drawing_of_something_else_beside_a_picture() -> None:
    """Use cases show no infrastructure; the picture beside them may."""
    cases = {
        "main.tf": SERVICE.replace(" SETTING", ""),
        "docs/use-cases.md": drawn("Ask", "Answer", "Read"),
    }
    pictured = {**cases, "docs/architecture.png": "x"}

    assert diagrams_match_the_infrastructure(survey_of(cases)).holding is Holding.FAILS
    assert diagrams_match_the_infrastructure(survey_of(pictured)).holding is Holding.NOT_VISIBLE


def test_what_runs_beside_is_asked_for_where_only_the_model_is_known() -> None:
    """A model that the code calls does not stand for what a compose file runs."""
    compose = "services:\n  cache:\n    image: redis:8\n  graphs:\n    image: grafana/grafana\n"
    files = {"compose.yaml": compose, "docs/architecture.md": drawn("Redis", "Vertex AI", "API")}
    whole = {**files, "docs/architecture.md": drawn("Redis", "Vertex AI", "Grafana")}

    assert diagrams_match_the_infrastructure(survey_of(files)).holding is Holding.PARTLY
    assert diagrams_match_the_infrastructure(survey_of(whole)).holding is Holding.HOLDS
