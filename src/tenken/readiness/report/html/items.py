"""Every item of the checklist: one line, and behind it everything that led to its verdict."""

from tenken.readiness.catalogue import Item, Section
from tenken.readiness.report.html import details
from tenken.readiness.report.html.elements import Html, join, tag
from tenken.readiness.report.html.view import View
from tenken.readiness.verdict import Outcome, Verdict, Word


def items(view: View) -> Html:
    """Every section with its items, under one tool bar."""
    return tag(
        "section",
        tag("h2", view.say("heading_items"), id="items"),
        _tools(view),
        *(_section(view, section) for section in view.report.catalogue.sections),
        class_="items",
    )


def _tools(view: View) -> Html:
    """Search and filter; shown by the script, because without it they would do nothing."""
    search = tag(
        "input",
        type="search",
        id="search",
        autocomplete="off",
        placeholder=view.say("search_hint"),
    )
    words = (tag("option", view.names.word(word), value=f"word:{word.value}") for word in Word)
    outcomes = (
        tag("option", view.names.outcome(outcome), value=f"outcome:{outcome.value}")
        for outcome in Outcome
        if view.report.outcomes[outcome]
    )
    choose = tag(
        "select",
        tag("option", view.say("show_all"), value=""),
        tag("optgroup", *words, label=view.say("by_word")),
        tag("optgroup", *outcomes, label=view.say("by_outcome")),
        id="show",
    )
    return tag(
        "div",
        tag("label", tag("span", view.say("search"), class_="hidden"), search),
        tag("label", tag("span", view.say("show"), class_="hidden"), choose),
        tag(
            "button",
            view.say("open_all"),
            type="button",
            id="open-all",
            data_close=view.say("close_all"),
        ),
        tag("p", "", role="status", id="shown", data_text=view.say("shown_items")),
        class_="tools",
        role="search",
        hidden=True,
    )


def _section(view: View, section: Section) -> Html:
    level = view.say("level", level=view.report.levels.sections.get(section.id, 0))
    title = tag(
        "h3",
        tag("span", section.id, class_="number"),
        " ",
        view.names.both(section.title),
        tag("span", level, class_="count"),
        id=f"section-{section.id}",
    )
    return tag("section", title, *(_item(view, item) for item in section.items), class_="section")


def _item(view: View, item: Item) -> Html:
    verdict = view.verdicts[item.id]
    return tag(
        "details",
        _line(view, item, verdict),
        tag("div", *details.parts(view, item, verdict), class_="body"),
        id=f"item-{item.id}",
        class_=f"item {verdict.word.value}",
        data_outcome=verdict.outcome.value,
        data_word=verdict.word.value,
    )


def _line(view: View, item: Item, verdict: Verdict) -> Html:
    gate = tag("span", view.say("hard_gate"), class_="tag") if item.hard_gate else None
    title = tag(
        "h4", tag("span", item.id, class_="number"), " ", tag("span", view.title(item)), " ", gate
    )
    reached = join([view.names.grade(verdict.grade), " / ", view.names.grade(verdict.needed)])
    return tag(
        "summary",
        view.badge(verdict),
        title,
        tag("span", reached, class_="grades", title=view.say("grade_of_needed")),
    )
