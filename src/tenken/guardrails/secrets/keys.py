"""Keys that begin as their service's keys do, whatever language stands around them.

One pattern finds how keys begin; only there the rest is held against the kinds that begin so.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from tenken.guardrails.detector import Latin
from tenken.guardrails.match import Match
from tenken.guardrails.secrets.kinds import KINDS, Group, Kind
from tenken.guardrails.secrets.likeness import is_drawn
from tenken.guardrails.text import Context, Text
from tenken.pattern import Pattern, escape

LONGEST = 1_000
JOINED = "-_."
"""What a longer word may hold: `task-proj-...` is no key of its own."""
BEHIND_DIGITS = ":AA"
"""A telegram token begins with the number of its bot."""
_NUMBER = Pattern(r"\d{8,10}$")


class Shape(Struct, frozen=True):
    """A kind with its group and its pattern, to be held against where it begins."""

    group: Group
    kind: Kind
    pattern: Pattern


class Keys:
    """Finds them."""

    name = "secrets.keys"
    as_written = True
    risks = tuple(str(group) for group in KINDS)

    @cached_property
    def gates(self) -> tuple[str, ...]:
        """How keys begin, in small letters, and something behind that."""
        return tuple(
            Latin(rf"{escape(begins.lower())}[a-z0-9_./+$@=-]{{10}}")
            for begins in self._beginnings
        )

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:  # noqa: ARG002 - the same everywhere
        """Give every key, each once."""
        return list(self._found(text))

    def _found(self, text: Text) -> Iterator[Match]:
        folded, done = text.folded, 0
        for anchor in self._beginning.finditer(folded):
            start = anchor.start()
            if start < done:
                continue
            match = self._at(text, start, anchor[0])
            if match is not None:
                done = match.end
                yield match

    def _at(self, text: Text, start: int, begins: str) -> Match | None:
        folded = text.folded
        if not _begins(folded, start, begins):
            return None
        window = folded[start : start + LONGEST]
        for shape in self._shapes[begins]:
            found = shape.pattern.match(window)
            if found is not None and is_drawn(found[0][len(begins) :]):
                return Match(
                    risk=shape.group,
                    rule=f"{shape.group}.{shape.kind.name}",
                    score=0.95,
                    start=start - _digits_before(folded, start, begins),
                    end=start + found.end(),
                    view="text" if text.original is folded else "folded",
                )
        return None

    @cached_property
    def _shapes(self) -> dict[str, list[Shape]]:
        """By how they begin: all that a text that begins so may be, the closest first."""
        shapes = [
            Shape(group, kind, Pattern(f"{escape(kind.begins)}(?:{kind.rest})"))
            for group, kinds in KINDS.items()
            for kind in kinds
        ]
        shapes.sort(key=lambda shape: -len(shape.kind.begins))
        return {
            begins: [shape for shape in shapes if begins.startswith(shape.kind.begins)]
            for begins in self._beginnings
        }

    @cached_property
    def _beginnings(self) -> list[str]:
        """The longest first: of two that begin alike, the longer one says more."""
        known = {kind.begins for kinds in KINDS.values() for kind in kinds}
        return sorted(known, key=lambda begins: (-len(begins), begins))

    @cached_property
    def _beginning(self) -> Pattern:
        return Pattern("|".join(escape(begins) for begins in self._beginnings))


def _begins(folded: str, start: int, begins: str) -> bool:
    if begins == BEHIND_DIGITS:
        return _digits_before(folded, start, begins) > 0
    before = folded[start - 1 : start] if start else ""
    return not (before.isascii() and before.isalnum()) and before not in {"_", "-"}


def _digits_before(folded: str, start: int, begins: str) -> int:
    if begins != BEHIND_DIGITS:
        return 0
    found = _NUMBER.search(folded[max(0, start - 11) : start])
    return len(found[0]) if found else 0


DETECTOR = Keys()
