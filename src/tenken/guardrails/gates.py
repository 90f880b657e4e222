"""A search over the gates of all detectors: clean text asks none of them.

Not one search for all of them: it would remember a state for every mixture of what has begun, and
there are more mixtures than memory. So there are two kinds. A few rough ones, made on every text,
do not count: a gate with ten characters in between at most is one with any number of them there,
which leaves little to remember, and so most gates share one. Only where these find something are
the gates searched for as they are written.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from tenken.guardrails.detector import Detector, Latin, Within
from tenken.guardrails.text import Text
from tenken.pattern import Pattern, PatternError, PatternSet

MEMORY = 4 << 20
"""What one search may remember of the states that texts lead to; it forgets them beyond."""
ROUGH_MEMORY = 8 << 20
"""The same of a rough one, which stands for several: with less it forgets what text it has not
seen before leads to, again and again."""
LARGEST = 64 << 20
SHORT = 1000
"""Characters of all gates of a detector that go well with others'."""
WIDE = Pattern(r"\{[0-9]*,(?:[4-9][0-9]|[0-9]{3,})\}")
AT_MOST, AT_LEAST = Pattern(r"\{0,[0-9]+\}"), Pattern(r"\{[1-9][0-9]*,[0-9]*\}")
BRACE = Pattern(r"\\\{|\[\^?\]?(?:[^\]\\]|\\.)*\{")
"""A brace that is a character of its own: such a gate is left as it is."""


ROUGH = -1
"""From here down a number stands for an owner whose gate has to be searched for again."""


class Search:
    """Gates that are searched for at once, compiled when they first are."""

    __slots__ = ("_gates", "_made", "_memory", "_owners", "whose")

    def __init__(self, gates: Iterable[tuple[int, str]], memory: int = MEMORY) -> None:
        owned = tuple(gates)
        self._owners = tuple(owner for owner, _ in owned)
        self._gates = tuple(gate for _, gate in owned)
        self._memory = memory
        self._made: PatternSet | None = None
        self.whose = frozenset(self._owners)
        """The owners, each once."""

    def among(self, encoded: bytes) -> list[int] | None:
        """Give the numbers of the gates that are found in UTF-8; None for no number."""
        made = self._made
        if made is None:
            made = self._made = _set(self._gates, self._memory)
        return made.among(encoded)

    def owners(self, encoded: bytes) -> list[int]:
        """Give whose gates are found in UTF-8."""
        owners = self._owners
        return [owners[number] for number in self.among(encoded) or ()]


class Gates:
    """Tells which detectors a text is worth showing to."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = tuple(detectors)
        gates = [*_gates(self._detectors)]
        names = [one.name for one in self._detectors]
        self._rough = _rough(gates)
        counted = [one for one in gates if not one.within and one.roughly != one.text]
        self._exact = _exact(counted, names)
        self._within = _exact([one for one in gates if one.within], names)
        self._of: dict[frozenset[int], tuple[Rough, ...]] = {}
        """The rough ones that have to be made for some detectors; of a policy there are a few
        such sets."""
        self._closer: dict[frozenset[int], tuple[tuple[Search, ...], tuple[Search, ...]]] = {}
        """Those as written that have to be made for the few that a rough one names."""
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
            searches = tuple(one for one in self._rough if not one.search.whose.isdisjoint(active))
            self._of[active] = searches
        encoded = lowered.encode()
        found: list[int] = []
        for rough in searches:
            if numbers := rough.search.among(encoded):
                owners = rough.late if since else rough.whole
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
        key = frozenset(unsure)
        closer = self._closer.get(key)
        if closer is None:
            closer = self._closer[key] = (_of(key, self._exact), _of(key, self._within))
        found: set[int] = set()
        for search in closer[0]:
            found.update(search.owners(encoded))
        if found >= unsure:
            return unsure
        late = lowered[since:].encode() if since else encoded
        for search in closer[1]:
            found.update(search.owners(late))
        return found & unsure


def _of(owners: frozenset[int], searches: Iterable[Search]) -> tuple[Search, ...]:
    return tuple(one for one in searches if not one.whose.isdisjoint(owners))


def as_written(detector: Detector) -> bool:
    """Whether a detector never looks at other readings."""
    return getattr(detector, "as_written", False)


class Rough(Struct, frozen=True, eq=False):
    """A search that finds too much rather than too little."""

    search: Search
    late: tuple[int, ...]
    """Whose each gate is; below zero where it may stand too early or was not counted."""
    whole: tuple[int, ...]
    """The same of a whole text, in which none stands too early."""


class Gate(Struct, frozen=True, eq=False):
    """A gate, whose it is, and what is found wherever it is."""

    at: int
    text: str
    roughly: str
    few: bool
    """Whether its detector has few gates."""
    family: str
    """With which others it is searched for roughly."""

    @property
    def within(self) -> bool:
        """Whether it lies in what it leads to."""
        return isinstance(self.text, Within)


def _gates(detectors: Sequence[Detector]) -> Iterator[Gate]:
    """Put Latin gates together, those of detectors with few, and those with long lists.

    Our own go together; what a policy looks for is kept from them.
    """
    for at, one in enumerate(detectors):
        few = sum(map(len, one.gates)) <= SHORT
        kind = "few" if few else "many"
        own = as_written(one)
        family = kind if own else "few of others" if few else one.name
        for text in one.gates:
            named = "Latin" if isinstance(text, Latin) else family
            yield Gate(at, text, _roughly(text), few, named)


def _roughly(gate: str) -> str:
    """Give a gate that is found wherever this one is: counted repetitions become any number."""
    if "," not in gate or BRACE.search(gate):
        return gate
    return AT_LEAST.sub("+", AT_MOST.sub("*", gate))


def _rough(gates: Iterable[Gate]) -> list[Rough]:
    together: dict[str, dict[tuple[int, int, str], None]] = defaultdict(dict)
    for gate in gates:
        whole = gate.at if gate.roughly == gate.text else ROUGH - gate.at
        late = ROUGH - gate.at if gate.within else whole
        together[gate.family][late, whole, gate.roughly] = None
    return [_put_together([*entries]) for entries in together.values()]


def _put_together(entries: Sequence[tuple[int, int, str]]) -> Rough:
    owned = [(at if at >= 0 else ROUGH - at, gate) for at, _, gate in entries]
    search = Search(owned, ROUGH_MEMORY)
    late = tuple(late for late, _, _ in entries)
    return Rough(search, late, tuple(whole for _, whole, _ in entries))


def _exact(gates: Iterable[Gate], names: Sequence[str]) -> list[Search]:
    """Give the searches for gates as they are written."""
    together: dict[tuple[str, bool], list[tuple[int, str]]] = defaultdict(list)
    for gate in gates:
        wide = "," in gate.text and WIDE.search(gate.text) is not None
        name = "" if gate.few and not wide else names[gate.at]
        together[name, wide].append((gate.at, gate.text))
    return [Search(entries) for entries in together.values()]


def _set(patterns: Sequence[str], memory: int) -> PatternSet:
    try:
        return PatternSet(patterns, memory=memory)
    except PatternError:
        if memory >= LARGEST:
            raise
        return _set(patterns, memory * 4)
