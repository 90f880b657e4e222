"""Sensitive data: whether it is classified, and whether the masker knows every listed type."""

from tenken.evidence import Answer, Finding
from tenken.pattern import Pattern
from tenken.readiness.answers import fails, gap, holds, lie, partly, seen, unknown
from tenken.readiness.facts.documents import Column, Statement, Subject
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.data_kinds import type_of
from tenken.readiness.probes.documents.written import MOST_TOLD, heard, judged_by
from tenken.readiness.probes.gateways.rules import data_of, maskers_of, policy_in_effect
from tenken.sentence import say

MASKED = Pattern(r"(?i)mask|redact|anonymi|pseudonymi|remove|マスク|伏せ|匿名|置換|除去")


def data_is_classified(survey: Survey) -> Answer:
    """The sensitive data that inputs may hold is listed with its class, by stated criteria."""
    rows = heard(_listed(survey), _class_flaw)
    if not rows:
        return unknown(say("probes_7.no_classification"))
    answer = judged_by(
        rows,
        _class_flaw,
        lambda one: seen("probes_7.type_classified", one.place, type=one.text(Column.NAME)),
    )
    if _has_criteria(rows, survey) or not answer.seen:
        return answer
    unsaid = gap("probes_7.classification_without_criteria", rows[0].place)
    return partly(answer.seen, (*answer.findings, unsaid))


def _listed(survey: Survey) -> tuple[Statement, ...]:
    """What documents list, and the guard policy that every call passes."""
    return (*survey.documents.on(Subject.DATA_TYPE), *data_of(policy_in_effect(survey)))


def _class_flaw(one: Statement) -> Finding | None:
    if one.text(Column.CLASS):
        return None
    return gap("probes_7.type_without_class", one.place, type=one.text(Column.NAME))


def _has_criteria(rows: tuple[Statement, ...], survey: Survey) -> bool:
    """Prose beside the table says by what rule, or each row's basis does."""
    if any(one.text(Column.BASIS) for one in rows):
        return True
    paths = {one.place.path for one in rows}
    documents = [one for one in survey.documents.documents if one.path in paths]
    return any(CRITERIA.search(section.text) for one in documents for section in one.sections)


CRITERIA = Pattern(
    r"(?i)criteri|according|policy|regulation|law|by the|基準|規程|規定|に従|定義|法"
)


def masker_covers(survey: Survey) -> Answer:
    """Every type that the list says is masked has a rule in the masker in use."""
    listed = [one for one in _listed(survey) if _is_masked(one)]
    if not listed:
        return unknown(say("probes_7.no_types_to_mask"))
    maskers = (*survey.documents.maskers, *maskers_of(policy_in_effect(survey), survey))
    if not maskers:
        return unknown(say("probes_7.no_masker"))
    known = {name for masker in maskers for name in masker.types}
    missing = tuple(
        lie(
            "probes_7.type_not_masked",
            one.place,
            type=one.text(Column.NAME),
            masker=str(maskers[0].place),
        )
        for one in listed
        if (kind := type_of(one.text(Column.NAME))) and kind not in known
    )
    if missing:
        return fails(*missing[:MOST_TOLD])
    return holds(seen("probes_7.types_masked", maskers[0].place, count=len(listed)))


def _is_masked(one: Statement) -> bool:
    said = one.text(Column.TREATMENT)
    return not said or bool(MASKED.search(said)) or one.text(Column.NAME) == ""
