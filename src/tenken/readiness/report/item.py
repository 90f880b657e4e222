"""One item in full: what it asks, how it stands and why, and what would prove it."""

from collections.abc import Iterator

from msgspec import Struct
from rich.text import Text

from tenken.evidence import Finding, FindingKind, Method, Remark
from tenken.messages.speech import Speech
from tenken.readiness.catalogue import Item
from tenken.readiness.inspection import Report
from tenken.readiness.report.actions import remedy_for
from tenken.readiness.report.standing import reasons
from tenken.readiness.report.wording import GLYPHS, Wording, day, shown_place, visible
from tenken.readiness.report.wrap import wrapped
from tenken.readiness.verdict import SubVerdict, Verdict, Weighed

ENDLESS = 1_000_000
HELD_BY_PEOPLE = frozenset({"1-3-2", "2-2-2", "3-3-1", "3-3-2", "4-3-1"})
"""Items that a drill decides for which `tenken prove` has none: a team holds and records it."""


class Block(Struct, frozen=True, kw_only=True):
    """A heading and the lines below it."""

    heading: str
    lines: tuple[str, ...]


def render(report: Report, item: Item, speech: Speech, *, width: int | None = None) -> Text:
    """Give everything known of one item."""
    page = _Page(report, item, speech)
    shown = Text()
    shown.append_text(page.head()).append("\n")
    for block in page.blocks():
        if not block.lines:
            continue
        shown.append(f"\n{block.heading}\n", "bold")
        for line in block.lines:
            for piece in wrapped(line, (width or ENDLESS) - 2):
                shown.append(f"  {piece}\n")
    return shown


class _Page:
    """One method per block."""

    def __init__(self, report: Report, item: Item, speech: Speech) -> None:
        self.report = report
        self.item = item
        self.verdict: Verdict = report.verdict(item.id)
        self.speech = speech
        self.names = Wording(speech)

    def head(self) -> Text:
        word = self.verdict.word
        title = self.names.both(self.item.title)
        outcome = self.names.outcome(self.verdict.outcome)
        return Text.assemble(
            (f"{self.item.id} {title}", "bold"),
            f"\n{GLYPHS[word]} ",
            self.speech.text(
                "report.item_standing",
                outcome=" · ".join(dict.fromkeys((self.names.word(word), outcome))),
                grade=self.names.grade(self.verdict.grade),
                needed=self.names.grade(self.verdict.needed),
                method=self.names.method(self.item.decides),
            ),
        )

    def blocks(self) -> Iterator[Block]:
        item, say, verdict = self.item, self.speech.text, self.verdict
        why = (self.names.both(item.explanation), self.names.both(item.why))
        yield Block(heading=say("report.item_asks"), lines=why)
        subs = tuple(self._sub(sub) for sub in verdict.subs if sub.id)
        yield Block(heading=say("report.item_parts"), lines=subs)
        notes = [one for one in verdict.findings if one.kind is FindingKind.NOTE]
        against = tuple(self._pointed(one) for one in verdict.findings if one not in notes)
        yield Block(heading=say("report.item_findings"), lines=against)
        seen = tuple(self._pointed(remark) for remark in verdict.seen)
        yield Block(heading=say("report.item_seen"), lines=seen)
        yield Block(heading=say("report.item_notes"), lines=tuple(map(self._pointed, notes)))
        yield Block(heading=say("report.item_missing"), lines=tuple(self._missing()))
        yield Block(heading=say("report.item_remedy"), lines=tuple(self._remedy()))
        yield Block(heading=say("report.item_guide", stack=self._stack()), lines=self._guide())
        cheats = tuple(self.names.both(cheat.text) for cheat in item.cheats)
        yield Block(heading=say("report.item_cheats"), lines=cheats)
        evidence = tuple(self._evidence(one) for one in verdict.evidence)
        yield Block(heading=say("report.item_evidence"), lines=evidence)

    def _sub(self, sub: SubVerdict) -> str:
        title = next((one.title for one in self.item.subs if one.id == sub.id), None)
        named = self.names.both(title) if title else ""
        return f"({sub.id}) {named}: {self.names.outcome(sub.outcome)}"

    def _pointed(self, one: Finding | Remark) -> str:
        place = shown_place(one.place)
        said = self.speech(one.sentence)
        return f"{place}  {said}" if place else said

    def _missing(self) -> Iterator[str]:
        if role := self.verdict.awaits:
            yield self.speech.text("report.awaits", role=self.names.role(role))
        yield from map(self.speech, reasons(self.verdict))

    def _remedy(self) -> Iterator[str]:
        remedy = remedy_for(self.item, self.verdict)
        if remedy is None:
            return
        yield f"{self.names.effort(remedy.effort)}: {self.names.both(remedy.text)}"
        if remedy.command:
            yield f"$ {self.names.command(remedy.command)}"
        is_drilled = self.item.decides is Method.DRILL and self.item.id not in HELD_BY_PEOPLE
        drill = f"tenken prove {self.item.id} "
        if is_drilled and not (remedy.command or "").startswith(drill):
            yield self.speech.text("report.then_a_drill")
            yield f"$ {drill}--app URL --requests FILE"

    def _stack(self) -> str:
        return self.names.stack(self.report.stack)

    def _guide(self) -> tuple[str, ...]:
        guide = self.item.guides.get(self.report.stack)
        if guide is None:
            return ()
        text = self.speech.choose(ja=guide.ja, en=guide.en)
        return visible(text), f"→ {self.names.where(guide)}"

    def _evidence(self, one: Weighed) -> str:
        evidence = one.evidence
        answer = evidence.answer
        return self.speech.text(
            "report.item_evidence_line",
            probe=evidence.probe,
            holding=self.names.holding(answer.holding),
            grade=self.names.grade(answer.grade),
            standing=self.names.standing(one.standing),
            day=day(evidence.observed_at),
        )
