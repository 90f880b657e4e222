"""Reads the boxes of architecture diagrams: Mermaid, PlantUML, Structurizr, D2, Graphviz, draw.io.

Sequence, state, class, entity and Gantt diagrams say nothing of infrastructure and are left out.
"""

# ruff: noqa: E501 - a vocabulary reads best with one meaning a line

import html
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from tenken.pattern import Match, Pattern
from tenken.place import Place
from tenken.readiness.collectors.documents.moving import NOWHERE, moved
from tenken.readiness.facts.documents import DiagramFormat, DiagramNode
from tenken.readiness.facts.words.figures import plain

MAX_NODES = 500
MOST = 64
"""Diagrams that are remembered: copies of a document hold the same."""
MERMAID_KINDS = Pattern(r"(?i)^\s*(flowchart|graph|architecture-beta|block-beta|C4\w+)\b")
SHAPE = Pattern(
    r"([A-Za-z_][\w.-]*)\s*(?:@\{[^}]*label:\s*\"([^\"]+)\"[^}]*\}"
    r"|(?:\[\[|\[\(|\[/|\[\\|\(\[|\(\(\(|\(\(|\{\{|\[|\(|\{|>)\s*\"?([^\"\[\]{}]+?)\"?\s*"
    r"(?:\]\]|\)\]|/\]|\\\]|\]\)|\)\)\)|\)\)|\}\}|\]|\)|\}))"
)
SUBGRAPH = Pattern(r"^\s*subgraph\s+([\w.-]+)?\s*(?:\[\"?([^\]\"]+)\"?\]|\"([^\"]+)\")?")
ARROW = Pattern(r"\s*(?:<?[-=.]{2,}[->ox.=]*|<?-+\.+-+>?)\s*(?:\|[^|]*\|)?\s*")
ARROW_TEXT = Pattern(r"(--|==|-\.)\s+[^-=>|.][^->=|]*?\s+(-->|---|==>|\.->|-\.->)")
BARE = Pattern(r"^[A-Za-z_][\w.-]*$")
C4 = Pattern(
    r"^\s*(?:Person|System|Container|Component|Deployment_Node|Node)\w*\(\s*([\w.-]+)\s*,\s*\"([^\"]*)\""
)
ARCHITECTURE = Pattern(r"^\s*(service|group)\s+([\w-]+)(?:\([^)]*\))?\[([^\]]+)\]")
MERMAID_SKIP = (
    "%%",
    "classdef",
    "class ",
    "style ",
    "linkstyle",
    "click ",
    "direction",
    "end",
    "acc",
)

PLANT_BOX = Pattern(
    r"(?i)^\s*(actor|agent|artifact|boundary|card|cloud|component|container|control|database|entity|file"
    r"|folder|frame|hexagon|interface|node|package|queue|rectangle|stack|storage|system|usecase)\s+"
    r"(?:\"([^\"]+)\"|([\w.-]+))(?:\s+as\s+(?:\"([^\"]+)\"|([\w.-]+)))?"
)
PLANT_BRACKET = Pattern(r"\[([^\]\n]+)\](?:\s+as\s+([\w.-]+))?")
PLANT_SKIP = Pattern(
    r"(?im)^\s*(participant|state|class|title\s+sequence|activate|start|\|\||:.*;)\b"
)
STRUCTURIZR = Pattern(
    r"(?i)^\s*(?:([\w.-]+)\s*=\s*)?(person|softwareSystem|container|component|infrastructureNode"
    r"|deploymentNode)\s+\"([^\"]+)\""
)
D2_LINE = Pattern(r"^\s*([^:#|{}<>-][^:#|{}<>]*?)\s*(?::\s*\"?([^\"{|]*?)\"?\s*)?(\{)?\s*$")
D2_ARROW = Pattern(r"\s*(?:<->|->|<-|--)\s*")
D2_WORDS = frozenset({
    "shape", "style", "icon", "label", "near", "width", "height", "direction", "link", "tooltip", "class",
    "fill", "stroke", "vars", "classes", "layers", "scenarios", "steps", "grid-rows", "grid-columns",
})  # fmt: skip
DOT_NODE = Pattern(r"^\s*\"?([\w .:/-]+?)\"?\s*\[[^\]]*\blabel\s*=\s*\"([^\"]+)\"")
DOT_EDGE = Pattern(r"\"?([\w .:/-]+?)\"?\s*-[>-]\s*\"?([\w .:/-]+?)\"?\s*(?:\[|;|$)")
DRAWIO_CELL = Pattern(r"<(?:mxCell|object|UserObject)\b[^>]*?\s(?:value|label)=\"([^\"]+)\"[^>]*>")
TAG = Pattern(r"<[^>]+>")


class _Boxes:
    """Boxes in the order they appear; a later label names an earlier bare id."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._nodes: dict[str, DiagramNode] = {}
        self.edges = 0

    def add(self, id_: str, label: str, line: int, *, group: bool = False) -> None:
        said = _label(label)
        known = self._nodes.get(id_)
        if (known and (known.label != known.id or not said)) or len(self._nodes) >= MAX_NODES:
            return
        self._nodes[id_] = DiagramNode(
            id=id_, label=said or id_, place=Place(self._path, line), is_group=group
        )

    @property
    def nodes(self) -> tuple[DiagramNode, ...]:
        return tuple(self._nodes.values())


def _label(text: str) -> str:
    said = text.replace("\\n", " ").replace("\\l", " ")
    return plain(TAG.sub(" ", html.unescape(said))).strip('" ')


class Boxes:
    """What a diagram's text holds: boxes and how many lines join them."""

    def __init__(self, nodes: tuple[DiagramNode, ...], edges: int) -> None:
        self.nodes = nodes
        self.edges = edges


def read_diagram(format_: DiagramFormat, text: str, path: str, line: int) -> Boxes:
    """Give the boxes of a diagram whose first line is `line`; none where it is of another kind."""
    found = _read(format_, text)
    return Boxes(moved(found.nodes, path, line - 1), found.edges)


@lru_cache(maxsize=MOST)
def _read(format_: DiagramFormat, text: str) -> Boxes:
    """The boxes of a text, wherever it stands."""
    boxes = _Boxes(NOWHERE)
    READERS[format_](text, boxes, 1)
    return Boxes(boxes.nodes, boxes.edges)


def _numbered(text: str, line: int) -> Iterator[tuple[int, str]]:
    return enumerate(text.splitlines()[:5_000], line)


def _mermaid(text: str, boxes: _Boxes, line: int) -> None:
    lines = [
        one
        for one in text.splitlines()
        if one.strip() and not one.strip().startswith(("%%", "---"))
    ]
    kind = next((found for one in lines[:12] if (found := MERMAID_KINDS.match(one))), None)
    if kind is None:
        return
    for at, said in _numbered(text, line):
        if said.strip().lower().startswith(MERMAID_SKIP) or MERMAID_KINDS.match(said):
            continue
        if found := C4.match(said):
            boxes.add(found.group(1), found.group(2), at, group="Boundary" in said)
        elif found := ARCHITECTURE.match(said):
            boxes.add(found.group(2), found.group(3), at, group=found.group(1) == "group")
        elif found := SUBGRAPH.match(said):
            label = found.group(2) or found.group(3) or ""
            boxes.add(found.group(1) or label, label, at, group=True)
        else:
            _mermaid_line(said[:1_000], boxes, at)


def _mermaid_line(said: str, boxes: _Boxes, at: int) -> None:
    labels: dict[str, str] = {}

    def named(found: Match) -> str:
        labels[found.group(1)] = found.group(2) or found.group(3) or ""
        return f"{found.group(1)} "

    bare = SHAPE.sub(named, ARROW_TEXT.sub(" --> ", said)).replace(":::", " ")
    ends = [end for part in ARROW.split(bare.rstrip("; ")) for end in part.split("&")]
    boxes.edges += len(ends) - 1
    for end in ends:
        id_ = end.strip().split(" ")[0]
        if BARE.match(id_):
            boxes.add(id_, labels.get(id_, ""), at)


def _plantuml(text: str, boxes: _Boxes, line: int) -> None:
    if PLANT_SKIP.search(text):
        return
    for at, said in _numbered(text, line):
        if found := C4.match(said):
            boxes.add(found.group(1), found.group(2), at, group="Boundary" in said)
        elif found := PLANT_BOX.match(said):
            name = found.group(2) or found.group(3)
            alias = found.group(5) or found.group(4) or name
            group = "{" in said
            boxes.add(alias, name if found.group(2) else found.group(4) or name, at, group=group)
        else:
            for label, alias in PLANT_BRACKET.findall(said):
                boxes.add(alias or label, label, at)
        boxes.edges += ("->" in said) or ("-->" in said) or (" .. " in said)


def _structurizr(text: str, boxes: _Boxes, line: int) -> None:
    for at, said in _numbered(text, line):
        if found := STRUCTURIZR.match(said):
            boxes.add(
                found.group(1) or found.group(3),
                found.group(3),
                at,
                group="eploymentnode" in said.lower(),
            )
        boxes.edges += "->" in said


def _d2(text: str, boxes: _Boxes, line: int) -> None:
    for at, said in _numbered(text, line):
        if said.strip().startswith("#"):
            continue
        ends = (
            D2_ARROW.split(said.partition(":")[0])
            if "->" in said or "--" in said or "<-" in said
            else []
        )
        for end in ends:
            if end.strip():
                boxes.add(end.strip().strip('"'), "", at)
        boxes.edges += max(0, len(ends) - 1)
        found = None if ends else D2_LINE.match(said)
        if found and found.group(1).strip().split(".")[-1] not in D2_WORDS:
            id_ = found.group(1).strip().strip('"')
            boxes.add(id_, (found.group(2) or "").strip(), at, group=bool(found.group(3)))


def _graphviz(text: str, boxes: _Boxes, line: int) -> None:
    for at, said in _numbered(text, line):
        if found := DOT_NODE.match(said):
            boxes.add(found.group(1), found.group(2), at)
        for left, right in DOT_EDGE.findall(said):
            boxes.add(left.strip(), "", at)
            boxes.add(right.strip(), "", at)
            boxes.edges += 1


def _drawio(text: str, boxes: _Boxes, line: int) -> None:
    for at, said in _numbered(text, line):
        for label in DRAWIO_CELL.findall(said):
            boxes.add(_label(label), label, at)
        boxes.edges += said.count('edge="1"')


READERS: Mapping[DiagramFormat, Callable[[str, _Boxes, int], None]] = {
    DiagramFormat.MERMAID: _mermaid,
    DiagramFormat.PLANTUML: _plantuml,
    DiagramFormat.STRUCTURIZR: _structurizr,
    DiagramFormat.D2: _d2,
    DiagramFormat.GRAPHVIZ: _graphviz,
    DiagramFormat.DRAWIO: _drawio,
}
BY_SUFFIX: Mapping[str, DiagramFormat] = {
    ".mmd": DiagramFormat.MERMAID, ".mermaid": DiagramFormat.MERMAID,
    ".puml": DiagramFormat.PLANTUML, ".plantuml": DiagramFormat.PLANTUML,
    ".iuml": DiagramFormat.PLANTUML, ".d2": DiagramFormat.D2, ".dsl": DiagramFormat.STRUCTURIZR,
    ".drawio": DiagramFormat.DRAWIO, ".gv": DiagramFormat.GRAPHVIZ,
}  # fmt: skip
BY_FENCE: Mapping[str, DiagramFormat] = {
    "mermaid": DiagramFormat.MERMAID, "plantuml": DiagramFormat.PLANTUML,
    "puml": DiagramFormat.PLANTUML, "d2": DiagramFormat.D2, "dot": DiagramFormat.GRAPHVIZ,
    "graphviz": DiagramFormat.GRAPHVIZ, "structurizr": DiagramFormat.STRUCTURIZR,
}  # fmt: skip
