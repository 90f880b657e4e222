"""Metrics that are declared, and those that something writes to."""

import pytest

from tests.readiness.applications import facts_of

DECLARED = """
from fastapi import FastAPI
from prometheus_client import Counter
app = FastAPI()
TOKENS = Counter("llm_tokens_total", "Tokens")
def track(count: int) -> None:
    TOKENS.inc(count)
@app.post("/ask")
def ask(text: str) -> str:
    return text
"""


@pytest.mark.parametrize(
    ("old", "new", "recorded"),
    [
        ("return text", "track(1); return text", True),
        ("return text", "TOKENS.inc(); return text", True),
        ("return text", "return text", False),
        ("TOKENS.inc(count)", "pass", False),
        ("TOKENS = Counter", "TOKENS: Counter = Counter", False),
    ],
)
def test_a_metric_is_recorded_where_something_that_runs_writes_to_it(
    old: str, new: str, recorded: bool
) -> None:
    """A function for it that nothing calls records nothing."""
    (metric,) = facts_of({"app.py": DECLARED.replace(old, new)}).metrics

    assert metric.recorded is recorded


def test_a_metric_that_another_module_writes_to_is_recorded() -> None:
    """The name is imported and used elsewhere."""
    other = "from app import TOKENS\nTOKENS.labels('x').inc()\n"

    (metric,) = facts_of({"app.py": DECLARED, "other.py": other}).metrics

    assert metric.recorded


POSTED = """
import json
import urllib.request
NAME = "desk.requests"
def emit_metric(name: str, value: float) -> None:
    body = {"series": [{"metric": name, "points": [[0, value]]}]}
    urllib.request.urlopen("https://metrics.example.com/api/v1/series", json.dumps(body).encode())
def ask(text: str) -> str:
    emit_metric(NAME, 1)
    return text
ask("x")
"""


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("", "", ["desk.requests"]),
        ('"metric": name', '"text": name', []),
        ('ask("x")', "", ["desk.requests"]),
    ],
)
def test_a_function_of_ones_own_that_posts_metrics_emits_them(
    old: str, new: str, names: list[str]
) -> None:
    """The name it is given is the metric's; a log line of that shape is none."""
    metrics = facts_of({"app.py": POSTED.replace(old, new) if old else POSTED}).metrics

    assert [one.name for one in metrics] == names
    assert all(one.recorded is not (old == 'ask("x")') for one in metrics)


HELPED = """
from fastapi import FastAPI
from opentelemetry import metrics
app = FastAPI()
KNOWN = {}
def _counter(name: str, *, unit: str = "1"):
    if name not in KNOWN:
        KNOWN[name] = metrics.get_meter("desk").create_counter(name, unit=unit)
    return KNOWN[name]
def record(count: int) -> None:
    _counter("desk_tokens_total").add(count)
@app.post("/ask")
def ask(text: str) -> str:
    record(1)
    return text
"""


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("", "", {"desk_tokens_total"}),
        ("create_counter(name, unit=unit)", 'create_counter("other", unit=unit)', {"other"}),
        ("    record(1)\n", "", set()),
        ("create_counter(name, unit=unit)", "get(name)", set()),
    ],
)  # fmt: skip
def test_a_metric_that_a_function_makes_by_its_name(old: str, new: str, names: set[str]) -> None:
    """The name is given to the function; what nobody calls records nothing."""
    found = facts_of({"app.py": HELPED.replace(old, new) if old else HELPED}).metrics

    assert {one.name for one in found if one.recorded} == names
