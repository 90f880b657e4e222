"""Why a text is or is not stopped: every match, with what the policy made of it."""

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from tenken.guardrails.guard import Guard
from tenken.guardrails.policy.policy import Action, Rule
from tenken.guardrails.screen import allowed, taken
from tenken.guardrails.screening import Found, Trouble
from tenken.guardrails.text import Context, Text

Reason = Literal["taken", "no_rule", "ignored", "other_detector", "below", "allowed"]


class Explained(Struct, frozen=True, kw_only=True):
    """A match and its fate."""

    found: Found
    reason: Reason
    """`taken`, or why nothing is done."""
    action: Action | None
    threshold: float | None
    """None where the policy has no rule for it, or does not look at such texts."""


class Explanation(Struct, frozen=True, kw_only=True):
    """All that was seen in a text."""

    matches: tuple[Explained, ...]
    troubles: tuple[Trouble, ...]
    views: tuple[str, ...]
    """The other readings that were made of it."""


def explain(guard: Guard, original: str, context: Context) -> Explanation:
    """Give every match of a text, by place, whether or not anything is done about it."""
    text = Text(original)
    seen = guard.look(text, context, guard.everyone)
    found = sorted(seen.found, key=lambda one: (one.match.start, one.match.end, one.match.rule))
    return Explanation(
        matches=tuple(_explained(guard, text, context, found)),
        troubles=seen.troubles,
        views=tuple(view.name for view in text.views),
    )


def _explained(
    guard: Guard, text: Text, context: Context, found: list[Found]
) -> Iterator[Explained]:
    for one in found:
        rule = guard.policy.rule(one.match.risk, context.direction, context.use_case)
        threshold = rule.thresholds.get(context.origin) if rule else None
        action = taken(one, text, rule, threshold)
        reason: Reason = "taken" if action else _reason(one, text, rule, threshold)
        yield Explained(found=one, reason=reason, action=action, threshold=threshold)


def _reason(found: Found, text: Text, rule: Rule | None, threshold: float | None) -> Reason:
    if rule is None:
        return "no_rule"
    if threshold is None:
        return "ignored"
    if rule.detectors and found.detector not in rule.detectors:
        return "other_detector"
    return "allowed" if allowed(rule, found, text) else "below"
