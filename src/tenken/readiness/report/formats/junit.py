"""The report as JUnit XML, so that a CI system lists items like tests.

What is not met fails, what could not run is an error; what is not known is skipped with its
reason, because unknown is neither passed nor failed.
"""

from tenken.messages.speech import Speech
from tenken.readiness.catalogue import Item, Section
from tenken.readiness.inspection import Report
from tenken.readiness.report.html.elements import Html, join, tag
from tenken.readiness.report.standing import why
from tenken.readiness.report.wording import Wording, shown_place
from tenken.readiness.verdict import Outcome, Verdict

ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.PARTIAL: "failure",
    Outcome.ERROR: "error",
}


def render(report: Report, speech: Speech) -> str:
    """Give the report as JUnit XML."""
    names = Wording(speech)
    suites = (_suite(report, names, section) for section in report.catalogue.sections)
    whole = tag("testsuites", *suites, name=f"tenken {report.service}", **_counts(report.verdicts))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{whole.markup}\n'


def _suite(report: Report, names: Wording, section: Section) -> Html:
    verdicts = tuple(report.verdict(item.id) for item in section.items)
    cases = (_case(report, names, section, item) for item in section.items)
    name = f"{section.id} {names.both(section.title)}"
    when = f"{report.made_at:%Y-%m-%dT%H:%M:%S}"
    return tag("testsuite", *cases, name=name, timestamp=when, **_counts(verdicts))


def _counts(verdicts: tuple[Verdict, ...]) -> dict[str, str]:
    kinds = [_element(verdict) for verdict in verdicts]
    return {
        "tests": str(len(kinds)),
        "failures": str(kinds.count("failure")),
        "errors": str(kinds.count("error")),
        "skipped": str(kinds.count("skipped")),
    }


def _case(report: Report, names: Wording, section: Section, item: Item) -> Html:
    verdict = report.verdict(item.id)
    result = _result(report, names, verdict)
    name = f"{item.id} {names.both(item.title)}"
    return tag("testcase", result, classname=f"tenken.{section.id}", name=name, time="0")


def _result(report: Report, names: Wording, verdict: Verdict) -> Html | None:
    element = _element(verdict)
    if not element:
        return None
    reason = why(report, verdict, names)
    message = f"{names.outcome(verdict.outcome)}: {reason.said}"
    if element == "skipped":
        return tag(element, message=message)
    lines = (
        f"{shown_place(finding.place)} {names.speech(finding.sentence)}".strip()
        for finding in verdict.findings
    )
    body = join(lines, Html("\n"))
    return tag(element, body, message=message, type=verdict.outcome.value)


def _element(verdict: Verdict) -> str:
    if verdict.outcome.passes:
        return ""
    return ELEMENTS.get(verdict.outcome, "skipped")
