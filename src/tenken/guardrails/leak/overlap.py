"""Long runs of the system prompt's own words in an answer.

Eight words in a row (sixteen characters of Japanese) hardly ever agree by chance. What the user
said before may be repeated: it is no secret.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from tenken.guardrails.folding import fold, lower
from tenken.guardrails.leak.canary import RISK
from tenken.guardrails.match import Match
from tenken.guardrails.text import Context, Text
from tenken.guardrails.view import Span, View

LATIN, OTHER = 40, 16
HALF = OTHER // 2
BEGUN = 6
"""So many letters in a row may be the beginning of a run: a stream waits for what follows."""
"""Letters of the shortest run: eight English words are about forty, a Japanese one says more."""
SCORE_ONE, SCORE_MORE, MORE = 0.7, 0.95, 2
"""A run is a hint; one of twice that length is a quotation, and so is one that was encoded."""
REMEMBERED = 32


class Overlap:
    """Looks for the system prompt's words in the answer, as they are and decoded."""

    name = "leak.overlap"
    risks = (RISK,)
    gates: tuple[str, ...] = ()
    """Always asked: what it looks for is another text every time."""

    def applies(self, context: Context) -> bool:
        """Tell whether the request has a system prompt of any length."""
        return len(context.system) >= OTHER

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:
        """Give every run of the answer that the system prompt holds too."""
        if not self.applies(context):
            return ()
        secret = _Secret(context)
        plain = [_match(run, None) for run in secret.runs(text.lowered)]
        if plain:
            return plain
        return [_match(run, view) for view in text.views for run in secret.runs(view.text)]


DETECTOR = Overlap()


def quoted_from(lowered: str, start: int, system: str) -> int:
    """Give where the words of a system prompt begin with which a text ends; its length if none."""
    places = [at for at in range(start, len(lowered)) if lowered[at].isalnum()]
    letters = "".join([lowered[at] for at in places])
    grams = _grams(system, BEGUN)
    at = len(letters) - BEGUN + 1
    while at > 0 and letters[at - 1 : at - 1 + BEGUN] in grams:
        at -= 1
    return places[at] if 0 <= at <= len(letters) - BEGUN else len(lowered)


class _Run(Struct, frozen=True):
    start: int
    end: int
    """Places in the text that was looked at."""
    size: int
    """How many letters agree."""
    long: bool


class _Secret:
    """The words of a system prompt, and what the user has said."""

    def __init__(self, context: Context) -> None:
        self._grams = {size: _grams(context.system, size) for size in (LATIN, OTHER)}
        self._halves = _grams(context.system, HALF)
        self._history = context.history

    def runs(self, lowered: str) -> Iterator[_Run]:
        """Find a run by its shortest form, then let it grow: each letter is passed once."""
        if self._holds_none(lowered):
            return
        places = [at for at, letter in enumerate(lowered) if letter.isalnum()]
        letters = "".join([lowered[at] for at in places])
        at = 0
        while at < len(letters):
            size = LATIN if letters[at : at + OTHER].isascii() else OTHER
            grams = self._grams[size]
            if letters[at : at + size] not in grams:
                at += 1
                continue
            end = at + size
            while end < len(letters) and letters[end - size + 1 : end + 1] in grams:
                end += 1
            if not self._was_said(letters[at:end]):
                yield _Run(places[at], places[end - 1] + 1, end - at, end - at >= MORE * size)
            at = end

    def _holds_none(self, lowered: str) -> bool:
        """Of every run one half at least begins at a multiple of its length."""
        letters = "".join(filter(str.isalnum, lowered))
        halves = (letters[at : at + HALF] for at in range(0, len(letters) - HALF + 1, HALF))
        return self._halves.isdisjoint(halves)

    def _was_said(self, letters: str) -> bool:
        return any(letters in _compact(turn) for turn in self._history)


@lru_cache(maxsize=REMEMBERED)
def _grams(text: str, size: int) -> frozenset[str]:
    letters = _compact(text)
    return frozenset(letters[at : at + size] for at in range(len(letters) - size + 1))


def _compact(text: str) -> str:
    """Letters and digits alone: spacing and punctuation hide nothing."""
    return "".join(letter for letter in lower(fold(text)) if letter.isalnum())


def _match(run: _Run, view: View | None) -> Match:
    span = view.span(run.start, run.end) if view else Span(run.start, run.end)
    return Match(
        risk=RISK,
        rule="leak.system_words",
        score=SCORE_MORE if run.long or view else SCORE_ONE,
        start=span.start,
        end=span.end,
        view=view.name if view else "text",
    )
