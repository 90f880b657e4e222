"""Counts what guards stopped and what users did, in logs of applications of any kind."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

from tenken.config.application import SignalDecision
from tenken.pattern import Pattern
from tenken.readiness.facts.observed.events import BlockFacts, LabelFacts, SignalFacts
from tenken.readiness.facts.observed.logs import LogFacts, LogLine
from tenken.readiness.facts.observed.records import About
from tenken.readiness.facts.observed.sent import Sent, SentFacts
from tenken.readiness.facts.observed.traces import TraceFacts

VIOLATION = Pattern(r"(?i)guard|violation|blocked|moderation|injection")
WEEK = timedelta(days=7)


def blocks_in(sent: SentFacts, logs: LogFacts) -> BlockFacts | None:
    """Attacks that were stopped, beside lines that tell of them; None where none was sent.

    A word that stands in the lines of harmless requests too tells of nothing.
    """
    attacks = tuple(one for one in sent.sent if one.is_attack and one.served)
    if not attacks:
        return None
    by_id: dict[str, list[LogLine]] = defaultdict(list)
    for line in logs.lines:
        for id_ in line.ids:
            by_id[id_].append(line)
    harmless = [word for one in sent.served if not one.is_attack for word in _words(one, by_id)]
    telling = [set(_words(one, by_id)) - set(harmless) for one in attacks]
    return BlockFacts(kept=logs.kept, answers=len(attacks), recorded=sum(map(bool, telling)))


def _words(one: Sent, by_id: Mapping[str, Iterable[LogLine]]) -> list[str]:
    lines = [*by_id.get(one.trace, ()), *by_id.get(one.request_id.lower(), ())]
    return [word.lower() for line in lines for word in VIOLATION.findall(line.text)]


LABELS = (
    "tenken.guard.risk", "guardrail.risk", "guardrail.category", "gen_ai.guardrail.category",
    "moderation.category", "violation.category",
)  # fmt: skip


def labels_in(logs: LogFacts | None, traces: TraceFacts | None) -> LabelFacts | None:
    """What guards called what they found in requests of users; None where nothing was looked at.

    Lines and spans may tell of the same find: where there are spans with labels, they count.
    """
    found: Counter[str] = Counter()
    for span in traces.own if traces else ():
        if traces and span.trace not in traces.drilled:
            found.update(str(span.attributes[name]) for name in LABELS if name in span.attributes)
    if traces and found:
        return LabelFacts(kept=traces.kept, found=dict(found))
    if logs is None:
        return LabelFacts(kept=traces.kept) if traces else None
    lines = (one.label for one in logs.lines if one.label and not one.is_drill)
    return LabelFacts(kept=logs.kept, found=dict(Counter(lines)))


def signals_in(
    logs: LogFacts, decisions: Iterable[SignalDecision], about: About
) -> SignalFacts | None:
    """Events of the log that the application's file names as signals; None where it names none."""
    signals = {one.event: one.signal for one in decisions if one.adopt and one.event}
    if not signals:
        return None
    week = about.now - WEEK
    counted: Counter[str] = Counter(
        signals[line.event]
        for line in logs.lines
        if line.event in signals and line.at is not None and line.at >= week
    )
    return SignalFacts(kept=logs.kept, arrived=dict(counted))
