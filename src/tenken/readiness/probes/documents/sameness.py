"""Texts that were copied: the same words where different things ought to be said."""

from collections import Counter
from collections.abc import Iterable

from tenken.pattern import Pattern
from tenken.readiness.facts.documents import Document
from tenken.readiness.facts.words.figures import plain
from tenken.remembered import remembered

UNSAID = Pattern(r"[0-9\s.,:;!?。、・「」\"'`()（）-]+")
"""Figures and punctuation: changing them makes no other text."""
SHORTEST_WORD = 2


@remembered
def essence(text: str) -> str:
    """A text without case, figures, punctuation and white space."""
    return UNSAID.sub("", plain(text).lower())


def repeated(texts: Iterable[str]) -> frozenset[str]:
    """Essences that come more than once."""
    counts = Counter(essence(text) for text in texts if text)
    return frozenset(one for one, times in counts.items() if one and times > 1)


def body_of(document: Document) -> str:
    """What a document says below its title, without the words of the title."""
    titled = {word for word in plain(document.title).lower().split() if len(word) > SHORTEST_WORD}
    said = (f"{one.text} {' '.join(one.commands)}" for one in document.sections if one.level != 1)
    words = plain(" ".join(said)).lower().split()
    return essence(" ".join(word for word in words if word not in titled))
