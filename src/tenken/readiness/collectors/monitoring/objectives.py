"""Objectives kept as YAML: OpenSLO, Sloth, Pyrra and tenken's own."""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from msgspec.structs import replace

from tenken.config.node import Node
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.values import first, to_number
from tenken.readiness.collectors.monitoring import metrics
from tenken.readiness.facts.infrastructure import Figure
from tenken.readiness.facts.monitoring import Objective, Query, Tool

PLACEHOLDERS = ("todo", "tbd", "<", "your", "changeme", "fixme", "replace", "xxx", "...")
NAMED = Pattern(r"(?i)(^|[/_.-])slos?([/_.-]|$)|service[-_]?level")
"""Files that are called after what they hold."""
OWN_KEYS = ("slos", "slo", "objectives", "service_level_objectives")
TARGETS = ("target", "objective", "target_percent", "slo_target", "target_percentage", "goal")
WINDOWS = ("window", "time_window", "period", "timeframe", "rolling_window", "compliance_period")
QUERY_KEYS = (
    "query",
    "metric",
    "error_query",
    "total_query",
    "error_ratio_query",
    "promql",
    "queryFilter",
    "sli_query",
    "good_query",
    "expr",
    "good",
    "total",
)


def is_said(text: str) -> bool:
    """A query that is there and is no placeholder."""
    return bool(text.strip()) and not text.strip().lower().startswith(PLACEHOLDERS)


def from_openslo(path: str, body: Node) -> Iterator[Objective]:
    """One objective for each target of an OpenSLO document."""
    spec = body.at("spec")
    indicator = first(spec.at("indicator", "spec"), spec.at("indicator"), spec)
    windows = spec.at("timeWindow").items or spec.at("timeWindows").items
    window = " ".join(first(one.at("duration"), one.at("count")).text for one in windows[:1])
    for objective in spec.at("objectives").items:
        holder, key, scale = objective, "target", 1.0
        if not objective.at("target") and objective.at("targetPercent"):
            key, scale = "targetPercent", 0.01
        named = spec.at("indicatorRef").text
        yield _objective(
            Tool.OPENSLO,
            name=body.at("metadata", "name").text,
            place=Place(path, body.line_of("kind")),
            target=_share(path, holder, key, scale),
            window=window,
            queries=() if named else tuple(_queries(path, indicator)),
            asks=bool(named),
            service=spec.at("service").text,
        )


def from_sloth(path: str, body: Node) -> Iterator[Objective]:
    """A Sloth file or its Kubernetes form; Sloth's own window is 30 days."""
    spec = body.at("spec") or body
    for slo in spec.at("slos").items:
        yield _objective(
            Tool.SLOTH,
            name=slo.at("name").text,
            place=Place(path, slo.line),
            target=_share(path, slo, "objective", 0.01),
            window="30d",
            queries=tuple(_queries(path, slo.at("sli"))),
            asks=False,
            service=spec.at("service").text,
        )


def from_pyrra(path: str, body: Node) -> Iterator[Objective]:
    """Pyrra's `ServiceLevelObjective`."""
    spec = body.at("spec")
    yield _objective(
        Tool.PYRRA,
        name=body.at("metadata", "name").text,
        place=Place(path, body.line_of("kind")),
        target=_share(path, spec, "target", 0.01),
        window=spec.at("window").text,
        queries=tuple(_queries(path, spec.at("indicator"))),
        asks=False,
        service="",
    )


def from_own(path: str, body: Node) -> Iterator[Objective]:
    """Entries of a file that is called after its SLOs: target, window, and what is measured."""
    for key in OWN_KEYS:
        listed = body.at(key)
        for name, one in (
            *listed.mapping.items(), *((it.at("name").text, it) for it in listed.items)
        ):  # fmt: skip
            target = next((it for it in TARGETS if _percent(path, one, it) is not None), "")
            window = next((one.at(it).text for it in WINDOWS if one.at(it).text), "")
            queries = tuple(_queries(path, one))
            if target and window and queries:
                goal = _objective(
                    Tool.OWN, name=one.at("name").text or name, place=Place(path, one.line),
                    target=_percent(path, one, target), window=window, queries=queries,
                    asks=False, service="",
                )  # fmt: skip
                yield replace(goal, applied=False)


def _percent(path: str, one: Node, key: str) -> Figure | None:
    """A share, or a percentage; not the seconds of a latency."""
    found = _share(path, one, key, 1.0)
    if found is None or found.value is None or not 0 < found.value <= 100:
        return None
    is_share = found.value < 1
    return found if is_share else replace(found, value=round(found.value / 100, 9))


def _objective(
    tool: Tool,
    *,
    name: str,
    place: Place,
    target: Figure | None,
    window: str,
    queries: tuple[Query, ...],
    asks: bool,
    service: str,
) -> Objective:
    return Objective(
        name=name, tool=tool, place=place, target=target, window=window, queries=queries,
        asks=asks, service=service,
    )  # fmt: skip


def _share(path: str, parent: Node, key: str, scale: float) -> Figure | None:
    node = parent.at(key)
    value = node.number if node.number is not None else to_number(node.text.rstrip("% "))
    if value is None:
        return None
    return Figure(
        value=round(value * scale, 9),
        place=Place(path, parent.line_of(key)),
        written=node.text[:40],
    )


def _queries(path: str, holder: Node) -> Iterator[Query]:
    for node in islice(holder.walk(), 2_000):
        held = node.mapping
        for key in QUERY_KEYS if held else ():
            text = held[key].text if key in held else ""
            if text and is_said(text):
                yield asked(text, Place(path, node.line_of(key)))


def asked(text: str, place: Place) -> Query:
    """A query in a language that nothing names: told from its shape."""
    if "metric.type" in text:
        return metrics.google(text, place)
    found = metrics.datadog(text, place)
    looks_like_datadog = any("." in metric.name for metric in found.metrics)
    return found if looks_like_datadog else metrics.prometheus(text, place)


READERS: Mapping[str, Callable[[str, Node], Iterator[Objective]]] = MappingProxyType(
    {
        "SLO": from_openslo,
        "PrometheusServiceLevel": from_sloth,
        "ServiceLevelObjective": from_pyrra,
    }
)
