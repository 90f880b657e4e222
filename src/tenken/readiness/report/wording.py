"""The names of things in a person's language: outcomes, grades, words, roles, days.

Texts that a team wrote into a list of its own are as foreign as those of the inspected
repository, so everything that leaves here is clean.
"""

from collections.abc import Iterator
from datetime import date, datetime

from tenken.evidence import FindingKind, Grade, Holding, Method
from tenken.messages.speech import Speech, clean
from tenken.place import Place
from tenken.readiness.catalogue import Both, Guide
from tenken.readiness.verdict import Outcome, Standing, Word

GLYPHS = {
    Word.PROVED: "✓",
    Word.CONFIGURED: "◐",
    Word.NOT_MET: "✗",
    Word.UNKNOWN: "?",
    Word.NEEDS_SIGN_OFF: "✎",
}
PIECE = 500
BLANKS = ("name", "email", "statement", "reason", "sub")


class Wording:
    """Names things in the language of a speech."""

    def __init__(self, speech: Speech) -> None:
        self.speech = speech

    def word(self, word: Word) -> str:
        """One of the five words of a first screen."""
        return self.speech.text(f"wording.word_{word.value}")

    def outcome(self, outcome: Outcome) -> str:
        """How an item stands."""
        return self.speech.text(f"wording.outcome_{outcome.value}")

    def grade(self, grade: Grade) -> str:
        """How strong a piece of evidence is."""
        return self.speech.text(f"wording.grade_{grade.name.lower()}")

    def method(self, method: Method) -> str:
        """What decides."""
        return self.speech.text(f"wording.method_{method.value}")

    def effort(self, effort: str) -> str:
        """How long a remedy takes."""
        return self._known(f"wording.effort_{effort}", effort)

    def kind(self, kind: FindingKind) -> str:
        """How much a finding tells."""
        return self.speech.text(f"wording.kind_{kind.value}")

    def standing(self, standing: Standing) -> str:
        """Whether evidence counts."""
        return self.speech.text(f"wording.standing_{standing.value}")

    def holding(self, holding: Holding) -> str:
        """What a probe answered."""
        return self.speech.text(f"wording.holding_{holding.value}")

    def role(self, role: str) -> str:
        """Who signs; a team may have roles of its own."""
        return self._known(f"wording.role_{role}", role)

    def tier(self, tier: str) -> str:
        """How much is at stake."""
        return self._known(f"wording.tier_{tier}", tier)

    def left_out(self, reason: str) -> str:
        """Why files were not read."""
        return self._known(f"wording.left_out_{reason}", reason)

    def mapping(self, scheme: str) -> str:
        """The name of a public list that an item is mapped to."""
        return self._known(f"wording.mapping_{scheme}", scheme)

    def signature(self, kind: str) -> str:
        """What a signature does for an item."""
        return self._known(f"wording.signature_{kind}", kind)

    def stack(self, stack: str) -> str:
        """The name of a stack that has guides."""
        return self._known(f"wording.stack_{stack.replace('-', '_')}", stack)

    def both(self, text: Both) -> str:
        """The text of the catalogue in this language, clean and on one line."""
        return visible(self.speech.choose(ja=text.ja, en=text.en))

    def where(self, guide: Guide) -> str:
        """The file or screen of a guide."""
        return visible(guide.where) if isinstance(guide.where, str) else self.both(guide.where)

    def command(self, command: str) -> str:
        """A command to paste; what only a person can say is a blank that is refused as it is."""
        for blank in BLANKS:
            said = self.speech.text(f"wording.blank_{blank}")
            command = command.replace(f"{{{blank}}}", f'"<{said}>"')
        return visible(command)

    def _known(self, id: str, name: str) -> str:  # noqa: A002 - a message id
        said = self.speech.text(id)
        return visible(name.replace("_", " ")) if said == id else said


def visible(text: str) -> str:
    """A text of any length on one line, with every character visible."""
    line = " ".join(text.split())
    return "".join(clean(line[start : start + PIECE]) for start in range(0, len(line), PIECE))


def first_sentence(text: str) -> str:
    """What a remedy says first; a list has no room for the rest."""
    ends = [at + len(stop) for stop in ("。", ". ") if (at := text.find(stop)) >= 0]
    return text[: min(ends, default=len(text))].rstrip()


def shown_place(place: Place | None) -> str:
    """`file:line`, clean; empty without a place."""
    return clean(str(place)) if place else ""


def day(moment: datetime | date) -> str:
    """A day as both languages write it in tables."""
    return f"{moment:%Y-%m-%d}"


def minute(moment: datetime) -> str:
    """A moment to the minute."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def commands(text: str) -> Iterator[tuple[str, bool]]:
    """Split a text at its backticks: pieces, and whether each stood between them.

    >>> list(commands("run `make` now"))
    [('run ', False), ('make', True), (' now', False)]
    """
    pieces = text.split("`")
    closed = len(pieces) if len(pieces) % 2 else len(pieces) - 1
    for at, piece in enumerate(pieces):
        if piece:
            yield piece, at % 2 == 1 and at < closed
