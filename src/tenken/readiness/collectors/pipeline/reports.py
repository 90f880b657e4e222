"""JUnit and SARIF files that were attached: how many tests ran, which scanner spoke.

XML is read without its document type: entities, internal or external, are refused before parsing.
"""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from tenken.config.json import JsonError, read_json
from tenken.place import Place
from tenken.readiness.facts.pipeline import ScanReport, TestReport
from tenken.readiness.facts.tree import CollectorProblem, Tree
from tenken.sentence import say

MAX_TEXT = 5_000_000
COUNTS = ("tests", "failures", "errors", "skipped")


def test_reports(tree: Tree, problems: list[CollectorProblem]) -> Iterator[TestReport]:
    """Give what each JUnit file counts."""
    for entry in tree.entries:
        name = entry.name.lower()
        named = "junit" in name or "test-results" in name or "TEST-" in entry.name
        if entry.suffix != ".xml" or not named:
            continue
        text = tree.text(entry.path, limit=MAX_TEXT)
        if not isinstance(text, str):
            continue
        report = read_junit(text, entry.path)
        if report is None:
            sentence = say("pipeline.junit_refused", path=entry.path)
            problems.append(CollectorProblem(path=entry.path, line=0, sentence=sentence))
        else:
            yield report


def read_junit(text: str, path: str) -> TestReport | None:
    """Count the tests of a JUnit file; None where it is none, or declares entities."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return None
    totals = dict.fromkeys(COUNTS, 0)
    cases = {"testcase": 0, "skipped": 0, "failure": 0, "error": 0}
    try:
        root = ET.fromstring(text)  # noqa: S314 - see above
    except (ET.ParseError, ValueError):
        return None
    for element in root.iter():
        if element.tag == "testsuite":
            for name in COUNTS:
                totals[name] += _whole(element.get(name))
        elif element.tag in cases:
            cases[element.tag] += 1
    if not cases["testcase"] and not totals["tests"] and "<testsuite" not in text:
        return None
    return TestReport(
        place=Place(path),
        tests=cases["testcase"] or totals["tests"],
        failures=max(cases["failure"] + cases["error"], totals["failures"] + totals["errors"]),
        skipped=max(cases["skipped"], totals["skipped"]),
    )


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0


def scan_reports(tree: Tree, problems: list[CollectorProblem]) -> Iterator[ScanReport]:
    """Give the tools and counts of each SARIF file."""
    for entry in tree.entries:
        if not entry.name.lower().endswith((".sarif", ".sarif.json")):
            continue
        text = tree.text(entry.path, limit=MAX_TEXT)
        document = read_json(text) if isinstance(text, str) else None
        if document is None or isinstance(document, JsonError):
            sentence = say("pipeline.sarif_unread", path=entry.path)
            problems.append(CollectorProblem(path=entry.path, line=0, sentence=sentence))
            continue
        for run in document.at("runs").items:
            yield ScanReport(
                place=Place(entry.path, run.line),
                tool=run.at("tool", "driver", "name").text,
                results=len(run.at("results").items),
            )
