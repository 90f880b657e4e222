"""Whether incidents are written up, and what they promised is done."""

from collections.abc import Iterator
from datetime import date

from tenken.evidence import Answer, Finding
from tenken.place import Place
from tenken.readiness.answers import fails, gap, holds, lie, partly, seen, unknown
from tenken.readiness.facts.documents import Aspect, CopyState, DocumentKind, Postmortem
from tenken.readiness.facts.survey import Survey
from tenken.readiness.probes.documents.written import MOST_TOLD, days_old
from tenken.sentence import say, words

FRESH_DAYS = 180
NEEDED = (Aspect.CAUSE, Aspect.IMPACT, Aspect.TIMELINE)


def actions_are_closed(survey: Survey) -> Answer:
    """A postmortem of the last 180 days has its actions closed, and the process is written."""
    postmortems = survey.documents.postmortems
    if not postmortems:
        return _none(survey)
    recent = [one for one in postmortems if _is_recent(one, survey)]
    if not recent:
        newest = max(postmortems, key=lambda one: one.happened_on or date.min)
        return fails(lie("probes_8.postmortems_are_old", newest.place, days=FRESH_DAYS))
    findings = [flaw for one in recent for flaw in _flaws(one, survey)]
    sound = tuple(
        seen("probes_8.postmortem_closed", one.place, count=len(one.actions))
        for one in recent
        if not any(True for _ in _flaws(one, survey))
    )
    if not _has_process(survey):
        findings.append(gap("probes_8.no_incident_process"))
    told = tuple(findings[:MOST_TOLD])
    if not told:
        return holds(*sound)
    return partly(sound, told) if sound else fails(*told)


def _none(survey: Survey) -> Answer:
    templates = [one for one in survey.documents.of(DocumentKind.POSTMORTEM) if one.is_template]
    if templates:
        return fails(lie("probes_8.postmortem_template_only", Place(templates[0].path, 1)))
    return unknown(say("probes_8.no_postmortem"))


def _is_recent(one: Postmortem, survey: Survey) -> bool:
    return one.happened_on is not None and 0 <= days_old(one.happened_on, survey) <= FRESH_DAYS


def _has_process(survey: Survey) -> bool:
    """A document with content under its headings, or a reviewed copy of one kept elsewhere."""
    written = any(
        one.about(Aspect.DETECT) or one.about(Aspect.ESCALATE) or one.about(Aspect.ACT)
        for one in survey.documents.of(DocumentKind.INCIDENT_PROCESS)
        if not one.is_template
    )
    copied = any(
        one.kind == "incident_process" and one.state is CopyState.MATCHES
        for one in survey.documents.outside
    )
    return written or copied


def _flaws(one: Postmortem, survey: Survey) -> Iterator[Finding]:
    lacking = [aspect.value for aspect in NEEDED if not _tells(one, aspect)]
    if lacking:
        yield gap("probes_8.postmortem_lacks", one.place, parts=words("part", lacking))
    if not one.actions:
        yield gap("probes_8.postmortem_without_actions", one.place)
    for action in one.actions:
        if action.closed:
            continue
        if action.due is not None and days_old(action.due, survey) > 0:
            overdue = days_old(action.due, survey)
            yield lie("probes_8.action_overdue", action.place, action=action.text, days=overdue)
        elif not action.owner or action.due is None:
            yield gap("probes_8.action_without_owner_or_date", action.place, action=action.text)
        else:
            yield gap("probes_8.action_open", action.place, action=action.text)


def _tells(one: Postmortem, aspect: Aspect) -> bool:
    if one.document.about(aspect):
        return True
    words = {
        Aspect.IMPACT: ("impact", "affected", "影響"),
        Aspect.TIMELINE: ("timeline", "時系列"),
    }
    said = " ".join(section.text for section in one.document.sections).lower()
    return any(word in said for word in words.get(aspect, ()))
