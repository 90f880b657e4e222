"""Reads what objectives are reckoned from: sums of the ledger, over each window they need."""

from collections.abc import Mapping, Sequence

from tenken.config.operating.alarms import alarms_of
from tenken.config.operating.objectives import Slo
from tenken.keeper.objectives.burning import Burning, burning, windows
from tenken.keeper.objectives.catalogue import (
    Heard,
    Measured,
    counts_of,
    detector_failures,
)
from tenken.keeper.objectives.causes import Cause, likely_cause
from tenken.keeper.objectives.counts import Counts
from tenken.keeper.objectives.watch import Watched
from tenken.store.rollups.grain import Grain, Window
from tenken.store.rollups.reading import Rollups
from tenken.store.rollups.totals import Asked, Dimension

MINUTE_US = 60_000_000
FINE_MINUTES = 6 * 60
"""Up to here cost is judged minute by minute, beyond it hour by hour."""
DIMENSIONS: tuple[Dimension, ...] = ("release", "model", "provider", "caller", "route")
NEEDS_MATCHES = frozenset({"guardrail_available", "safety_violation_rate"})


class Measuring:
    """Reads the state of objectives at a moment; raises Away where the store does not answer."""

    def __init__(self, rollups: Rollups) -> None:
        self._rollups = rollups

    def watched(
        self, slos: Sequence[Slo], now: int, *, requests_per_day: float | None = None
    ) -> tuple[Watched, ...]:
        """Give the objectives that the keeper counts, as they are now."""
        counted = [slo for slo in slos if slo.counts and slo.query is None]
        return tuple(self._watched(slo, now, requests_per_day) for slo in counted)

    def _watched(self, slo: Slo, now: int, requests_per_day: float | None) -> Watched:
        state = self.burning(slo, now, requests_per_day=requests_per_day)
        loud = state.firing
        cause = self.cause(slo, now, loud[0].pair.long_minutes) if loud else None
        return Watched(slo=slo, burning=state, cause=cause)

    def burning(self, slo: Slo, now: int, *, requests_per_day: float | None = None) -> Burning:
        """Give how an objective burns."""
        pairs = alarms_of(slo, requests_per_day=requests_per_day).pairs
        counts = {one: self.counts(slo, now, one) for one in windows(slo, pairs)}
        return burning(slo, pairs, counts)

    def counts(self, slo: Slo, now: int, minutes: int) -> Counts:
        """Count the events of the last so many minutes."""
        window = Window(now - minutes * MINUTE_US, now)
        asked = Asked(use_case=slo.use_case, route=slo.route)
        return counts_of(slo, self._measured(slo, window, asked, minutes))

    def cause(self, slo: Slo, now: int, minutes: int) -> Cause | None:
        """Give what most failures of the last so many minutes have in common."""
        window = Window(now - minutes * MINUTE_US, now)
        asked = Asked(use_case=slo.use_case, route=slo.route)
        return likely_cause({one: self._by(slo, one, window, asked) for one in DIMENSIONS})

    def _by(
        self, slo: Slo, dimension: Dimension, window: Window, asked: Asked
    ) -> Mapping[str, Counts]:
        shares = self._rollups.by(dimension, window, asked)
        return {
            one.name: counts_of(slo, Measured(totals=one.totals, stretches=(one.totals,)))
            for one in shares
        }

    def _measured(self, slo: Slo, window: Window, asked: Asked, minutes: int) -> Measured:
        if slo.sli == "feedback_positive_rate":
            said = self._rollups.feedback(window, asked)
            good, bad = sum(one.good for one in said), sum(one.bad for one in said)
            return Measured(feedback=Heard(good=good, total=good + bad))
        if slo.sli == "cost_per_request":
            grain = Grain.MINUTE if minutes <= FINE_MINUTES else Grain.HOUR
            points = self._rollups.series(window, grain, asked)
            return Measured(stretches=tuple(one.totals for one in points))
        failures = 0
        if slo.sli in NEEDS_MATCHES:
            failures = detector_failures(self._rollups.matches(window, asked))
        return Measured(totals=self._rollups.totals(window, asked), detector_failures=failures)
