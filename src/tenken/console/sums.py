"""Sums that are read once for everybody who looks within some seconds.

A page of the last month reads tens of thousands of rows; ten people who look at it during an
incident, each every twenty seconds, are not to be what the database is busy with.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import TypeVar, cast

from sqlalchemy import Engine

from tenken.store.rollups.grain import Grain, Window
from tenken.store.rollups.reading import Rollups
from tenken.store.rollups.totals import (
    ALL,
    Asked,
    AttemptTotals,
    Consumed,
    Dimension,
    MatchTotals,
    Peak,
    Point,
    Totals,
)

KEPT_US = 10_000_000
MOST = 300
Answer = TypeVar("Answer")


class Recent:
    """What was read last; for several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[Hashable, tuple[int, object]] = OrderedDict()

    def once(self, key: Hashable, now: int, read: Callable[[], Answer]) -> Answer:
        """Give what was read some seconds ago, else read it; two may read the same at once."""
        with self._lock:
            at, known = self._known.get(key, (0, None))
        if now - at < KEPT_US and known is not None:
            return cast("Answer", known)
        answer = read()
        with self._lock:
            self._known.pop(key, None)
            self._known[key] = (now, answer)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return answer


class Sums(Rollups):
    """Reads sums as `Rollups` does, each once for all who may see the same."""

    def __init__(
        self, engine: Engine, recent: Recent, now: int, *, within: tuple[str, ...] | None = None
    ) -> None:
        super().__init__(engine, within)
        self._recent = recent
        self._now = now

    def _known(self) -> Mapping[Grain, int]:
        """Pages look back at months by day: what is taken away meanwhile is of finer grains."""
        return self._recent.once(("kept",), self._now, self.kept)

    def _once(self, key: tuple[Hashable, ...], read: Callable[[], Answer]) -> Answer:
        """What was read for somebody who sees less, or more, is another answer."""
        return self._recent.once((self._within, *key), self._now, read)

    def totals(self, window: Window, asked: Asked = ALL) -> Totals:
        """Sum a window."""
        read = super().totals
        return self._once(("totals", window, asked), lambda: read(window, asked))

    def series(self, window: Window, grain: Grain, asked: Asked = ALL) -> tuple[Point, ...]:
        """Sum a window by steps of time."""
        read = super().series
        return self._once(("series", window, grain, asked), lambda: read(window, grain, asked))

    def consumed(
        self, dimension: Dimension, window: Window, asked: Asked = ALL
    ) -> Mapping[str, Consumed]:
        """Sum what requests took by one name."""
        read = super().consumed
        return self._once(
            ("consumed", dimension, window, asked), lambda: read(dimension, window, asked)
        )

    def busiest(self, window: Window, grain: Grain) -> Mapping[str, Peak]:
        """Give the most that each caller took in one step of time."""
        read = super().busiest
        return self._once(("busiest", window, grain), lambda: read(window, grain))

    def peak(self, window: Window, grain: Grain) -> Peak:
        """Give the most that was taken in one step of time."""
        read = super().peak
        return self._recent.once(("peak", window, grain), self._now, lambda: read(window, grain))

    def attempts(self, window: Window, asked: Asked = ALL) -> tuple[AttemptTotals, ...]:
        """Sum calls to targets."""
        read = super().attempts
        return self._once(("attempts", window, asked), lambda: read(window, asked))

    def matches(self, window: Window, asked: Asked = ALL) -> tuple[MatchTotals, ...]:
        """Sum what guards found."""
        read = super().matches
        return self._once(("matches", window, asked), lambda: read(window, asked))
