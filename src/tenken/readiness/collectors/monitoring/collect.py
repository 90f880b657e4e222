"""Everything that says who is told what, and what the dashboards show."""

from collections.abc import Iterator

from tenken.config.json import JsonError, read_json
from tenken.config.node import ABSENT, Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.place import Place
from tenken.readiness.collectors.monitoring import datadog, grafana, objectives
from tenken.readiness.collectors.monitoring.amazon import read_amazon
from tenken.readiness.collectors.monitoring.azure import read_azure_monitor
from tenken.readiness.collectors.monitoring.datadog import read_datadog
from tenken.readiness.collectors.monitoring.files import read_files
from tenken.readiness.collectors.monitoring.gathered import Gathered
from tenken.readiness.collectors.monitoring.google import definition, read_google
from tenken.readiness.collectors.monitoring.prometheus import Routing, Rules, read_prometheus
from tenken.readiness.facts.infrastructure import Declaration, InfrastructureFacts
from tenken.readiness.facts.monitoring import Dashboard, MonitoringFacts, Tool
from tenken.readiness.facts.tree import Tree


def collect(tree: Tree, infrastructure: InfrastructureFacts) -> MonitoringFacts:
    """Read alerts, receivers, dashboards and objectives of every tool."""
    gathered = Gathered(tree)
    declarations = list(infrastructure.declarations)
    files = read_files(tree, gathered)
    rules = [*files.rules, *_rules(declarations)]
    routings = [*files.routings, *_routings(declarations)]
    read_prometheus(rules, routings, files.servers, gathered)
    read_google(declarations, gathered)
    read_amazon(declarations, infrastructure.unmade, gathered)
    read_azure_monitor(declarations, gathered)
    read_datadog(declarations, gathered)
    gathered.dashboards.extend(_dashboards(declarations))
    for one in declarations:
        if (reader := objectives.READERS.get(one.kind)) is not None:
            gathered.objectives.extend(reader(one.place.path, one.body))
        elif one.kind == "DatadogMonitor":
            spec = one.body.at("spec")
            gathered.alerts.append(datadog.monitor(one.place.path, one.place, spec, gathered))
    return gathered.facts()


def _rules(declarations: list[Declaration]) -> Iterator[Rules]:
    for one in declarations:
        if one.kind in {"PrometheusRule", "Rules", "ClusterRules"}:
            yield Rules(path=one.place.path, groups=one.body.at("spec", "groups"), stage=one.stage)
        elif one.kind == "ConfigMap":
            for body in _texts(one, "groups:"):
                if body.at("groups").items:
                    yield Rules(path=one.place.path, groups=body.at("groups"), stage=one.stage)


def _routings(declarations: list[Declaration]) -> Iterator[Routing]:
    for one in declarations:
        if one.kind == "AlertmanagerConfig":
            yield Routing(path=one.place.path, body=one.body.at("spec"))
        elif one.kind in {"Secret", "ConfigMap"}:
            for body in _texts(one, "receivers:"):
                if body.at("route").mapping:
                    yield Routing(path=one.place.path, body=body)


def _texts(one: Declaration, word: str) -> Iterator[Node]:
    """YAML inside a ConfigMap or a Secret; lines are those of the entry that holds it."""
    for part in ("data", "stringData"):
        for value in one.body.at(part).mapping.values():
            if word in value.text:
                documents = read_yaml(value.text)
                if not isinstance(documents, YamlError):
                    yield from (shifted(document, value.line) for document in documents)


def shifted(node: Node, by: int) -> Node:
    """The same value with its lines counted from where it is embedded."""
    lines = {key: line + by for key, line in node.key_lines.items()}
    if node.mapping:
        values = {key: shifted(value, by) for key, value in node.mapping.items()}
        return Node(values, node.line + by, lines, node.tag)
    if node.items:
        return Node(
            tuple(shifted(item, by) for item in node.items), node.line + by, lines, node.tag
        )
    return Node(node.value, node.line + by, lines, node.tag)


def _dashboards(declarations: list[Declaration]) -> Iterator[Dashboard]:
    for one in declarations:
        path = one.place.path
        if one.kind == "ConfigMap":
            for key, value in one.body.at("data").mapping.items():
                if key.endswith(".json") and '"panels"' in value.text:
                    body = _json(value)
                    yield grafana.dashboard(
                        path, Place(path, one.body.at("data").line_of(key)), body
                    )
        elif one.kind == "grafana_dashboard":
            held, body = definition(path, one.body.at("config_json"))
            yield grafana.dashboard(held, one.place, body)
        elif one.kind == "GrafanaDashboard":
            yield grafana.dashboard(path, one.place, _json(one.body.at("spec", "json")))
        elif one.kind == "datadog_dashboard_json":
            held, body = definition(path, one.body.at("dashboard"))
            found = datadog.dashboard_json(held, body)
            yield (
                found
                if body
                else Dashboard(title=one.name, tool=Tool.DATADOG, place=one.place, followed=False)
            )


def _json(value: Node) -> Node:
    parsed = read_json(value.text, first_line=value.line + 1)
    return ABSENT if isinstance(parsed, JsonError) else parsed
