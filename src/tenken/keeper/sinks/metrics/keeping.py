"""How the keeping itself is: instances, positions, and how far sinks are behind."""

from collections.abc import Iterator, Mapping
from itertools import product

from msgspec import Struct
from msgspec.structs import asdict
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from tenken.keeper.sinks.feed import Lag
from tenken.store.owed.tally import Tally
from tenken.store.watch.alert import SEVERITIES

WATCHED = (
    "burn", "spike", "guard", "lag", "budget", "retirement", "expiry", "delivery", "watch",
)  # fmt: skip
"""Kinds of what is watched."""
TOLD = {
    "exchanges": "Exchanges that a sink was handed",
    "sent": "Spans, lines or events that a sink has taken",
    "left_out": "Healthy exchanges that were not in the share that a sink is sent",
    "refused": "Spans or events that a sink will never take: they are dropped",
    "skipped": "Frames that were gone before a sink had read them, or that could not be read",
}
LAGS = {
    "bytes": "Bytes of this machine's journals that a sink has not read",
    "seconds": "How long ago a sink last had everything",
    "failures": "How often in a row a sink did not take what it was given",
    "records": "Frames of this machine's journals that the ledger has and a sink has not",
    "owed": "Exchanges that stand in no file and that a sink is owed",
}


class Kept(Struct, frozen=True, kw_only=True):
    """What is known of the keeping at one moment."""

    instances: int = 1
    parked: int = 0
    reached: Mapping[str, int] = {}
    """By journal of this machine: the number of the last frame that is in the ledger."""
    tallies: Mapping[str, Tally] = {}
    lags: Mapping[str, Lag] = {}
    records: Mapping[str, int] = {}
    owed: Mapping[str, int] = {}
    alerts: Mapping[tuple[str, str], int] = {}
    """Alerts that are open and not silenced, by kind and severity."""


def families(kept: Kept) -> Iterator[Metric]:
    """Give the metrics."""
    yield GaugeMetricFamily(
        "tenken_instances", "Machines whose keeper was heard of lately", value=kept.instances
    )
    yield GaugeMetricFamily(
        "tenken_ledger_parked", "Records that the ledger refused", value=kept.parked
    )
    position = GaugeMetricFamily(
        "tenken_ledger_position", "The last frame that is in the ledger", labels=("journal",)
    )
    for journal, sequence in sorted(kept.reached.items()):
        position.add_metric((journal,), sequence)
    yield position
    yield _alerts(kept.alerts)
    yield from _tallies(kept.tallies)
    yield from _lags(kept)


def _alerts(found: Mapping[tuple[str, str], int]) -> Metric:
    """Those of which none is open are there, too: a rule sees that it is over."""
    told = "Alerts of the keeper's own that are open and not silenced"
    family = GaugeMetricFamily("tenken_alerts_open", told, labels=("kind", "severity"))
    for labels in sorted({*product(WATCHED, SEVERITIES), *found}):
        family.add_metric(labels, found.get(labels, 0))
    return family


def _tallies(tallies: Mapping[str, Tally]) -> Iterator[Metric]:
    for what, told in TOLD.items():
        family = CounterMetricFamily(f"tenken_sink_{what}", told, labels=("sink",))
        for sink, tally in sorted(tallies.items()):
            family.add_metric((sink,), asdict(tally)[what])
        yield family


def _lags(kept: Kept) -> Iterator[Metric]:
    for what, told in LAGS.items():
        family = GaugeMetricFamily(f"tenken_sink_lag_{what}", told, labels=("sink",))
        for sink, lag in sorted(kept.lags.items()):
            beside = {"records": kept.records.get(sink, 0), "owed": kept.owed.get(sink, 0)}
            family.add_metric((sink,), {**asdict(lag), **beside}[what])
        yield family
