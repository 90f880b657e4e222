"""What the classifier says: of a short text always, of a longer one where its words are suspect.

A linear model takes some words of a long text for an attack's. So it has to be surer of those.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from tenken.guardrails.injection.concept import Concept
from tenken.guardrails.injection.features import features
from tenken.guardrails.injection.hits import Hit
from tenken.guardrails.injection.linear import FLAG, SURE, model
from tenken.guardrails.injection.rules import DIRECT, INDIRECT, Finding
from tenken.pattern import Pattern

C = Concept
RULE = "injection.learned"
WINDOW, STEP, WINDOWS_MOST = 600, 400, 16
SHORT = 300
"""Up to here what somebody types is looked at whatever the lexicon sees in it."""
NEEDED = ((SHORT, 0.45), (WINDOW, 0.5))
"""How sure it has to be of a text up to so many characters, in other languages than Japanese."""
OF_WINDOW = 0.64
"""The same for a window of one that is longer still."""
JAPANESE = Pattern("[ぁ-ヺ]")
OF_JAPANESE, OF_PIECE = 0.42, 0.54
"""How sure it has to be of a short Japanese text, and of a piece of a longer one."""
DOUBTED, IN_JAPANESE = 0.25, 0.35
DOUBT, BEYOND_DOUBT = 0.15, 0.75
"""Below one of the first, a finding of a rule counts less, if it was not sure."""
SAID_AT_ONCE = 200
"""A Japanese text up to here is looked at as a whole."""
PIECE, PIECES_MOST = 100, 8
"""Of a longer one sentences are looked at together up to so many characters."""
STOPS = "。！？!?\n"
SENTENCE_MOST = 300
STARTS = frozenset({
    C.SECRET, C.TEMPLATE, C.ABOVE, C.FREE, C.UNLOCK, C.COMPLY, C.ROLE, C.HEADING, C.AUTHORITY,
    C.DROP,
})  # fmt: skip
"""At one of these a window of a long text is looked at."""
ASKED = STARTS | frozenset({
    C.GONE, C.PERSONA, C.FICTION, C.ANEW, C.TABOO, C.CONCEAL, C.READER, C.ONLY_SAY,
})  # fmt: skip
"""One of these has to stand in a piece of a long one; mail shows and encloses all the time."""
SUSPECT = ASKED | {C.YOURS, C.MACHINE, C.VERBATIM, C.GUARDS}
"""Without one of these a text beyond `SHORT` is not looked at: it costs what it is long."""


def judged(
    lowered: str, hits: Sequence[Hit], found: Sequence[Finding], *, typed: bool
) -> list[Finding]:
    """Give what the rules found, as far as the classifier does not doubt it, and what it flags.

    It knows what people type, and is asked of every short text of theirs. Where the lexicon
    sees no word, and of fetched data and disguised readings, it has to be as sure as `FLAG`.
    """
    if not hits and not (typed and len(lowered) <= SHORT):
        return []
    japanese = JAPANESE.search(lowered) is not None
    if not (found or japanese or len(lowered) <= SHORT or _suspect(hits)):
        return []  # what is ordinary in a longer text is most of all that there is
    windows = _pieces(lowered, hits) if japanese else _windows(len(lowered), hits)
    made, least = list(found), 0.0 if typed and hits else FLAG
    for start, end in windows:
        inside = [hit for hit in hits if start <= hit.start < end]
        ruled = [finding for finding in found if start <= finding.start < end]
        if any(one.score >= SURE for one in ruled):
            continue  # it has nothing to add
        needed = max(_needed(len(lowered), japanese=japanese), least)
        rules = [finding.rule for finding in ruled]
        score = model().score(features(lowered[start:end], inside, rules))
        if score >= needed:
            made.append(Finding(RULE, DIRECT, max(FLAG, score), start, end))
        elif score < (IN_JAPANESE if japanese else DOUBTED):
            made = [_doubted(one) if one in ruled else one for one in made]
    return made


def _suspect(hits: Sequence[Hit]) -> bool:
    return not SUSPECT.isdisjoint([hit.concept for hit in hits])


def _doubted(finding: Finding) -> Finding:
    if finding.risk == INDIRECT or finding.score >= BEYOND_DOUBT:
        return finding
    return replace(finding, score=round(finding.score - DOUBT, 2))


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


def _needed(size: int, *, japanese: bool) -> float:
    if japanese:
        return OF_JAPANESE if size <= SAID_AT_ONCE else OF_PIECE
    return next((needed for most, needed in NEEDED if size <= most), OF_WINDOW)


def _windows(size: int, hits: Sequence[Hit]) -> Iterator[tuple[int, int]]:
    if size <= WINDOW:
        yield 0, size
        return
    starts = {hit.start // STEP * STEP for hit in hits if hit.concept in STARTS}
    for start in sorted(starts)[:WINDOWS_MOST]:
        yield start, min(size, start + WINDOW)
