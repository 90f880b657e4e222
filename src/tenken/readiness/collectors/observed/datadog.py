"""Reads series from Datadog's API, for teams whose dashboards are there."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec

from tenken.pattern import Pattern
from tenken.readiness.collectors.observed.fields import Record
from tenken.readiness.collectors.observed.prometheus import Get
from tenken.readiness.facts.observed.metrics import Series, Wanted

MILLI = 1000.0
TEMPLATE = Pattern(r"\$[A-Za-z_][\w.]*")


def ask(get: Get, wanted: Wanted, now: datetime) -> Series:
    """Ask one query over its hours (`GET /api/v1/query`)."""
    since = now - timedelta(hours=wanted.hours)
    asked = {
        "query": TEMPLATE.sub("*", wanted.query),
        "from": str(int(since.timestamp())),
        "to": str(int(now.timestamp())),
    }
    status, body = get(f"/api/v1/query?{urlencode(asked)}")
    answer = _decoded(body) if status == 200 else None
    if not isinstance(answer, Mapping) or answer.get("status") != "ok":
        return Series(refused="no answer")
    found = answer.get("series")
    lines = [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []
    points = [list(_figures(one)) for one in lines]
    latest = max((each[-1][0] for each in points if each), default=None)
    return Series(
        series=len(lines),
        points=sum(len(each) for each in points),
        latest=None if latest is None else datetime.fromtimestamp(latest / MILLI, UTC),
        value=sum(each[-1][1] for each in points if each) if latest is not None else None,
    )


def _figures(line: Record) -> Iterable[tuple[float, float]]:
    values = line.get("pointlist")
    for pair in values if isinstance(values, list) else []:
        if isinstance(pair, list) and len(pair) == 2 and None not in pair:
            at, value = float(pair[0]), float(pair[1])
            if math.isfinite(value):
                yield at, value


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
