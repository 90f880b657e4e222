"""What the classifier counts of a text: letters, words, and the meanings that stand together.

Meanings are the same in every language: what is learned of English attacks holds for Japanese
ones as far as the lexicon reaches, which letters and words alone never give.
"""

from collections.abc import Iterable, Iterator, Sequence
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
    found.update(crc32(name.encode()) for name in _names(lowered, hits, rules))
    return {bucket & _MASK for bucket in found}


def _names(lowered: str, hits: Sequence[Hit], rules: Iterable[str]) -> Iterator[str]:
    words = _WORD.findall(lowered)
    for size in WORDS:
        for place in range(len(words) - size + 1):
            yield "w:" + " ".join(words[place : place + size])
    for sentence in {hit.sentence for hit in hits}:
        inside = sorted({hit.concept.value for hit in hits if hit.sentence == sentence})
        for size in TOGETHER:
            yield from (
                "m:" + "|".join(some) for some in combinations(inside[:MEANINGS_MOST], size)
            )
    yield from (f"r:{rule}" for rule in rules)
