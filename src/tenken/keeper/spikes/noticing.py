"""Reads what spikes are seen in: hours of the past weeks, and the last quarter of an hour."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from tenken.config.operating.spikes import Measure, SpikeSettings
from tenken.keeper.objectives.causes import Cause, likely_cause
from tenken.keeper.objectives.counts import Counts
from tenken.keeper.spikes.baseline import HOUR_US, WEEK
from tenken.keeper.spikes.measures import KINDS
from tenken.keeper.spikes.spike import look
from tenken.keeper.spikes.watch import Noticed
from tenken.store.rollups.grain import Grain, Window
from tenken.store.rollups.reading import Rollups
from tenken.store.rollups.totals import Asked, Dimension, Point, Totals

WINDOW_US = 15 * 60_000_000
BACK_US = 8 * WEEK * HOUR_US
DAY_US = 24 * HOUR_US
MILLION = 1_000_000
DIMENSIONS: tuple[Dimension, ...] = ("caller", "model", "release", "route")
SHARED: frozenset[Measure] = frozenset({"tokens", "cost"})
"""What callers and models have their share of."""


class _Past(Struct, frozen=True):
    hour: int
    points: tuple[Point, ...]


class Noticing:
    """Looks at use cases; raises Away where the store does not answer."""

    def __init__(self, rollups: Rollups) -> None:
        self._rollups = rollups
        self._past: dict[str, _Past] = {}
        """What was before this hour changes once an hour."""

    def noticed(
        self, use_cases: Sequence[str], settings: SpikeSettings, now: int
    ) -> Iterator[Noticed]:
        """Give what each use case shows."""
        for use_case in use_cases:
            asked = Asked(use_case=use_case)
            recent = self._rollups.totals(Window(now - WINDOW_US, now), asked)
            past = self._history(use_case, now)
            for measure in settings.measures:
                seen = look(measure, past, recent, at=now, window_us=WINDOW_US, settings=settings)
                cause = self._cause(measure, asked, now) if seen.spikes else None
                yield Noticed(use_case=use_case, seen=seen, cause=cause)

    def _history(self, use_case: str, now: int) -> tuple[Point, ...]:
        hour = now // HOUR_US
        known = self._past.get(use_case)
        if known is None or known.hour != hour:
            window = Window((hour * HOUR_US) - BACK_US, hour * HOUR_US)
            points = self._rollups.series(window, Grain.HOUR, Asked(use_case=use_case))
            known = self._past[use_case] = _Past(hour, points)
        return known.points

    def _cause(self, measure: Measure, asked: Asked, now: int) -> Cause | None:
        if measure not in SHARED:
            return None
        return likely_cause({one: self._shares(measure, one, asked, now) for one in DIMENSIONS})

    def _shares(
        self, measure: Measure, dimension: Dimension, asked: Asked, now: int
    ) -> Mapping[str, Counts]:
        """Give each name's part now as what is bad, and its part of a day as its traffic."""
        recent = self._parts(measure, dimension, Window(now - WINDOW_US, now), asked)
        usual = self._parts(measure, dimension, Window(now - DAY_US, now - WINDOW_US), asked)
        return {
            name: Counts(good=usual.get(name, 0) - recent.get(name, 0), total=usual.get(name, 0))
            for name in {*recent, *usual}
        }

    def _parts(
        self, measure: Measure, dimension: Dimension, window: Window, asked: Asked
    ) -> dict[str, int]:
        shares = self._rollups.by(dimension, window, asked)
        return {one.name: _millionths(measure, one.totals) for one in shares}


def _millionths(measure: Measure, totals: Totals) -> int:
    return round(KINDS[measure].value(totals) * MILLION)
