"""What the classifier says of a text: never alone, always of words that could be an attack.

A linear model trained on public sets takes every role-play of another set for an attack. So it is
asked only where the lexicon sees what an attack needs, and needs to be surer where that is less.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from tenken.guardrails.injection.concept import Concept
from tenken.guardrails.injection.features import features
from tenken.guardrails.injection.hits import Hit
from tenken.guardrails.injection.linear import FLAG, SURE, model
from tenken.guardrails.injection.rules import DIRECT, INDIRECT, TARGETS, Finding
from tenken.pattern import Pattern

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
OF_SHORT = 0.69
"""How sure it has to be of a short text in another language than Japanese, whatever its words."""
JAPANESE = Pattern("[ぁ-ヺ]")
TOGETHER, FEW, OF_LONG = 0.42, 0.46, 0.54
"""How sure it has to be of a short Japanese text with several meanings in it, of one with a single
meaning, and of a piece of a longer text."""
DOUBTED, DOUBT, BEYOND_DOUBT = 0.35, 0.15, 0.75
"""Below the first, a finding of a rule in a Japanese text counts less, if it was not sure."""
SAID_AT_ONCE = 200
"""A Japanese text up to here is looked at as a whole."""
PIECE, PIECES_MOST = 100, 8
"""Of a longer one sentences are looked at together up to so many characters."""
STOPS = "。！？!?\n"
SENTENCE_MOST = 300
ASKED = SUSPECT | POINTED | frozenset({
    C.DROP, C.GONE, C.PERSONA, C.FICTION, C.ANEW, C.TABOO, C.CONCEAL, C.READER, C.ONLY_SAY,
})  # fmt: skip
"""One of these has to stand in a piece of a long one; mail shows and encloses all the time."""


def judged(lowered: str, hits: Sequence[Hit], found: Sequence[Finding]) -> list[Finding]:
    """Give what the rules found, as far as the classifier does not doubt it, and what it flags."""
    if not hits:
        return list(found)
    japanese = JAPANESE.search(lowered) is not None
    windows = _pieces(lowered, hits) if japanese else _windows(len(lowered), hits)
    made = list(found)
    for start, end in windows:
        inside = [hit for hit in hits if start <= hit.start < end]
        ruled = [finding for finding in found if start <= finding.start < end]
        if any(one.score >= SURE for one in ruled):
            continue  # it has nothing to add
        if japanese:
            needed: float | None = _needed_of(inside, len(lowered))
        else:
            needed = _needed(inside, ruled, end - start)
        if needed is None:
            continue
        rules = [finding.rule for finding in ruled]
        score = model().score(features(lowered[start:end], inside, rules))
        if score >= needed:
            made.append(Finding(RULE, DIRECT, max(FLAG, score), start, end))
        elif japanese and score < DOUBTED:
            made = [_doubted(one) if one in ruled else one for one in made]
    return made


def _doubted(finding: Finding) -> Finding:
    if finding.risk == INDIRECT or finding.score >= BEYOND_DOUBT:
        return finding
    return replace(finding, score=round(finding.score - DOUBT, 2))


def _needed_of(hits: Sequence[Hit], size: int) -> float:
    if size > SAID_AT_ONCE:
        return OF_LONG
    return TOGETHER if len({hit.concept for hit in hits}) > 1 else FEW


def _pieces(lowered: str, hits: Sequence[Hit]) -> Iterator[tuple[int, int]]:
    """Give the sentences around words that an attack needs, each once."""
    if len(lowered) <= SAID_AT_ONCE:
        yield 0, len(lowered)
        return
    stops = [at for at, letter in enumerate(lowered) if letter in STOPS]
    done = made = 0
    for hit in hits:
        if hit.concept not in ASKED or hit.start < done:
            continue
        before = bisect_left(stops, hit.start)
        start = max(done, stops[before - 1] + 1 if before else 0)
        first = max(start, hit.start - SENTENCE_MOST)
        end = done = min(len(lowered), _end_of_piece(stops, first, hit.end))
        yield first, end
        made += 1
        if made == PIECES_MOST:
            return


def _end_of_piece(stops: Sequence[int], start: int, least: int) -> int:
    """The end of the last sentence that begins within a piece and does not make it too long."""
    end = least
    while end - start < PIECE:
        place = bisect_left(stops, end)
        near = place < len(stops) and stops[place] < start + SENTENCE_MOST
        following = (stops[place] if near else start + SENTENCE_MOST) + 1
        if end > least and following - start > PIECE:
            break
        end = following
    return end


def _needed(hits: Sequence[Hit], found: Sequence[Finding], size: int) -> float | None:
    """How sure it has to be; None where it is not asked."""
    concepts = {hit.concept for hit in hits}
    if found or concepts & POINTED:
        return SUREST if size > SHORT else FLAG
    if size <= SHORT:
        return OF_SHORT
    drops = C.DROP in concepts and concepts & TARGETS
    if drops or concepts & SUSPECT:
        return SUREST
    return NEARLY_SURE if concepts & ADDRESSED and concepts & TARGETS else None


def _windows(size: int, hits: Sequence[Hit]) -> Iterator[tuple[int, int]]:
    if size <= WINDOW:
        yield 0, size
        return
    starts = {
        hit.start // STEP * STEP for hit in hits if hit.concept in POINTED | SUSPECT | {C.DROP}
    }
    for start in sorted(starts)[:WINDOWS_MOST]:
        yield start, min(size, start + WINDOW)
