"""Sections by outcomes: the whole checklist at a glance, every item one tick."""

from collections import Counter

from tenken.readiness.catalogue import Section
from tenken.readiness.report.html.elements import Html, join, link, tag
from tenken.readiness.report.html.view import LOOKS, View
from tenken.readiness.report.wording import GLYPHS
from tenken.readiness.verdict import Outcome

ALWAYS = (Outcome.VERIFIED, Outcome.CONFIGURED, Outcome.FAILED, Outcome.UNKNOWN)


def matrix(view: View) -> Html:
    """Give the table with its heading."""
    shown = [one for one in Outcome if one in ALWAYS or view.report.outcomes[one]]
    table = tag(
        "table",
        tag("caption", view.say("matrix_caption"), class_="hidden"),
        _head(view, shown),
        tag(
            "tbody",
            *(_section(view, section, shown) for section in view.report.catalogue.sections),
        ),
        tag("tfoot", _totals(view, shown)),
        class_="matrix",
    )
    return tag(
        "section",
        tag("h2", view.say("heading_sections"), id="sections"),
        tag(
            "div",
            table,
            class_="scroll",
            tabindex="0",
            role="region",
            aria_label=view.say("heading_sections"),
        ),
        class_="card",
    )


def _head(view: View, shown: list[Outcome]) -> Html:
    names = [
        tag(
            "th",
            tag("span", GLYPHS[LOOKS[one]], class_="glyph", aria_hidden="true"),
            view.names.outcome(one),
            scope="col",
            class_=f"n {LOOKS[one].value}",
        )
        for one in shown
    ]
    section = tag("th", view.say("column_section"), scope="col")
    level = tag("th", view.say("column_level"), scope="col", class_="n")
    return tag("thead", tag("tr", section, level, *names))


def _section(view: View, section: Section, shown: list[Outcome]) -> Html:
    counted = Counter(view.verdicts[item.id].outcome for item in section.items)
    title = link(f"#section-{section.id}", f"{section.id}  {view.names.both(section.title)}")
    head = tag("th", title, tag("span", _ticks(view, section), class_="ticks"), scope="row")
    level = str(view.report.levels.sections.get(section.id, 0))
    cells = (_count(one, counted[one]) for one in shown)
    return tag("tr", head, tag("td", level, class_="n level"), *cells)


def _totals(view: View, shown: list[Outcome]) -> Html:
    cells = (_count(one, view.report.outcomes[one]) for one in shown)
    level = tag("td", str(view.report.levels.application), class_="n level")
    return tag("tr", tag("th", view.say("row_all"), scope="row"), level, *cells)


def _count(outcome: Outcome, count: int) -> Html:
    look = LOOKS[outcome].value if count else "zero"
    return tag("td", str(count), class_=f"n {look}")


def _ticks(view: View, section: Section) -> Html:
    return join(_tick(view, item_id) for item_id in (item.id for item in section.items))


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
