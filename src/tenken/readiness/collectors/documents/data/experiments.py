"""Reads chaos experiments: chaostoolkit, Litmus, Chaos Mesh."""

from collections.abc import Iterator

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.facts.datasets import Experiment
from tenken.readiness.facts.tree import Entry, Role, Tree

MARK = Pattern(
    r"steady-state-hypothesis|kind:\s*(ChaosEngine|ChaosExperiment|Workflow)\b|chaos-mesh\.org|litmuschaos\.io"
)
MESH_KINDS = (
    "NetworkChaos",
    "PodChaos",
    "StressChaos",
    "HTTPChaos",
    "IOChaos",
    "DNSChaos",
    "TimeChaos",
)
ALERTED = Pattern(r"(?i)alert|pager|receiver|notif|sink|webhook|アラート|通知|受信")
MAX_SIZE = 200_000


def find_experiments(tree: Tree) -> tuple[Experiment, ...]:
    """Every chaos experiment that is kept as a file."""
    found: list[Experiment] = []
    for entry in tree.entries:
        if entry.suffix not in {".yaml", ".yml", ".json"} or entry.role is Role.EXAMPLE:
            continue
        text = tree.text(entry.path) if entry.size <= MAX_SIZE else ""
        if (
            isinstance(text, str)
            and ("haos" in text or "steady-state" in text)
            and MARK.search(text)
        ):
            found.extend(_experiments(entry, text))
    return tuple(found)


def _experiments(entry: Entry, text: str) -> Iterator[Experiment]:
    documents = read_yaml(text)
    if isinstance(documents, YamlError):
        return
    for document in documents:
        kind = document.at("kind").text
        if document.at("method") or document.at("steady-state-hypothesis"):
            yield _chaostoolkit(entry.path, document)
        elif kind == "ChaosEngine":
            yield _litmus(entry.path, document)
        elif kind in MESH_KINDS:
            yield _mesh(entry.path, document, kind)


def _chaostoolkit(path: str, document: Node) -> Experiment:
    steps = document.at("method").items
    probes = (*steps, *document.at("steady-state-hypothesis", "probes").items)
    watching = [one for one in probes if one.at("type").text == "probe"]
    return Experiment(
        place=Place(path, document.line_of("method")),
        tool="chaostoolkit",
        title=document.at("title").text,
        faults=tuple(one.at("name").text for one in steps if one.at("type").text == "action"),
        hypothesis=bool(document.at("steady-state-hypothesis", "probes").items),
        checks_alert=any(ALERTED.search(_words(one)) for one in watching),
        scenario=_scenario(document),
        text=_words(document),
    )


def _litmus(path: str, document: Node) -> Experiment:
    faults = document.at("spec", "experiments").items
    probes = [probe for one in faults for probe in one.at("spec", "probe").items]
    return Experiment(
        place=Place(path, document.line),
        tool="litmus",
        title=document.at("metadata", "name").text,
        faults=tuple(one.at("name").text for one in faults),
        hypothesis=bool(probes),
        checks_alert=any(ALERTED.search(_words(one)) for one in probes),
        scenario=_scenario(document),
        text=_words(document),
    )


def _mesh(path: str, document: Node, kind: str) -> Experiment:
    return Experiment(
        place=Place(path, document.line),
        tool="chaos-mesh",
        title=document.at("metadata", "name").text,
        faults=(f"{kind} {document.at('spec', 'action').text}".strip(),),
        scenario=_scenario(document),
        text=_words(document),
    )


def _scenario(document: Node) -> str:
    homes = (
        document,
        document.at("extensions"),
        document.at("configuration"),
        document.at("metadata", "labels"),
        document.at("metadata", "annotations"),
    )
    keys = ("scenario", "scenario_id", "x-scenario", "tenken.dev/scenario")
    return next((text for home in homes for key in keys if (text := home.at(key).text)), "")


def _words(node: Node) -> str:
    return " ".join(one.text.lower() for one in node.walk() if one.text)[:4_000]
