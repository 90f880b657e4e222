"""Findings that have a place, as SARIF 2.1.0 for a forge's code scanning."""

from collections.abc import Iterator
from typing import Any

from tenken import digest
from tenken.evidence import Finding, FindingKind
from tenken.messages.speech import Speech
from tenken.readiness.catalogue import Item
from tenken.readiness.inspection import Report
from tenken.readiness.report.actions import remedy_for
from tenken.readiness.report.html.source import from_top
from tenken.readiness.report.json_report import written
from tenken.readiness.report.telling import Told, told
from tenken.readiness.report.wording import Wording, visible

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
LEVELS = {FindingKind.LIE: "error", FindingKind.GAP: "warning", FindingKind.NOTE: "note"}


def render(report: Report, speech: Speech) -> str:
    """Give the findings as SARIF; what has no place is left to the other formats."""
    found = [one for one in told(report) if one.finding.place]
    names = Wording(speech)
    concerned = {item for one in found for item in one.items}
    rules = [_rule(report, names, item) for item in report.catalogue.items if item.id in concerned]
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver(report, rules)},
                "automationDetails": {"id": "tenken/"},
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"SRCROOT": {"description": {"text": visible(report.root)}}},
                "results": [result for one in found for result in _results(report, names, one)],
            }
        ],
    }
    return written(log)


def _driver(report: Report, rules: list[dict[str, Any]]) -> dict[str, Any]:
    return {"name": "tenken", "semanticVersion": report.tool_version, "rules": rules}


def _rule(report: Report, names: Wording, item: Item) -> dict[str, Any]:
    remedy = remedy_for(item, report.verdict(item.id))
    return {
        "id": item.id,
        "shortDescription": {"text": names.both(item.title)},
        "fullDescription": {"text": names.both(item.explanation)},
        "help": {"text": names.both(remedy.text if remedy else item.why)},
        "properties": {"tags": ["production-readiness", f"section-{item.id.partition('-')[0]}"]},
    }


def _results(report: Report, names: Wording, one: Told) -> Iterator[dict[str, Any]]:
    """One result, for the first item concerned; the others are named in it."""
    also = {"items": list(one.items)}
    location = _location(report, one.finding)
    if location:
        yield {
            "ruleId": one.items[0],
            "level": LEVELS[one.finding.kind],
            "message": {"text": visible(names.speech(one.finding.sentence))},
            "locations": [location],
            "partialFingerprints": {"tenken/v1": _fingerprint(one.finding)},
            "properties": also,
        }


def _location(report: Report, finding: Finding) -> dict[str, Any] | None:
    place = finding.place
    uri = from_top(report.prefix, place.path) if place else None
    if place is None or uri is None:
        return None
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"}}
    # A finding about a file as a whole stands at its top, because a forge shows lines only.
    physical["region"] = {"startLine": place.line or 1}
    return {"physicalLocation": physical}


def _fingerprint(finding: Finding) -> str:
    """The same finding on a line that moved is the same finding."""
    path = finding.place.path if finding.place else ""
    return digest.of_value([finding.sentence.id, finding.sentence.fields, path]).partition(":")[2]
