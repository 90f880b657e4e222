"""Matches over one another: one of them is told, and all that any of them saw is masked."""

from collections.abc import Generator, Iterable, Iterator, Sequence

from msgspec import Struct

from tenken.guardrails.paced import EVERY
from tenken.guardrails.policy.policy import ACTIONS, Policy
from tenken.guardrails.policy.risks import SEVERITIES
from tenken.guardrails.screening import Decision


class Cut(Struct, frozen=True, kw_only=True):
    """Characters to take out, and what to call them."""

    start: int
    end: int
    label: str


def apart(decisions: Sequence[Decision], policy: Policy) -> Generator[None, None, list[Decision]]:
    """Give the decisions without those that a better one of their kind lies over, by place.

    Values (a key, a phone number) are of one kind: the same digits are told once. Everything else
    is of the kind of its family: an injection that holds a phone number is both.
    """
    best: dict[str, list[Decision]] = {}
    kinds: dict[str, str] = {}
    for at, one in enumerate(sorted(decisions, key=lambda one: (one.start, -one.end))):
        if at % EVERY == EVERY - 1:
            yield
        kind = kinds.get(one.risk) or kinds.setdefault(one.risk, _kind(one, policy))
        kept = best.setdefault(kind, [])
        if kept and one.start < kept[-1].end:
            kept[-1] = max(kept[-1], one, key=_weight)
        else:
            kept.append(one)
    flat = [one for kept in best.values() for one in kept]
    return sorted(flat, key=lambda one: (one.start, one.end, one.rule))


def cuts(decisions: Iterable[Decision], policy: Policy) -> Iterator[Cut]:
    """Give what is to be masked: no character that any match saw is left standing."""
    masks = sorted(
        (one for one in decisions if one.action == "mask"), key=lambda one: (one.start, one.end)
    )
    group: list[Decision] = []
    end = 0
    for one in masks:
        if group and one.start >= end:
            yield _cut(group, end, policy)
            group = []
        end = max(end, one.end) if group else one.end
        group.append(one)
    if group:
        yield _cut(group, end, policy)


def _cut(group: Sequence[Decision], end: int, policy: Policy) -> Cut:
    best = max(group, key=_weight)
    return Cut(start=group[0].start, end=end, label=policy.label(best.risk))


def _kind(decision: Decision, policy: Policy) -> str:
    risk = policy.risk(decision.risk)
    masks = risk is not None and risk.label is not None
    return "value" if masks else decision.risk.partition(".")[0]


def _weight(one: Decision) -> tuple[int, int, float, int]:
    return (
        ACTIONS.index(one.action),
        SEVERITIES.index(one.severity),
        one.score,
        one.end - one.start,
    )
