"""The report for a pull request or a job summary.

Text from a repository stays text: no markup, no link, no mention of a person comes out of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from tenken.messages.speech import Speech
from tenken.readiness.inspection import Action, Lost, Report
from tenken.readiness.levels import CAP
from tenken.readiness.report.actions import next_actions
from tenken.readiness.report.standing import (
    badge_text,
    expiring,
    git_state,
    since_then,
    stopped_by,
    why,
)
from tenken.readiness.report.telling import Told, gaps, lies, once, told
from tenken.readiness.report.wording import GLYPHS, Wording, commands, day, visible
from tenken.readiness.verdict import Word

SPECIAL = frozenset("\\*_{}[]<>#|~!`$&")
SOON = timedelta(days=30)
FINDINGS = 10
ACTIONS = 5
# A comment that nobody sees keeps a forge from making a mention or a link of what follows.
SPLIT = "<!-- -->"


def render(report: Report, speech: Speech) -> str:
    """Give the report as GitHub-flavoured Markdown."""
    say = _Page(report, speech)
    parts = (
        say.head(),
        say.gate(),
        say.findings(),
        say.missing(),
        say.changes(),
        say.actions(),
        say.expires(),
        say.items(),
    )
    return "\n\n".join("\n".join(part) for part in map(tuple, parts) if part) + "\n"


def plain(said: str) -> str:
    """A text without any meaning for Markdown, HTML or a forge."""
    escaped = "".join(f"\\{char}" if char in SPECIAL else char for char in visible(said))
    for sign in ("@", "://", "www."):
        escaped = escaped.replace(sign, sign[0] + SPLIT + sign[1:])
    return escaped


def coded(said: str, *, in_table: bool = False) -> str:
    """A text of ours: what stands between backticks stays code, the rest is plain."""
    return "".join(
        code(piece, in_table=in_table) if quoted else _keeping_ends(piece)
        for piece, quoted in commands(visible(said))
    )


def code(said: str, *, in_table: bool = False) -> str:
    """A code span that nothing ends from within."""
    inside = visible(said).replace("`", "ˋ")
    return f"`{inside.replace('|', chr(92) + '|') if in_table else inside}`"


def _keeping_ends(piece: str) -> str:
    before = " " if piece[:1].isspace() else ""
    after = " " if piece[-1:].isspace() and piece.strip() else ""
    return f"{before}{plain(piece)}{after}"


class _Page:
    """One method per part, each giving lines."""

    def __init__(self, report: Report, speech: Speech) -> None:
        self.report = report
        self.speech = speech
        self.names = Wording(speech)
        self.items_by_id = {item.id: item for item in report.catalogue.items}
        self.told = once(told(report))

    def head(self) -> Iterator[str]:
        report = self.report
        yield f"## tenken · {plain(report.service)}"
        yield ""
        yield f"**{badge_text(report, self.speech)}** · {plain(git_state(report, self.speech))}"
        yield ""
        yield "| " + " | ".join(f"{GLYPHS[word]} {self.names.word(word)}" for word in Word) + " |"
        yield "|" + " --: |" * len(Word)
        yield "| " + " | ".join(str(report.words[word]) for word in Word) + " |"
        if report.levels.capped_by:
            gates = ", ".join(report.levels.capped_by)
            yield ""
            yield self._say("held_back", cap=CAP, items=gates)

    def gate(self) -> Iterator[str]:
        gate = self.report.gate
        if not gate.asked:
            yield plain(self._say("gate_not_asked"))
            return
        if gate.passed:
            passed = self._say("gate_passed", asked=", ".join(gate.asked))
            yield f"{GLYPHS[Word.PROVED]} {plain(passed)}"
            return
        yield f"**{GLYPHS[Word.NOT_MET]} {self._say('gate_failed')}**"
        yield ""
        yield from (f"- {coded(one)}" for one in stopped_by(self.report, self.speech))

    def findings(self) -> Iterator[str]:
        if not (false := lies(self.told)):
            yield self._say("nothing_false")
        yield from self._listed("findings", false, FINDINGS)

    def missing(self) -> Iterator[str]:
        yield from self._listed("gaps", gaps(self.told), FINDINGS - len(lies(self.told)))

    def _listed(self, heading: str, every: Sequence[Told], room: int) -> Iterator[str]:
        if not every or room <= 0:
            return
        yield from self._heading(heading, len(every))
        yield from (self._finding(one) for one in every[:room])
        yield from self._rest(len(every) - room)

    def changes(self) -> Iterator[str]:
        since = self.report.difference
        if since is None:
            return
        yield f"### {self._say('heading_difference')}"
        yield ""
        yield since_then(since, self.speech)
        yield ""
        yield from (f"- ▼ {self._moved(one)}" for one in since.lost)
        yield from (f"- ▲ {self._moved(one)}" for one in since.gained)

    def actions(self) -> Iterator[str]:
        every = next_actions(self.report)
        if not every:
            yield self._say("nothing_to_do")
            return
        yield from self._heading("actions", len(every))
        yield from (self._action(action) for action in every[:ACTIONS])
        yield from self._rest(len(every) - ACTIONS)

    def expires(self) -> Iterator[str]:
        soon = expiring(self.report, within=SOON)
        if soon:
            yield from self._heading("expires", len(soon))
            yield from (
                f"- {day(one.at)} {one.item.id} {plain(self.names.both(one.item.title))}"
                for one in soon
            )

    def items(self) -> Iterator[str]:
        yield f"<details><summary>{self._say('heading_items')}</summary>"
        yield ""
        heads = ("column_item", "column_outcome", "column_reason")
        yield "| " + " | ".join(self._say(head) for head in heads) + " |"
        yield "|" + " --- |" * len(heads)
        yield from (self._row(item_id) for item_id in self.items_by_id)
        yield ""
        yield "</details>"

    # -- parts of parts

    def _say(self, name: str, **fields: str | int) -> str:
        return self.speech.text(f"report.{name}", **fields)

    def _heading(self, name: str, count: int) -> Iterator[str]:
        yield f"### {self._say(f'heading_{name}')} ({count})"
        yield ""

    def _rest(self, count: int) -> Iterable[str]:
        if count > 0:
            yield f"- … {self._say('and_more', count=count)}"

    def _finding(self, one: Told) -> str:
        place = f" {code(str(one.finding.place))}" if one.finding.place else ""
        if place and one.elsewhere:
            place += f" {self._say('more_places', count=one.elsewhere)}"
        return f"- {coded(self.speech(one.finding.sentence))}{place} ({', '.join(one.items)})"

    def _action(self, action: Action) -> str:
        several = len(action.items) > 1 and action.command
        text = (
            self._say("action_several", count=len(action.items))
            if several
            else coded(self.names.both(action.text))
        )
        command = f" {code(self.names.command(action.command))}" if action.command else ""
        effort = self.names.effort(action.effort)
        return f"- **{effort}** {', '.join(action.items)}: {text}{command}"

    def _moved(self, one: Lost) -> str:
        item = self.items_by_id.get(one.item)
        title = plain(self.names.both(item.title)) if item else ""
        before, after = self.names.outcome(one.before), self.names.outcome(one.after)
        return f"{one.item} {title}: {before} → {after}"

    def _row(self, item_id: str) -> str:
        verdict = self.report.verdict(item_id)
        title = plain(self.names.both(self.items_by_id[item_id].title))
        standing = self.names.outcome(verdict.outcome)
        if verdict.awaits:
            standing = self.names.word(Word.NEEDS_SIGN_OFF)
        reason = why(self.report, verdict, self.names)
        place = f" {code(reason.place, in_table=True)}" if reason.place else ""
        said = coded(reason.said, in_table=True) + place
        return f"| {item_id} {title} | {GLYPHS[verdict.word]} {standing} | {said} |"
