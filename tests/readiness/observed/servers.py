"""Servers of metrics as a function: what they answer is written after their published schemas.

Prometheus: prometheus.io/docs/prometheus/latest/querying/api. Alertmanager: its API v2 in
api/v2/openapi.yaml. Datadog: `GET /api/v1/query` of docs.datadoghq.com/api. Read 2026-11-23.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

Points = list[tuple[float, float]]


class Prometheus:
    """Holds series by metric name; a query gives those of the first name that it holds."""

    def __init__(self, series: Mapping[str, str | None], **rule: Any) -> None:
        self._series = series
        self._rule = rule
        self.alertmanagers = 1

    def __call__(self, path: str) -> tuple[int, bytes]:
        """Answer a path."""
        parts = urlsplit(path)
        match parts.path:
            case "/api/v1/query_range":
                return 200, _said(self._matrix(parse_qs(parts.query)))
            case "/api/v1/rules":
                rules = [self._rule] if self._rule else []
                return 200, _said({"groups": [{"name": "app", "rules": rules}]})
            case "/api/v1/alertmanagers":
                active = [{"url": "http://127.0.0.1:9093/api/v2/alerts"}] * self.alertmanagers
                return 200, _said({"activeAlertmanagers": active, "droppedAlertmanagers": []})
            case _:
                return 404, b"404 page not found"

    def _matrix(self, asked: Mapping[str, list[str]]) -> dict[str, Any]:
        query, end = asked["query"][0], float(asked["end"][0])
        found = next((value for name, value in self._series.items() if name in query), None)
        if found is None and "vector(0)" in query:
            found = "0"
        values = [[end - 60, _half(found)], [end, found]]
        result = [{"metric": {"job": "desk"}, "values": values}] if found is not None else []
        return {"resultType": "matrix", "result": result}


class Counting:
    """Holds whole series: by metric name, labels with the values over whatever time is asked."""

    def __init__(self, series: Mapping[str, list[tuple[dict[str, str], list[float]]]]) -> None:
        self.series = series

    def __call__(self, path: str) -> tuple[int, bytes]:
        """Answer a path."""
        parts = urlsplit(path)
        if parts.path == "/api/v1/label/__name__/values":
            return 200, _said(list(self.series))
        if parts.path != "/api/v1/query_range":
            return 404, b"404 page not found"
        asked = parse_qs(parts.query)
        named = (name for name in sorted(self.series, key=len, reverse=True)
                 if name in asked["query"][0])  # fmt: skip
        held = self.series[found] if (found := next(named, None)) else []
        start, end = float(asked["start"][0]), float(asked["end"][0])
        result = [
            {"metric": labels, "values": _over(start, end, values)} for labels, values in held
        ]
        return 200, _said({"resultType": "matrix", "result": result})


def _over(start: float, end: float, values: list[float]) -> list[list[Any]]:
    step = (end - start) / max(1, len(values) - 1)
    return [[round(start + step * at), str(value)] for at, value in enumerate(values)]


def _half(found: str | None) -> str | None:
    """A counter that has come half as far a minute ago."""
    return found if found in {None, "NaN"} else str(float(found or 0) / 2)


def alertmanager(*silenced: Mapping[str, Any]) -> Any:
    """An Alertmanager with silences."""

    def answer(path: str) -> tuple[int, bytes]:
        return (200, json.dumps(silenced).encode()) if path == "/api/v2/silences" else (404, b"")

    return answer


def silence(
    *, state: str = "active", is_regex: bool = False, is_equal: bool = True, **labels: str
) -> dict[str, Any]:
    """A silence for labels."""
    matchers = [
        {"name": name, "value": value, "isRegex": is_regex, "isEqual": is_equal}
        for name, value in labels.items()
    ]
    return {
        "id": "a", "status": {"state": state}, "updatedAt": "2026-11-23T10:00:00.000Z",
        "comment": "", "createdBy": "ops", "endsAt": "2027-01-01T00:00:00.000Z",
        "startsAt": "2026-11-23T10:00:00.000Z", "matchers": matchers,
    }  # fmt: skip


def datadog(points: Points) -> Any:
    """Datadog with one series for every query."""

    def answer(path: str) -> tuple[int, bytes]:
        asked = parse_qs(urlsplit(path).query)
        series = [{"metric": "llm.tokens", "scope": "*", "expression": asked["query"][0],
                   "pointlist": [list(one) for one in points]}]  # fmt: skip
        said = {"status": "ok", "res_type": "time_series", "series": series if points else []}
        return 200, json.dumps(said).encode()

    return answer


def _said(data: Any) -> bytes:
    return json.dumps({"status": "success", "data": data}).encode()
