"""What changed between two inspections: items that stand worse, better, or are new or gone."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from tenken.readiness.inspection import Difference, Lost, Report
from tenken.readiness.report.document import Document
from tenken.readiness.verdict import Outcome

RANK: Mapping[Outcome, int] = {
    Outcome.VERIFIED: 5,
    Outcome.NOT_APPLICABLE: 5,
    Outcome.CONFIGURED: 4,
    Outcome.PARTIAL: 3,
    Outcome.STALE: 2,
    Outcome.UNKNOWN: 2,
    Outcome.NOT_VISIBLE: 2,
    Outcome.ERROR: 2,
    # A gap that somebody accepts is still a gap, though no longer an open one.
    Outcome.WAIVED: 1,
    Outcome.FAILED: 0,
}


class Stood(Struct, frozen=True, kw_only=True):
    """How every item stood at a time."""

    at: datetime
    commit: str | None
    outcomes: Mapping[str, Outcome]


def stood_in(document: Document) -> Stood:
    """How items stood in a report that was kept."""
    return Stood(
        at=document.made_at,
        commit=document.repository.commit,
        outcomes=document.outcome_by_item,
    )


def stands_in(report: Report) -> Stood:
    """How items stand in a report that was just made."""
    return Stood(
        at=report.made_at,
        commit=report.repository.commit,
        outcomes={verdict.item: verdict.outcome for verdict in report.verdicts},
    )


def difference(before: Stood, after: Stood) -> Difference:
    """Tell what changed, in the order of the later report."""
    moved = [
        Lost(item=item, before=before.outcomes[item], after=outcome)
        for item, outcome in after.outcomes.items()
        if item in before.outcomes
    ]
    return Difference(
        since=before.at,
        commit=before.commit,
        lost=tuple(one for one in moved if RANK[one.after] < RANK[one.before]),
        gained=tuple(one for one in moved if RANK[one.after] > RANK[one.before]),
        new_items=tuple(item for item in after.outcomes if item not in before.outcomes),
        gone_items=tuple(item for item in before.outcomes if item not in after.outcomes),
    )
