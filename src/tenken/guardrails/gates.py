"""A search over the gates of all detectors: clean text asks none of them.

Not one search for all of them: it would remember a state for every mixture of what has begun, and
there are more mixtures than memory. Detectors with few gates share one; those with long lists of
words have their own, and gates with a wide gap theirs.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from tenken.guardrails.detector import LATIN, Detector, Latin
from tenken.guardrails.text import Text
from tenken.pattern import Pattern, PatternError, PatternSet

MEMORY = 4 << 20
"""What one search may remember of the states that texts lead to; it forgets them beyond."""
LARGEST = 64 << 20
SHORT = 1000
"""Characters of all gates of a detector that go well with others'."""
WIDE = Pattern(r"\{[0-9]*,(?:[4-9][0-9]|[0-9]{3,})\}")


class Search(Struct, frozen=True, eq=False):
    """Patterns that are searched for at once."""

    patterns: PatternSet
    owners: tuple[int, ...]
    """Whose each of them is."""
    whose: frozenset[int]
    """The owners, each once."""
    latin: bool
    """Whether all of them are of that kind."""


class Gates:
    """Tells which detectors a text is worth showing to."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = tuple(detectors)
        self._searches = _searches(self._detectors)
        self._of: dict[frozenset[int], tuple[tuple[Search, ...], tuple[Search, ...]]] = {}
        """Those that have to be made for some detectors, and those of them that Latin letters
        alone can open; of a policy there are a few such sets."""
        self.ungated = frozenset(at for at, one in enumerate(detectors) if not one.gates)
        """Those that have to see every text, by their positions."""
        self.reading = frozenset(
            at for at, one in enumerate(detectors) if not getattr(one, "as_written", False)
        )
        """Those that look at other readings of a text too."""

    def asked(self, text: Text, active: frozenset[int]) -> list[Detector]:
        """Give those of the active detectors that are to be asked about a text, in order."""
        found = self.opened(text.lowered, active) | (self.ungated & active)
        if not (self.reading & active) <= found:
            for view in text.views:
                found |= self.opened(view.text, (self.reading & active) - found)
        return self.named(found)

    def named(self, positions: Iterable[int]) -> list[Detector]:
        """Give the detectors at some positions, in order."""
        return [self._detectors[at] for at in sorted(positions)]

    def opened(self, lowered: str, active: frozenset[int]) -> set[int]:
        """Give those of the active detectors of which a gate is found in a lowered text."""
        searches = self._of.get(active)
        if searches is None:
            searches = self._of[active] = _made_for(active, self._searches)
        every, others = searches
        encoded = lowered.encode()
        found: set[int] = set()
        for search in every if _LATIN(encoded) else others:
            if numbers := search.patterns.among(encoded):
                owners = search.owners
                found.update([owners[number] for number in numbers])
        return found & active if found else found


def _searches(detectors: Sequence[Detector]) -> list[Search]:
    together: dict[tuple[str, bool, bool], list[tuple[int, str]]] = defaultdict(list)
    for at, detector in enumerate(detectors):
        short = sum(map(len, detector.gates)) <= SHORT
        family = "" if short else detector.name
        for gate in detector.gates:
            wide = WIDE.search(gate) is not None
            latin = isinstance(gate, Latin)
            together[detector.name if wide else family, wide, latin].append((at, gate))
    return [_search(gates, latin=latin) for (_, _, latin), gates in together.items()]


def _made_for(
    active: frozenset[int], searches: Sequence[Search]
) -> tuple[tuple[Search, ...], tuple[Search, ...]]:
    every = tuple(one for one in searches if not one.whose.isdisjoint(active))
    return every, tuple(one for one in every if not one.latin)


def _search(gates: Sequence[tuple[int, str]], *, latin: bool) -> Search:
    owners = tuple(owner for owner, _ in gates)
    patterns = _set([gate for _, gate in gates])
    return Search(patterns=patterns, owners=owners, whose=frozenset(owners), latin=latin)


def _set(patterns: Sequence[str], memory: int = MEMORY) -> PatternSet:
    try:
        return PatternSet(patterns, memory=memory)
    except PatternError:
        if memory >= LARGEST:
            raise
        return _set(patterns, memory * 4)


_LATIN = PatternSet([LATIN], memory=MEMORY).among
