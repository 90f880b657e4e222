"""A rule: a shape in the folded text, and what else has to hold of it."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from msgspec import Struct

from tenken.guardrails.match import Match
from tenken.guardrails.text import Context, Text
from tenken.pattern import Pattern, PatternSet

MEMORY = 4 << 20
"""What the search for the gates of one detector may remember."""


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

    def matches(self, text: Text) -> list[Match]:
        """Give every place where the rule holds."""
        places = self.pattern.places(text.folded)
        return [
            self._match(text, start, end)
            for start, end in places
            if self.holds(Spot(text=text, start=start, end=end))
        ]

    def _match(self, text: Text, start: int, end: int) -> Match:
        return Match(
            risk=self.risk,
            rule=self.id,
            score=self.score,
            start=start,
            end=end,
            view="text" if text.original is text.folded else "folded",
        )


class Ruleset:
    """Rules that are held against a text only where their gates are found."""

    def __init__(self, *rules: Rule) -> None:
        self.rules = rules

    @cached_property
    def gates(self) -> tuple[str, ...]:
        """The gates of all rules, each once; the same text of another kind is another gate."""
        return tuple({(type(rule.gate), rule.gate): rule.gate for rule in self.rules}.values())

    def matches(self, text: Text) -> list[Match]:
        """Give the matches of every rule; they may lie over one another."""
        found: list[Match] = []
        for number in sorted(self._set.found(text.lowered)):
            found += self.rules[number].matches(text)
        return found

    @cached_property
    def _set(self) -> PatternSet:
        return PatternSet([rule.gate for rule in self.rules], memory=MEMORY)


class Rules:
    """A detector that is nothing but rules."""

    as_written = True

    def __init__(self, name: str, *rules: Rule) -> None:
        self.name = name
        self.rules = Ruleset(*rules)
        self.risks = tuple(dict.fromkeys(rule.risk for rule in rules))

    @property
    def gates(self) -> tuple[str, ...]:
        """The gates of its rules."""
        return self.rules.gates

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:  # noqa: ARG002 - the same everywhere
        """Give the matches of all rules; where two claim the same characters, the longer one."""
        return apart(self.rules.matches(text))


def apart(matches: Iterable[Match]) -> list[Match]:
    """Leave out what overlaps a longer match, or a surer one of the same length.

    Sorted by place, so that a text full of matches takes no longer for each of them.
    """
    every = [*matches]
    if len(every) < 2:
        return every
    kept: list[Match] = []
    for match in sorted(every, key=lambda match: (match.start, -match.end)):
        if kept and match.start < kept[-1].end:
            kept[-1] = max(kept[-1], match, key=lambda one: (one.end - one.start, one.score))
        else:
            kept.append(match)
    return kept
