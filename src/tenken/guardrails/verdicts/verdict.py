"""What is common to all judges: a question, and matches about the whole text in return."""

from collections.abc import Sequence

from msgspec import Struct

from tenken.guardrails.match import Match
from tenken.guardrails.screening import Found, Seen, Trouble
from tenken.guardrails.text import Context, Text

NEVER = "\\x{0}never\\x{0}"
"""A gate that no text of a caller opens: JSON may hold such characters, so it is not trusted."""
VIEW = "verdict"


class Unusable(Struct, frozen=True, kw_only=True):
    """An answer that says nothing: refused, cut off, or in no form that was asked for."""

    reason: str
    """What is wrong with it, in a word; never a piece of the answer."""


Opinion = tuple[Match, ...] | Unusable


class Seer(Struct, frozen=True, kw_only=True):
    """Stands for a judge among the detectors: a rule may name it, and it finds nothing by itself.

    What it says is heard later, as `heard` of `Guard.screen`.
    """

    name: str
    risks: tuple[str, ...]
    gates: tuple[str, ...] = (NEVER,)

    def inspect(self, text: Text, context: Context) -> Sequence[Match]:  # noqa: ARG002 - it is asked elsewhere
        """Find nothing: a judge is asked over the network."""
        return ()


def whole(text: str, risk: str, rule: str, score: float) -> Match:
    """Give the match of a verdict, which is about all of the text."""
    return Match(
        risk=risk, rule=rule, score=min(1.0, max(0.0, score)), start=0, end=len(text), view=VIEW
    )


def heard(seer: Seer, opinion: Opinion) -> Seen:
    """Give what a judge said as what a detector sees; an unusable answer is trouble."""
    if isinstance(opinion, Unusable):
        trouble = Trouble(detector=seer.name, risks=seer.risks, error=opinion.reason)
        return Seen(troubles=(trouble,))
    return Seen(found=tuple(Found(match=match, detector=seer.name) for match in opinion))
