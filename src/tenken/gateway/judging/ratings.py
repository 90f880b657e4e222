"""The ratings that come with an answer of Gemini: nothing is asked for them.

An answer of another provider has none, and newer models may leave them out: then the judge has
said nothing, and the policy's fail mode decides.
"""

from collections.abc import Iterable, Sequence

from tenken.gateway.judging.jury import Case, relevant, seen_by, trouble_of
from tenken.guardrails.guard import Guard
from tenken.guardrails.match import Match
from tenken.guardrails.policy.judges import Judge
from tenken.guardrails.screening import NOTHING, Seen
from tenken.guardrails.verdicts import gemini
from tenken.guardrails.verdicts.verdict import Unusable
from tenken.wire.sse import Events

SIDE = "gemini"
NONE = "no_ratings"


def raters(guard: Guard, case: Case) -> tuple[Judge, ...]:
    """Give the judges who speak in answers."""
    way = case.context.direction
    return tuple(
        one
        for one in guard.policy.judges
        if one.kind == "ratings" and way in one.directions and relevant(one, guard, case)
    )


def rated(judges: Iterable[Judge], raw: Sequence[bytes], *, side: str, case: Case) -> Seen:
    """Give what an answer, or the parts of its stream, say of it."""
    seen = NOTHING
    for judge in judges:
        seen = seen.and_also(_rated(judge, raw if side == SIDE else (), case.part.text))
    return seen


def _rated(judge: Judge, raw: Sequence[bytes], text: str) -> Seen:
    found: dict[str, Match] = {}
    for answer in _answers(raw):
        opinion = gemini.read(answer, text)
        if isinstance(opinion, Unusable):
            return trouble_of(judge, opinion.reason)
        for match in opinion:
            known = found.get(match.rule)
            if known is None or known.score < match.score:
                found[match.rule] = match
    return seen_by(judge, tuple(found.values())) if found else trouble_of(judge, NONE)


def _answers(raw: Sequence[bytes]) -> Iterable[bytes]:
    content = b"".join(raw)
    if not content.lstrip().startswith(b"data:"):
        return (content,) if content else ()
    return [event.data for event in Events().feed(content) if event.data]
