"""Small detectors for tests: what they find is easy to see."""

from collections.abc import Sequence

from msgspec import Struct

from tenken.guardrails.match import Match
from tenken.guardrails.text import Context, Direction, Origin, Text
from tenken.pattern import Pattern


class Finder(Struct, frozen=True, kw_only=True):
    """Finds a pattern on the lowered text."""

    name: str
    risk: str
    pattern: str
    score: float = 0.9

    @property
    def risks(self) -> tuple[str, ...]:
        return (self.risk,)

    @property
    def gates(self) -> tuple[str, ...]:
        return (self.pattern,)

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:
        _ = context
        return [
            Match(
                risk=self.risk,
                rule=f"{self.name}.rule",
                score=self.score,
                start=found.start(),
                end=found.end(),
            )
            for found in Pattern(self.pattern).finditer(text.lowered)
        ]


class Broken(Struct, frozen=True, kw_only=True):
    """Cannot answer."""

    risk: str
    name: str = "broken"
    gates: tuple[str, ...] = ()

    @property
    def risks(self) -> tuple[str, ...]:
        return (self.risk,)

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:
        _ = text, context
        raise ZeroDivisionError


PHONE = Finder(name="phone", risk="pii.phone", pattern=r"\b0\d{1,4}-\d{1,4}-\d{4}\b")
KEY = Finder(name="key", risk="secret.sample", pattern=r"\bkey_[a-z0-9]{8,}\b")
ORDER = Finder(
    name="order",
    risk="injection.direct",
    pattern=r"ignore all previous orders|これまでの指示を無視",
)
ALL = (PHONE, KEY, ORDER)


def context(
    direction: Direction = Direction.INWARD, origin: Origin = Origin.USER, use_case: str = ""
) -> Context:
    """A context in which nothing else is known."""
    return Context(direction=direction, origin=origin, use_case=use_case)
