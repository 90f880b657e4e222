"""What the classifier says of a text: never alone, always of words that could be an attack.

A linear model trained on public sets takes every role-play of another set for an attack. So it is
asked only where the lexicon sees what an attack needs, and needs to be surer where that is less.
"""

from collections.abc import Iterator, Sequence

from tenken.guardrails.injection.concept import Concept
from tenken.guardrails.injection.features import features
from tenken.guardrails.injection.hits import Hit
from tenken.guardrails.injection.linear import FLAG, model
from tenken.guardrails.injection.rules import DIRECT, TARGETS, Finding

C = Concept
RULE = "injection.learned"
WINDOW, STEP, WINDOWS_MOST = 600, 400, 16
SHORT = 300
"""In a longer window some word always looks like an attack's."""
POINTED = frozenset({C.SECRET, C.TEMPLATE, C.ABOVE})
"""Meanings that point at this very assistant: the classifier may flag."""
SUSPECT = frozenset({C.FREE, C.UNLOCK, C.COMPLY, C.ROLE, C.HEADING, C.AUTHORITY})
"""Meanings of attacks that harmless texts use too: it has to be surer."""
ADDRESSED = frozenset({C.YOURS, C.MACHINE})
"""Somebody speaks to the assistant of itself: only the surest counts."""
SUREST, NEARLY_SURE = 0.75, 0.79


def learned(lowered: str, hits: Sequence[Hit], found: Sequence[Finding]) -> list[Finding]:
    """Give what the classifier flags, by windows where the text is long."""
    made: list[Finding] = []
    for start, end in _windows(len(lowered), hits):
        inside = [hit for hit in hits if start <= hit.start < end]
        ruled = [finding for finding in found if start <= finding.start < end]
        needed = _needed(inside, ruled, long=end - start > SHORT)
        if needed is None:
            continue
        rules = [finding.rule for finding in ruled]
        score = model().score(features(lowered[start:end], inside, rules))
        if score >= needed:
            made.append(Finding(RULE, DIRECT, score, start, end))
    return made


def _needed(hits: Sequence[Hit], found: Sequence[Finding], *, long: bool) -> float | None:
    """How sure it has to be; None where it is not asked."""
    concepts = {hit.concept for hit in hits}
    if found or concepts & POINTED:
        return SUREST if long else FLAG
    drops = C.DROP in concepts and concepts & TARGETS
    if drops or concepts & SUSPECT:
        return SUREST
    return NEARLY_SURE if concepts & ADDRESSED and concepts & TARGETS else None


def _windows(size: int, hits: Sequence[Hit]) -> Iterator[tuple[int, int]]:
    if size <= WINDOW:
        if hits:
            yield 0, size
        return
    starts = {
        hit.start // STEP * STEP for hit in hits if hit.concept in POINTED | SUSPECT | {C.DROP}
    }
    for start in sorted(starts)[:WINDOWS_MOST]:
        yield start, min(size, start + WINDOW)
