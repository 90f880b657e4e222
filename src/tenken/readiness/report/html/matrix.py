"""Sections by the five words: the whole checklist at a glance, every item one tick.

Words, not outcomes: what stands above the columns, on the ticks and on the first screen adds up.
"""

from collections import Counter

from tenken.readiness.catalogue import Section
from tenken.readiness.report.html.elements import Html, join, link, tag
from tenken.readiness.report.html.view import View
from tenken.readiness.report.wording import GLYPHS
from tenken.readiness.verdict import Word


def matrix(view: View) -> Html:
    """Give the table with its heading."""
    sections = view.report.catalogue.sections
    table = tag(
        "table",
        tag("caption", view.say("matrix_caption"), class_="hidden"),
        _head(view),
        tag("tbody", *(_section(view, section) for section in sections)),
        tag("tfoot", _totals(view)),
        class_="matrix",
    )
    title = view.say("heading_sections")
    scrolled = tag("div", table, class_="scroll", tabindex="0", role="group", aria_label=title)
    return tag("section", tag("h2", title, id="sections"), scrolled, class_="card")


def _head(view: View) -> Html:
    names = (
        tag(
            "th",
            tag("span", GLYPHS[word], class_="glyph", aria_hidden="true"),
            view.names.word(word),
            scope="col",
            class_=f"n {word.value}",
        )
        for word in Word
    )
    section = tag("th", view.say("column_section"), scope="col")
    level = tag("th", view.say("column_level"), scope="col", class_="n")
    return tag("thead", tag("tr", section, level, *names))


def _section(view: View, section: Section) -> Html:
    counted = Counter(view.verdicts[item.id].word for item in section.items)
    title = link(f"#section-{section.id}", f"{section.id}  {view.names.both(section.title)}")
    ticks = join(_tick(view, item.id) for item in section.items)
    head = tag("th", title, tag("span", ticks, class_="ticks"), scope="row")
    level = tag("td", str(view.report.levels.sections.get(section.id, 0)), class_="n level")
    return tag("tr", head, level, *(_count(word, counted[word]) for word in Word))


def _totals(view: View) -> Html:
    level = tag("td", str(view.report.levels.application), class_="n level")
    cells = (_count(word, count) for word, count in view.report.words.items())
    return tag("tr", tag("th", view.say("row_all"), scope="row"), level, *cells)


def _count(word: Word, count: int) -> Html:
    look = word.value if count else "zero"
    return tag("td", str(count), class_=f"n {look}")


def _tick(view: View, item_id: str) -> Html:
    verdict = view.verdicts[item_id]
    said = f"{item_id} {view.title(view.items[item_id])}: {view.standing(verdict)}"
    return link(
        f"#item-{item_id}",
        GLYPHS[verdict.word],
        class_=f"tick {verdict.word.value}",
        title=said,
        aria_label=said,
    )
