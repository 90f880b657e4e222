"""Prometheus rules and Alertmanager routes: which rule is heard by whom."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from tenken.config.node import ABSENT, Node
from tenken.pattern import Pattern, PatternError
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.values import first
from tenken.readiness.collectors.monitoring import metrics
from tenken.readiness.collectors.monitoring.gathered import Gathered
from tenken.readiness.collectors.monitoring.loading import Server, unloaded
from tenken.readiness.collectors.monitoring.refusal import has_address, refused
from tenken.readiness.collectors.monitoring.runbooks import runbook_in, steps_beside
from tenken.readiness.collectors.monitoring.silence import (
    comparison,
    held,
    made_void,
    seconds,
    unreachable,
)
from tenken.readiness.facts.infrastructure import Figure
from tenken.readiness.facts.monitoring import (
    Alert,
    AlertKind,
    Reach,
    Receiver,
    RunbookLink,
    Silence,
    Silenced,
    Tool,
)

PAGERS = frozenset({"pagerduty", "opsgenie", "victorops", "pushover"})
MATCHER = Pattern(r'^\s*([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*"?([^"]*)"?\s*$')
RUNBOOK_KEYS = ("runbook_url", "runbook", "runbookUrl", "runbook_link", "playbook")
MAX_ROUTES_DEEP = 20
MAX_ROUTINGS = 10
"""Configurations that a rule is followed through, one for each environment as a rule."""
WHOLE_WEEK = frozenset({"monday:sunday", "sunday:saturday"})
NOWHERE = (
    "localhost",
    "127.0.0.1",
    "example.com",
    "replace",
    "changeme",
    "your-",
    "<",
    "xxx",
    "todo",
)


class Rules(Struct, frozen=True, kw_only=True):
    """The groups of a rules file or of a PrometheusRule."""

    path: str
    groups: Node
    stage: str = ""
    loose: bool = False
    """A file for a server to load, and no manifest of an operator."""
    mounted: bool = False
    """Something names it, or mounts its folder: a server may know it by another name."""


class Routing(Struct, frozen=True, kw_only=True, dict=True):
    """An Alertmanager configuration."""

    path: str
    body: Node

    @cached_property
    def receivers(self) -> Mapping[str, Receiver]:
        """Its receivers by name; worked out once, since every rule asks."""
        return _receivers(self)


def read_prometheus(
    rules: list[Rules], routings: list[Routing], servers: Sequence[Server], gathered: Gathered
) -> None:
    """Read rules, and follow each one's labels through the routes."""
    recorded = {
        rule.at("record").text: rule.at("expr").text
        for one in rules
        for rule in _each_rule(one)
        if rule.at("record")
    }
    for routing in routings:
        gathered.receivers.extend(routing.receivers.values())
    for one in rules:
        kept = refused(one.path, _each_rule(one))
        silent = (*kept, *(unloaded(one.path, servers, one.mounted) if one.loose else ()))
        for rule in _each_rule(one):
            if rule.at("alert"):
                alert = _alert(one, rule, routings=routings, recorded=recorded, gathered=gathered)
                gathered.alerts.append(replace(alert, silenced=(*alert.silenced, *silent)))


def _each_rule(rules: Rules) -> Iterator[Node]:
    for group in rules.groups.items:
        yield from group.at("rules").items


def _alert(
    rules: Rules,
    rule: Node,
    *,
    routings: list[Routing],
    recorded: Mapping[str, str],
    gathered: Gathered,
) -> Alert:
    path = rules.path
    text = rule.at("expr").text
    query = metrics.prometheus(text, Place(path, rule.line_of("expr")), recorded)
    compared = comparison(text)
    hold = rule.at("for").text
    hold_place = Place(path, rule.line_of("for"))
    labels = {key: value.text for key, value in rule.at("labels").mapping.items()}
    heard = route(routings, {**labels, "alertname": rule.at("alert").text})
    never = unreachable(query, compared[0], compared[1], query.place) if compared else ()
    return Alert(
        name=rule.at("alert").text,
        tool=Tool.PROMETHEUS,
        place=Place(path, rule.line_of("alert")),
        kind=_kind(text),
        query=query,
        threshold=Figure(
            value=compared[1], place=query.place, written=f"{compared[0]} {compared[1]:g}"
        )
        if compared
        else None,
        hold_s=seconds(hold) if hold else None,
        severity=first(rule.at("labels", "severity"), rule.at("labels", "priority")).text.lower(),
        reach=heard.reach,
        reach_place=heard.place,
        receivers=heard.receivers,
        missing_receiver=heard.missing,
        silenced=(
            *held(seconds(hold) if hold else None, hold_place, f"for: {hold}"),
            *never,
            *made_void(text, query.place),
            *heard.silenced,
        ),
        runbook=_runbook(path, rule, gathered),
        steps=steps_beside(path, rule),
        stage=rules.stage,
    )


def _kind(text: str) -> AlertKind:
    if "absent(" in text or "absent_over_time(" in text:
        return AlertKind.ABSENCE
    return AlertKind.BURN_RATE if "burn" in text.lower() else AlertKind.THRESHOLD


def _runbook(path: str, rule: Node, gathered: Gathered) -> RunbookLink | None:
    notes = rule.at("annotations")
    for key in RUNBOOK_KEYS:
        if notes.at(key):
            return runbook_in(
                notes.at(key).text, Place(path, notes.line_of(key)), gathered.tree, is_link=True
            )
    for key in ("description", "summary", "message"):
        if notes.at(key):
            found = runbook_in(notes.at(key).text, Place(path, notes.line_of(key)), gathered.tree)
            if found is not None:
                return found
    return None


class Heard(Struct, frozen=True, kw_only=True):
    """Whom a rule's labels lead to."""

    reach: Reach
    place: Place | None = None
    receivers: tuple[Receiver, ...] = ()
    missing: str = ""
    silenced: tuple[Silenced, ...] = ()


def route(routings: list[Routing], labels: Mapping[str, str]) -> Heard:
    """Follow the routing tree; without one in the repository, routing is decided elsewhere."""
    if not routings:
        return Heard(reach=Reach.ELSEWHERE)
    heard = Heard(reach=Reach.ELSEWHERE)
    for routing in routings[:MAX_ROUTINGS]:
        heard = _heard(routing, labels)
        if heard.reach is Reach.SOMEBODY:
            break
    return heard


def _heard(routing: Routing, labels: Mapping[str, str]) -> Heard:
    node, name, place = _walk(routing, routing.body.at("route"), labels)
    known = routing.receivers
    if not name:
        return Heard(reach=Reach.NOBODY, place=Place(routing.path, node.line))
    if name not in known:
        return Heard(reach=Reach.BROKEN, place=place, missing=name)
    receiver = known[name]
    if not receiver.kind:
        silenced = Silenced(because=Silence.NULL_ROUTE, place=receiver.place or place, detail=name)
        return Heard(reach=Reach.NOBODY, place=place, receivers=(receiver,), silenced=(silenced,))
    if receiver.kind == "nowhere":
        return Heard(reach=Reach.BROKEN, place=receiver.place, missing=name)
    return Heard(
        reach=Reach.SOMEBODY,
        place=place,
        receivers=(receiver,),
        silenced=tuple(_delayed(routing, node)),
    )


def _delayed(routing: Routing, node: Node) -> Iterator[Silenced]:
    """A route that is muted all the time, or waits for days before it tells anybody."""
    wait = node.at("group_wait").text
    place = Place(routing.path, node.line_of("group_wait"))
    yield from held(seconds(wait) if wait else None, place, f"group_wait: {wait}")
    always = {one.at("name").text for one in _intervals(routing.body) if _is_always(one)}
    for muted in node.at("mute_time_intervals").items:
        if muted.text in always:
            place = Place(routing.path, muted.line)
            yield Silenced(because=Silence.MUTED, place=place, detail=muted.text)


def _intervals(body: Node) -> Iterator[Node]:
    yield from body.at("time_intervals").items
    yield from body.at("mute_time_intervals").items


def _is_always(interval: Node) -> bool:
    """No hours, days, months or years bound it, or only the whole week does."""
    return any(
        not any(span.at(key) for key in ("times", "days_of_month", "months", "years"))
        and all(day.text in WHOLE_WEEK for day in span.at("weekdays").items)
        for span in interval.at("time_intervals").items
    )


def _walk(routing: Routing, node: Node, labels: Mapping[str, str]) -> tuple[Node, str, Place]:
    name = node.at("receiver").text
    place = Place(routing.path, node.line_of("receiver"))
    for _ in range(MAX_ROUTES_DEEP):
        deeper = next((one for one in node.at("routes").items if matches(one, labels)), ABSENT)
        if not deeper:
            break
        node = deeper
        if node.at("receiver"):
            name, place = node.at("receiver").text, Place(routing.path, node.line_of("receiver"))
    return node, name, place


def matches(node: Node, labels: Mapping[str, str]) -> bool:
    """Every matcher of a route fits the labels."""
    exact = all(
        labels.get(key, "") == value.text for key, value in node.at("match").mapping.items()
    )
    patterns = node.at("match_re").mapping.items()
    fits = all(_fits(labels.get(key, ""), value.text) for key, value in patterns)
    return (
        exact
        and fits
        and all(_matcher(one.text, labels) for one in _matchers(node.at("matchers")))
    )


def _matchers(node: Node) -> Iterator[Node]:
    for one in node.many:
        if one.mapping:
            operator = one.at("matchType").text or "="
            yield Node(f'{one.at("name").text}{operator}"{one.at("value").text}"', one.line)
        else:
            yield one


def _matcher(text: str, labels: Mapping[str, str]) -> bool:
    match = MATCHER.match(text)
    if match is None:
        return True
    name, operator, value = (str(part) for part in match.groups())
    held_value = labels.get(name, "")
    match operator:
        case "=":
            return held_value == value
        case "!=":
            return held_value != value
        case "=~":
            return _fits(held_value, value)
        case _:
            return not _fits(held_value, value)


def _fits(text: str, expression: str) -> bool:
    if len(expression) > 1_000:
        return False
    try:
        return bool(Pattern(expression).fullmatch(text))
    except PatternError:
        return False


def _receivers(routing: Routing) -> dict[str, Receiver]:
    found = {}
    for node in routing.body.at("receivers").items:
        name = node.at("name").text
        found[name] = Receiver(
            name=name,
            kind=_integration(node, routing.body),
            place=Place(routing.path, node.line),
            pages=_pages(node),
        )
    return found


def _integration(node: Node, body: Node) -> str:
    """Its first integration; `nowhere` where every address is a placeholder; empty for none."""
    kinds = []
    for key, value in node.mapping.items():
        kind = key.removesuffix("_configs").removesuffix("Configs")
        if kind != key and value.items:
            addresses = [
                one.at(field).text.lower()
                for one in value.items
                for field in ("url", "api_url", "to")
            ]
            stated = [address for address in addresses if address]
            dead = bool(stated) and all(
                any(word in address for word in NOWHERE) for address in stated
            )
            if key.endswith("_configs"):
                dead = dead or not any(has_address(kind, one, body) for one in value.items)
            kinds.append("nowhere" if dead else kind.lower())
    real = [kind for kind in kinds if kind != "nowhere"]
    return (real or kinds or [""])[0]


def _pages(node: Node) -> bool:
    return any(key.split("_")[0].removesuffix("Configs").lower() in PAGERS for key in node.mapping)
