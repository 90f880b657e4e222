"""What the classifier counts of a text: letters, words, and the meanings that stand together.

Meanings are the same in every language: what is learned of English attacks holds for Japanese
ones as far as the lexicon reaches, which letters and words alone never give.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import combinations
from zlib import crc32

from tenken.guardrails.injection.concept import Concept
from tenken.guardrails.injection.hits import Hit
from tenken.pattern import Pattern

BUCKETS = 1 << 20
LETTERS = (2, 3, 4, 5)
WORDS = (1, 2)
TOGETHER = (1, 2, 3)
MEANINGS_MOST = 8
"""So many different meanings of a sentence are combined: triples of more would be too many."""
REMEMBERED = 4096
FIRST = 1024
"""So many places are made once: no window of a text is longer."""
_MASK = BUCKETS - 1
_BUCKET = _MASK.__and__
_WORD = Pattern(r"[a-z0-9']+")
_GAPS = Pattern(r"\s+")


def features(lowered: str, hits: Sequence[Hit], rules: Iterable[str]) -> set[int]:
    """Give the buckets of a text; each counts once."""
    encoded = _GAPS.sub(" ", lowered).encode("utf-16-le", "replace")
    found: set[int] = set()
    for size in LETTERS:
        runs = map(encoded.__getitem__, _slices(2 * size, len(encoded)))
        found.update(map(_BUCKET, map(crc32, runs)))
    found.update([crc32(name.encode()) & _MASK for name in _names(lowered, rules)])
    sentences: dict[int, set[Concept]] = defaultdict(set)
    for hit in hits:
        sentences[hit.sentence].add(hit.concept)
    for meanings in sentences.values():
        found |= _together(frozenset(meanings))
    return found


def _slices(width: int, size: int) -> Sequence[slice]:
    """Give the places of all runs of letters: the same for every text."""
    count = max(0, (size - width) // 2 + 1)
    return _first(width)[:count] if count <= FIRST else _made(width, count)


@cache
def _first(width: int) -> Sequence[slice]:
    return _made(width, FIRST)


def _made(width: int, count: int) -> Sequence[slice]:
    return [slice(at, at + width) for at in range(0, 2 * count, 2)]


def _names(lowered: str, rules: Iterable[str]) -> Iterator[str]:
    words = _WORD.findall(lowered)
    for size in WORDS:
        for place in range(len(words) - size + 1):
            yield "w:" + " ".join(words[place : place + size])
    yield from (f"r:{rule}" for rule in rules)


@lru_cache(maxsize=REMEMBERED)
def _together(inside: frozenset[Concept]) -> frozenset[int]:
    """Give the meanings of a sentence, alone, in twos and in threes."""
    meanings = sorted(concept.value for concept in inside)[:MEANINGS_MOST]
    return frozenset(
        crc32(("m:" + "|".join(some)).encode()) & _MASK
        for size in TOGETHER
        for some in combinations(meanings, size)
    )
