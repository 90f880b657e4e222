"""Objectives and spikes over a real ledger: drills and callers that left count for nothing."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tenken.config.operating.objectives import Slo
from tenken.config.operating.spikes import SpikeSettings
from tenken.journal.exchange import Attempt, Exchange, Identity, Match, Outcome, Timings
from tenken.keeper.objectives.counts import Counts
from tenken.keeper.objectives.measuring import Measuring
from tenken.keeper.spikes.noticing import Noticing
from tenken.store.engine import opened
from tenken.store.ledger import Ledger
from tenken.store.migration import migrate
from tenken.store.rollups.reading import Rollups
from tenken.wire.api import Api
from tenken.wire.usage import Usage

NOW = 1_795_000_000_000_000
MINUTE, HOUR = 60_000_000, 3_600_000_000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    found = opened(f"sqlite:///{tmp_path}/ledger.db")
    migrate(found)
    yield found
    found.dispose()


def exchange(number: int, at: int, outcome: Outcome = Outcome.ANSWERED, **more: str) -> Exchange:
    """A request; `caller`, `release` and `drill` may be named."""
    failed = outcome is Outcome.FAILED
    return Exchange(
        id=f"req-{number}", at=at, trace="0" * 32, span=f"{number:016x}", parent="",
        sampled=False, api=Api.CHAT, stream=True, outcome=outcome, status=502 if failed else 200,
        identity=Identity(
            caller=more.get("caller", "desk"), use_case="answer", route="fast",
            release=more.get("release", "r1"), drill=more.get("drill", ""),
        ),
        attempts=(Attempt(target="t", provider="p", model="m", credential="c"),),
        usage=Usage(input=1000, output=100, source="provider"), cost=Decimal("0.01"),
        timings=Timings(first_token=500_000, last=2_000_000),
        matches=(
            (Match(rule="r", risk="x", action="failed", stage="inward"),)
            if more.get("trouble") else ()
        ),
    )  # fmt: skip


def slo(sli: str, *, seconds: float | None = None, usd: float | None = None) -> Slo:
    return Slo(
        name="s", sli=sli, target_percent=99, window_days=1, threshold_s=seconds,
        threshold_usd=usd, use_case="answer",
    )  # fmt: skip


def test_objectives_are_counted_and_their_cause_is_found(engine: Engine) -> None:
    """A release that fails, beside drills and callers that left."""
    made = [exchange(n, NOW - MINUTE) for n in range(90)]
    made += [exchange(100 + n, NOW - MINUTE, Outcome.FAILED, release="r2") for n in range(10)]
    made += [exchange(200 + n, NOW - MINUTE, Outcome.CANCELLED) for n in range(5)]
    made += [exchange(300 + n, NOW - MINUTE, Outcome.FAILED, drill="outage") for n in range(50)]
    made += [exchange(400, NOW - MINUTE, trouble="yes")]
    Ledger(engine).record(made)
    measuring = Measuring(Rollups(engine))

    (watched,) = measuring.watched([slo("availability"), slo("words")], NOW)

    assert watched.burning.counts == Counts(good=91, total=101)
    assert [one.pair.severity for one in watched.burning.firing] == ["page", "ticket"]
    assert watched.cause is not None
    assert (watched.cause.dimension, watched.cause.name) == ("release", "r2")
    assert measuring.counts(slo("latency", seconds=1.28), NOW, 60) == Counts(good=0, total=91)
    assert measuring.counts(slo("ttft", seconds=0.64), NOW, 60) == Counts(good=91, total=91)
    assert measuring.counts(slo("guardrail_available"), NOW, 60) == Counts(good=100, total=101)
    assert measuring.counts(slo("cost_per_request", usd=0.02), NOW, 60).total == 101
    assert measuring.counts(slo("cost_per_request", usd=0.001), NOW, 1440).good == 0
    assert measuring.counts(slo("feedback_positive_rate"), NOW, 60).total == 0


def test_a_spike_is_found_with_its_caller(engine: Engine) -> None:
    """Six days of quiet, then a batch."""
    made = [
        exchange(24 * day + hour, NOW - HOUR * (24 * day + hour) - 2 * HOUR)
        for day in range(6)
        for hour in range(24)
    ]
    made += [exchange(1000 + n, NOW - MINUTE, caller="batch") for n in range(40)]
    Ledger(engine).record(made)
    noticing = Noticing(Rollups(engine))

    for _ in range(2):  # the second time without reading the past again
        found = {
            one.seen.measure: one for one in noticing.noticed(["answer"], SpikeSettings(), NOW)
        }
        assert [name for name, one in found.items() if one.seen.spikes] == ["tokens", "cost"]
        assert found["tokens"].cause is not None
        assert found["tokens"].cause.name == "batch"

    made = [exchange(2000 + n, NOW - MINUTE, Outcome.FAILED) for n in range(60)]
    Ledger(engine).record(made)
    found = {one.seen.measure: one for one in noticing.noticed(["answer"], SpikeSettings(), NOW)}
    assert not found["error_rate"].seen.spikes, "hours of one request tell no share"
    asked = SpikeSettings(requests_min=1)
    found = {one.seen.measure: one for one in noticing.noticed(["answer"], asked, NOW)}
    assert found["error_rate"].seen.spikes
    assert found["error_rate"].cause is None

    quiet = Noticing(Rollups(engine)).noticed(["other"], SpikeSettings(), NOW)
    assert [one.seen.usual for one in quiet] == [None] * 5
