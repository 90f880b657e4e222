"""What several formats say of a report: its badge in words, its commit, what expires soon."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from tenken.messages.speech import Speech, clean
from tenken.readiness.catalogue import Item
from tenken.readiness.inspection import Difference, Report
from tenken.readiness.report.actions import remedy_for
from tenken.readiness.report.wording import Wording, day, first_sentence, shown_place
from tenken.readiness.verdict import Outcome, Verdict, Word
from tenken.sentence import Sentence

SHORT = 7


class Expiring(Struct, frozen=True, kw_only=True):
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


def stopped_by(report: Report, speech: Speech) -> tuple[str, ...]:
    """What the gate stops at, each with the title of its item: an id alone says little."""
    return tuple(_titled(reason, report, speech) for reason in report.gate.stopped_by)


def _titled(reason: Sentence, report: Report, speech: Speech) -> str:
    said = speech(reason)
    item = report.catalogue.item(str(reason.fields.get("item", "")))
    if item is None:
        return said
    return speech.text("report.of_item", said=said, title=Wording(speech).both(item.title))


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


def since_then(difference: Difference, speech: Speech) -> str:
    """How many items moved since an earlier report, in one line."""
    gained, lost, since = len(difference.gained), len(difference.lost), day(difference.since)
    if not gained and not lost:
        return speech.text("report.difference_none", day=since)
    return speech.text("report.difference_line", day=since, gained=gained, lost=lost)


class Why(Struct, frozen=True, kw_only=True):
    """The one sentence that says why an item stands as it does, and where."""

    said: str
    place: str = ""


def why(report: Report, verdict: Verdict, names: Wording) -> Why:
    """What a table has room for: the signature, the finding, the remark or the reason."""
    for reason in _whys(verdict, names):
        if reason.said:
            return reason
    item = report.catalogue.item(verdict.item)
    remedy = remedy_for(item, verdict) if item else None
    return Why(said=first_sentence(names.both(remedy.text)) if remedy else "")


def reasons(verdict: Verdict) -> tuple[Sentence, ...]:
    """The chain of reasons, less the one that `awaits` says already."""
    return tuple(
        reason
        for reason in verdict.reasons
        if not (verdict.awaits and reason.id == "judge.awaits_signature")
    )


def _whys(verdict: Verdict, names: Wording) -> Iterator[Why]:
    say = names.speech.text
    if verdict.awaits:
        yield Why(said=say("report.awaits", role=names.role(verdict.awaits)))
    if waiver := verdict.waiver:
        until = day(waiver.expires_on)
        said = say("report.waived_by", owner=waiver.owner, until=until, reason=waiver.reason)
        yield Why(said=said)
    if not verdict.outcome.passes:
        for finding in verdict.findings[:1]:
            yield Why(said=names.speech(finding.sentence), place=shown_place(finding.place))
        for reason in verdict.reasons[:1]:
            yield Why(said=names.speech(reason))
    for remark in verdict.seen[:1]:
        yield Why(said=names.speech(remark.sentence), place=shown_place(remark.place))
