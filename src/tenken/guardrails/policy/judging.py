"""What is wrong with a policy's judges, and with rules that would stop texts without a verdict."""

from collections.abc import Iterator

from tenken.config.node import Path
from tenken.config.schema import nearest
from tenken.errors import Problem
from tenken.guardrails.policy.draft import Draft, Stated, directions
from tenken.guardrails.policy.naming import ABLE, risks_of
from tenken.guardrails.policy.risks import Risk, SeenBy, family
from tenken.guardrails.policy.written import JudgeEntry, RuleEntry
from tenken.guardrails.text import Direction, Origin
from tenken.guardrails.topics import hints
from tenken.sentence import say

OFF_TOPIC = "topic.off_topic"
OWN_WORDS = "topic"
"""A service may say by its own lists of words what it does not talk about."""
STOPS = {"mask", "block"}


def judged(draft: Draft) -> Iterator[Problem]:
    """Give everything that is wrong with the judges of a policy."""
    names: list[str] = []
    for at, entry in enumerate(draft.file.judges):
        path: Path = ("judges", at)
        if entry.name in names or len(draft.sees[entry.name]) != len(risks_of(entry, draft.risks)):
            yield draft.problem((*path, "name"), say("guard.taken_name", name=entry.name))
        yield from _asked(draft, path, entry)
        yield from _about(draft, path, entry)
        names.append(entry.name)


def _asked(draft: Draft, path: Path, entry: JudgeEntry) -> Iterator[Problem]:
    if entry.kind == "ratings":
        if entry.target is not None:
            yield draft.problem((*path, "target"), say("guard.ratings_target", name=entry.name))
    elif entry.target is None:
        yield draft.problem(path, say("guard.no_target", name=entry.name))
    if entry.kind == "model" and entry.budget_usd_per_day is None:
        yield draft.problem(path, say("guard.no_budget", name=entry.name))
    if entry.kind == "ratings" and "inward" in entry.directions:
        yield draft.problem((*path, "directions"), say("guard.ratings_inward", name=entry.name))


def _about(draft: Draft, path: Path, entry: JudgeEntry) -> Iterator[Problem]:
    for number, risk in enumerate(entry.risks):
        at = (*path, "risks", number)
        known = draft.risks.get(risk)
        if known is None:
            near = nearest(risk, draft.risks) or "-"
            yield draft.problem(at, say("guard.unknown_risk", risk=risk, near=near))
        elif known.seen_by is SeenBy.ELSEWHERE:
            yield draft.problem(at, say("guard.answered_elsewhere", risk=risk))
        elif known.label is not None:
            yield draft.problem(at, say("guard.judge_masks", name=entry.name, risk=risk))
        elif entry.kind in ABLE and risk not in ABLE[entry.kind]:
            yield draft.problem(at, say("guard.blind", detector=entry.name, risk=risk))
    if entry.kind == "model" and entry.about is None and OFF_TOPIC in entry.risks:
        yield draft.problem(path, say("guard.topic_unknown", name=entry.name))


def unjudged(draft: Draft, stated: Stated, risk: Risk) -> Iterator[Problem]:
    """A rule that would stop texts by a list of words, or by nobody's word at all."""
    entry, path = stated.entry, stated.path
    if entry.action not in STOPS or risk.seen_by is not SeenBy.VERDICT:
        return
    speaking = {one for one in draft.sees if not entry.detectors or one in entry.detectors}
    if not any(_sees(draft, name, risk.id) for name in speaking):
        return  # told as what nothing sees
    for way in directions(entry, risk):
        if not any(_judges(draft, name, risk.id, way) for name in speaking):
            sentence = say(
                "guard.no_verdict", risk=risk.id, action=entry.action, direction=way.value
            )
            yield draft.problem((*path, "action"), sentence)
            return
    lowest = _lowest(entry)
    if hints.DETECTOR.name in speaking and lowest is not None and lowest <= hints.SCORE:
        sentence = say("guard.stops_by_hint", risk=risk.id, action=entry.action)
        yield draft.problem((*path, "action"), sentence)


def _judges(draft: Draft, name: str, risk: str, way: Direction) -> bool:
    """Whether a judge speaks of the risk in this direction, or the service's own words do."""
    for entry in draft.file.judges:
        if entry.name == name and (not entry.directions or way.value in entry.directions):
            inward = way is Direction.INWARD
            if not (entry.kind == "ratings" and inward) and _sees(draft, name, risk):
                return True
    words = {one.name for one in draft.file.lists} | {one.name for one in draft.file.code}
    own = name in words
    return own and OWN_WORDS in family(risk) and _sees(draft, name, risk)


def _sees(draft: Draft, name: str, risk: str) -> bool:
    return any(risk in family(seen) or seen in family(risk) for seen in draft.sees[name])


def _lowest(entry: RuleEntry) -> float | None:
    """From which score it stops somebody's text; None where it looks at nobody's."""
    own = {origin: getattr(entry.thresholds, origin) for origin in Origin}
    scores = [
        entry.threshold if score is None else score
        for origin, score in own.items()
        if origin not in entry.ignores
    ]
    return min(scores, default=None)
