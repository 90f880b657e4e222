"""The steps of time that sums are kept by, and how a window is put together from them."""

from collections.abc import Mapping
from enum import IntEnum

from msgspec import Struct

MICRO = 1_000_000


class Grain(IntEnum):
    """How long a sum is of, in seconds; `EVER` is since the beginning.

    `TAKEN_BACK` is what was ever taken out of those again, such as requests that were settled as
    unknown and answered after all: both together never fall, as counters must not.
    """

    TAKEN_BACK = -1
    EVER = 0
    MINUTE = 60
    HOUR = 3_600
    DAY = 86_400

    @property
    def us(self) -> int:
        """Its length in microseconds."""
        return self.value * MICRO

    def start(self, at: int) -> int:
        """Give where the one begins that a moment is in; days are of UTC."""
        return at - at % self.us if self else 0

    def end(self, at: int) -> int:
        """Give the first beginning of one that is not before a moment."""
        return -(-at // self.us) * self.us


TIMED = (Grain.MINUTE, Grain.HOUR, Grain.DAY)
"""The grains of a window, the finest first."""


class Window(Struct, frozen=True):
    """A stretch of time in microseconds since 1970, its end not in it.

    It is read in whole minutes: those that it touches.
    """

    since: int
    until: int


class Piece(Struct, frozen=True):
    """Sums of one grain that begin in a stretch of time."""

    grain: Grain
    since: int
    until: int


def cover(window: Window, kept: Mapping[Grain, int]) -> tuple[Piece, ...]:
    """Give the fewest sums that make up a window.

    `kept` is since when the sums of a grain are there: where the finer ones are gone, the window
    is widened to the coarser.
    """
    finest = next((one for one in TIMED if kept.get(one, 0) <= one.start(window.since)), Grain.DAY)
    since, until = finest.start(window.since), finest.end(window.until)
    return _split(since, until, [one for one in TIMED if one >= finest])


def _split(since: int, until: int, grains: list[Grain]) -> tuple[Piece, ...]:
    if since >= until:
        return ()
    *finer, coarse = grains
    first, end = coarse.end(since), coarse.start(until)
    if first >= end:
        return _split(since, until, finer) if finer else ()
    middle = Piece(coarse, first, end)
    if not finer:
        return (middle,)
    return (*_split(since, first, finer), middle, *_split(end, until, finer))
