"""The first screen: where the application stands, what is not true, what to do next.

Gives Rich text, so that styles vanish in a pipe. Glyphs and words carry the meaning, colour never
does alone. Lines are broken for `width` cells; without a width (a pipe) no line is broken.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from msgspec import Struct
from rich.cells import cell_len
from rich.text import Text

from tenken.evidence import Grade
from tenken.messages.speech import Speech, clean
from tenken.readiness.inspection import Action, Report
from tenken.readiness.levels import CAP
from tenken.readiness.report.actions import next_actions
from tenken.readiness.report.standing import expiring, git_state, since_then, stopped_by
from tenken.readiness.report.telling import Told, because, gaps, lies, once, told
from tenken.readiness.report.wording import (
    GLYPHS,
    Wording,
    day,
    shown_place,
)
from tenken.readiness.report.wrap import padded, shortened, wrapped
from tenken.readiness.verdict import Outcome, Word

STYLES = {
    Word.PROVED: "green",
    Word.CONFIGURED: "cyan",
    Word.NOT_MET: "red",
    Word.UNKNOWN: "yellow",
    Word.NEEDS_SIGN_OFF: "magenta",
}
SOON = timedelta(days=30)
MOST_SHOWN = 3
ENDLESS = 1_000_000
DEED = 150
"""Cells for what an action says; the whole of it is in the other formats."""


class Screen(Struct, frozen=True, kw_only=True):
    """What a report is shown on, and how much of it."""

    width: int | None = None
    """Cells in a line; None breaks no line."""
    findings: int = 5
    actions: int = 5
    saved: str = ""
    """Where the HTML report was written; empty where it was not."""
    brief: bool = False
    """Leave out how much more there is, what a file would add, and the gate."""


def render(report: Report, speech: Speech, screen: Screen | None = None) -> Text:
    """Give the first screen."""
    say = _Page(report, speech, screen or Screen())
    rest = () if say.screen.brief else (say.expires(), say.remainders(), say.gate())
    parts = (say.head(), say.findings(), say.missing(), say.actions(), *rest, say.foot())
    shown = [Text("\n").join(part) for part in map(tuple, parts) if part]
    return Text("\n\n").join(shown).append("\n")


class _Page:
    """One method per part of the screen, each giving lines."""

    def __init__(self, report: Report, speech: Speech, screen: Screen) -> None:
        self.report = report
        self.speech = speech
        self.names = Wording(speech)
        self.screen = screen
        self.told = once(told(report))

    def head(self) -> Iterator[Text]:
        report, say = self.report, self.speech.text
        level = say("report.level_of", level=report.levels.application, top=int(max(Grade)))
        bold = (Text(clean(report.service), style="bold"), Text(level, style="bold"))
        rest = (say("report.tier", tier=report.tier), git_state(report, self.speech))
        yield from self._packed([*bold, *map(Text, rest)], " · ")
        if report.levels.capped_by:
            gates = ", ".join(report.levels.capped_by)
            held = say("report.held_back", cap=CAP, items=gates)
            yield from self._lines(held, style="dim")
        yield Text()
        yield from self._packed(self._words(), "  ")
        yield from self._asides()

    def findings(self) -> Iterator[Text]:
        if not (false := lies(self.told)):
            yield from self._lines(self.speech.text("report.nothing_false"))
        yield from self._listed("findings", false, self.screen.findings)

    def missing(self) -> Iterator[Text]:
        """What was seen to be missing, where what is not true leaves room for it."""
        room = self.screen.findings - len(lies(self.told))
        yield from self._listed("gaps", gaps(self.told), room)

    def _listed(self, heading: str, every: Sequence[Told], room: int) -> Iterator[Text]:
        if not every or room <= 0:
            return
        yield self._heading(heading, len(every))
        for one in every[:room]:
            yield from self._finding(one)
        yield from self._rest(len(every) - room)

    def actions(self) -> Iterator[Text]:
        every = next_actions(self.report)
        if not every:
            yield Text(self.speech.text("report.nothing_to_do"))
            return
        yield self._heading("actions", len(every))
        shown = every[: self.screen.actions]
        column = max(cell_len(self.names.effort(action.effort)) for action in shown)
        for action in shown:
            yield from self._action(action, column)

    def expires(self) -> Iterator[Text]:
        soon = expiring(self.report, within=SOON)
        if not soon:
            return
        yield self._heading("expires", len(soon))
        for one in soon[:MOST_SHOWN]:
            title = self.names.both(one.item.title)
            line = self.speech.text(
                "report.expires_item", day=day(one.at), item=one.item.id, title=title
            )
            yield from self._lines(line, indent=2)
        yield from self._rest(len(soon) - MOST_SHOWN)

    def remainders(self) -> Iterator[Text]:
        report, say = self.report, self.speech.text
        if report.difference:
            yield from self._lines(since_then(report.difference, self.speech))
        if report.manifest is None:
            yield from self._lines(say("report.no_manifest"))
        if report.left_out:
            yield from self._lines(self._left_out(), style="dim")
        if report.problems:
            yield from self._problems()

    def gate(self) -> Iterator[Text]:
        report, gate, say = self.report, self.report.gate, self.speech.text
        if not gate.asked:
            yield from self._lines(say("report.gate_not_asked"), style="dim")
            return
        if gate.passed:
            passed = say("report.gate_passed", asked=", ".join(map(clean, gate.asked)))
            yield from self._lines(f"{GLYPHS[Word.PROVED]} {passed}", style="green")
            return
        yield Text(f"{GLYPHS[Word.NOT_MET]} {say('report.gate_failed')}", style="bold red")
        for reason in stopped_by(report, self.speech)[:MOST_SHOWN]:
            yield from self._lines(reason, indent=2)
        yield from self._rest(len(gate.stopped_by) - MOST_SHOWN)

    def foot(self) -> Iterator[Text]:
        report, say = self.report, self.speech.text
        if self.screen.saved:
            yield from self._lines(say("report.saved_at", path=self.screen.saved), style="bold")
        seconds = f"{report.seconds:.1f}"
        yield Text(say("report.read_in", files=report.files_read, seconds=seconds), style="dim")

    # -- parts of parts

    def _words(self) -> list[Text]:
        return [
            Text(f"{GLYPHS[word]} {count} {self.names.word(word)}", style=STYLES[word])
            for word, count in self.report.words.items()
        ]

    def _asides(self) -> Iterator[Text]:
        for outcome, id_ in (
            (Outcome.WAIVED, "report.waived_too"),
            (Outcome.ERROR, "report.errors_too"),
        ):
            if count := self.report.outcomes[outcome]:
                yield from self._lines(self.speech.text(id_, count=count), style="dim")

    def _finding(self, one: Told) -> Iterator[Text]:
        items = ", ".join(one.items)
        place = self._place(one)
        mark = f"  {GLYPHS[Word.NOT_MET]} "
        head = Text(mark, style="red")
        head.append(place, style="bold").append("  " if place else "").append(items, style="dim")
        yield head
        yield from self._lines(self.speech(one.finding.sentence), indent=4)

    def _place(self, one: Told) -> str:
        place = shown_place(one.finding.place)
        more = self.speech.text("report.more_places", count=one.elsewhere)
        return f"{place} {more}" if place and one.elsewhere else place

    def _action(self, action: Action, column: int) -> Iterator[Text]:
        effort = padded(self.names.effort(action.effort), column)
        shown = self._items(action.items)
        indent = 2 + column + 2
        said = f"{shown}  {self._deed(action)}"
        first, *rest = self._broken(said, indent)
        yield Text.assemble("  ", (effort, "cyan"), "  ", first)
        yield from (Text(" " * indent + line) for line in rest)
        yield from self._because(action, indent)
        if action.command:
            yield Text.assemble(
                " " * indent, ("$ ", "dim"), (self.names.command(action.command), "bold")
            )

    def _because(self, action: Action, indent: int) -> Iterator[Text]:
        """What was seen of it, where the findings above do not say so already."""
        above = (*lies(self.told), *gaps(self.told))[: self.screen.findings]
        seen = because(self.told, action.items, above)
        if seen is None or action.command or self.screen.brief:
            return
        place = shown_place(seen.finding.place)
        said = shortened(self.speech(seen.finding.sentence), DEED)
        line = f"→ {place}  {said}" if place else f"→ {said}"
        yield from self._lines(line, indent=indent, style="dim")

    def _deed(self, action: Action) -> str:
        if len(action.items) > 1 and action.command:
            return self.speech.text("report.action_several", count=len(action.items))
        return shortened(self.names.both(action.text), DEED)

    def _items(self, items: Sequence[str]) -> str:
        shown = ", ".join(items[:MOST_SHOWN])
        rest = len(items) - MOST_SHOWN
        return f"{shown} {self.speech.text('report.and_more', count=rest)}" if rest > 0 else shown

    def _left_out(self) -> str:
        say = self.speech.text
        files: dict[str, int] = {}
        largest: dict[str, str] = {}
        for one in self.report.left_out:
            files[one.reason] = files.get(one.reason, 0) + one.files
            largest.setdefault(one.reason, one.path)
        reasons = "; ".join(
            say(
                "report.left_out_reason",
                files=f"{count:,}",
                reason=self.names.left_out(reason),
                path=largest[reason],
            )
            for reason, count in files.items()
        )
        return say("report.left_out_line", files=f"{sum(files.values()):,}", reasons=reasons)

    def _problems(self) -> Iterator[Text]:
        problems = self.report.problems
        yield from self._lines(
            self.speech.text("report.problems_line", count=len(problems)), style="yellow"
        )
        for one in problems[:MOST_SHOWN]:
            place = clean(f"{one.path}:{one.line}: " if one.line else f"{one.path}: ")
            said = f"{'' if one.path == '.' else place}{self.speech(one.sentence)}"
            yield from self._lines(said, indent=2)
        yield from self._rest(len(problems) - MOST_SHOWN)

    def _heading(self, name: str, count: int) -> Text:
        return Text.assemble(
            (self.speech.text(f"report.heading_{name}"), "bold"), (f"  {count}", "dim")
        )

    def _rest(self, count: int) -> Iterable[Text]:
        if count > 0 and not self.screen.brief:
            yield Text(f"  … {self.speech.text('report.and_more', count=count)}", style="dim")

    def _packed(self, pieces: Iterable[Text], between: str) -> Iterator[Text]:
        """Put pieces on as few lines as the width allows, each of them whole."""
        line = Text()
        for piece in pieces:
            room = (self.screen.width or ENDLESS) - line.cell_len - len(between)
            if line and piece.cell_len > room:
                yield line
                line = Text()
            line = (line + Text(between) + piece) if line else piece.copy()
        yield line

    def _lines(self, said: str, *, indent: int = 0, style: str = "") -> Iterator[Text]:
        return (Text(" " * indent + line, style=style) for line in self._broken(said, indent))

    def _broken(self, said: str, indent: int) -> tuple[str, ...]:
        return wrapped(said, max((self.screen.width or ENDLESS) - indent, 20))
