"""What every part of the page needs: the report, its words, and how texts and places look."""

from collections.abc import Iterable, Sequence

from tenken.messages.speech import Speech
from tenken.place import Place
from tenken.readiness.catalogue import Both, Item
from tenken.readiness.inspection import Report
from tenken.readiness.report.html.elements import Html, join, link, tag
from tenken.readiness.report.html.source import source_link
from tenken.readiness.report.wording import GLYPHS, Wording, commands, visible
from tenken.readiness.verdict import Outcome, Verdict, Word
from tenken.sentence import Field, Sentence

# Every outcome looks like the word that a first screen would use for it.
LOOKS = {
    Outcome.VERIFIED: Word.PROVED,
    Outcome.NOT_APPLICABLE: Word.PROVED,
    Outcome.CONFIGURED: Word.CONFIGURED,
    Outcome.PARTIAL: Word.NOT_MET,
    Outcome.FAILED: Word.NOT_MET,
    Outcome.WAIVED: Word.NOT_MET,
    Outcome.UNKNOWN: Word.UNKNOWN,
    Outcome.NOT_VISIBLE: Word.UNKNOWN,
    Outcome.STALE: Word.UNKNOWN,
    Outcome.ERROR: Word.UNKNOWN,
}


class View:
    """A report in a language."""

    def __init__(self, report: Report, speech: Speech) -> None:
        self.report = report
        self.speech = speech
        self.names = Wording(speech)
        self.verdicts = {verdict.item: verdict for verdict in report.verdicts}
        self.items = {item.id: item for item in report.catalogue.items}

    def say(self, id: str, /, **fields: Field) -> str:  # noqa: A002 - positional only
        """Say a sentence of the report's own."""
        return self.speech.text(f"report.{id}", **fields)

    def told(self, sentence: Sentence) -> Html:
        """Say any sentence, code in code style."""
        return coded(self.speech(sentence))

    def both(self, text: Both) -> Html:
        """A text of the catalogue, code in code style."""
        return coded(self.names.both(text))

    def place(self, place: Place | None) -> Html | None:
        """`file:line`, as a link where the forge is known."""
        if place is None:
            return None
        shown = tag("code", str(place), class_="place")
        target = source_link(self.report, place)
        return link(target, shown) if target else shown

    def title(self, item: Item) -> str:
        """The title of an item."""
        return self.names.both(item.title)

    def badge(self, verdict: Verdict) -> Html:
        """The outcome of an item as glyph and word."""
        return tag(
            "span",
            tag("span", GLYPHS[verdict.word], class_="glyph", aria_hidden="true"),
            self.standing(verdict),
            class_=f"badge {verdict.word.value}",
        )

    def standing(self, verdict: Verdict) -> str:
        """How an item stands: that it waits for a signature, else its outcome."""
        if verdict.awaits:
            return self.names.word(Word.NEEDS_SIGN_OFF)
        return self.names.outcome(verdict.outcome)

    def item_links(self, items: Iterable[str]) -> Html:
        """Links to items of the page."""
        return join((self._item_link(item) for item in items), " ")

    def _item_link(self, item: str) -> Html:
        known = self.items.get(item)
        return item_link(item, titled=self.title(known) if known else None)


def item_link(item: str, *, titled: str | None = None) -> Html:
    """Link to an item of the page."""
    return link(f"#item-{item}", item, class_="item-link", title=titled)


def coded(said: str) -> Html:
    """A text whose backticks become code."""
    return join(tag("code", piece) if code else piece for piece, code in commands(visible(said)))


def prompt(command: str) -> Html:
    """A command to type."""
    return tag("code", visible(command), class_="command")


def table(label: str, heads: Sequence[str], rows: Iterable[Sequence[Html | str | None]]) -> Html:
    """A table whose first column heads its rows; it scrolls sideways within itself."""
    head = tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads)))
    body = tag("tbody", *(_row(row) for row in rows))
    return tag(
        "div",
        tag("table", head, body),
        class_="scroll",
        tabindex="0",
        role="group",
        aria_label=label,
    )


def _row(cells: Sequence[Html | str | None]) -> Html:
    first, *rest = cells
    return tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in rest))
