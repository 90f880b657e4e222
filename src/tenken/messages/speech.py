"""Says sentences in Japanese or English; the only place where a text is chosen.

Each topic's texts are loaded when its first sentence is said, so `--help` reads one small file.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from tenken.messages.reading import read
from tenken.sentence import Field, Sentence

LONGEST_FIELD = 600


class Language(StrEnum):
    """The two languages, equals everywhere."""

    JA = "ja"
    EN = "en"


WORDS = "wording."
"""The topic whose words may stand in a field of another message, one or several of them."""


class Speech:
    """Turns sentences into text of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, sentence: Sentence) -> str:
        """Say a sentence. Fields are cleaned of control characters, whoever wrote them."""
        return self.text(sentence.id, **sentence.fields)

    def text(self, id: str, /, **fields: Field) -> str:  # noqa: A002 - positional only
        """Say the message with this id."""
        topic, _, name = id.partition(".")
        template = texts(self.language, topic).get(name)
        if template is None:
            # Evidence of another version may name a message we do not have: show all it holds.
            return " ".join([id, *(f"{key}={clean(str(value))}" for key, value in fields.items())])
        return template.format_map(_Fields({key: self._said(it) for key, it in fields.items()}))

    def _said(self, value: Field) -> str:
        """A field as text; words that it names in this language.

        `wording.topic_harm`; `wording.span_hours=6` where a word goes with a number.
        """
        if not isinstance(value, str) or not value.startswith(WORDS):
            return shown(value)
        known = texts(self.language, WORDS.rstrip("."))
        named = [_word(known, word.removeprefix(WORDS)) for word in value.split(", ")]
        said = [word for word in named if word is not None]
        return (
            self.choose(ja="、", en=", ").join(said) if len(said) == len(named) else shown(value)
        )

    def choose(self, *, ja: str, en: str) -> str:
        """Pick one of a pair of texts."""
        return ja if self.language is Language.JA else en


class _Fields(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def _word(known: Mapping[str, str], named: str) -> str | None:
    name, _, count = named.partition("=")
    word = known.get(name)
    return word.format_map(_Fields(count=clean(count))) if word is not None and count else word


@lru_cache(maxsize=64)
def texts(language: Language, topic: str) -> Mapping[str, str]:
    """Load the texts of a topic; empty where there is no such topic."""
    if not topic.isidentifier():
        return {}
    file = files("tenken.messages") / language.value / f"{topic}.yaml"
    if not file.is_file():
        return {}
    return read(file.read_text("utf-8"))


def shown(value: Field) -> str:
    """A field as text: numbers plain, texts cleaned and cut."""
    if isinstance(value, float):
        return f"{value:g}"
    return clean(str(value))


def clean(text: str) -> str:
    """Make every character visible, and the text short: no escape or bidi mark gets through."""
    cut = text if len(text) <= LONGEST_FIELD else f"{text[:LONGEST_FIELD]}…"
    if cut.isascii() and cut.isprintable():
        return cut
    return "".join(char if _harmless(char) else f"\\u{ord(char):04x}" for char in cut)


def _harmless(char: str) -> bool:
    # Controls, separators other than space, surrogates and format marks are not printable.
    return char.isprintable() or char == "\u3000"
