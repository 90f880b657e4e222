"""Grafana dashboards: exported JSON, in ConfigMaps and in Terraform."""

from collections.abc import Iterator

from tenken.config.node import Node
from tenken.place import Place
from tenken.readiness.collectors.infrastructure.values import pattern
from tenken.readiness.collectors.monitoring import metrics
from tenken.readiness.facts.monitoring import Dashboard, Panel, Query, Tool

MAX_PANELS = 2_000


def is_dashboard(body: Node) -> bool:
    """It has panels (or rows of them) and what Grafana has beside or in them.

    What is sent to its interface holds the dashboard under a key.
    """
    inner = body.at("dashboard") if body.at("dashboard").mapping else body
    panels = (*inner.at("panels").items, *inner.at("rows").items)
    beside = inner.at("schemaVersion") or inner.at("uid") or inner.at("templating")
    return bool(panels) and bool(beside or panels[0].at("gridPos"))


def dashboard(path: str, place: Place, body: Node) -> Dashboard:
    """An exported dashboard; rows that are folded hold panels of their own."""
    inner = body.at("dashboard") if body.at("dashboard").mapping else body
    panels: list[Panel] = []
    pending = [*inner.at("panels").items, *inner.at("rows").items]
    while pending and len(panels) < MAX_PANELS:
        one = pending.pop(0)
        if one.at("panels").items:
            pending.extend(one.at("panels").items)
        if one.at("targets").items or one.at("type").text not in {"row", ""}:
            panels.append(
                Panel(
                    title=pattern(one.at("title")),
                    place=Place(path, one.line_of("title")),
                    queries=tuple(_queries(path, one)),
                )
            )
    return Dashboard(
        title=pattern(inner.at("title")), tool=Tool.GRAFANA, place=place, panels=tuple(panels),
        followed=bool(inner.mapping),
    )  # fmt: skip


def _queries(path: str, panel: Node) -> Iterator[Query]:
    for target in panel.at("targets").items:
        if text := pattern(target.at("expr")):
            yield metrics.prometheus(text, Place(path, target.line_of("expr")))
        elif text := pattern(target.at("metricName")):
            yield metrics.cloudwatch(
                pattern(target.at("namespace")), text, Place(path, target.line)
            )
        elif text := pattern(target.at("rawSql")) or pattern(target.at("query")):
            yield metrics.query(text, Place(path, target.line), [])
