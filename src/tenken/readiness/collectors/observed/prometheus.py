"""Reads the HTTP API of Prometheus: queries over a while, loaded rules, where alerts are sent.

Mimir, Thanos, VictoriaMetrics and Google's managed one answer the same paths.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from tenken.pattern import Pattern
from tenken.readiness.collectors.observed.fields import Record, moment, text
from tenken.readiness.facts.observed.metrics import (
    Matcher,
    MetricFacts,
    Rule,
    Series,
    Silence,
    Wanted,
)
from tenken.readiness.facts.observed.records import Kept

Get = Callable[[str], tuple[int, bytes]]
"""Asks the server for a path; gives the status, 0 without an answer, and the body."""

STEPS = 60
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
    return MetricFacts(kept=kept, answers=answers, rules=rules, receivers=_receivers(get))


def ask(get: Get, wanted: Wanted, now: datetime) -> Series:
    """Ask one query over its hours."""
    query = filled(wanted.query)
    if VARIABLE.search(query):
        return Series(refused="variable")
    since = now - timedelta(hours=wanted.hours)
    asked = {
        "query": query,
        "start": f"{since.timestamp():.3f}",
        "end": f"{now.timestamp():.3f}",
        "step": str(max(15, round(wanted.hours * 3600 / STEPS))),
    }
    data = _data(get, f"/api/v1/query_range?{urlencode(asked)}")
    if data is None:
        return Series(refused="no answer")
    return _series(data.get("result"))


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
    return Series(
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
