"""The page is one file, in order for a screen reader, a keyboard and a phone."""

import base64
import hashlib
import re
from collections import Counter
from functools import cache
from itertools import pairwise

import pytest

from tenken.evidence import Grade
from tenken.messages.speech import Speech
from tenken.readiness.inspection import GateResult
from tenken.readiness.report.html import brief, fleet, page
from tenken.readiness.report.html.shell import asset
from tenken.readiness.report.json_report import document
from tenken.readiness.verdict import Outcome, Word
from tests.readiness.report.build import NOW, catalogue, full_report, report, verdict
from tests.readiness.report.page_outline import Outline, outline
from tests.readiness.report.planted import BOTH_LANGUAGES, EN

LARGEST = 700_000
in_both = pytest.mark.parametrize("speech", BOTH_LANGUAGES, ids=["en", "ja"])


def _pages(speech: Speech) -> dict[str, str]:
    return {
        "page": page.render(report(), speech),
        "full": page.render(full_report(), speech),
        "brief": brief.render(full_report(), speech),
        "fleet": fleet.render([document(report(), speech)] * 2, speech, now=NOW),
    }


@cache
def _outlines(speech: Speech) -> dict[str, Outline]:
    return {name: outline(markup) for name, markup in _pages(speech).items()}


@in_both
def test_the_whole_checklist_fits(speech: Speech) -> None:
    """Small enough to be sent by mail."""
    assert len(page.render(full_report(), speech).encode()) <= LARGEST


@in_both
def test_nothing_is_fetched(speech: Speech) -> None:
    """No element of any page asks for anything."""
    for name, seen in _outlines(speech).items():
        loading = {"img", "iframe", "object", "embed", "audio", "video", "form", "base"}
        assert (name, loading & {element.name for element in seen.elements}) == (name, set())
        assert [e.attributes["href"] for e in seen.named("link")] == ["data:,"]
    assert not re.search(r"url\(|@import|@font-face", asset("page.css"))
    assert not re.search(r"fetch|XMLHttp|innerHTML|eval|import", asset("report.js"))


@in_both
def test_the_policy_names_exactly_what_is_inside(speech: Speech) -> None:
    """A browser runs our script and style, and nothing else, even if something slipped in."""
    for seen in _outlines(speech).values():
        (policy,) = (
            str(e.attributes["content"])
            for e in seen.named("meta")
            if e.attributes.get("http-equiv") == "Content-Security-Policy"
        )
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        for content in (*seen.raw["style"], *seen.raw.get("script", [])):
            hashed = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
            assert f"'sha256-{hashed}'" in policy


@in_both
def test_ids_are_unique_and_links_lead_somewhere(speech: Speech) -> None:
    """Every link within a page has a target."""
    for name, seen in _outlines(speech).items():
        ids = Counter(seen.values("id"))
        targets = {target[1:] for target in seen.values("href") if target.startswith("#")}
        assert (name, [id_ for id_, n in ids.items() if n > 1]) == (name, [])
        assert (name, sorted(targets - set(ids))) == (name, [])


@in_both
def test_headings_are_in_order(speech: Speech) -> None:
    """One h1, and no level is jumped over."""
    for name, seen in _outlines(speech).items():
        levels = [int(e.name[1]) for e in seen.elements if re.fullmatch(r"h[1-6]", e.name)]
        jumps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        assert (name, levels[0], levels.count(1), jumps) == (name, 1, 1, [])


@in_both
def test_tables_have_heads(speech: Speech) -> None:
    """A screen reader can say which column and row a cell belongs to."""
    for seen in _outlines(speech).values():
        scopes = {e.attributes.get("scope") for e in seen.named("th")}
        assert scopes == ({"col", "row"} if seen.named("table") else set())


@in_both
def test_landmarks_and_language(speech: Speech) -> None:
    """A skip link, one main part, and the language of the text."""
    for seen in _outlines(speech).values():
        assert len(seen.named("main")) == 1
        assert seen.named("html")[0].attributes["lang"] == speech.language.value
        assert seen.named("a")[0].attributes["href"] == "#main"
        assert (seen.unbalanced, seen.open) == ([], [])
        names = [e.attributes.get("name") for e in seen.named("meta")]
        assert "viewport" in names


@in_both
def test_controls_have_names(speech: Speech) -> None:
    """Every field sits in a label, every scrolling part says what it is."""
    for seen in _outlines(speech).values():
        fields = [*seen.named("input"), *seen.named("select")]
        assert all("label" in field.inside for field in fields)
        focusable = [e for e in seen.elements if e.attributes.get("tabindex") == "0"]
        assert all(e.attributes.get("aria-label") and e.attributes["role"] for e in focusable)


@in_both
def test_glyphs_stand_beside_words(speech: Speech) -> None:
    """No meaning rests on a colour or a sign alone."""
    seen = outline(page.render(report(), speech))
    ticks = [e for e in seen.named("a") if "tick" in str(e.attributes.get("class"))]

    assert len(ticks) == len(report().verdicts)
    assert all(len(str(e.attributes["aria-label"])) > len("1-2-1: ") for e in ticks)


@in_both
def test_every_item_is_there_with_its_parts(speech: Speech) -> None:
    """Each item can be opened, filtered and linked to."""
    seen = outline(page.render(full_report(), speech))
    items = [e for e in seen.named("details") if "item" in str(e.attributes["class"]).split()]
    expected = [item.id for item in full_report().catalogue.items]

    assert [str(e.attributes["id"]).removeprefix("item-") for e in items] == expected
    assert {str(e.attributes["data-outcome"]) for e in items} <= set(Outcome)
    assert {str(e.attributes["data-word"]) for e in items} <= set(Word)


def test_a_green_says_why_and_a_grey_what_would_prove_it() -> None:
    """The parts that a reader opens an item for."""
    markup = page.render(report(), EN)
    parts = {id_: _item(markup, id_) for id_ in ("1-1-1", "0-1-2", "5-3-1", "0-1-1", "5-2-2")}

    assert "Why it is green" in parts["1-1-1"]
    assert "ruff</code> runs on every pull request" in parts["1-1-1"]
    assert "p95 = 1.25 s [1.1, 1.4], n = 400" in parts["1-1-1"]
    assert "What would prove it" in parts["0-1-2"]
    assert "Waived by Hana Sato until 2026-12-01" in parts["5-3-1"]
    assert "All that is missing is the signature of: product owner" in parts["0-1-1"]
    assert "Signed by Ken Abe" in parts["5-2-2"]


def test_the_guide_of_the_stack_comes_first() -> None:
    """A team on GKE reads about GKE."""
    part = _item(page.render(report(stack="gke"), EN), "1-1-1")

    assert part.index("Set it on gke.") < part.index("Set it on cloud-run-datadog.")


def test_lines_link_to_the_commit() -> None:
    """A reviewer is one click from the line; the path counts from the repository's top."""
    target = (
        "https://github.com/example/shift-desk/blob/1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d/"
        "examples/shift-desk/.github/workflows/ci.yml#L34"
    )

    assert f'href="{target}"' in page.render(report(), EN)


def test_a_page_without_anything_to_tell() -> None:
    """Empty parts are left out, a passed gate is said."""
    items = tuple(catalogue().items)
    judged = tuple(verdict(item, Outcome.VERIFIED, Grade.EXERCISED) for item in items)
    markup = page.render(
        report(
            verdicts=judged,
            gate=GateResult(passed=True, asked=("expired",)),
            difference=None,
            left_out=(),
            problems=(),
            manifest="tenken.yaml",
        ),
        EN,
    )

    assert "Gate passed (expired)" in markup
    assert "nothing is left to do" in markup
    assert 'id="problems"' not in markup
    assert 'id="changes"' not in markup


def test_a_sheet_for_every_signature_that_lacks() -> None:
    """Product and legal people get their items, and only theirs."""
    seen = outline(brief.render(report(), EN))
    chosen = outline(brief.render(report(), EN, ["5-2-2"]))

    assert [e.attributes["aria-label"] for e in seen.named("article")] == ["0-1-1 A goal is set"]
    assert [e.attributes["aria-label"] for e in chosen.named("article")] == ["5-2-2 Objectives"]


def test_no_signature_lacks() -> None:
    """An empty brief says that it is empty."""
    assert "No item waits for a signature" in brief.render(report(), EN, ["1-1-1"])


def test_the_fleet_shows_what_most_lack() -> None:
    """The lowest level first, then what fails, is waived and runs out in most services."""
    documents = [document(report(service=name), EN) for name in ("one", "two")]
    shown = " ".join(outline(fleet.render(documents, EN, now=NOW)).texts)

    assert "2 services" in shown
    assert "1-2-1 Checks run in CI 2 / 2 one, two" in shown
    assert shown.index("Most often not met") < shown.index("Most often waived")
    assert "5-3-1 Calls are traced" in shown
    assert "2026-12-01" in shown


def _item(markup: str, id_: str) -> str:
    return markup.partition(f'id="item-{id_}"')[2].partition('<details id="item-')[0]
