"""Whether processes take more than usual at this hour: CPU, memory, instances, connections."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from msgspec import Struct

from tenken.config.operating.spikes import Resource, SpikeSettings
from tenken.keeper.alerts.signal import Signal
from tenken.keeper.spikes.baseline import HOUR_US, Baseline, Hour, baseline
from tenken.keeper.spikes.spike import bound_of
from tenken.keeper.spikes.telling import Words, told
from tenken.store.resources.resources import QUARTER_US, Taken

SAMPLES_MIN = 10
SAID = Words(
    learning="spikes.resource_learning", calm="spikes.resource_calm", spike="spikes.resource"
)
"""Of the last quarters of an hour: a machine that has just begun takes what it does not later."""


class Kind(Struct, frozen=True, kw_only=True):
    """How a resource is told, and how little of it is nothing."""

    least: float
    unit: str


KINDS: Mapping[Resource, Kind] = MappingProxyType(
    {
        "cpu": Kind(least=0.25, unit="cores"),
        "memory": Kind(least=256.0, unit="MB"),
        "instances": Kind(least=1.0, unit=""),
        "connections": Kind(least=50.0, unit=""),
    }
)


class Seen(Struct, frozen=True, kw_only=True):
    """A resource now, and what is usual; None where that is not known yet."""

    measure: Resource
    value: float
    usual: Baseline | None
    bound: float | None
    """From here on it is a spike."""

    @property
    def spikes(self) -> bool:
        """It is more than usual."""
        return self.bound is not None and self.value > self.bound


def watch(taken: Sequence[Taken], settings: SpikeSettings, now: int) -> tuple[Signal, ...]:
    """Say of each resource whether more of it is taken than usual."""
    by: dict[str, list[Taken]] = defaultdict(list)
    for one in taken:
        by[one.measure].append(one)
    seen = (look(name, by[name], settings, now) for name in settings.resources)
    return tuple(_signal(one, settings) for one in seen)


def look(measure: Resource, taken: Sequence[Taken], settings: SpikeSettings, now: int) -> Seen:
    """Compare this quarter of an hour and the last with hours that are alike."""
    lately = [one for one in taken if one.at > now - 2 * QUARTER_US]
    samples = sum(one.samples for one in lately)
    value = sum(one.value * one.samples for one in lately) / samples if samples else 0.0
    usual = baseline(tuple(_hours(taken)), now)
    bound = None
    if usual is not None and samples >= SAMPLES_MIN:
        least = KINDS[measure].least
        bound = bound_of(usual, events=samples, least=least, times=settings.times_min)
    return Seen(measure=measure, value=value, usual=usual, bound=bound)


def _hours(taken: Sequence[Taken]) -> Iterator[Hour]:
    by: dict[int, list[float]] = defaultdict(list)
    for one in taken:
        by[one.at - one.at % HOUR_US].append(one.value)
    for at, values in by.items():
        yield Hour(at, sum(values) / len(values))


def _signal(seen: Seen, settings: SpikeSettings) -> Signal:
    return Signal(
        key=f"spike/-/{seen.measure}",
        kind="spike",
        severity=settings.severity,
        firing=seen.spikes,
        what=told(seen, SAID, partial(_figure, seen)),
        value=seen.value,
        threshold=seen.bound,
        unit=KINDS[seen.measure].unit,
    )


def _figure(seen: Seen, value: float) -> str:
    return f"{value:.3g} {KINDS[seen.measure].unit}".strip()
