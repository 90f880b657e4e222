"""What several formats say of a report: its badge in words, its commit, what expires soon."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tenken.messages.speech import Speech, clean
from tenken.readiness.catalogue import Item
from tenken.readiness.inspection import Report
from tenken.readiness.verdict import Outcome, Word

SHORT = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiring:
    """An item, and when the first thing that its verdict rests on runs out."""

    item: Item
    at: datetime
    over: bool


def expiring(report: Report, *, within: timedelta) -> tuple[Expiring, ...]:
    """What runs out within a time, the next first; what has run out already stands before it."""
    soon = [
        Expiring(item=item, at=at, over=at <= report.made_at)
        for item in report.catalogue.items
        if (at := report.verdict(item.id).expires_at) and at <= report.made_at + within
    ]
    return tuple(sorted(soon, key=lambda one: one.at))


def badge_text(report: Report, speech: Speech) -> str:
    """The whole standing in one line; never a percentage."""
    return speech.text(
        "report.badge",
        level=report.levels.application,
        tier=report.tier,
        proved=report.words[Word.PROVED],
        items=len(report.verdicts),
        configured=report.words[Word.CONFIGURED],
        waived=report.outcomes[Outcome.WAIVED],
    )


def git_state(report: Report, speech: Speech) -> str:
    """The commit that was inspected, and whether it is all that was."""
    facts = report.repository
    if not facts.commit:
        return speech.text("report.no_git")
    commit = clean(facts.commit[:SHORT])
    on = (
        speech.text("report.on_branch", commit=commit, branch=facts.branch)
        if facts.branch
        else commit
    )
    said = speech.text("report.at_commit", commit=on)
    return f"{said} ({speech.text('report.uncommitted')})" if facts.dirty else said
