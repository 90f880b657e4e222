"""Finds the words of a text that mean something to the rules."""

from functools import cache, lru_cache

from msgspec import Struct

from tenken.guardrails.injection.concept import Concept
from tenken.guardrails.injection.lexicon import english, japanese, others, romaji
from tenken.guardrails.injection.lexicon.beginnings import BEGINNINGS
from tenken.pattern import Pattern

Lexicon = dict[Concept, tuple[str, ...]]
WITH_BORDERS: tuple[Lexicon, ...] = (english.WORDS, others.EUROPEAN, romaji.WORDS)
"""Languages whose words stand apart."""
WITHOUT: tuple[Lexicon, ...] = (english.MARKS, japanese.WORDS, others.CHINESE_KOREAN)
SPACES = frozenset(" \t\n\f\r")
"""With kana behind it, or behind one of these, an English word stands in a Japanese sentence,
whose verbs come last."""
STOPS = r"[。！？!?\n;；]|\.(?:\s|$)"
REMEMBERED = 4096
_ORDER = tuple(Concept)


class Hit(Struct, frozen=True):
    """Words, what they mean, and in which sentence they stand."""

    concept: Concept
    start: int
    end: int
    sentence: int
    latin: bool
    """Written in a language whose verbs stand before what they act on."""


def hits(text: str, *, loose: bool = False) -> list[Hit]:
    """Give the words in order; `loose` where letters were put together without gaps."""
    found: list[Hit] = []
    sentence = 0
    for start, word in _words(loose=loose).words(text):
        concept = _meaning(word, loose=loose)
        if concept is Concept.STOP:
            sentence += 1
        else:
            end = start + len(word)
            latin = word.isascii() and not _verbs_last(word, text, end)
            found.append(Hit(concept, start, end, sentence, latin))
    return found


def _verbs_last(word: str, text: str, end: int) -> bool:
    behind = text[end : end + 2]
    kana = behind[1:] if behind[:1] in SPACES else behind[:1]
    return "ぁ" <= kana <= "ヺ" or _in_romaji(word)


@lru_cache(maxsize=REMEMBERED)
def _in_romaji(word: str) -> bool:
    return _romaji().fullmatch(word) is not None


@cache
def _romaji() -> Pattern:
    return Pattern("|".join(word for words in romaji.WORDS.values() for word in words))


@cache
def _words(*, loose: bool) -> Pattern:
    return Pattern("|".join(word for concept in _ORDER for word in _written(concept, loose=loose)))


@lru_cache(maxsize=REMEMBERED)
def _meaning(word: str, *, loose: bool) -> Concept:
    """Of those that the word may mean, the one that stands first."""
    for concept in _may_mean(word[:1]):
        if _means(concept, loose=loose).fullmatch(word):
            return concept
    # What is a word only beside its neighbours says as little as the last of all meanings.
    return _ORDER[-1]


@lru_cache(maxsize=REMEMBERED)
def _may_mean(begin: str) -> tuple[Concept, ...]:
    """Give those of which a word begins so: the others need not be compiled for it."""
    return tuple(one for one in _ORDER if one not in BEGINNINGS or begin in BEGINNINGS[one])


@cache
def _means(concept: Concept, *, loose: bool) -> Pattern:
    return Pattern("|".join(_bare(concept, loose=loose)))


def _written(concept: Concept, *, loose: bool) -> list[str]:
    whole, apart = _bare(concept, loose=loose), _apart(concept)
    return whole if loose else [*whole[: len(whole) - len(apart)], *map(_bordered, apart)]


def _bare(concept: Concept, *, loose: bool) -> list[str]:
    """The patterns of a meaning, those of languages with borders last, without the borders."""
    if concept is Concept.STOP:
        return [STOPS]
    whole = [word for lexicon in WITHOUT for word in lexicon.get(concept, ())]
    apart = _apart(concept)
    if loose:
        apart = [word.replace(r"\s+", r"\s*") for word in apart]
    return [f"(?:{word})" for word in (*whole, *apart)]


def _apart(concept: Concept) -> list[str]:
    return [word for lexicon in WITH_BORDERS for word in lexicon.get(concept, ())]


def _bordered(word: str) -> str:
    return rf"(?:\b(?:{word}))(?:\b|$)"
