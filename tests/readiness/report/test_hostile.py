"""Nothing that a repository says gets out of its place, in any format or language."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tenken.messages.speech import Speech
from tenken.readiness.inspection import Report
from tenken.readiness.report import changes, item, json_report, listing, terminal
from tenken.readiness.report.formats import badge, checklist, junit, markdown, oscal, sarif
from tenken.readiness.report.html import brief, fleet, page
from tenken.readiness.report.html.elements import link, tag, text
from tenken.readiness.report.html.shell import asset
from tests.readiness.report.hostile import EVIL, hostile_report
from tests.readiness.report.page_outline import outline
from tests.readiness.report.planted import BOTH_LANGUAGES, EN, JA

Render = Callable[[Report, Speech], str]
NOW = datetime(2026, 11, 22, tzinfo=UTC)
FORBIDDEN = ("\x1b", "\x07", "\x00", "\u202e", "\u2066")


def _fleet(report: Report, speech: Speech) -> str:
    return fleet.render([json_report.document(report, speech)], speech, now=NOW)


def _every_brief(report: Report, speech: Speech) -> str:
    asked = [one.id for one in report.catalogue.items if one.signature]
    return brief.render(report, speech, asked)


def _every_item(report: Report, speech: Speech) -> str:
    shown = (item.render(report, one, speech, width=80).plain for one in report.catalogue.items)
    return "\n".join(shown)


def _changes(report: Report, speech: Speech) -> str:
    assert report.difference
    return changes.render(report.difference, json_report.document(report, speech), speech).plain


PAGES: dict[str, Render] = {"page": page.render, "brief": _every_brief, "fleet": _fleet}
MARKDOWN: dict[str, Render] = {"markdown": markdown.render, "checklist": checklist.render}
XML: dict[str, Render] = {"junit": junit.render, "badge": badge.render}
JSON: dict[str, Render] = {
    "json": json_report.render,
    "sarif": sarif.render,
    "oscal": oscal.render,
}
EVERY: dict[str, Render] = {
    **PAGES,
    **MARKDOWN,
    **XML,
    **JSON,
    "terminal": lambda report, speech: terminal.render(report, speech).plain,
    "explain": _every_item,
    "items": lambda report, speech: (
        listing.lines(report.catalogue, report.catalogue.items, speech).plain
    ),
    "changes": _changes,
}
in_both = pytest.mark.parametrize("speech", BOTH_LANGUAGES, ids=["en", "ja"])


@in_both
@pytest.mark.parametrize("name", EVERY)
def test_no_character_that_steers_a_terminal_or_a_reader(name: str, speech: Speech) -> None:
    """Escape sequences and marks that turn text around are shown, not obeyed."""
    shown = EVERY[name](hostile_report(), speech)

    assert [char for char in FORBIDDEN if char in shown] == []


@in_both
@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_only_our_script_and_safe_links(name: str, speech: Speech) -> None:
    """No element, handler or address comes from a repository."""
    seen = outline(PAGES[name](hostile_report(), speech))
    attributes = {key for element in seen.elements for key in element.attributes}

    assert seen.raw.get("script", []) in ([], [asset("report.js")])
    assert seen.raw["style"] == [asset("page.css")]
    assert seen.named("img") == []
    assert [key for key in attributes if key.startswith("on") or key in {"style", "src"}] == []
    assert [
        target
        for target in seen.values("href")
        if not target.startswith(("#", "https://github.com/", "data:,"))
    ] == []
    assert (seen.unbalanced, seen.open) == ([], [])


@in_both
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_the_text_itself(name: str, speech: Speech) -> None:
    """Escaped is not dropped: a reader sees what the file says."""
    seen = outline(PAGES[name](hostile_report(), speech))

    assert any("<script>alert(1)</script>" in said for said in seen.texts)


@in_both
@pytest.mark.parametrize("name", MARKDOWN)
def test_markdown_makes_no_element_and_no_link(name: str, speech: Speech) -> None:
    """A forge that allows HTML still shows text only, and notifies nobody."""
    written = MARKDOWN[name](hostile_report(), speech)
    made = MarkdownIt("commonmark", {"html": True}).enable("table").render(written)
    seen = outline(made)

    assert {e.name for e in seen.elements} & {"script", "img", "a", "iframe"} == set()
    assert "@hana" not in "".join(
        line for line in written.replace("`", "\n").split("\n")[::2] if "<!--" not in line
    ) or _only_in_code(made, "@hana")


def _only_in_code(made: str, sign: str) -> bool:
    """Tell whether a sign stands nowhere but in code, where a forge ignores it."""
    outside = []
    inside = False
    for piece in made.replace("</code>", "<code>").split("<code>"):
        if not inside:
            outside.append(piece)
        inside = not inside
    return all(sign not in piece for piece in outside)


@in_both
@pytest.mark.parametrize("name", XML)
def test_xml_is_well_formed(name: str, speech: Speech) -> None:
    """A CI system can read it."""
    root = ET.fromstring(XML[name](hostile_report(), speech))  # noqa: S314 - our own output

    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        *("testsuites", "testsuite", "testcase", "failure", "error", "skipped"),
        *("svg", "title", "rect", "text"),
    }


@in_both
@pytest.mark.parametrize("name", JSON)
def test_json_can_be_read(name: str, speech: Speech) -> None:
    """Another program can read it."""
    assert json.loads(JSON[name](hostile_report(), speech))


@given(st.text(max_size=80))
def test_no_text_becomes_markup(said: str) -> None:
    """Whatever stands in a file, in a text or an attribute, is text."""
    seen = outline(tag("p", said, title=said).markup)

    assert [element.name for element in seen.elements] == ["p"]
    assert list(seen.elements[0].attributes) == ["title"]
    assert (seen.unbalanced, seen.open) == ([], [])


@given(st.text(max_size=40).map(lambda said: f"{said}<{said}\x1b{said}\u202e"))
def test_no_text_steers_a_terminal(said: str) -> None:
    """The first screen of a report made of any text is plain."""
    shown = terminal.render(hostile_report(said), EN).plain

    assert all(char.isprintable() or char in {"\n", "\u3000"} for char in shown)


@pytest.mark.parametrize("name", ["href", "src", "style", "onclick", "srcdoc"])
def test_an_attribute_that_could_act_is_refused(name: str) -> None:
    """Nobody adds a handler or an address by accident."""
    with pytest.raises(ValueError, match=name):
        tag("p", **{name: "x"})


@pytest.mark.parametrize("target", ["javascript:alert(1)", "https://example.com", "//x", ""])
def test_a_link_leads_to_the_page_or_to_a_forge_we_know(target: str) -> None:
    """No other address can be made, whatever a remote is called."""
    with pytest.raises(ValueError, match=f"^{re.escape(target)}$"):
        link(target, "x")


def test_the_evil_text_is_evil() -> None:
    """These tests would pass over a harmless text; this one is none."""
    assert all(sign in EVIL for sign in ("<script>", "javascript:", "\x1b", "\u202e", "@hana"))
    assert text(EVIL).markup != EVIL
    assert JA.language != EN.language
