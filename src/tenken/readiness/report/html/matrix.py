"""Sections by outcomes: the whole checklist at a glance, every item one tick."""

from collections import Counter

from tenken.readiness.catalogue import Section
from tenken.readiness.report.html.elements import Html, join, link, tag
from tenken.readiness.report.html.view import LOOKS, View
from tenken.readiness.report.wording import GLYPHS
from tenken.readiness.verdict import Outcome, Verdict, Word

# Waiting for a signature is a column of its own, so that columns and first screen agree.
Column = Outcome | Word
COLUMNS: tuple[Column, ...] = (*Outcome, Word.NEEDS_SIGN_OFF)
ALWAYS = frozenset({Outcome.VERIFIED, Outcome.CONFIGURED, Outcome.FAILED, Outcome.UNKNOWN})


def matrix(view: View) -> Html:
    """Give the table with its heading."""
    counted = Counter(_column(verdict) for verdict in view.report.verdicts)
    shown = [column for column in COLUMNS if column in ALWAYS or counted[column]]
    sections = view.report.catalogue.sections
    table = tag(
        "table",
        tag("caption", view.say("matrix_caption"), class_="hidden"),
        _head(view, shown),
        tag("tbody", *(_section(view, section, shown) for section in sections)),
        tag("tfoot", _totals(view, shown, counted)),
        class_="matrix",
    )
    title = view.say("heading_sections")
    scrolled = tag("div", table, class_="scroll", tabindex="0", role="group", aria_label=title)
    return tag("section", tag("h2", title, id="sections"), scrolled, class_="card")


def _column(verdict: Verdict) -> Column:
    return Word.NEEDS_SIGN_OFF if verdict.awaits else verdict.outcome


def _look(column: Column) -> Word:
    return column if isinstance(column, Word) else LOOKS[column]


def _name(view: View, column: Column) -> str:
    return view.names.word(column) if isinstance(column, Word) else view.names.outcome(column)


def _head(view: View, shown: list[Column]) -> Html:
    names = (
        tag(
            "th",
            tag("span", GLYPHS[_look(column)], class_="glyph", aria_hidden="true"),
            _name(view, column),
            scope="col",
            class_=f"n {_look(column).value}",
        )
        for column in shown
    )
    section = tag("th", view.say("column_section"), scope="col")
    level = tag("th", view.say("column_level"), scope="col", class_="n")
    return tag("thead", tag("tr", section, level, *names))


def _section(view: View, section: Section, shown: list[Column]) -> Html:
    counted = Counter(_column(view.verdicts[item.id]) for item in section.items)
    title = link(f"#section-{section.id}", f"{section.id}  {view.names.both(section.title)}")
    ticks = join(_tick(view, item.id) for item in section.items)
    head = tag("th", title, tag("span", ticks, class_="ticks"), scope="row")
    level = tag("td", str(view.report.levels.sections.get(section.id, 0)), class_="n level")
    return tag("tr", head, level, *(_count(column, counted[column]) for column in shown))


def _totals(view: View, shown: list[Column], counted: Counter[Column]) -> Html:
    level = tag("td", str(view.report.levels.application), class_="n level")
    cells = (_count(column, counted[column]) for column in shown)
    return tag("tr", tag("th", view.say("row_all"), scope="row"), level, *cells)


def _count(column: Column, count: int) -> Html:
    look = _look(column).value if count else "zero"
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
