"""Line ends, NUL and marks of every format, in every name of a record: one record stays one."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine

from tenken.journal.exchange import Exchange, Match
from tenken.keeper.sinks.logs.lines import Style
from tenken.keeper.sinks.logs.writing import File, Logs
from tenken.keeper.sinks.metrics.families import Families
from tenken.keeper.sinks.metrics.keeping import Kept
from tenken.keeper.sinks.metrics.page import Page
from tenken.keeper.sinks.plain import plain
from tenken.store.ledger import Ledger
from tenken.store.rollups.reading import Rollups
from tests.journal.making import AT
from tests.keeper.sinks.records import rescued

ENDS = (
    "a\r\nb", "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\u2029b", "a\x85b", "a\x0bb", "a\x1eb",
    '"}\n{"severity":"CRITICAL"}', '"} 1\nowned_total{a="b', "\\", '"', "\x1b[2J",
    "\n# HELP owned x\n# TYPE owned counter\nowned 1\n", "a\tb", "\ufeff", "\u202eb",
)  # fmt: skip


def named(value: str) -> Exchange:
    """An exchange in which every name that others give is this."""
    one = rescued()
    return replace(
        one, id=value, finish=value, code=value,
        identity=replace(
            one.identity, caller=value, use_case=value, route=value, prompt=value, release=value,
            session=value, drill="",
        ),
        attempts=tuple(
            replace(each, upstream_id=value, model=value, target=value, provider=value)
            for each in one.attempts
        ),
        matches=(Match(rule=value, risk=value, action="flag", stage="inward"),),
    )  # fmt: skip


@pytest.mark.parametrize("value", ENDS)
def test_a_record_stays_its_lines(value: str, tmp_path: Path) -> None:
    """One for the request and one for what a guard found, each an object with our names alone."""
    file = tmp_path / "requests.jsonl"
    logs = Logs(File(file), Style(service="desk"))
    assert logs.deliver([rescued()], AT).sent == 3
    ours = {
        name for line in file.read_text("utf-8").split("\n") if line for name in json.loads(line)
    }
    file.unlink()
    logs = Logs(File(file), Style(service="desk"))

    assert logs.deliver([named(value)], AT).sent == 2

    raw = file.read_bytes()
    assert raw.count(b"\n") == 2
    assert len(raw.decode().splitlines()) == 2
    read = [json.loads(line) for line in raw.decode().splitlines()]
    assert {name for one in read for name in one} <= ours
    assert {one["severity"] for one in read} <= {"INFO", "WARNING"}


@pytest.mark.parametrize("value", ENDS)
def test_a_label_stays_a_label(value: str, engine: Engine) -> None:
    """The page has our families and no other, and can be read whole."""
    Ledger(engine).record([named(value)])
    registry = CollectorRegistry(auto_describe=False)
    registry.register(
        Page(
            ever=Rollups(engine).counters, kept=lambda _now: Kept(),
            families=Families(100, plain=plain), parent=0, now=lambda: AT,
        )
    )  # fmt: skip
    text = generate_latest(registry).decode()

    families = [*text_string_to_metric_families(text)]
    assert {one.name.partition("_")[0] for one in families} <= {"tenken", "gen", "process"}
    assert not any(line.startswith("owned") for line in text.split("\n"))
    assert "\x00" not in text
