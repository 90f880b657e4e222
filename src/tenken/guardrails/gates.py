"""A search over the gates of all detectors: clean text asks none of them.

Not one search for all of them: it would remember a state for every mixture of what has begun, and
there are more mixtures than memory. So there are two kinds. A few rough ones, made on every text,
do not count: a gate with ten characters in between at most is one with any number of them there,
which leaves little to remember, and so most gates share one. Only where these find something are
the gates searched for as they are written.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from tenken.guardrails.detector import Detector, Latin, Within
from tenken.guardrails.text import Text
from tenken.pattern import Pattern, PatternError, PatternSet

MEMORY = 4 << 20
"""What one search may remember of the states that texts lead to; it forgets them beyond."""
LARGEST = 64 << 20
SHORT = 1000
"""Characters of all gates of a detector that go well with others'."""
WIDE = Pattern(r"\{[0-9]*,(?:[4-9][0-9]|[0-9]{3,})\}")
AT_MOST, AT_LEAST = Pattern(r"\{0,[0-9]+\}"), Pattern(r"\{[1-9][0-9]*,[0-9]*\}")
BRACE = Pattern(r"\\\{|\[\^?\]?(?:[^\]\\]|\\.)*\{")
"""A brace that is a character of its own: such a gate is left as it is."""


class Search:
    """Gates that are searched for at once, compiled when they first are."""

    __slots__ = ("_gates", "_made", "numbered", "whose")

    def __init__(self, gates: Iterable[tuple[int, str]]) -> None:
        owned = tuple(gates)
        self.numbered = tuple(owner for owner, _ in owned)
        """Whose each of them is."""
        self._gates = tuple(gate for _, gate in owned)
        self._made: PatternSet | None = None
        self.whose = frozenset(at if at >= 0 else ROUGH - at for at in self.numbered)
        """The owners, each once."""

    def owners(self, encoded: bytes) -> list[int]:
        """Give whose gates are found in UTF-8."""
        owners = self.numbered
        return [owners[number] for number in self.among(encoded) or ()]

    @property
    def among(self) -> Callable[[bytes], list[int] | None]:
        """Give the numbers of the gates that are found in UTF-8; None for no number."""
        if self._made is None:
            self._made = _set(self._gates)
        return self._made.among


Rough = tuple[Callable[[bytes], list[int] | None], tuple[int, ...]]
"""What tells the numbers of the gates that are found, and whose they are."""


class Gates:
    """Tells which detectors a text is worth showing to."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = tuple(detectors)
        self._rough = _rough(self._detectors)
        self._exact = _exact(self._detectors, within=False)
        self._within = _exact(self._detectors, within=True)
        self._of: dict[frozenset[int], tuple[Rough, ...]] = {}
        """The rough ones that have to be made for some detectors; of a policy there are a few
        such sets."""
        self.ungated = frozenset(at for at, one in enumerate(detectors) if not one.gates)
        """Those that have to see every text, by their positions."""
        self.reading = frozenset(at for at, one in enumerate(detectors) if not as_written(one))
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

    def opened(self, lowered: str, active: frozenset[int], since: int = 0) -> set[int]:
        """Give those of the active detectors of which a gate is found in a lowered text.

        What ends before `since` is of no use any more: gates within it are not looked for.
        """
        searches = self._of.get(active)
        if searches is None:
            searches = self._of[active] = _made_for(active, self._rough)
        encoded = lowered.encode()
        found: list[int] = []
        for among, owners in searches:
            if numbers := among(encoded):
                found += [owners[number] for number in numbers]
        if not found:
            return set()
        sure = {at for at in found if at in active}
        unsure = {ROUGH - at for at in found if at < 0}
        if unsure and (unsure := (unsure & active) - sure):
            sure |= self._opened(encoded, lowered, since, unsure)
        return sure

    def _opened(self, encoded: bytes, lowered: str, since: int, unsure: set[int]) -> set[int]:
        """Give those of a few detectors of which a gate is found as it is written."""
        found: set[int] = set()
        for search in self._exact:
            if not search.whose.isdisjoint(unsure):
                found.update(search.owners(encoded))
        late = lowered[since:].encode() if since else encoded
        for search in self._within:
            if not search.whose.isdisjoint(unsure - found):
                found.update(search.owners(late))
        return found & unsure


def as_written(detector: Detector) -> bool:
    """Whether a detector never looks at other readings."""
    return getattr(detector, "as_written", False)


ROUGH = -1
"""A rough gate stands for its owner below zero: what it finds has to be searched for again."""


def _made_for(active: frozenset[int], rough: Iterable[Search]) -> tuple[Rough, ...]:
    return tuple((one.among, one.numbered) for one in rough if not one.whose.isdisjoint(active))


def _rough(detectors: Sequence[Detector]) -> list[Search]:
    """Put Latin gates together, then those of detectors with few, and those with long lists."""
    together: dict[str, dict[tuple[int, str], None]] = defaultdict(dict)
    for at, detector in enumerate(detectors):
        for gate in detector.gates:
            roughly = _roughly(gate)
            sure = roughly == gate and not isinstance(gate, Within)
            family = "Latin" if isinstance(gate, Latin) else _family(detector)
            together[family][at if sure else ROUGH - at, roughly] = None
    return [Search(gates) for gates in together.values()]


def _family(detector: Detector) -> str:
    """Our own go together; what a policy looks for is kept from them."""
    few = sum(map(len, detector.gates)) <= SHORT
    if as_written(detector):
        return "few" if few else "many"
    return "few of others" if few else detector.name


def _roughly(gate: str) -> str:
    """Give a gate that is found wherever this one is: counted repetitions become any number."""
    if BRACE.search(gate):
        return gate
    return AT_LEAST.sub("+", AT_MOST.sub("*", gate))


def _exact(detectors: Sequence[Detector], *, within: bool) -> list[Search]:
    """Give the searches for gates as they are written, where the rough one says too little."""
    together: dict[tuple[str, bool], list[tuple[int, str]]] = defaultdict(list)
    for at, detector in enumerate(detectors):
        family = "" if sum(map(len, detector.gates)) <= SHORT else detector.name
        for gate in detector.gates:
            if isinstance(gate, Within) is within and (within or _roughly(gate) != gate):
                wide = WIDE.search(gate) is not None
                together[detector.name if wide else family, wide].append((at, gate))
    return [Search(gates) for gates in together.values()]


def _set(patterns: Sequence[str], memory: int = MEMORY) -> PatternSet:
    try:
        return PatternSet(patterns, memory=memory)
    except PatternError:
        if memory >= LARGEST:
            raise
        return _set(patterns, memory * 4)
