"""Keeps the number of series bounded, and counters from going backwards."""

from collections.abc import Iterable, Mapping

Labels = tuple[str, ...]
OTHER = "other"


class Bounded:
    """Which combinations of labels stand for themselves: the rest counts as `other`.

    One that stands for itself does so for as long as the process lives, since a counter that
    moves to another series looks like a crash. At the start the most used are chosen.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._own: set[Labels] = set()

    def labels(self, found: Iterable[tuple[Labels, int]]) -> Mapping[Labels, Labels]:
        """Give the labels that each combination is shown under, given how often each was used."""
        ranked = sorted(found, key=lambda one: (-one[1], one[0]))
        for labels, _ in ranked:
            if len(self._own) >= self._most:
                break
            self._own.add(labels)
        return {one: one if one in self._own else (OTHER,) * len(one) for one, _ in ranked}


class Rising:
    """Holds counters at the highest that was shown.

    A request that was settled as unknown may be answered after all, and is then taken out of one
    sum and put into another; whoever reads counters would take the step down for a restart.
    """

    def __init__(self) -> None:
        self._shown: dict[Labels, float] = {}

    def at_least(self, series: Labels, value: float) -> float:
        """Give what is shown for a series."""
        highest = max(value, self._shown.get(series, value))
        self._shown[series] = highest
        return highest
