"""Diagrams as text give their boxes; diagrams of other things give none."""

# ruff: noqa: E501 - tables read best unbroken

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenken.readiness.collectors.documents.diagrams import READERS, read_diagram
from tenken.readiness.facts.documents import DiagramFormat
from tests.readiness.written import survey_of

MERMAID = """flowchart LR
    worker[ワーカー] -->|HTTPS| desk
    subgraph gcp[Google Cloud]
        desk[shift-desk<br/>Cloud Run]
        db[(Cloud SQL)]
    end
    desk -- 照会 --> db & openai{{OpenAI API}}
"""
DRAWN = [
    (DiagramFormat.MERMAID, MERMAID, {"ワーカー", "Google Cloud", "shift-desk Cloud Run", "Cloud SQL", "OpenAI API"}),
    (DiagramFormat.MERMAID, 'C4Container\nContainer(api, "Desk API", "Cloud Run")\nSystem_Ext(llm, "OpenAI")\n',
     {"Desk API", "OpenAI"}),
    (DiagramFormat.MERMAID, "architecture-beta\n  service db(database)[Cloud SQL]\n", {"Cloud SQL"}),
    (DiagramFormat.PLANTUML, '@startuml\nnode "Cloud Run" as run {\n [API] as api\n}\napi --> db\ndatabase "Postgres" as db\n@enduml',
     {"Cloud Run", "API", "Postgres"}),
    (DiagramFormat.STRUCTURIZR, 'model {\n  desk = softwareSystem "Desk" {\n    api = container "API"\n  }\n}', {"Desk", "API"}),
    (DiagramFormat.D2, "api: Cloud Run {\n  shape: rectangle\n}\napi -> db: reads\ndb: Cloud SQL\n", {"Cloud Run", "Cloud SQL"}),
    (DiagramFormat.GRAPHVIZ, 'digraph {\n a [label="Cloud Run"];\n a -> b;\n}', {"Cloud Run", "b"}),
    (DiagramFormat.DRAWIO, '<mxCell id="2" value="Cloud Run&lt;br&gt;API" vertex="1"/>', {"Cloud Run API"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "labels"), DRAWN)
def test_boxes(kind: DiagramFormat, text: str, labels: set[str]) -> None:
    """The labels a reader sees, in every format."""
    assert {node.label for node in read_diagram(kind, text, "x.md", 1).nodes} == labels


@pytest.mark.parametrize(
    "kind", ["sequenceDiagram", "stateDiagram-v2", "classDiagram", "gantt", "erDiagram"]
)
def test_other_diagrams_have_no_boxes(kind: str) -> None:
    """A sequence of calls is no architecture."""
    assert read_diagram(DiagramFormat.MERMAID, f"{kind}\n  A->>B: x\n", "x.md", 1).nodes == ()


def test_a_fence_gives_a_diagram_with_its_place_and_review() -> None:
    """The place is the first line of the diagram itself."""
    text = f"# 構成図\n\n```mermaid\n{MERMAID}```\n\n最終確認: 2026-03-18\n"
    documents = survey_of({"docs/architecture.md": text, "docs/architecture.png": ""}).documents

    (diagram,) = documents.diagrams
    assert (diagram.place.line, str(diagram.reviewed_on)) == (4, "2026-03-18")
    assert [picture.path for picture in documents.pictures] == ["docs/architecture.png"]


@given(st.sampled_from(sorted(READERS)), st.text(max_size=300))
def test_any_text_is_read_without_an_error(kind: DiagramFormat, text: str) -> None:
    """Broken diagrams have fewer boxes, and no more."""
    boxes = read_diagram(kind, text, "x", 1)

    assert boxes.edges >= 0
    assert all(node.place.line >= 1 for node in boxes.nodes)
