"""What a detector in Python gave: of the risks it was to speak of, with ids that begin with it."""

from collections.abc import Iterable

from msgspec.structs import replace

from tenken.guardrails.detector import Unable
from tenken.guardrails.match import Match
from tenken.guardrails.policy.policy import Code
from tenken.pattern import Pattern

RULE = Pattern(r"[a-z0-9][a-z0-9_.-]{0,99}")
VIEW = Pattern(r"[a-z0-9_+]{1,100}")


def matches_of(code: Code, matches: Iterable[Match]) -> tuple[Match, ...]:
    """Give the matches with ids of this detector's; raises Unable for one that cannot be."""
    return tuple([_own(code, match) for match in matches])


def _own(code: Code, match: Match) -> Match:
    sound = match.risk in code.risks and 0 <= match.score <= 1
    # Records and reports show both: no value of a text may get there.
    if not sound or not RULE.fullmatch(match.rule) or not VIEW.fullmatch(match.view):
        raise Unable("BadMatch")
    prefix = f"{code.name}."
    return match if match.rule.startswith(prefix) else replace(match, rule=prefix + match.rule)
