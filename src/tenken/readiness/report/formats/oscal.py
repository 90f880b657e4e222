"""The verdicts as OSCAL assessment results (JSON), for compliance tools.

An item is a control; evidence is an observation; a verdict is a finding that is satisfied or not.
Identifiers follow from the content, so that the same inspection gives the same file.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tenken import digest
from tenken.evidence import Method
from tenken.messages.speech import Speech
from tenken.readiness.catalogue import Item
from tenken.readiness.inspection import Report
from tenken.readiness.report.json_report import written
from tenken.readiness.report.standing import badge_text, why
from tenken.readiness.report.wording import Wording, visible
from tenken.readiness.verdict import Verdict, Weighed

OSCAL = "1.1.3"
METHODS = {
    Method.REPOSITORY: "EXAMINE",
    Method.RUNTIME: "EXAMINE",
    Method.DRILL: "TEST",
    Method.PERSON: "INTERVIEW",
}
Plain = dict[str, Any]


def render(report: Report, speech: Speech) -> str:
    """Give the report as an OSCAL assessment-results document."""
    document = {"assessment-results": _Results(report, speech).document()}
    return written(document)


class _Results:
    def __init__(self, report: Report, speech: Speech) -> None:
        self.report = report
        self.speech = speech
        self.names = Wording(speech)
        self.items = tuple((item, report.verdict(item.id)) for item in report.catalogue.items)

    def document(self) -> Plain:
        report = self.report
        plan = self._id("plan")
        return {
            "uuid": self._id("document"),
            "metadata": {
                "title": visible(f"tenken: {report.service}"),
                "last-modified": _moment(report.made_at),
                "version": report.tool_version,
                "oscal-version": OSCAL,
            },
            "import-ap": {"href": f"#{plan}"},
            "results": [self._result()],
            "back-matter": {
                "resources": [{"uuid": plan, "title": f"tenken {report.catalogue.digest}"}]
            },
        }

    def _result(self) -> Plain:
        controls = [{"control-id": _control(item)} for item, _ in self.items]
        observations = [one for item, verdict in self.items for one in self._seen(item, verdict)]
        result: Plain = {
            "uuid": self._id("result"),
            "title": visible(self.report.service),
            "description": badge_text(self.report, self.speech),
            "start": _moment(self.report.made_at),
            "reviewed-controls": {"control-selections": [{"include-controls": controls}]},
            "findings": [self._finding(item, verdict) for item, verdict in self.items],
        }
        return {**result, "observations": observations} if observations else result

    def _seen(self, item: Item, verdict: Verdict) -> Iterable[Plain]:
        for at, weighed in enumerate(verdict.evidence):
            yield self._observation(item, at, weighed)

    def _observation(self, item: Item, at: int, weighed: Weighed) -> Plain:
        evidence = weighed.evidence
        answer = self.names.holding(evidence.answer.holding)
        grade = self.names.grade(evidence.answer.grade)
        standing = self.names.standing(weighed.standing)
        observation: Plain = {
            "uuid": self._id("observation", item.id, str(at)),
            "title": visible(evidence.probe),
            "description": f"{answer} ({grade}, {standing})",
            "methods": [METHODS[evidence.method]],
            "collected": _moment(evidence.observed_at),
        }
        if evidence.expires_at:
            observation["expires"] = _moment(evidence.expires_at)
        return observation

    def _finding(self, item: Item, verdict: Verdict) -> Plain:
        outcome = self.names.outcome(verdict.outcome)
        said = why(self.report, verdict, self.names).said
        related = [
            {"observation-uuid": self._id("observation", item.id, str(at))}
            for at, _ in enumerate(verdict.evidence)
        ]
        finding: Plain = {
            "uuid": self._id("finding", item.id),
            "title": f"{item.id} {self.names.both(item.title)}",
            "description": visible(f"{outcome}: {said}"),
            "target": {
                "type": "objective-id",
                "target-id": _control(item),
                "status": {"state": _state(verdict), "remarks": outcome},
            },
        }
        return {**finding, "related-observations": related} if related else finding

    def _id(self, *parts: str) -> str:
        report = self.report
        named = [report.service, report.catalogue.digest, _moment(report.made_at), *parts]
        octets = bytes.fromhex(digest.of_value(named).partition(":")[2])[:16]
        return str(uuid.UUID(bytes=octets, version=5))


def _control(item: Item) -> str:
    """An OSCAL token begins with a letter."""
    return f"item-{item.id}"


def _state(verdict: Verdict) -> str:
    return "satisfied" if verdict.outcome.passes else "not-satisfied"


def _moment(moment: datetime) -> str:
    return moment.isoformat()
