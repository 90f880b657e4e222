"""The document a team has today: section by section, a box ticked only where it is proved."""

from collections.abc import Iterator

from tenken.messages.speech import Speech
from tenken.readiness.catalogue import Item, Section
from tenken.readiness.inspection import Report
from tenken.readiness.report.formats.markdown import code, coded, plain
from tenken.readiness.report.standing import badge_text, git_state, why
from tenken.readiness.report.wording import Wording, minute
from tenken.readiness.verdict import Verdict, Word


def render(report: Report, speech: Speech) -> str:
    """Give the checklist as Markdown."""
    names = Wording(speech)
    sections = ("\n".join(_section(report, names, one)) for one in report.catalogue.sections)
    return "\n\n".join(["\n".join(_head(report, speech)), *sections]) + "\n"


def _head(report: Report, speech: Speech) -> Iterator[str]:
    yield f"# {plain(speech.text('report.checklist_title', service=report.service))}"
    yield ""
    state = plain(git_state(report, speech))
    yield f"{badge_text(report, speech)} · {state} · {minute(report.made_at)}"
    yield ""
    yield speech.text("report.checklist_rule")


def _section(report: Report, names: Wording, section: Section) -> Iterator[str]:
    verdicts = [report.verdict(item.id) for item in section.items]
    proved = sum(verdict.word is Word.PROVED for verdict in verdicts)
    yield f"## {section.id} {plain(names.both(section.title))} ({proved}/{len(verdicts)})"
    yield ""
    for item, verdict in zip(section.items, verdicts, strict=True):
        yield from _item(report, names, item, verdict)


def _item(report: Report, names: Wording, item: Item, verdict: Verdict) -> Iterator[str]:
    title = plain(names.both(item.title))
    box = _box(ticked=verdict.outcome.passes)
    yield f"- {box} **{item.id}** {title}: {_reason(report, names, verdict)}"
    titles = {sub.id: names.both(sub.title) for sub in item.subs}
    for sub in verdict.subs:
        if sub.id in titles:
            title, standing = plain(titles[sub.id]), names.outcome(sub.outcome)
            yield f"    - {_box(ticked=sub.outcome.passes)} ({sub.id}) {title}: {standing}"


def _box(*, ticked: bool) -> str:
    return "[x]" if ticked else "[ ]"


def _reason(report: Report, names: Wording, verdict: Verdict) -> str:
    standing = names.outcome(verdict.outcome)
    if verdict.awaits:
        standing = names.word(Word.NEEDS_SIGN_OFF)
    reason = why(report, verdict, names)
    place = f" ({code(reason.place)})" if reason.place else ""
    said = coded(reason.said)
    return f"**{standing}** — {said}{place}" if said else f"**{standing}**{place}"
