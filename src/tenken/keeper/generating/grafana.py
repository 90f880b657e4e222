"""A Grafana dashboard over the rules for Prometheus: budgets, burns, traffic, cost, guards."""

import json
from collections.abc import Iterator

from tenken.digest import of_bytes
from tenken.keeper.generating import vocabulary as names
from tenken.keeper.generating.given import File, Generated, Given, Loss, Objective, unread
from tenken.keeper.generating.prometheus import BUDGET_LEFT, BURN, chosen, unknown
from tenken.keeper.generating.promql import indicator_of
from tenken.keeper.generating.yaml import Plain
from tenken.sentence import say

FILE = "tenken-grafana-dashboard.json"
SCHEMA = 36
WIDTH, HEIGHT, ACROSS = 8, 8, 3
SOURCE: Plain = {"type": "prometheus", "uid": "${source}"}
TRAFFIC = (
    ("Requests a second by outcome", f"sum by (outcome) (rate({names.REQUESTS}[5m]))", "reqps"),
    (
        "Latency, 95th of a hundred",
        f"histogram_quantile(0.95, sum by (le) (rate({names.DURATION}_bucket[5m])))",
        "s",
    ),
    (
        "Time to the first token, 95th of a hundred",
        f"histogram_quantile(0.95, sum by (le) (rate({names.FIRST_TOKEN}_bucket[5m])))",
        "s",
    ),
    (
        "Cost an hour by model (USD)",
        f"3600 * sum by (model) (rate({names.COST}[5m]))",
        "currencyUSD",
    ),
    ("Tokens a second by class", f"sum by (type) (rate({names.TOKENS}[5m]))", "short"),
    ("Guard matches a minute by risk", f"60 * sum by (risk) (rate({names.MATCHES}[5m]))", "short"),
)


def grafana(given: Given) -> Generated:
    """Make the dashboard."""
    known = [one for one in given.objectives if indicator_of(one.slo) is not None]
    panels = [*_panels(given, known)]
    placed: list[Plain] = [_placed(at, panel) for at, panel in enumerate(panels)]
    body: Plain = {
        "uid": f"tenken-{of_bytes(given.application.encode())[-12:]}",
        "title": f"{given.application}: objectives",
        "tags": ["tenken"],
        "schemaVersion": SCHEMA,
        "editable": False,
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus"}]},
        "panels": placed,
    }
    text = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
    return Generated(files=(File(path=FILE, text=text),), losses=tuple(_losses(given)))


def _panels(given: Given, known: list[Objective]) -> Iterator[dict[str, Plain]]:
    for one in known:
        which = chosen(given.application, one.slo)
        expr = f"{BUDGET_LEFT}{which}"
        steps: list[Plain] = [
            {"color": "red", "value": None},
            {"color": "orange", "value": 0},
            {"color": "green", "value": 0.25},
        ]
        panel = _panel(
            f"{one.slo.name}: budget left", [(expr, "")], unit="percentunit", kind="stat"
        )
        defaults: Plain = {
            "unit": "percentunit",
            "thresholds": {"mode": "absolute", "steps": steps},
            "noValue": "no data",
        }
        yield {**panel, "fieldConfig": {"defaults": defaults}}
        burns = [
            (f"{BURN}{given.window(minutes)}{which}", given.window(minutes))
            for minutes in one.minutes
        ]
        yield _panel(f"{one.slo.name}: times too fast", burns, unit="short")
    for title, expr, unit in TRAFFIC:
        yield _panel(title, [(expr, "")], unit=unit)


def _panel(
    title: str, asked: list[tuple[str, str]], *, unit: str, kind: str = "timeseries"
) -> dict[str, Plain]:
    targets: list[Plain] = [
        {
            "refId": chr(ord("A") + at),
            "expr": expr,
            **({"legendFormat": legend} if legend else {}),
            "datasource": SOURCE,
        }
        for at, (expr, legend) in enumerate(asked)
    ]
    return {
        "title": title,
        "type": kind,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": unit, "noValue": "no data"}},
        "targets": targets,
    }


def _placed(at: int, panel: dict[str, Plain]) -> Plain:
    place: Plain = {
        "x": WIDTH * (at % ACROSS), "y": HEIGHT * (at // ACROSS), "w": WIDTH, "h": HEIGHT,
    }  # fmt: skip
    return {"id": at + 1, "gridPos": place, **panel}


def _losses(given: Given) -> Iterator[Loss]:
    yield from unread(given)
    for one in given.objectives:
        if indicator_of(one.slo) is None:
            yield Loss(slo=one.slo.name, sentence=unknown(one, "Grafana"))
    yield Loss(slo="", sentence=say("slo.loss_no_alarms", target="Grafana"))
