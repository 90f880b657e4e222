"""Formats that other programs read keep to what those programs expect."""

import json
import xml.etree.ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from tenken.evidence import FindingKind
from tenken.messages.speech import Speech
from tenken.place import Place
from tenken.readiness.inspection import GateResult
from tenken.readiness.report.formats import badge, checklist, junit, markdown, oscal, sarif
from tenken.readiness.verdict import Outcome
from tests.readiness.report.build import catalogue, finding, full_report, report, verdict
from tests.readiness.report.planted import BOTH_LANGUAGES, EN, JA

in_both = pytest.mark.parametrize("speech", BOTH_LANGUAGES, ids=["en", "ja"])


# -- SARIF


def test_findings_with_a_place_are_results() -> None:
    """One result per finding, at its line, counted from the repository's top."""
    run = json.loads(sarif.render(report(), EN))["runs"][0]
    first, second = run["results"]

    assert (first["ruleId"], first["level"]) == ("1-2-1", "error")
    assert first["properties"]["items"] == ["1-2-1", "1-3-1"]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {
            "uri": "examples/shift-desk/.github/workflows/ci.yml",
            "uriBaseId": "SRCROOT",
        },
        "region": {"startLine": 34},
    }
    assert (second["ruleId"], second["level"]) == ("1-4-1", "warning")


def test_rules_are_those_that_results_name() -> None:
    """A forge finds the rule of every result, once."""
    run = json.loads(sarif.render(full_report(), JA))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]

    assert len(rules) == len(set(rules))
    assert {result["ruleId"] for result in run["results"]} <= set(rules)


def test_a_finding_that_moved_is_the_same_finding() -> None:
    """A forge does not open a new alert because a line was added above."""

    def fingerprint(line: int) -> str:
        lie = finding("planted.neutralised", Place("ci.yml", line), step="x", how="y")
        judged = tuple(
            verdict(item, Outcome.FAILED, findings=(lie,)) for item in catalogue().items
        )
        (result,) = json.loads(sarif.render(report(verdicts=judged), EN))["runs"][0]["results"]
        return str(result["partialFingerprints"]["tenken/v1"])

    assert fingerprint(3) == fingerprint(9)


def test_a_place_outside_the_repository_is_no_location() -> None:
    """A path that leads out of the repository reaches no forge."""
    lie = finding("planted.no_timeout", Place("../../../secret", 1), FindingKind.GAP)
    judged = tuple(verdict(item, Outcome.FAILED, findings=(lie,)) for item in catalogue().items)

    assert json.loads(sarif.render(report(verdicts=judged), EN))["runs"][0]["results"] == []


# -- JUnit


@in_both
def test_items_are_test_cases(speech: Speech) -> None:
    """What is not met fails; what is not known is skipped, neither passed nor failed."""
    root = ET.fromstring(junit.render(report(), speech))  # noqa: S314 - our own output
    cases = {str(case.get("name")).split()[0]: case for case in root.iter("testcase")}
    result = {id_: [child.tag for child in case] for id_, case in cases.items()}

    assert result["1-1-1"] == []
    assert result["1-2-1"] == ["failure"]
    assert result["1-4-1"] == ["failure"]
    assert result["5-2-3"] == ["error"]
    assert result["0-1-2"] == result["5-3-1"] == result["5-1-1"] == ["skipped"]


def test_counts_add_up() -> None:
    """The sums at the top are those of the cases."""
    root = ET.fromstring(junit.render(full_report(), EN))  # noqa: S314 - our own output

    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(root.attrib[name]) == len(list(root.iter(tag)))
        assert sum(int(s.attrib[name]) for s in root.iter("testsuite")) == int(root.attrib[name])
    assert int(root.attrib["tests"]) == len(full_report().verdicts)


# -- checklist


@in_both
def test_a_box_is_ticked_only_where_it_is_proved(speech: Speech) -> None:
    """Configured, waived and unknown leave the box empty."""
    lines = checklist.render(report(), speech).splitlines()
    ticked = [line for line in lines if line.startswith("- [x]")]
    boxes = [line for line in lines if line.startswith("- [")]

    assert [line.split("**")[1] for line in ticked] == ["1-1-1", "5-2-2"]
    assert len(boxes) == len(report().verdicts)


def test_parts_have_boxes_of_their_own() -> None:
    """A sub-criterion that holds is ticked below an item that does not."""
    written = checklist.render(report(), EN)

    assert "    - [x] (a) Part a: proved" in written
    assert "    - [ ] (b) Part b: not met" in written


def test_every_box_has_its_reason() -> None:
    """Ticked or not, the line says why and where."""
    written = checklist.render(report(), EN)

    assert "runs on every pull request and stops it. (`.github/workflows/ci.yml:21`)" in written
    assert "**not met** — `pytest` runs with `|| true`" in written


# -- Markdown


@in_both
def test_tables_hold_together(speech: Speech) -> None:
    """A pipe in a finding ends no cell: every item is a row of three cells."""
    made = (
        MarkdownIt("commonmark", {"html": True})
        .enable("table")
        .render(markdown.render(report(), speech))
    )
    rows = made.rpartition("<tbody>")[2].split("<tr>")[1:]

    assert len(rows) == len(report().verdicts)
    assert {row.count("<td") for row in rows} == {3}
    assert "<code>|| true</code>" in made


def test_a_pull_request_says_what_stops_it() -> None:
    """The gate, the difference and the next actions are there."""
    written = markdown.render(report(), EN)

    assert "**✗ Gate failed**" in written
    assert "▼ 1-2-1 Checks run in CI: proved → not met" in written
    assert "**minutes** 0-1-1" in written
    assert "### Expires soon (2)" in written


def test_an_honest_repository_in_markdown() -> None:
    """Nothing to tell is told in a line."""
    items = tuple(catalogue().items)
    judged = tuple(verdict(item, Outcome.NOT_APPLICABLE) for item in items)
    passed = GateResult(passed=True, asked=("expired",))
    written = markdown.render(report(verdicts=judged, gate=passed, difference=None), EN)

    assert "Nothing was found that looks done and is not" in written
    assert "Gate passed (expired)" in written
    assert "Everything is proved" in written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@hana", "@<!-- -->hana"),
        ("https://example.com", "https:<!-- -->//example.com"),
        ("www.example.com", "w<!-- -->ww.example.com"),
        ("a_b*c", "a\\_b\\*c"),
        ("#12 <b>", "\\#12 \\<b\\>"),
    ],
)
def test_plain_text_means_nothing_to_a_forge(text: str, expected: str) -> None:
    """No mention, no link, no reference, no emphasis."""
    assert markdown.plain(text) == expected


# -- badge


@in_both
def test_the_badge_says_it_in_words(speech: Speech) -> None:
    """Level, tier and counts, never a percentage; the same for a screen reader."""
    root = ET.fromstring(badge.render(report(), speech))  # noqa: S314 - our own output
    said = root.attrib["aria-label"]

    assert "2/12" in said
    assert "%" not in said
    assert said == root.findtext("{http://www.w3.org/2000/svg}title")


def test_the_badge_in_english() -> None:
    """The wording that READMEs show."""
    assert "level 0 · tier B · 2/12 proved · 1 configured · 1 waived" in badge.render(report(), EN)


# -- OSCAL


def test_only_what_passes_is_satisfied() -> None:
    """A compliance tool never reads more than was proved."""
    (result,) = json.loads(oscal.render(report(), EN))["assessment-results"]["results"]
    states = {
        found["target"]["target-id"]: found["target"]["status"]["state"]
        for found in result["findings"]
    }

    assert [id_ for id_, state in states.items() if state == "satisfied"] == [
        "item-1-1-1",
        "item-5-2-2",
    ]


def test_findings_name_observations_that_exist() -> None:
    """Evidence can be followed, and the same inspection gives the same file."""
    (result,) = json.loads(oscal.render(report(), EN))["assessment-results"]["results"]
    known = {one["uuid"] for one in result["observations"]}
    named = {
        one["observation-uuid"]
        for found in result["findings"]
        for one in found.get("related-observations", [])
    }

    assert named == known
    assert oscal.render(report(), EN) == oscal.render(report(), EN)
