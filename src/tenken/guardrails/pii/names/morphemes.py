"""Japanese names that no list holds, by a dictionary of words: an extra, `tenken[ja]`."""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from tenken.errors import MissingExtra
from tenken.guardrails.match import Match
from tenken.guardrails.pii.shapes import IDEOGRAPH, KANA
from tenken.guardrails.rule import apart
from tenken.guardrails.text import Context, Text

AT_ONCE = 4_000
"""Characters that are cut into words at a time: the library takes 49,149 bytes."""
PERSON, FAMILY, GIVEN = "人名", "姓", "名"
LEAST_WHOLE = 3
"""A person's whole name that the dictionary holds as one word is at least so long."""


class Morphemes:
    """Finds a family name with the given name behind it, and whole names of the dictionary."""

    name = "pii.name_ja"
    risks = ("pii.name",)
    gates = (rf"{IDEOGRAPH}(?:{IDEOGRAPH}|{KANA}| )",)

    def __init__(self, words: Callable[[], Any]) -> None:
        """Take what makes a tokenizer of SudachiPy: one is not for two threads at a time."""
        self._words = words

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:  # noqa: ARG002 - the same everywhere
        """Give every name, each once."""
        return apart(self._found(text))

    def _found(self, text: Text) -> Iterator[Match]:
        folded, words = text.folded, self._words()
        for start in range(0, len(folded), AT_ONCE):
            yield from _in_piece(words.tokenize(folded[start : start + AT_ONCE]), start)


def _in_piece(words: Any, moved: int) -> Iterator[Match]:
    family = end = -1
    for word in words:
        kind = _kind(word.part_of_speech())
        if kind == GIVEN and family >= 0 and word.begin() - end <= 1:
            yield _name("pii.name.ja.words", moved + family, moved + word.end())
        if kind == PERSON and _is_whole(word.surface()):
            yield _name("pii.name.ja.whole", moved + word.begin(), moved + word.end())
        if kind == FAMILY:
            family, end = word.begin(), word.end()
        elif word.surface().strip():
            family = -1


@cache
def morphemes() -> Morphemes:
    """Load the dictionary, once; a MissingExtra where it is not installed."""
    try:
        import sudachipy  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("cli.missing_extra", extra="ja") from error
    dictionary: Any = sudachipy.Dictionary()
    return Morphemes(lambda: dictionary.create(sudachipy.SplitMode.C))


def _is_whole(name: str) -> bool:
    return len(name) >= LEAST_WHOLE and not name.isascii()


def _kind(speech: Sequence[str]) -> str:
    """Give 姓 or 名 for the parts of a name, 人名 for a whole one, nothing for another word."""
    if speech[2] != PERSON:
        return ""
    return speech[3] if speech[3] in {FAMILY, GIVEN} else PERSON


def _name(rule: str, start: int, end: int) -> Match:
    return Match(risk="pii.name", rule=rule, score=0.75, start=start, end=end, view="folded")
