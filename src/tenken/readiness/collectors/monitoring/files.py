"""Files that speak of monitoring outside Terraform and Kubernetes: rules, routes, exports."""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from tenken.config.json import JsonError, read_json
from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.stages import stage_of
from tenken.readiness.collectors.monitoring import datadog, grafana, objectives
from tenken.readiness.collectors.monitoring.gathered import Gathered
from tenken.readiness.collectors.monitoring.loading import Server, server
from tenken.readiness.collectors.monitoring.managed.grafana_alerts import read_grafana_alerts
from tenken.readiness.collectors.monitoring.prometheus import Routing, Rules
from tenken.readiness.facts.monitoring import Objective
from tenken.readiness.facts.tree import CollectorProblem, Entry, EntryKind, Role, Tree, Unreadable
from tenken.sentence import say

YAML = frozenset({".yaml", ".yml", ".rules"})
EXPORTS = (
    ('"panels"', '"schemaVersion"'), ('"panels"', '"uid"'), ('"panels"', '"templating"'),
    ('"panels"', '"gridPos"'),
    ('"widgets"', '"layout_type"'), ('"query"', '"type"', '"message"'),
    ('"query"', '"thresholds"', '"numerator"'),
)  # fmt: skip
"""Keys that an export has together; most JSON files are data, and large."""


class Appliers:
    """Scripts, pipelines and Terraform that may send exported files to their service."""

    SUFFIXES = frozenset({".sh", ".py", ".tf", ".yml", ".yaml", ".mk", ".js", ".ts"})
    NAMES = frozenset({"Makefile", "justfile"})

    def __init__(self, tree: Tree, service: str) -> None:
        self._tree = tree
        self._service = service
        self._texts: list[str] | None = None

    def apply(self, path: str) -> bool:
        """Some such file names the exported file or its folder, or mounts one above it."""
        folder, _, name = path.rpartition("/")
        words = [name] if not folder else [name, f"{folder.rpartition('/')[2]}/", f"{folder}"]
        parts = path.split("/")[:-1]
        words += [f"{'/'.join(parts[: at + 1])}:/" for at in range(len(parts))]
        return any(word in text for text in self._all() for word in words)

    def _all(self) -> list[str]:
        """The texts that speak of the service; read when the first export is found."""
        if self._texts is None:
            entries = [
                entry
                for entry in self._tree.entries
                if entry.role is Role.PRODUCTION
                and (entry.suffix in self.SUFFIXES or entry.name in self.NAMES)
            ]
            texts = [self._tree.text(entry.path) for entry in entries]
            self._texts = [
                text for text in texts if isinstance(text, str) and self._service in text.lower()
            ]
        return self._texts


class PrometheusFiles(Struct, frozen=True, kw_only=True):
    """Rules and routes that were found as files."""

    rules: tuple[Rules, ...]
    routings: tuple[Routing, ...]
    servers: tuple[Server, ...]


def read_files(tree: Tree, gathered: Gathered) -> PrometheusFiles:
    """Read every loose file once; a manifest was read with the infrastructure."""
    rules: list[Rules] = []
    routings: list[Routing] = []
    servers: list[Server] = []
    appliers = {service: Appliers(tree, service) for service in ("datadog", "grafana")}
    for entry in tree.entries:
        if entry.kind is not EntryKind.FILE or entry.role is not Role.PRODUCTION:
            continue
        if entry.suffix == ".json":
            _json(tree, entry, gathered, appliers)
        elif entry.suffix in YAML:
            for body in _yaml(tree, entry, gathered):
                _sort(entry.path, body, rules, routings)
                gathered.objectives.extend(_objectives(entry.path, body))
                servers += [found] if (found := server(entry.path, body)) else []
    read_grafana_alerts(tree, appliers["grafana"].apply, gathered)
    mounts = Appliers(tree, "prometheus")
    rules = [replace(one, mounted=bool(servers) and mounts.apply(one.path)) for one in rules]
    return PrometheusFiles(rules=tuple(rules), routings=tuple(routings), servers=tuple(servers))


def _sort(path: str, body: Node, rules: list[Rules], routings: list[Routing]) -> None:
    if body.at("groups").items and any(
        rule.at("expr") for group in body.at("groups").items for rule in group.at("rules").items
    ):
        rules.append(Rules(path=path, groups=body.at("groups"), stage=stage_of(path), loose=True))
    if body.at("route").mapping and body.at("receivers").items:
        routings.append(Routing(path=path, body=body))


def _objectives(path: str, body: Node) -> Iterator[Objective]:
    if body.at("slos").items and body.at("version").text.startswith("prometheus/"):
        yield from objectives.from_sloth(path, body)
    elif objectives.NAMED.search(path):
        yield from objectives.from_own(path, body)


def _yaml(tree: Tree, entry: Entry, gathered: Gathered) -> Iterator[Node]:
    text = tree.text(entry.path)
    if isinstance(text, Unreadable):
        return
    if not _speaks_of_it(text) and (
        "apiVersion:" in text or not objectives.NAMED.search(entry.path)
    ):
        return
    documents = read_yaml(text)
    if not isinstance(documents, YamlError):
        yield from documents
        return
    if "{{" not in text:
        sentence = say(f"config.{documents.reason}", detail=documents.detail)
        gathered.problems.append(
            CollectorProblem(path=entry.path, line=documents.line, sentence=sentence)
        )


def _speaks_of_it(text: str) -> bool:
    if "apiVersion:" in text:
        return False
    has_rules = "groups:" in text and "rules:" in text and "expr:" in text
    has_routes = "receivers:" in text and "route:" in text
    has_server = "scrape_configs:" in text
    return has_rules or has_routes or has_server or ("slos:" in text and "prometheus/" in text)


def _json(tree: Tree, entry: Entry, gathered: Gathered, appliers: Mapping[str, Appliers]) -> None:
    text = tree.text(entry.path)
    if isinstance(text, Unreadable) or not _may_be_exported(text):
        return
    body = read_json(text)
    if isinstance(body, JsonError):
        sentence = say(f"config.{body.reason}")
        gathered.problems.append(
            CollectorProblem(path=entry.path, line=body.line, sentence=sentence)
        )
        return
    for one in body.items or body.at("data").items or (body,):
        _export(entry.path, one, gathered, appliers)


def _may_be_exported(text: str) -> bool:
    return any(all(key in text for key in keys) for keys in EXPORTS)


def _export(path: str, body: Node, gathered: Gathered, appliers: Mapping[str, Appliers]) -> None:
    place = Place(path, body.line)
    if grafana.is_dashboard(body):
        found = grafana.dashboard(path, place, body)
        gathered.dashboards.append(replace(found, applied=appliers["grafana"].apply(path)))
    elif body.at("widgets").items and body.at("layout_type"):
        found = datadog.dashboard_json(path, body)
        gathered.dashboards.append(replace(found, applied=appliers["datadog"].apply(path)))
    elif datadog.looks_like_monitor(body):
        alert = datadog.monitor(path, place, body, gathered)
        gathered.alerts.append(replace(alert, applied=appliers["datadog"].apply(path)))
    elif body.at("thresholds").items and body.at("query", "numerator"):
        goal = datadog.objective_json(path, body)
        gathered.objectives.append(replace(goal, applied=appliers["datadog"].apply(path)))
