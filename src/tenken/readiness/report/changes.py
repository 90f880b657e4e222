"""What changed between two reports, for a terminal: what was lost comes first."""

from collections.abc import Iterator

from rich.text import Text

from tenken.messages.speech import Speech
from tenken.readiness.inspection import Difference, Lost
from tenken.readiness.report.document import Document
from tenken.readiness.report.standing import since_then
from tenken.readiness.report.wording import Wording, visible


def render(difference: Difference, later: Document, speech: Speech) -> Text:
    """Give a line for every item that stands otherwise; titles come from the later report."""
    titles = {item.id: visible(item.title) for item in later.items}
    return Text("\n").join(_lines(difference, titles, speech)).append("\n")


def _lines(difference: Difference, titles: dict[str, str], speech: Speech) -> Iterator[Text]:
    names = Wording(speech)
    yield Text(since_then(difference, speech), style="bold")
    for mark, style, moved in (("▼", "red", difference.lost), ("▲", "green", difference.gained)):
        yield from (_moved(one, titles, names, mark=mark, style=style) for one in moved)
    for id_, items in (
        ("report.new_items", difference.new_items),
        ("report.gone_items", difference.gone_items),
    ):
        if items:
            yield Text(speech.text(id_, items=", ".join(items)))


def _moved(one: Lost, titles: dict[str, str], names: Wording, *, mark: str, style: str) -> Text:
    before, after = names.outcome(one.before), names.outcome(one.after)
    title = titles.get(one.item, "")
    return Text.assemble(
        ("  " + mark, style), f" {one.item:<6} {title}  ", (f"{before} → {after}", "dim")
    )
