"""All the readings of a text; none where the text is what it looks like."""

from collections.abc import Iterator

from tenken.guardrails.view import View
from tenken.guardrails.views.confusables import CUE, plain
from tenken.guardrails.views.encoded import (
    ENCODED_CUE,
    REVERSED_CUE,
    ROT13_CUE,
    backwards,
    from_base64,
    from_hex,
    from_rot13,
    unescaped,
    word_by_word,
)  # fmt: skip
from tenken.guardrails.views.invisible import hidden
from tenken.guardrails.views.letters import (
    LEET_CUE,
    SPACED_CUE,
    leet,
    put_together,
)  # fmt: skip
from tenken.guardrails.views.reading import Maker, as_written, in_small_letters
from tenken.pattern import Pattern

SPELLINGS: tuple[tuple[Pattern, tuple[Maker, ...]], ...] = (
    (Pattern(SPACED_CUE), (put_together,)),
    (Pattern(ROT13_CUE), (from_rot13,)),
    (Pattern(REVERSED_CUE), (backwards, word_by_word)),
)
"""The same characters, read otherwise; a pattern says when it is worth trying."""
_LEET = Pattern(LEET_CUE)
ENCODINGS: tuple[Maker, ...] = (from_base64, from_hex, unescaped)
"""What carries a text inside: that text is read in every way again, once."""
_ENCODED = Pattern(ENCODED_CUE)
_ANY = Pattern(
    "|".join(
        f"(?:{cue})" for cue in (CUE, ENCODED_CUE, LEET_CUE, *(cue.text for cue, _ in SPELLINGS))
    )
)


def decoded(folded: str) -> tuple[View, ...]:
    """Give the other readings of a folded text; empty for the text that is what it looks like."""
    if not _ANY.search(folded):
        return ()
    return in_small_letters(_readings(as_written(folded), nested=True))


def _readings(source: View, *, nested: bool) -> Iterator[View]:
    if message := hidden(source):
        yield message
    shown = plain(source)
    if shown:
        yield shown
    shown = shown or source
    if _LEET.search(shown.text):
        yield from filter(None, leet(shown))
    for cue, makers in SPELLINGS:
        if cue.search(shown.text):
            yield from filter(None, (make(shown) for make in makers))
    if nested or source.name.count("+") == 0:
        yield from _inside(shown, nested=nested)


def _inside(source: View, *, nested: bool) -> Iterator[View]:
    if not _ENCODED.search(source.text):
        return
    for inner in filter(None, (make(source) for make in ENCODINGS)):
        yield inner
        if nested:
            yield from _readings(inner, nested=False)
