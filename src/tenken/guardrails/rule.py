"""A rule: a shape in the folded text, and what else has to hold for it to be what it looks like."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from tenken.guardrails.match import Match
from tenken.guardrails.text import Context, Text
from tenken.pattern import Pattern


class Spot(Struct, frozen=True, kw_only=True):
    """A place in a text that has the shape of a rule."""

    text: Text
    start: int
    end: int

    @property
    def value(self) -> str:
        """What stands there, folded."""
        return self.text.folded[self.start : self.end]

    def before(self, most: int = 1) -> str:
        """Give what stands right before it, in small letters."""
        return self.text.lowered[max(0, self.start - most) : self.start]

    def behind(self, most: int = 1) -> str:
        """Give what stands right behind it, in small letters."""
        return self.text.lowered[self.end : self.end + most]


Condition = Callable[[Spot], bool]


def always(spot: Spot) -> bool:  # noqa: ARG001 - the shape alone says it
    """Hold for every place of that shape."""
    return True


class Rule(Struct, frozen=True, kw_only=True):
    """One shape of one risk."""

    id: str
    risk: str
    pattern: Pattern
    """On the folded text. Its first group, where it has one, is the value; else all of it."""
    gate: str
    """RE2, on the folded text in small letters: found wherever the pattern is."""
    holds: Condition = always
    score: float = 0.9

    def matches(self, text: Text) -> Iterator[Match]:
        """Give every place where the rule holds."""
        for found in self.pattern.finditer(text.folded):
            group = min(found.lastindex, 1)
            spot = Spot(text=text, start=found.start(group), end=found.end(group))
            if self.holds(spot):
                yield Match(
                    risk=self.risk,
                    rule=self.id,
                    score=self.score,
                    start=spot.start,
                    end=spot.end,
                    view="text" if text.original is text.folded else "folded",
                )


class Rules(Struct, frozen=True, kw_only=True):
    """A detector that is nothing but rules."""

    name: str
    rules: tuple[Rule, ...]

    @property
    def risks(self) -> tuple[str, ...]:
        """The risks of its rules, each once."""
        return tuple(dict.fromkeys(rule.risk for rule in self.rules))

    @property
    def gates(self) -> tuple[str, ...]:
        """The gates of its rules, each once."""
        return tuple(dict.fromkeys(rule.gate for rule in self.rules))

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:  # noqa: ARG002 - the same everywhere
        """Give the matches of all rules; where two claim the same characters, the surer one."""
        return apart([match for rule in self.rules for match in rule.matches(text)])


def apart(matches: list[Match]) -> list[Match]:
    """Leave out what overlaps a surer or longer match.

    Sorted by place, so that a text full of matches takes no longer for each of them.
    """
    kept: list[Match] = []
    for match in sorted(matches, key=lambda match: (match.start, -match.end)):
        if kept and match.start < kept[-1].end:
            kept[-1] = max(kept[-1], match, key=lambda one: (one.score, one.end - one.start))
        else:
            kept.append(match)
    return kept
