"""What the classifier counts of a text: letters, words, and the meanings that stand together.

Meanings are the same in every language: what is learned of English attacks holds for Japanese
ones as far as the lexicon reaches, which letters and words alone never give.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from zlib import crc32

from tenken.guardrails.injection.hits import Hit
from tenken.pattern import Pattern

BUCKETS = 1 << 20
LETTERS = (2, 3, 4, 5)
WORDS = (1, 2, 3)
TOGETHER = (1, 2, 3)
MEANINGS_MOST = 8
"""So many different meanings of a sentence are combined: triples of more would be too many."""
REMEMBERED = 4096
_MASK = BUCKETS - 1
_WORD = Pattern(r"[a-z0-9']+")
_GAPS = Pattern(r"\s+")


def features(lowered: str, hits: Sequence[Hit], rules: Iterable[str]) -> set[int]:
    """Give the buckets of a text; each counts once."""
    encoded = _GAPS.sub(" ", lowered).encode("utf-16-le", "replace")
    found: set[int] = set()
    for size in LETTERS:
        width = 2 * size
        found |= {crc32(encoded[at : at + width]) for at in range(0, len(encoded) - width + 1, 2)}
    found.update([crc32(name.encode()) for name in _names(lowered, rules)])
    sentences: dict[int, set[str]] = defaultdict(set)
    for hit in hits:
        sentences[hit.sentence].add(hit.concept.value)
    for meanings in sentences.values():
        found |= _together(tuple(sorted(meanings)[:MEANINGS_MOST]))
    return {bucket & _MASK for bucket in found}


def _names(lowered: str, rules: Iterable[str]) -> Iterator[str]:
    words = _WORD.findall(lowered)
    for size in WORDS:
        for place in range(len(words) - size + 1):
            yield "w:" + " ".join(words[place : place + size])
    yield from (f"r:{rule}" for rule in rules)


@lru_cache(maxsize=REMEMBERED)
def _together(inside: tuple[str, ...]) -> frozenset[int]:
    """Give the meanings of a sentence, alone, in twos and in threes."""
    return frozenset(
        crc32(("m:" + "|".join(some)).encode())
        for size in TOGETHER
        for some in combinations(inside, size)
    )
