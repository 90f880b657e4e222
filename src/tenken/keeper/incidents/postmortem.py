"""Drafts a postmortem in Markdown from what is known: for people to finish, and marked so."""

from collections.abc import Iterable, Iterator

from tenken.keeper.alerts.message import moment
from tenken.keeper.incidents.reading import Impact, Story
from tenken.messages.speech import Speech
from tenken.sentence import Sentence, say

MINUTE_US = 60_000_000
CALLERS = 10


def draft(story: Story, speech: Speech) -> str:
    """Give the draft in a language."""
    parts = (
        _head(story, speech),
        _section(speech, "summary", [_todo(speech, "summary")]),
        _section(speech, "impact", _impact(story.impact, speech)),
        _section(speech, "timeline", _timeline(story, speech)),
        _section(speech, "factors", _factors(story, speech)),
        _section(speech, "well", [_todo(speech, "well")]),
        _section(speech, "actions", _actions(story, speech)),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(story: Story, speech: Speech) -> Iterator[str]:
    one = story.incident
    text = speech.text
    minutes = max(0, story.until - one.opened_at) // MINUTE_US
    yield f"# {plain(text('incidents.draft_title', title=one.title))}"
    yield ""
    yield text("incidents.draft_mark")
    yield ""
    yield f"- {text('incidents.draft_id', id=one.id, severity=f'wording.urgency_{one.severity}')}"
    yield "- " + text(
        "incidents.draft_time", since=moment(one.opened_at), until=moment(story.until),
        minutes=minutes,
    )  # fmt: skip
    who = {"opened_by": plain(one.opened_by), "lead": plain(one.lead) or "-"}
    yield f"- {text('incidents.draft_people', **who)}"
    yield ""


def _section(speech: Speech, name: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"## {speech.text(f'incidents.section_{name}')}"
    yield ""
    yield from lines
    yield ""


def _todo(speech: Speech, name: str) -> str:
    return f"TODO: {speech.text(f'incidents.todo_{name}')}"


def _impact(impact: Impact, speech: Speech) -> Iterator[str]:
    """Say what the sums tell; a time without requests is told as such."""
    now, before, text = impact.totals, impact.before, speech.text
    if not now.requests:
        yield text("incidents.impact_none")
        return
    share = 100 * now.errors / now.requests
    yield "- " + text(
        "incidents.impact_requests", requests=now.requests, errors=now.errors,
        percent=f"{share:.3g}", blocked=now.blocked, refused=now.turned_away,
    )  # fmt: skip
    yield "- " + text("incidents.impact_before", requests=before.requests, errors=before.errors)
    money = {"cost": f"{now.cost:.2f}", "before": f"{before.cost:.2f}"}
    yield f"- {text('incidents.impact_money', **money)}"
    yield f"- {text('incidents.impact_callers', count=len(impact.callers))}"
    for one in impact.callers[:CALLERS]:
        of = one.totals
        hurt = {"errors": of.errors, "blocked": of.blocked, "refused": of.turned_away}
        said = text(
            "incidents.impact_caller", caller=one.name or "-", **hurt, requests=of.requests
        )
        yield f"  - {plain(said)}"


def _timeline(story: Story, speech: Speech) -> Iterator[str]:
    text = speech.text
    yield f"| {text('incidents.column_at')} | {text('incidents.column_what')} |"
    yield "|---|---|"
    for line in story.lines:
        yield f"| {moment(line.at)} | {plain(speech(line.what))} |"


def _factors(story: Story, speech: Speech) -> Iterator[str]:
    """Give what people named; what came just before is a candidate and no more."""
    for factor in story.factors:
        yield f"- {plain(factor)}"
    candidates: list[Sentence] = [line.what for line in story.causes]
    if candidates:
        yield f"- {speech(say('incidents.candidates'))}"
        yield from (f"  - {plain(speech(what))}" for what in candidates)
    if not story.factors:
        yield f"- {_todo(speech, 'factors')}"


def _actions(story: Story, speech: Speech) -> Iterator[str]:
    text = speech.text
    names = ("number", "action", "owner", "due", "done")
    yield f"| {' | '.join(text(f'incidents.column_{name}') for name in names)} |"
    yield f"|{'---|' * len(names)}"
    for one in story.follow_ups:
        done = moment(one.done_at) if one.done_at is not None else "-"
        cells = (str(one.number), one.what, one.owner, one.due or "-", done)
        yield f"| {' | '.join(plain(cell) for cell in cells)} |"
    if not story.follow_ups:
        yield f"| | {_todo(speech, 'actions')} | | | |"


def plain(text: str) -> str:
    """Give a text that Markdown shows as it is, on one line.

    >>> plain("<b> c")
    '&lt;b&gt; c'
    """
    one_line = " ".join(text.split())
    for char in "\\|`*_[]":
        one_line = one_line.replace(char, f"\\{char}")
    return one_line.replace("<", "&lt;").replace(">", "&gt;")
