"""Reads the HTTP API of Prometheus: queries over a while, loaded rules, where alerts are sent.

Mimir, Thanos, VictoriaMetrics and Google's managed one answer the same paths.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from typing import Any
from urllib.parse import urlencode

import msgspec

from tenken.config.node import Node
from tenken.config.yaml import YamlError, read_yaml
from tenken.pattern import Pattern
from tenken.readiness.collectors.observed.fields import Record, moment, text
from tenken.readiness.facts.monitoring import Tool
from tenken.readiness.facts.observed.metrics import (
    COUNTERS,
    INSTANCES,
    PARTS,
    Firing,
    Line,
    Matcher,
    MetricFacts,
    OnCall,
    Rule,
    Series,
    Silence,
    Wanted,
)
from tenken.readiness.facts.observed.records import Kept

Get = Callable[[str], tuple[int, bytes]]
"""Asks the server for a path; gives the status, 0 without an answer, and the body."""

STEPS = 60
DAY_HOURS, WEEK_HOURS = 24.0, 24.0 * 7
MOST_NAMES = 60
MOST_QUERIES = 500
RANGES = Pattern(r"\$__rate_interval|\$__interval|\$\{__rate_interval\}|\$\{__interval\}")
WHOLE_RANGE = Pattern(r"\$__range|\$\{__range\}")
VARIABLE_MATCHER = Pattern(
    r"""([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)\s*"[^"]*(?:\$\{?\w|\[\[\w)[^"]*\""""
)
VARIABLE = Pattern(r"\$\{?\w|\[\[\w")


def read_metrics(get: Get, wanted: Iterable[Wanted], now: datetime) -> MetricFacts:
    """Ask for everything wanted, and for what is loaded."""
    asked = list(dict.fromkeys(wanted))[:MOST_QUERIES]
    answers = {one: ask(get, one, now) for one in asked}
    reached = any(not one.refused for one in answers.values())
    rules = _rules(get)
    kept = Kept(latest=now, earliest=now) if reached or rules is not None else Kept()
    names = _names(get)
    counting = [one for one in names if COUNTERS.search(one) and not PARTS.search(one)]
    return MetricFacts(
        kept=kept,
        answers=answers,
        rules=rules,
        receivers=_receivers(get),
        counters={one: _lines(get, one, now, hours=WEEK_HOURS) for one in counting[:MOST_NAMES]},
        instances={
            one: _lines(get, one, now, hours=DAY_HOURS)
            for one in [name for name in names if INSTANCES.search(name)][:MOST_NAMES]
        },
    )


def ask(get: Get, wanted: Wanted, now: datetime) -> Series:
    """Ask one query over its hours."""
    query = filled(wanted.query)
    if VARIABLE.search(query):
        return Series(refused="variable")
    data = _range(get, wanted, query, now)
    if data is None:
        return Series(refused="no answer")
    return _series(data.get("result"))


def _range(get: Get, wanted: Wanted, query: str, now: datetime) -> Record | None:
    since = now - timedelta(hours=wanted.hours)
    asked = {
        "query": query,
        "start": f"{since.timestamp():.3f}",
        "end": f"{now.timestamp():.3f}",
        "step": str(max(15, round(wanted.hours * 3600 / STEPS))),
    }
    return _data(get, f"/api/v1/query_range?{urlencode(asked)}")


def _names(get: Get) -> tuple[str, ...]:
    """The names of all metrics that have samples lately."""
    status, body = get("/api/v1/label/__name__/values")
    answer = _decoded(body) if status == 200 else None
    found = answer.get("data") if isinstance(answer, Mapping) else None
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def _lines(get: Get, name: str, now: datetime, *, hours: float) -> tuple[Line, ...]:
    """Each series of a metric over some hours, and how far it rose."""
    data = _range(get, Wanted(tool=Tool.PROMETHEUS, query=name, hours=hours), name, now)
    return tuple(map(_line, _list(data, "result") if data else []))


def _line(one: Record) -> Line:
    points = _figures(one)
    labels = {key: text(value) for key, value in _dict(one, "metric").items()}
    return Line(labels=labels, moved=_risen(points), curve=tuple(points))


def _risen(points: list[tuple[float, float]]) -> float:
    values = [value for _, value in points]
    return sum(after - before if after >= before else after for before, after in pairwise(values))


def filled(query: str) -> str:
    """A panel's query as Grafana would ask it for all values of its variables."""
    plain = WHOLE_RANGE.sub("1h", RANGES.sub("5m", query))
    return str(VARIABLE_MATCHER.sub(lambda match: f'{match.group(1)}=~".*"', plain))


def read_silences(get: Get) -> tuple[Silence, ...] | None:
    """Ask an Alertmanager (its API v2) what is silenced now."""
    status, body = get("/api/v2/silences")
    found = _decoded(body) if status == 200 else None
    if not isinstance(found, list):
        return None
    active = [one for one in found if isinstance(one, Mapping)]
    return tuple(_silence(one) for one in active if _dict(one, "status").get("state") == "active")


def read_firing(get: Get) -> tuple[Firing, ...] | None:
    """Ask an Alertmanager (its API v2) what fires now."""
    status, body = get("/api/v2/alerts?active=true")
    found = _decoded(body) if status == 200 else None
    if not isinstance(found, list):
        return None
    return tuple(
        Firing(
            name=text(_dict(one, "labels").get("alertname")),
            annotations={key: text(value) for key, value in _dict(one, "annotations").items()},
        )
        for one in found
        if isinstance(one, Mapping)
    )


def read_on_call(get: Get) -> tuple[OnCall, ...] | None:
    """Ask an Alertmanager for the routes it has loaded (`/api/v2/status`)."""
    status, body = get("/api/v2/status")
    answer = _decoded(body) if status == 200 else None
    config = _dict(answer, "config") if isinstance(answer, Mapping) else {}
    document = read_yaml(text(config.get("original")))
    if isinstance(document, YamlError) or not document:
        return None
    top = document[0]
    sends = {
        one.at("name").text: any(
            key.endswith("_configs") and value.items for key, value in one.mapping.items()
        )
        for one in top.at("receivers").items
    }
    return tuple(_routes(top.at("route"), sends))


def _routes(route: Node, sends: Mapping[str, bool], above: str = "") -> Iterator[OnCall]:
    receiver = route.at("receiver").text or above
    held = route.at("matchers").items
    said = [one.text for one in held] or [
        f"{key}={value.text}" for name in ("match", "match_re")
        for key, value in route.at(name).mapping.items()
    ]  # fmt: skip
    yield OnCall(receiver=receiver, matchers=", ".join(said), sends=sends.get(receiver, False))
    for one in route.at("routes").items:
        yield from _routes(one, sends, receiver)


def _silence(one: Record) -> Silence:
    matchers = (
        Matcher(
            name=text(each.get("name")),
            value=text(each.get("value")),
            is_pattern=each.get("isRegex") is True,
            is_equal=each.get("isEqual") is not False,
        )
        for each in _list(one, "matchers")
    )
    return Silence(
        matchers=tuple(matchers), by=text(one.get("createdBy")), until=moment(one.get("endsAt"))
    )


def _series(result: Any) -> Series:
    lines = [one for one in result if isinstance(one, Mapping)] if isinstance(result, list) else []
    points = [_figures(one) for one in lines]
    latest = max((each[-1][0] for each in points if each), default=None)
    curve: dict[float, float] = {}
    for at, value in chain.from_iterable(points):
        curve[at] = curve.get(at, 0.0) + value
    return Series(
        moved=sum(map(_risen, points)),
        curve=tuple(sorted(curve.items())),
        series=len(lines),
        points=sum(len(each) for each in points),
        latest=None if latest is None else datetime.fromtimestamp(latest, UTC),
        value=sum(each[-1][1] for each in points if each) if latest is not None else None,
    )


def _figures(line: Record) -> list[tuple[float, float]]:
    values = line.get("values")
    found = []
    for pair in values if isinstance(values, list) else []:
        try:
            at, value = float(pair[0]), float(pair[1])
        except (TypeError, ValueError, IndexError, KeyError):
            continue
        if math.isfinite(value):
            found.append((at, value))
    return found


def _rules(get: Get) -> tuple[Rule, ...] | None:
    data = _data(get, "/api/v1/rules?type=alert")
    if data is None:
        return None
    groups = _list(data, "groups")
    return tuple(_rule(one) for group in groups for one in _list(group, "rules"))


def _rule(one: Record) -> Rule:
    evaluated = text(one.get("lastEvaluation"))
    return Rule(
        name=text(one.get("name")),
        query=text(one.get("query")),
        hold_s=float(one.get("duration") or 0),
        is_healthy=one.get("health") == "ok",
        is_evaluated=bool(evaluated) and not evaluated.startswith("0001-"),
        labels={name: text(value) for name, value in _dict(one, "labels").items()},
        annotations={name: text(value) for name, value in _dict(one, "annotations").items()},
    )


def _receivers(get: Get) -> int:
    data = _data(get, "/api/v1/alertmanagers")
    return len(_list(data, "activeAlertmanagers")) if data else 0


def _data(get: Get, path: str) -> Record | None:
    status, body = get(path)
    answer = _decoded(body) if status == 200 else None
    if not isinstance(answer, Mapping) or answer.get("status") != "success":
        return None
    return _dict(answer, "data")


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None


def _list(one: Record, name: str) -> list[Record]:
    found = one.get(name)
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _dict(one: Record, name: str) -> Record:
    found = one.get(name)
    return found if isinstance(found, Mapping) else {}
