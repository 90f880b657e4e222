"""What probes of documents ask again and again: ages, models in use, which rows are at fault."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from tenken.evidence import Answer, Finding, Remark
from tenken.place import Place
from tenken.readiness.answers import fails, holds, partly
from tenken.readiness.facts.calls import Operation, Origin
from tenken.readiness.facts.documents import Column, Statement
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.figures import date_in, number_in
from tenken.readiness.facts.words.models import canonical
from tenken.sentence import words

FRESH_DAYS = 90
MOST_TOLD = 12
"""Findings of one kind that are told one by one; more would bury the rest."""

Flaw = Callable[[Statement], Finding | None]


def heard(statements: Iterable[Statement], flaw: Flaw) -> tuple[Statement, ...]:
    """What is surely meant as a statement; of other tables, those with a row that is complete."""
    said = tuple(statements)
    meant = {_table(one) for one in said if one.is_sure or flaw(one) is None}
    return tuple(one for one in said if _table(one) in meant)


def _table(one: Statement) -> tuple[str, str]:
    return one.place.path, one.heading


def judged_by(
    statements: Iterable[Statement], flaw: Flaw, sound: Callable[[Statement], Remark]
) -> Answer:
    """Hold when no row has a flaw, fail when every row has one, else partly."""
    flaws = [(one, flaw(one)) for one in statements]
    findings = tuple(found for _, found in flaws if found is not None)[:MOST_TOLD]
    remarks = tuple(sound(one) for one, found in flaws if found is None)[:MOST_TOLD]
    if not findings:
        return holds(*remarks)
    return partly(remarks, findings) if remarks else fails(*findings)


def days_old(day: date, survey: Survey) -> int:
    """How many days ago a date was; negative for one to come."""
    return (survey.now.date() - day).days


def is_fresh(text: str, survey: Survey, days: int = FRESH_DAYS) -> bool:
    """Whether a text holds a date of the last days, and none from the future."""
    day = date_in(text)
    return day is not None and 0 <= days_old(day, survey) <= days


def models_in_use(survey: Survey) -> Mapping[str, Place]:
    """Models that production code names, and those the manifest routes to, with a place each."""
    known = (Origin.LITERAL, Origin.DEFAULT)
    found: dict[str, Place] = {}
    for call in survey.code.calls:
        if (
            call.operation is Operation.GENERATE
            and call.model.origin in known
            and call.model.value
        ):
            found.setdefault(canonical(call.model.value), call.model.place or call.place)
        for fallback in call.fallbacks:
            target = fallback.target
            if target and target.model.origin in known and target.model.value:
                found.setdefault(
                    canonical(target.model.value), target.model.place or fallback.place
                )
    return found


def providers_in_use(survey: Survey) -> Mapping[str, Place]:
    """Providers that production code sends to, with a place each."""
    found: dict[str, Place] = {}
    for call in survey.code.calls:
        if call.provider:
            found.setdefault(call.provider.lower(), call.place)
    return found


def model_of(statement: Statement) -> str:
    """The model a row speaks of."""
    return canonical(statement.text(Column.MODEL, Column.ID, Column.NAME))


def has_figure(statement: Statement, *columns: Column) -> bool:
    """Whether one of these cells holds a number."""
    return any(number_in(statement.text(column)) is not None for column in columns)


def keys(columns: Iterable[Column]) -> str:
    """Names of columns, as a sentence shows them."""
    return words("part", (column.value for column in columns))
