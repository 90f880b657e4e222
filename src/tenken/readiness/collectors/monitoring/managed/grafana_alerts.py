"""Alerts that Grafana itself evaluates, provisioned in files: rules, points, policies."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from tenken.config.node import ABSENT, Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.place import Place
from tenken.readiness.collectors.monitoring import metrics
from tenken.readiness.collectors.monitoring.gathered import Gathered
from tenken.readiness.collectors.monitoring.prometheus import (
    NOWHERE,
    PAGERS,
    RUNBOOK_KEYS,
    matches,
)
from tenken.readiness.collectors.monitoring.runbooks import runbook_in, steps_beside
from tenken.readiness.collectors.monitoring.silence import seconds, unreachable
from tenken.readiness.facts.infrastructure import Figure
from tenken.readiness.facts.monitoring import (
    Alert,
    Query,
    Reach,
    Receiver,
    RunbookLink,
    Silence,
    Silenced,
    Tool,
)
from tenken.readiness.facts.tree import Role, Tree

SUFFIXES = frozenset({".yaml", ".yml", ".json"})
MAX_SIZE = 500_000
MARKS = ("contactPoints", "object_matchers", "policies", "refId", "datasourceUid")
ADDRESSES = ("url", "addresses", "recipient", "integrationKey", "token", "webhook_url", "apiKey")
OPERATORS = {"gt": ">", "lt": "<", "gte": ">=", "lte": "<="}
MAX_DEEP = 20


class Point(Struct, frozen=True, kw_only=True):
    """A contact point; `reaches` tells whether it sends something somewhere."""

    receiver: Receiver
    reaches: bool


class Provisioned(Struct):
    """What all files of a repository provision together."""

    rules: list[tuple[str, Node]]
    points: dict[str, Point]
    policies: list[tuple[str, Node]]


def read_grafana_alerts(tree: Tree, applies: Callable[[str], bool], gathered: Gathered) -> None:
    """Read every file that provisions alerting."""
    found = _provisioned(tree)
    gathered.receivers.extend(one.receiver for one in found.points.values())
    gathered.alerts.extend(
        replace(_alert(path, rule, found, gathered), applied=applies(path))
        for path, rule in found.rules
    )


def _provisioned(tree: Tree) -> Provisioned:
    found = Provisioned(rules=[], points={}, policies=[])
    for entry in tree.entries:
        if entry.suffix not in SUFFIXES or entry.role is not Role.PRODUCTION:
            continue
        if "alert" not in entry.path.lower() and "grafana" not in entry.path.lower():
            continue
        text = tree.text(entry.path) if entry.size <= MAX_SIZE else None
        if isinstance(text, str) and any(mark in text for mark in MARKS):
            documents = read_yaml(text)
            for body in () if isinstance(documents, YamlError) else documents:
                _sort(entry.path, body, found)
    return found


def _sort(path: str, body: Node, found: Provisioned) -> None:
    for group in body.at("groups").items:
        found.rules += [
            (path, rule)
            for rule in group.at("rules").items
            if rule.at("title").text and rule.at("data").items
        ]
    for point in body.at("contactPoints").items:
        if name := point.at("name").text:
            found.points[name] = _point(path, name, point)
    found.policies += [(path, one) for one in body.at("policies").items if one.at("receiver").text]


def _point(path: str, name: str, node: Node) -> Point:
    kinds = [one.at("type").text.lower() for one in node.at("receivers").items]
    return Point(
        receiver=Receiver(
            name=name,
            kind=next(iter(kinds), ""),
            place=Place(path, node.line),
            pages=bool(PAGERS & set(kinds)),
        ),
        reaches=any(_has_address(one.at("settings")) for one in node.at("receivers").items),
    )


def _has_address(settings: Node) -> bool:
    said = (settings.at(key).text.lower() for key in ADDRESSES)
    return any(text and not any(word in text for word in NOWHERE) for text in said)


def _alert(path: str, rule: Node, found: Provisioned, gathered: Gathered) -> Alert:
    query = _query(path, rule)
    operator, limit = _threshold(path, rule)
    labels = {key: it.text for key, it in rule.at("labels").mapping.items()}
    reach, name, place = _heard(path, rule, labels, found)
    point = found.points.get(name)
    hold = rule.at("for").text
    paused = rule.at("isPaused")
    silenced = []
    if paused.text == "true":
        at = Place(path, rule.line_of("isPaused"))
        silenced.append(Silenced(because=Silence.DISABLED, place=at, detail="isPaused: true"))
    if query is not None and limit is not None and limit.value is not None:
        silenced += unreachable(query, operator, limit.value, limit.place)
    return Alert(
        name=rule.at("title").text,
        tool=Tool.GRAFANA,
        place=Place(path, rule.line_of("title")),
        query=query,
        threshold=limit,
        hold_s=seconds(hold) if hold else None,
        severity=labels.get("severity", "").lower(),
        reach=reach,
        reach_place=place,
        receivers=(point.receiver,) if point else (),
        missing_receiver=name if reach is Reach.BROKEN else "",
        silenced=tuple(silenced),
        runbook=_runbook(path, rule, gathered),
        steps=steps_beside(path, rule),
    )


def _query(path: str, rule: Node) -> Query | None:
    for one in rule.at("data").items:
        model = one.at("model")
        if model.at("expr").text and one.at("datasourceUid").text != "__expr__":
            return metrics.prometheus(model.at("expr").text, Place(path, model.line_of("expr")))
    return None


def _threshold(path: str, rule: Node) -> tuple[str, Figure | None]:
    for one in rule.at("data").items:
        for condition in one.at("model", "conditions").items:
            evaluator = condition.at("evaluator")
            limit = next(iter(evaluator.at("params").items), ABSENT)
            if limit and limit.number is not None:
                operator = OPERATORS.get(evaluator.at("type").text, ">")
                place = Place(path, limit.line)
                written = f"{operator} {limit.text}"
                return operator, Figure(value=limit.number, place=place, written=written)
    return ">", None


def _heard(
    path: str, rule: Node, labels: Mapping[str, str], found: Provisioned
) -> tuple[Reach, str, Place]:
    """By the rule's own settings, else by the policies; without any, Grafana keeps them."""
    own = rule.at("notification_settings", "receiver")
    if own.text:
        name, place = own.text, Place(path, own.line)
    elif found.policies:
        held, root = found.policies[0]
        node = _walk(root, labels, 0)
        name, place = node.at("receiver").text, Place(held, node.line_of("receiver"))
    else:
        return Reach.ELSEWHERE, "", Place(path, rule.line)
    point = found.points.get(name)
    if point is None:
        # Contact points may be made by hand; where files make some, this one is missing.
        return (Reach.BROKEN if found.points else Reach.ELSEWHERE), name, place
    return (Reach.SOMEBODY if point.reaches else Reach.BROKEN), name, place


def _walk(node: Node, labels: Mapping[str, str], depth: int) -> Node:
    for one in node.at("routes").items if depth < MAX_DEEP else ():
        if _fits(one, labels):
            deeper = _walk(one, labels, depth + 1)
            return deeper if deeper.at("receiver").text else node
    return node


def _fits(route: Node, labels: Mapping[str, str]) -> bool:
    texts = tuple(_matchers(route.at("object_matchers").items))
    listed = Node(texts, route.line)
    return matches(route, labels) and matches(Node({"matchers": listed}, route.line), labels)


def _matchers(items: Sequence[Node]) -> Iterator[Node]:
    """`[severity, =, critical]`."""
    for one in items:
        parts = [it.text for it in one.items]
        if len(parts) == 3:
            yield Node(f'{parts[0]}{parts[1]}"{parts[2]}"', one.line)


def _runbook(path: str, rule: Node, gathered: Gathered) -> RunbookLink | None:
    notes = rule.at("annotations")
    for key in (*RUNBOOK_KEYS, "description", "summary"):
        if text := notes.at(key).text:
            place = Place(path, notes.line_of(key))
            found = runbook_in(text, place, gathered.tree, is_link=key in RUNBOOK_KEYS)
            if found is not None:
                return found
    return None
