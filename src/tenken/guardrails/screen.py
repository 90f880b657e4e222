"""Matches, a policy and a context give a screening: pure, and the same every time."""

from collections.abc import Generator, Iterable, Iterator, Sequence

from msgspec import Struct

from tenken.guardrails.masking.masks import Masks
from tenken.guardrails.masking.restoring import OPEN
from tenken.guardrails.overlaps import Cut, apart, cuts
from tenken.guardrails.paced import drained, paced
from tenken.guardrails.policy.policy import Action, Policy, Rule
from tenken.guardrails.policy.risks import SEVERITIES, Said, SeenBy
from tenken.guardrails.screening import (
    Decision,
    Found,
    Part,
    Record,
    Screening,
    Seen,
    Trouble,
    strongest,
)
from tenken.guardrails.text import Context, Direction, Text

PIECE = 8
"""Brackets that are looked at in one go."""


class Shown(Struct, frozen=True, kw_only=True, eq=False):
    """A part, and what the detectors say of it."""

    part: Part
    text: Text
    seen: Seen


def screen(
    shown: Sequence[Shown], context: Context, policy: Policy, masks: Masks | None = None
) -> Screening:
    """Decide on every match, and what becomes of the texts."""
    return drained(steps(shown, context, policy, masks))


def steps(
    shown: Sequence[Shown], context: Context, policy: Policy, masks: Masks | None = None
) -> Generator[None, None, Screening]:
    """Decide the same, stopping now and then: a text may hold thousands of matches."""
    reversible = masks if context.direction is Direction.INWARD else None
    texts = [one.part.text for one in shown]
    forged = reversible is not None and any(OPEN in text for text in texts)
    if not forged and not any(one.seen.found or one.seen.troubles for one in shown):
        return Screening(direction=context.direction, texts=tuple(texts))
    decided: list[list[Decision]] = []
    decisions: list[Decision] = []
    for at, one in enumerate(shown):
        own = yield from paced(_decided(one, at, context, policy))
        decided.append(own)
        decisions += yield from apart(own, policy)
    troubles = tuple(trouble for one in shown for trouble in one.seen.troubles)
    action = strongest(decision.action for decision in decisions)
    if any(_fails_closed(one, context, policy) for one in shown):
        action = "block"
    if action is None and not troubles and not forged:
        return Screening(direction=context.direction, texts=tuple(texts))
    texts = []
    if action != "block":
        for one, own in zip(shown, decided, strict=True):
            spans = yield from paced(cuts(own, policy))
            pieces = yield from paced(_pieces(one.part.text, spans, reversible))
            texts.append("".join(pieces))
    direction = context.direction
    records = yield from paced(_record(one, shown, direction, masks) for one in decisions)
    return Screening(
        direction=direction,
        action=action,
        decisions=tuple(decisions),
        troubles=troubles,
        texts=tuple(texts),
        told=_told(decisions, context, policy) if action == "block" else None,
        records=tuple(records),
    )


def allowed(rule: Rule, found: Found, text: Text) -> bool:
    """Whether the policy lets a match pass, for its rule or for its value."""
    if not rule.allowed:
        return False
    match = found.match
    return rule.allowed.takes(match.rule, text.lowered[match.start : match.end].strip())


def taken(found: Found, text: Text, rule: Rule | None, threshold: float | None) -> Action | None:
    """Give what is done about a match; None for nothing at all."""
    if rule is None or threshold is None:
        return None
    if rule.detectors and found.detector not in rule.detectors:
        return None
    score = found.match.score
    if score < min(threshold, rule.flag_from) or allowed(rule, found, text):
        return None
    if score >= threshold or rule.action == "shadow":
        return rule.action
    return "flag"


def _decided(shown: Shown, at: int, context: Context, policy: Policy) -> Iterator[Decision]:
    origin = shown.part.origin
    rules: dict[str, Rule | None] = {}
    for found in shown.seen.found:
        match = found.match
        if match.risk not in rules:
            rules[match.risk] = policy.rule(match.risk, context.direction, context.use_case)
        rule = rules[match.risk]
        threshold = rule.thresholds.get(origin) if rule else None
        action = taken(found, shown.text, rule, threshold)
        if action is None or threshold is None:
            continue
        yield Decision(
            risk=match.risk,
            rule=match.rule,
            detector=found.detector,
            severity=policy.severity(match.risk),
            action=action,
            score=match.score,
            threshold=threshold,
            part=at,
            origin=origin,
            start=match.start,
            end=match.end,
            view=match.view,
        )


def _fails_closed(shown: Shown, context: Context, policy: Policy) -> bool:
    """Whether a detector that could not answer was to stop a risk that must not pass."""
    return any(closed(trouble, shown.part, context, policy) for trouble in shown.seen.troubles)


def closed(trouble: Trouble, part: Part, context: Context, policy: Policy) -> bool:
    """Whether the rules for what a detector sees stop a text that it could not look at.

    A judge is missed only by rules that need it: by those that name it, or of risks that only a
    verdict sees.
    """
    name = trouble.detector
    judge = any(one.name == name for one in policy.judges)
    for id_ in trouble.risks:
        rule = policy.rule(id_, context.direction, context.use_case)
        if rule is None or not rule.closed or part.origin not in rule.thresholds:
            continue
        if name in rule.detectors or (not rule.detectors and (not judge or _only(id_, policy))):
            return True
    return False


def _only(risk: str, policy: Policy) -> bool:
    """Whether nothing but a verdict sees a risk."""
    known = policy.risk(risk)
    return known is not None and known.seen_by is SeenBy.VERDICT


def masked(text: str, spans: Iterable[Cut], masks: Masks | None) -> str:
    """Give the text with placeholders: reversible ones of a session, else mere labels."""
    return "".join(_pieces(text, spans, masks))


def _pieces(text: str, spans: Iterable[Cut], masks: Masks | None) -> Iterator[str]:
    done = 0
    for cut in spans:
        yield from _between(text[done : cut.start], masks)
        value = text[cut.start : cut.end]
        yield masks.placeholder(cut.label, value) if masks else f"[{cut.label}]"
        done = cut.end
    yield from _between(text[done:], masks)


def _between(text: str, masks: Masks | None) -> Iterator[str]:
    """Quote what looks like a placeholder, a piece of the text at a time."""
    if masks is None or OPEN not in text:
        yield text
        return
    first, *others = text.split(OPEN)
    yield first
    for at in range(0, len(others), PIECE):
        yield masks.quoted(OPEN + OPEN.join(others[at : at + PIECE]))


def _told(decisions: Sequence[Decision], context: Context, policy: Policy) -> Said:
    """The words of the rule that stopped it; the policy's own where a detector failed."""
    stopping = [one for one in decisions if one.action == "block"]
    if not stopping:
        return policy.tell
    worst = max(stopping, key=lambda one: (SEVERITIES.index(one.severity), one.score))
    rule = policy.rule(worst.risk, context.direction, context.use_case)
    return rule.tell if rule else policy.tell


def _record(
    decision: Decision, shown: Sequence[Shown], direction: Direction, masks: Masks | None
) -> Record:
    text = shown[decision.part].part.text
    return Record(
        risk=decision.risk,
        rule=decision.rule,
        severity=decision.severity,
        direction=direction,
        action=decision.action,
        origin=decision.origin,
        score=decision.score,
        mark=masks.mark(decision.risk, text[decision.start : decision.end]) if masks else "",
    )
