"""What is usual at an hour, by what was at such hours before: median and spread, both robust.

The same hour of the week tells most, and needs weeks; until those are there, the same hour of the
day; until then, all hours of some days. With less than that nothing is usual yet, and nothing can
be unusual: no alert on first contact.
"""

from collections.abc import Sequence
from statistics import median

from msgspec import Struct

HOUR_US = 3_600_000_000
DAY, WEEK = 24, 168
NORMAL = 1.4826
"""The median of deviations, as a standard deviation of what is spread normally."""


class Hour(Struct, frozen=True):
    """A past hour and its value."""

    at: int
    """Its beginning, in microseconds since 1970."""
    value: float


class Season(Struct, frozen=True, kw_only=True):
    """Hours that are alike, and how many are needed before they say what is usual."""

    name: str
    every: int
    """So many hours apart."""
    back: int
    """So many hours are looked at."""
    needed: int


class Baseline(Struct, frozen=True, kw_only=True):
    """What is usual."""

    usual: float
    spread: float
    hours: int
    """How many hours it is of."""
    season: str


SEASONS = (
    Season(name="hour_of_week", every=WEEK, back=8 * WEEK, needed=4),
    Season(name="hour_of_day", every=DAY, back=14 * DAY, needed=5),
    Season(name="any_hour", every=1, back=7 * DAY, needed=24),
)
"""The most telling first."""


def baseline(history: Sequence[Hour], at: int) -> Baseline | None:
    """Give what is usual at a moment by the hours before its own; None where too few are known."""
    now = at // HOUR_US
    past = [(now - one.at // HOUR_US, one.value) for one in history]
    for season in SEASONS:
        alike = [
            value for ago, value in past if 0 < ago <= season.back and ago % season.every == 0
        ]
        if len(alike) >= season.needed:
            return _of(alike, season.name)
    return None


def _of(values: Sequence[float], season: str) -> Baseline:
    usual = median(values)
    spread = NORMAL * median(abs(value - usual) for value in values)
    return Baseline(usual=usual, spread=spread, hours=len(values), season=season)
