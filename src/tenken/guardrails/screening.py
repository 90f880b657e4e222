"""What a screening gives: the decision on every match, and what becomes of the texts."""

from collections.abc import Iterable

from msgspec import Struct

from tenken.guardrails.match import Match
from tenken.guardrails.policy.policy import ACTIONS, Action
from tenken.guardrails.policy.risks import Said, Severity
from tenken.guardrails.text import Direction, Origin
from tenken.guardrails.view import Span


class Part(Struct, frozen=True, kw_only=True):
    """A piece of a request or an answer, and who wrote it."""

    text: str
    origin: Origin
    given: tuple[Span, ...] | None = None
    """Where in it they wrote; None for all of it. The rest is seen, and is nobody's match."""

    def matched(self, seen: "Seen") -> "Seen":
        """Give what lies in their own words, if only in a part."""
        if self.given is None or not seen.found:
            return seen
        own = [one for one in seen.found if _meets(one.match, self.given)]
        return Seen(found=tuple(own), troubles=seen.troubles)


class Found(Struct, frozen=True, kw_only=True):
    """A match, and which detector gave it."""

    match: Match
    detector: str


class Trouble(Struct, frozen=True, kw_only=True):
    """A detector that could not answer; what it may have missed is not known."""

    detector: str
    risks: tuple[str, ...]
    error: str
    """The kind of the error, never its text: that may hold a value."""


class Seen(Struct, frozen=True, kw_only=True):
    """What the detectors say of one text."""

    found: tuple[Found, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    def and_also(self, other: "Seen") -> "Seen":
        """Give both."""
        if not (other.found or other.troubles):
            return self
        return Seen(found=self.found + other.found, troubles=self.troubles + other.troubles)


NOTHING = Seen()


class Decision(Struct, frozen=True, kw_only=True):
    """What is done about a match, and why."""

    risk: str
    rule: str
    detector: str
    severity: Severity
    action: Action
    score: float
    threshold: float
    """Of the policy, for whoever wrote the text: weaker matches are recorded at most."""
    part: int
    """Which of the texts."""
    origin: Origin
    start: int
    end: int
    view: str


class Record(Struct, frozen=True, kw_only=True):
    """What the journal keeps of a decision: never the value, nor where it stood."""

    risk: str
    rule: str
    severity: Severity
    direction: Direction
    action: Action
    origin: Origin
    score: float
    mark: str = ""
    """A keyed hash of the value: the same value again is the same mark, and no way leads back."""


class Screening(Struct, frozen=True, kw_only=True):
    """The matches of all detectors on some texts, and the decision."""

    direction: Direction
    action: Action | None = None
    """The strongest of all decisions; None where nothing was found."""
    decisions: tuple[Decision, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    texts: tuple[str, ...] = ()
    """The texts to go on with, masked; none when they are stopped."""
    told: Said | None = None
    """What the user is told when the texts are stopped."""
    records: tuple[Record, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether the texts are stopped."""
        return self.action == "block"


def _meets(match: Match, spans: Iterable[Span]) -> bool:
    return any(match.start < span.end and span.start < match.end for span in spans)


def strongest(actions: Iterable[Action]) -> Action | None:
    """Give the strongest of some actions; None of none."""
    return max(actions, key=ACTIONS.index, default=None)
