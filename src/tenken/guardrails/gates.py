"""One search over the gates of all detectors: clean text asks none of them."""

from collections.abc import Iterable, Sequence

from tenken.guardrails.detector import Detector
from tenken.guardrails.text import Text
from tenken.pattern import PatternSet

MEMORY = 24 << 20
"""What the search may remember of the states that texts lead to; it forgets them beyond."""


class Gates:
    """Tells which detectors a text is worth showing to."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = tuple(detectors)
        self._owners = [at for at, one in enumerate(detectors) for _ in one.gates]
        self.ungated = frozenset(at for at, one in enumerate(detectors) if not one.gates)
        """Those that have to see every text, by their positions."""
        gates = [gate for one in detectors for gate in one.gates]
        self._set = PatternSet(gates, memory=MEMORY) if gates else None

    def asked(self, text: Text, active: frozenset[int]) -> list[Detector]:
        """Give those of the active detectors that are to be asked about a text, in order."""
        found = self.opened(text.lowered) | self.ungated
        for view in text.views:
            found |= self.opened(view.text)
        return self.named(found & active)

    def named(self, positions: Iterable[int]) -> list[Detector]:
        """Give the detectors at some positions, in order."""
        return [self._detectors[at] for at in sorted(positions)]

    def opened(self, lowered: str) -> set[int]:
        """Give the positions of the detectors whose gate is found in a lowered text."""
        if self._set is None:
            return set()
        owners = self._owners
        return {owners[number] for number in self._set.found(lowered)}
