"""What is compared with the usual, each read from sums of requests."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from msgspec import Struct

from tenken.config.operating.spikes import Measure
from tenken.store.rollups.totals import Totals

MICRO = 1_000_000
SHARE = "share"


class Kind(Struct, frozen=True, kw_only=True):
    """How a measure is read and weighed."""

    value: Callable[[Totals], float]
    events: Callable[[Totals], int]
    """How many events the value rests on."""
    grows: bool
    """It adds up over time, so that a quarter of an hour counts for a quarter of one."""
    least: float
    """Less than this above the usual is nothing, however rare."""
    unit: str


def served(totals: Totals) -> int:
    """Give how many requests were taken on and not left by their caller."""
    return totals.requests - totals.refused - totals.cancelled


def _error_rate(totals: Totals) -> float:
    return _share(totals.errors, totals.due)


def _matched(totals: Totals) -> float:
    return _share(totals.matched, served(totals))


def _latency(totals: Totals) -> float:
    return _share(totals.latency_us / MICRO, totals.answered)


def _share(part: float, whole: int) -> float:
    return part / whole if whole > 0 else 0.0


KINDS: Mapping[Measure, Kind] = MappingProxyType(
    {
        "tokens": Kind(
            value=lambda totals: float(totals.tokens), events=served, grows=True, least=1000,
            unit="tokens/h",
        ),
        "cost": Kind(
            value=lambda totals: float(totals.cost), events=served, grows=True, least=0.1,
            unit="USD/h",
        ),
        "error_rate": Kind(
            value=_error_rate, events=lambda totals: totals.due, grows=False, least=0.02,
            unit=SHARE,
        ),
        "latency": Kind(
            value=_latency, events=lambda totals: totals.answered, grows=False, least=0.1,
            unit="s",
        ),
        "guard_matches": Kind(
            value=_matched, events=served, grows=False, least=0.02, unit=SHARE
        ),
    }
)  # fmt: skip
