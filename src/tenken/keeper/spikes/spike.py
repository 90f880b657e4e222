"""Whether what is seen now is more than usual: by much, by more than chance, and not by little."""

from collections.abc import Sequence
from math import sqrt

from msgspec import Struct

from tenken.config.operating.spikes import Measure, SpikeSettings
from tenken.keeper.spikes.baseline import HOUR_US, Baseline, Hour, baseline
from tenken.keeper.spikes.measures import KINDS, SHARE
from tenken.store.rollups.totals import Point, Totals

DEVIATIONS = 5.0
"""So many spreads above the usual is no chance."""
EVEN = 0.1
"""Nothing is as regular as a few quiet hours may look: the spread is a tenth at least."""


class Seen(Struct, frozen=True, kw_only=True):
    """A measure now, and what is usual; None where that is not known yet."""

    measure: Measure
    value: float
    events: int
    usual: Baseline | None
    bound: float | None
    """From here on it is a spike."""

    @property
    def spikes(self) -> bool:
        """It is more than usual."""
        return self.bound is not None and self.value > self.bound


def look(
    measure: Measure,
    history: Sequence[Point],
    now: Totals,
    *,
    at: int,
    window_us: int,
    settings: SpikeSettings,
) -> Seen:
    """Compare the last stretch with hours that are alike."""
    kind = KINDS[measure]
    scale = HOUR_US / window_us if kind.grows else 1.0
    value, events = kind.value(now) * scale, kind.events(now)
    hours = [
        Hour(point.at, kind.value(point.totals))
        for point in history
        if kind.grows or kind.events(point.totals) >= settings.requests_min
    ]
    usual = baseline(hours, at)
    bound = None
    if usual is not None and events >= settings.requests_min:
        bound = bound_of(
            usual, events=events, least=kind.least, times=settings.times_min,
            is_share=kind.unit == SHARE,
        )  # fmt: skip
    return Seen(measure=measure, value=value, events=events, usual=usual, bound=bound)


def bound_of(
    usual: Baseline, *, events: int, least: float, times: float, is_share: bool = False
) -> float:
    """Give from where on a value is a spike; few events are uncertain, so they need more."""
    spread = max(usual.spread, EVEN * usual.usual, _chance(usual.usual, events, is_share))
    return max(usual.usual + DEVIATIONS * spread, times * usual.usual, usual.usual + least)


def _chance(usual: float, events: int, is_share: bool) -> float:
    """Give how far chance alone moves a value.

    A share that was nothing so far may be one in so many: a single failure is no spike.
    """
    several = max(events, 1)
    if not is_share:
        return usual / sqrt(several)
    share = min(max(usual, 1 / several), 0.5)
    return sqrt(share * (1 - share) / several)
