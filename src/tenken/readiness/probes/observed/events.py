"""Whether what guards stop is recorded, and what users do arrives."""

from tenken.readiness.answers import lie, seen
from tenken.readiness.facts.observed.sighting import Sighting
from tenken.readiness.probes.observed.said import Observed, fails, holds, share, unknown
from tenken.sentence import say

FEWEST_BLOCKS = 5
FEWEST_SIGNALS = 5


def blocked_answers_equal_violation_records(sighting: Sighting) -> Observed:
    """Every answer that a guard stopped has a violation on record."""
    blocks = sighting.blocks
    n, recorded = (blocks.answers, blocks.recorded) if blocks else (0, 0)
    figures = (share("recorded_blocks", recorded, n),)
    if recorded < n:
        return fails(lie("observed.blocks_unrecorded", n=n, missing=n - recorded), figures=figures)
    if n < FEWEST_BLOCKS:
        return unknown(say("observed.too_few_blocks", n=n, least=FEWEST_BLOCKS))
    return holds(seen("observed.blocks_recorded", n=n), figures=figures)


def guard_series_moves_by_the_number_of_probes(sighting: Sighting) -> Observed:
    """The series on the guard panel counts what a guard stops, and nothing else."""
    series = sighting.guard_series
    if series is None or min(series.attacks, series.harmless) < FEWEST_BLOCKS:
        return unknown(say("observed.no_guard_series", least=FEWEST_BLOCKS))
    moved = round(series.after - series.before)
    told: dict[str, str | int] = {"metric": series.name, "moved": moved, "attacks": series.attacks}
    if moved < series.attacks:
        return fails(lie("observed.guard_series_lags", **told))
    if moved >= series.attacks + series.harmless:
        return fails(lie("observed.guard_series_counts_all", **told))
    return holds(seen("observed.guard_series_moves", **told))


def feedback_events_arrived_this_week(sighting: Sighting) -> Observed:
    """Users said what they think of answers."""
    return _arrived(sighting, "feedback")


def functional_events_arrived_this_week(sighting: Sighting) -> Observed:
    """It was told whether what an answer was for worked."""
    return _arrived(sighting, "functional")


def acceptance_events_arrived_this_week(sighting: Sighting) -> Observed:
    """It was told whether answers were taken, changed or thrown away."""
    return _arrived(sighting, "acceptance")


def incidental_events_arrived_this_week(sighting: Sighting) -> Observed:
    """It was told what users did beside: copied, ran, asked again."""
    return _arrived(sighting, "incidental")


def _arrived(sighting: Sighting, signal: str) -> Observed:
    n = sighting.signals.arrived.get(signal, 0) if sighting.signals else 0
    if n < FEWEST_SIGNALS:
        # A signal that nobody gives this week may be one that nobody can give: it is not known.
        return unknown(say("observed.too_few_signals", n=n, least=FEWEST_SIGNALS))
    return holds(seen("observed.signals_arrive", n=n))
