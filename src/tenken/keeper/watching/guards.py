"""Watches what guards find, by the severity of the risk: what is critical wakes somebody."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from tenken.config.operating.alerting import GuardRule
from tenken.keeper.alerts.signal import Signal, Subject
from tenken.sentence import Field, Sentence, say
from tenken.store.rollups.totals import MatchTotals

FAILED = "failed"
"""The action of a match that tells of a detector that failed, and of no violation."""


class Seen(Struct, frozen=True, kw_only=True):
    """What guards found within the time that a rule looks at."""

    rule: GuardRule
    matches: tuple[MatchTotals, ...]
    requests: Mapping[str, int]
    """By use case."""


def watch(several: Sequence[Seen]) -> tuple[Signal, ...]:
    """Say of each rule and use case whether there is more than the rule allows."""
    return tuple(signal for seen in several for signal in _signals(seen))


def _signals(seen: Seen) -> Iterator[Signal]:
    for use_case in sorted({*seen.requests, *(one.use_case for one in seen.matches)}):
        yield _signal(seen, use_case)


def _signal(seen: Seen, use_case: str) -> Signal:
    rule = seen.rule
    risks = Counter[str]()
    for one in seen.matches:
        if one.use_case == use_case and one.severity == rule.severity and one.action != FAILED:
            risks[one.risk] += one.matches
    matches = risks.total()
    percent = 100 * matches / max(1, seen.requests.get(use_case, 0))
    firing = matches >= rule.matches_min and percent >= (rule.percent_min or 0)
    said: dict[str, Field] = {"matches": matches, "severity": f"wording.severity_{rule.severity}",
            "use_case": use_case or "-", "minutes": rule.minutes}  # fmt: skip
    return Signal(
        key=f"guard/{use_case or '-'}/{rule.severity}/{rule.alert}",
        kind="guard",
        severity=rule.alert,
        firing=firing,
        what=say("alerts.guard", **said, percent=f"{percent:.3g}")
        if firing
        else say("alerts.guard_calm", **said),
        subject=Subject(use_case=use_case),
        value=percent if rule.percent_min else float(matches),
        threshold=rule.percent_min or float(rule.matches_min),
        unit="%" if rule.percent_min else "",
        cause=_cause(risks) if firing else None,
    )


def _cause(risks: Counter[str]) -> Sentence:
    [(risk, count)] = risks.most_common(1)
    return say("alerts.guard_cause", risk=risk, count=count)
