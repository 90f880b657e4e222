"""How much of a stream has to wait: what may still grow into something, or be named behind it.

A key or a number is a run of Latin letters, digits and marks: it waits until the run has ended.
Prose in Japanese ends no run, and waits for nothing; prose in English waits for the end of a word.
Names and addresses wait by phrases, see there.
All texts here are folded: full-width digits are plain ones.
"""

from enum import Enum

from tenken.guardrails.stream.phrases import phrase
from tenken.pattern import Pattern


class Waiting(Enum):
    """How much of a text waits, besides runs and numbers."""

    RUNS = "runs"
    PHRASES = "phrases"
    """What may still become a name or an address."""
    CLAUSES = "clauses"
    """Whole clauses: where somebody's own patterns look for anything."""


CAP = 512
"""So many characters wait at most, but for a key in armour and for a match that goes on."""
LONGEST = 4096
"""Beyond, even these are let go."""
NAMED_BEHIND = 32
"""A word so far behind a number may say what it is: `（番号）が私のマイナンバーです`."""
CLAUSE = 40
"""A name or an address is not longer."""
ENDS = frozenset("。!?！？\n")
"""What ends a clause."""
NAMING = Pattern("[A-Z0-9]")
DIGIT = "0-9〇零一二三四五六七八九"
UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
MARKS = "‐‑‒–—―−ー─━・の"
"""What stands between the digits of a Japanese number, besides ASCII."""
DATED = "〒年月日号元明治大正昭和平成令"
"""What a postal code or a date in Japanese begins with, or goes on with."""
RUN = rf"!-~{DIGIT}{MARKS}{DATED}{UNSEEN}"
SPELT = r"(?:at|dot|アット|ドット)"
"""Words for the marks of an e-mail address."""
SPELT_BEGUN = r"(?:a|at|d|do|dot|アッ?|アット|ドッ?|ドット)?"
RUNNING = "".join(map(chr, range(0x21, 0x7F))) + "〇零一二三四五六七八九" + MARKS + DATED + UNSEEN
OVER = frozenset(" \t\n\f\rアットド")
"""A run may reach over these: spaces, and what ends a spelt mark."""
OPEN = frozenset(RUNNING) | OVER
"""A text that ends with anything else ends no run."""
TAIL = Pattern(
    rf"(?:[{RUN}]*[{DIGIT}][{RUN}]*\s{{1,2}}|[{RUN}]+\s[(\[]?{SPELT}[)\]]?\s)*"
    rf"(?:[{RUN}]+\s{{1,2}}[(\[]?{SPELT_BEGUN}[)\]]?|[{RUN}]*)\z"
)
"""The run that a text ends with: over a space behind a token with a digit, over a spelt mark, and
over one space more while it is not known what the next word is."""
DIGITS = frozenset("0123456789〇零一二三四五六七八九")
_FIGURE = rf"[{DIGIT}][{MARKS}{UNSEEN}\-、.()/ ]{{0,3}}"
NUMBER = Pattern(rf"[!-~]*(?:(?:{_FIGURE}){{6,}}|[0-9]{{1,3}}\.[0-9]{{1,3}}\.[0-9]{{1,3}}\.[0-9])")
"""Nothing has fewer digits that a word behind it would name, but for an address of a machine and
for dates, which phrases wait for."""
NUMBER_OR_YEAR = Pattern(rf"[!-~]*(?:{_FIGURE}){{4,}}")
BEGUN = Pattern(r"(?:!?\[[^\[\]]*(?:\](?:\([^)]*)?)?|<[a-z/!][^>]*)\z")
"""A link, an image or a tag that has no end yet."""
ARMOUR = "-----begin "
ARMOUR_ENDS = Pattern(r"-----end [^-]{1,60}-----")


def waits_from(folded: str, lowered: str, start: int, *, waiting: Waiting) -> int:
    """Give where the part that waits begins, not before `start`; the length if nothing does."""
    at = len(lowered)
    if waiting is Waiting.PHRASES:
        at = phrase(folded, start)
    elif waiting is Waiting.CLAUSES:
        at = _clause(folded)
    if at <= start:
        return start
    near = max(start, len(lowered) - CAP)
    tail = lowered[near:]
    at = min(at, near + _run(tail))
    if not DIGITS.isdisjoint(tail[-NAMED_BEHIND:]):
        number = NUMBER if waiting is Waiting.PHRASES else NUMBER_OR_YEAR
        at = min(at, near + _number(tail, number))
    if "[" in tail or "<" in tail:
        at = min(at, near + BEGUN.begins(tail))
    if ARMOUR in lowered:
        at = min(at, _armour(lowered, start))
    return max(start, at)


def _run(tail: str) -> int:
    if not tail or tail[-1] not in OPEN:
        return len(tail)
    bare = tail.rstrip(RUNNING)
    if len(bare) < len(tail) and bare[-1:] not in OVER:
        return len(bare)  # no space before it, over which it would reach
    return TAIL.begins(tail)


def _number(tail: str, number: Pattern) -> int:
    """Where the first number begins behind which a word may still say what it is."""
    for begin, end in number.places(tail):
        if end > len(tail) - NAMED_BEHIND:
            return begin
    return len(tail)


def _clause(folded: str) -> int:
    """Where the clause that goes on begins; in Latin letters, where a name in it may begin."""
    near = folded[-CLAUSE:]
    ended = max(near.rfind("。"), near.rfind("!"), near.rfind("?"), near.rfind("\n")) + 1
    clause = near[max(ended, near.rfind(". ") + 1) :]
    begin = len(folded) - len(clause)
    if not clause.isascii():
        return begin
    return begin + NAMING.begins(clause)


def _armour(lowered: str, start: int) -> int:
    """Where the first key in armour begins that has not ended."""
    begun = lowered.find(ARMOUR, max(start, len(lowered) - LONGEST))
    while begun >= 0:
        ended = ARMOUR_ENDS.search(lowered[begun:])
        if ended is None:
            return begun
        begun = lowered.find(ARMOUR, begun + ended.end())
    return len(lowered)
