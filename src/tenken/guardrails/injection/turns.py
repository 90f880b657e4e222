"""Attacks that are spread over the turns of a session: in pieces, or a little further each time.

Pure: what was said before comes with the context, oldest first.
"""

from collections.abc import Sequence

from tenken.guardrails.folding import fold, lower
from tenken.guardrails.injection.combining import findings
from tenken.guardrails.injection.hits import hits
from tenken.guardrails.injection.rules import JAILBREAK, Finding
from tenken.guardrails.match import Match
from tenken.guardrails.text import Context, Origin, Text

TURNS, CHARACTERS = 6, 600
"""So many turns back, and so much of the end of each."""
JOINED = 3
"""Turns that are read as one text."""
FADES = 0.6
"""What a turn counts for, for each turn that came after it."""
FLAG = 0.6
CRESCENDO = 1.2
"""The sum at which small steps are an attack: one clear step and two hints, say."""
MOST = 0.79


class Turns:
    """Looks at a turn of the user together with those before it."""

    name = "injection.turns"
    risks = (JAILBREAK,)
    gates: tuple[str, ...] = ()
    """Always asked: it answers at once where a session has just begun."""

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:
        """Give a match of the turn where the session is an attack and the turn alone is none."""
        if context.origin is not Origin.USER or not context.history or not text.original:
            return ()
        before = [lower(fold(turn[-CHARACTERS:])) for turn in context.history[-TURNS:]]
        now = _highest(text.lowered)
        if now >= FLAG:
            return ()
        joined = "".join((*before[-JOINED + 1 :], text.lowered))
        together = _split_over(joined, len(joined) - len(text.lowered))
        if together >= FLAG:
            return [_match("jailbreak.split_over_turns", min(MOST, together), text)]
        total = session_score([*(_highest(turn) for turn in before), now])
        if now > 0 and total >= CRESCENDO:
            return [_match("jailbreak.crescendo", min(MOST, round(total / 2, 2)), text)]
        return ()


DETECTOR = Turns()


def session_score(scores: Sequence[float]) -> float:
    """Give the sum of the turns' scores, oldest first, each fading with those after it.

    >>> round(session_score([0.5, 0.0, 0.5]), 2)
    0.68
    """
    total = 0.0
    for score in scores:
        total = total * FADES + score
    return total


def _highest(lowered: str) -> float:
    return max((finding.score for finding in _found(lowered)), default=0.0)


def _split_over(joined: str, border: int) -> float:
    """Only what stands on both sides of the last border was split."""
    over = (one.score for one in _found(joined) if one.start < border < one.end)
    return max(over, default=0.0)


def _found(lowered: str) -> list[Finding]:
    return findings(hits(lowered), untrusted=False)


def _match(rule: str, score: float, text: Text) -> Match:
    return Match(risk=JAILBREAK, rule=rule, score=score, start=0, end=len(text.original))
