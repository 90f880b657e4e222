"""Alarms in modules kept elsewhere: that somebody is told shows in what the modules are given."""

from collections.abc import Iterator

from tenken.config.node import Node
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.found import Found
from tenken.readiness.collectors.infrastructure.terraform.estate import RemoteCall
from tenken.readiness.collectors.infrastructure.values import is_unknown, truth
from tenken.readiness.facts.infrastructure import WatchedElsewhere

ALARMS = Pattern(r"(?i)alarm|alert|monitor")
TOLD = Pattern(
    r"(?i)sns|topic|alarm_actions|notification|receiver|contact|channel|pagerduty|slack"
)
"""Inputs that say whom an alarm tells."""
ADDRESS = Pattern(r"(?i)webhook|e?mail|endpoint|pagerduty|opsgenie|phone|subscri")
"""Inputs with which a module builds a way to somebody."""
MODULE = Pattern(r"^module\.([A-Za-z0-9_-]+)\b")
SWITCHES = ("enabled", "create", "enable_alarms", "create_alarms", "alarms_enabled")


def watched_elsewhere(calls: tuple[RemoteCall, ...], found: Found) -> None:
    """Join each module of alarms with the module or resource that it hands them to."""
    by_name = {(one.path.rpartition("/")[0], one.name): one for one in calls}
    for call in calls:
        if not ALARMS.search(f"{call.source.rpartition('//')[2]} {call.name}"):
            continue
        if any(truth(call.inputs.at(switch)) is False for switch in SWITCHES):
            continue
        folder = call.path.rpartition("/")[0]
        for name in _handed_to(call):
            receiver = by_name.get((folder, name))
            way = _way(receiver) if receiver is not None and receiver is not call else None
            if receiver is not None and way:
                found.watched_elsewhere.append(
                    WatchedElsewhere(
                        name=call.name,
                        source=call.source[:120],
                        place=Place(call.path, call.inputs.line),
                        receiver=receiver.name,
                        told_at=Place(receiver.path, receiver.inputs.line_of(way)),
                        stage=call.stage,
                    )
                )
                break


def _handed_to(call: RemoteCall) -> Iterator[str]:
    """The modules whose outputs it is given as somebody to tell."""
    for key, value in call.inputs.mapping.items():
        if TOLD.search(key):
            for node in (value, *value.items):
                matched = MODULE.search(node.text) if node.tag == "!ref" else None
                if matched is not None:
                    yield matched[1]


def _way(receiver: RemoteCall) -> str:
    """The input that holds an address; empty where none is given or it is empty."""
    given = receiver.inputs.mapping
    return next((key for key, it in given.items() if ADDRESS.search(key) and _says(it)), "")


def _says(node: Node) -> bool:
    return is_unknown(node) or bool(node.text) or bool(node.items) or bool(node.mapping)
