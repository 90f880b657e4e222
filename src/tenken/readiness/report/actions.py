"""What to do next: what is untrue at a hard gate, then the other remedies, quickest first."""

from collections.abc import Iterable

from msgspec.structs import replace

from tenken.evidence import FindingKind
from tenken.readiness.catalogue import EFFORTS, Item, Remedy
from tenken.readiness.inspection import Action, Report
from tenken.readiness.verdict import Outcome, Verdict

FALLBACK = {
    Outcome.PARTIAL: Outcome.FAILED,
    Outcome.STALE: Outcome.CONFIGURED,
    Outcome.NOT_VISIBLE: Outcome.UNKNOWN,
}
UNSETTLED = frozenset({Outcome.UNKNOWN, Outcome.NOT_VISIBLE})
SOON = frozenset({"minutes", "hours"})
SIGNING = "tenken sign"
Weight = tuple[bool, int, bool, bool, bool, bool, bool]


def remedy_for(item: Item, verdict: Verdict) -> Remedy | None:
    """What lifts an item from where it stands; a waived one, from where it would stand."""
    outcome = verdict.underlying or verdict.outcome
    if outcome.passes or outcome is Outcome.ERROR:
        return None
    if outcome in UNSETTLED and any(one.kind is not FindingKind.NOTE for one in verdict.findings):
        # Undecided, yet something was seen to be wrong: "nothing was found" would not be true.
        outcome = Outcome.FAILED
    return item.remedies.get(outcome) or item.remedies.get(FALLBACK.get(outcome, outcome))


def next_actions(report: Report) -> tuple[Action, ...]:
    """Every action in the order in which a person should do them; one deed is said once.

    First, what looks done at a hard gate, is not, and can be mended within hours: nothing else
    lifts the level, and somebody relies on it. Then everything by effort. Among equally quick
    ones: what a team mends by itself before what waits for a signature, hard gates, what looks
    done and is not, what the gate demands in this tier, what was seen to be missing.
    """
    weighed = [
        (_weight(item, verdict, remedy, report), _action(item, remedy))
        for item in report.catalogue.items
        if (remedy := remedy_for(item, verdict := report.verdict(item.id)))
        and verdict.outcome is not Outcome.WAIVED
    ]
    return _merged(action for _, action in sorted(weighed, key=lambda pair: pair[0]))


def _action(item: Item, remedy: Remedy) -> Action:
    return Action(items=(item.id,), effort=remedy.effort, text=remedy.text, command=remedy.command)


def _weight(item: Item, verdict: Verdict, remedy: Remedy, report: Report) -> Weight:
    lies = any(finding.kind is FindingKind.LIE for finding in verdict.findings)
    return (
        not (item.hard_gate and lies and remedy.effort in SOON),
        EFFORTS.index(remedy.effort),
        (remedy.command or "").startswith(SIGNING),
        not item.hard_gate,
        not lies,
        verdict.grade >= item.demanded(report.tier),
        verdict.outcome not in {Outcome.FAILED, Outcome.PARTIAL},
    )


def _merged(ordered: Iterable[Action]) -> tuple[Action, ...]:
    """Join actions that are one deed: the same command, or else the same text."""
    by_deed: dict[object, Action] = {}
    for action in ordered:
        deed = action.command or action.text
        first = by_deed.get(deed)
        by_deed[deed] = replace(first, items=(*first.items, *action.items)) if first else action
    return tuple(by_deed.values())
