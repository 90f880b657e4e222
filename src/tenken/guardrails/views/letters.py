"""Letters as digits and signs, and letters kept apart: `1gn0r3`, `i g n o r e`, `指_示`."""

from collections.abc import Iterator

from tenken.guardrails.folding import lower
from tenken.guardrails.view import View
from tenken.guardrails.views.cues import CUE_WORDS
from tenken.guardrails.views.reading import Writing, same_length
from tenken.pattern import Match, Pattern

SPACED = "spaced"
"""Words may stand without a gap between them in a view of this name."""
SHORT_WORD = 3
"""`a11` is a word, and so is what has a letter among four signs."""
_LEET = str.maketrans("013457@$!|€+", "oieastasilet")
_LEET_AS_L = str.maketrans("1!|", "lll")
_SIGNS = r"0-9@$!|€+"
_CUES = Pattern(
    "|".join(
        (*CUE_WORDS, "your", r"\bthe\b", "show", "text", "order", "mode", "policy", "directive")
    )
)
ALL_OVER = 3
_INSIDE = Pattern(rf"[a-z]+[013457$!]+[a-z][a-z{_SIGNS}]*")
"""A sign between letters, as in no number of an order, and no address."""
_SIGNED = Pattern(rf"[a-z{_SIGNS}]*[{_SIGNS}][a-z{_SIGNS}]*")
_TOKEN = Pattern(rf"[a-z{_SIGNS}]*(?:[a-z][{_SIGNS}]|[{_SIGNS}][a-z])[a-z{_SIGNS}]*")

_GAP = r"[ \t._*/|~,\-・･\x{3000}、^+:;]"
_LATIN_APART = Pattern(rf"(?:\b[a-z0-9@$!]{_GAP}{{1,3}}){{3,}}[a-z0-9@$!]\b")
_KANA_KANJI = r"[ぁ-ゖァ-ヺー々一-鿿]"
_APART = rf"(?:{_KANA_KANJI}{_GAP}{{1,3}}){{3,}}{_KANA_KANJI}"
_SIGN = r"[_*|~^/.\-+]"
_BROKEN = rf"{_KANA_KANJI}{_SIGN}{{1,2}}{_KANA_KANJI}"
_JAPANESE_APART = Pattern(f"{_APART}|{_BROKEN}")
_BETWEEN = Pattern(rf"({_KANA_KANJI})(?:{_GAP}{{1,3}}|\n)")
LEET_CUE = rf"(?i)[a-z][{_SIGNS}]|[{_SIGNS}][a-z]"
SPACED_CUE = rf"(?i)(?:\b[a-z0-9@$!]{_GAP}{{1,3}}){{3}}|{_APART}|{_BROKEN}"


def leet(source: View) -> Iterator[View | None]:
    """Give the text with digits and signs inside words as the letters that they look like.

    And the same where `1`, `!` and `|` stand for an l: `a11` is `all`.
    """
    text = lower(source.text)
    every = _all_over(text)
    cues = len(_CUES.findall(text))
    tables = (None, _LEET_AS_L) if any(sign in text for sign in "1!|") else (None,)
    for first in tables:
        spelled = _spelled(text, first, every=every)
        # Only where a word came out that matters: addresses and ids have signs too.
        if every or (spelled != text and len(_CUES.findall(spelled)) > cues):
            yield same_length(source, "leet", spelled)


def _spelled(text: str, first: dict[int, int] | None, *, every: bool) -> str:
    def letters(match: Match) -> str:
        token: str = match[0]
        return token.translate(first or {}).translate(_LEET) if every or _is_word(token) else token

    return (_SIGNED if every else _TOKEN).sub(letters, text)


def _all_over(text: str) -> bool:
    """Whether so many words are spelled so that it is how the text is written, `45 4 n07` too."""
    return sum(_is_word(match[0]) for match in _INSIDE.finditer(text)) >= ALL_OVER


def _is_word(token: str) -> bool:
    """Not the number of an order, which is nearly all digits."""
    letters = sum(sign.isalpha() for sign in token)
    return len(token) == SHORT_WORD or (len(token) > SHORT_WORD and letters * 4 >= len(token))


def put_together(source: View) -> View | None:
    """Give the text with letters that were kept apart as words."""
    text = lower(source.text)
    regions = [(match.start(), match.end()) for match in _LATIN_APART.finditer(text)]
    if regions:
        return _joined(View(name=source.name, text=text, starts=source.starts, ends=source.ends),
                       regions)  # fmt: skip
    if _JAPANESE_APART.search(text):
        return _without_gaps(source)
    return None


def _joined(source: View, regions: list[tuple[int, int]]) -> View:
    """Leave out single gaps; a wider one is where a word ends."""
    writing, done = Writing(source), 0
    for start, end in regions:
        writing.copy(done, start)
        place = start
        while place < end:
            writing.copy(place, place + 1)
            after = place + 1
            while after < end and not _is_letter(source.text[after]):
                after += 1
            if after - place > 2 and after < end:
                writing.put(" ", place + 1, after)
            place = after
        done = end
    writing.copy(done, len(source.text))
    return writing.view(SPACED)


def _is_letter(character: str) -> bool:
    return character.isalnum() or character in "@$!"


def _without_gaps(source: View) -> View:
    writing, done = Writing(source), 0
    for match in _BETWEEN.finditer(source.text):
        writing.copy(done, match.start() + 1)
        done = match.end()
    writing.copy(done, len(source.text))
    return writing.view(SPACED)
