"""What an outage costs, and what happens when it lasts."""

# ruff: noqa: E501 - patterns and vocabularies read best unbroken

from collections.abc import Iterator

from tenken.evidence import Answer, Finding, Remark
from tenken.pattern import Pattern
from tenken.place import Place
from tenken.readiness.answers import fails, gap, holds, lie, seen, unknown
from tenken.readiness.facts.documents import (
    Column,
    DocumentKind,
    Source,
    Statement,
    Subject,
)
from tenken.readiness.facts.survey import Survey
from tenken.readiness.facts.words.figures import is_vague, number_in
from tenken.readiness.probes.documents.scenarios import (
    name_of,
    real_scenarios,
)
from tenken.readiness.probes.documents.written import MOST_TOLD, has_figure, judged_by
from tenken.sentence import say, words

USERS = Pattern(r"(?i)[0-9][0-9,.]*\s*(users|people|customers|人|名|ユーザー)")
MONEY = Pattern(r"(?i)¥|\$|€|£|円|yen|jpy|usd|eur|dollar|万|ドル|ユーロ")
MINUTES = Pattern(r"(?i)[0-9]+(\.[0-9]+)?\s*-?(min|minutes?|m\b|h\b|hours?|分|時間)")
MODE = Pattern(
    r"(?i)fallback|fixed|canned|template|human|staff|switch|turn(ed)? off|disable|degrad|queue|cache"
    r"|代替|定型|固定|有人|停止|切り替え|切替|縮退|無効|オフ|案内"
)
DECIDER = Pattern(
    r"(?i)decid|approv|owner|on-?call|responsib|lead\b|判断|決定|決裁|責任者|担当|承認"
)


# -- what an outage costs, and what then


def impact_has_figures(survey: Survey) -> Answer:
    """Each scenario has users, cost per hour with its currency, and how they were derived."""
    scenarios = real_scenarios(survey)
    if not scenarios:
        return unknown(say("probes_3.no_scenarios"))
    return judged_by(scenarios, _impact_flaw, _impact_seen)


def _impact_seen(one: Statement) -> Remark:
    return seen(
        "probes_3.impact_stated",
        one.place,
        scenario=name_of(one),
        users=one.text(Column.USERS),
        cost=one.text(Column.COST),
    )


def _impact_flaw(one: Statement) -> Finding | None:
    impact = one.text(Column.IMPACT)
    if is_vague(impact) and not has_figure(one, Column.USERS, Column.COST):
        return lie("probes_3.impact_is_a_word", one.place, scenario=name_of(one), impact=impact)
    users = has_figure(one, Column.USERS) or bool(USERS.search(impact))
    said = one.text(Column.COST) or impact
    money = number_in(said) is not None and bool(
        MONEY.search(f"{said} {one.units.get(Column.COST, '')}")
    )
    parts = ((users, "users"), (money, "cost"), (bool(one.text(Column.BASIS)), "basis"))
    lacking = words("part", (name for there, name in parts if not there))
    return (
        gap("probes_3.impact_lacks", one.place, scenario=name_of(one), parts=lacking)
        if lacking
        else None
    )


def long_outage_is_decided(survey: Survey) -> Answer:
    """It is decided after how many minutes, how the service degrades, and who says so."""
    said = survey.documents.on(Subject.LONG_OUTAGE)
    said = said or tuple(one for one in _long_outage_prose(survey))
    if not said:
        return unknown(say("probes_3.no_long_outage"))
    flaws = [_outage_flaw(one) for one in said]
    if any(flaw is None for flaw in flaws):
        one = said[flaws.index(None)]
        return holds(seen("probes_3.long_outage_decided", one.place, after=_after(one)))
    return fails(*[flaw for flaw in flaws if flaw][:MOST_TOLD])


def _long_outage_prose(survey: Survey) -> Iterator[Statement]:
    for document in survey.documents.of(DocumentKind.LONG_OUTAGE):
        if not document.is_template:
            text = " ".join(f"{one.title} {one.text}" for one in document.sections)
            yield Statement(
                subject=Subject.LONG_OUTAGE,
                source=Source.TEXT,
                place=Place(document.path, 1),
                cells={Column.WHAT: text},
            )


def _after(one: Statement) -> str:
    said = one.text(Column.AFTER, Column.WHAT)
    found = MINUTES.search(said)
    return found.group(0) if found else said[:40]


def _outage_flaw(one: Statement) -> Finding | None:
    if not one.cells or (
        one.source is Source.TEXT and not one.text(Column.WHAT, Column.AFTER, Column.MODE)
    ):
        return lie("probes_3.long_outage_undecided", one.place)
    prose = one.text(Column.WHAT)
    parts = (
        (bool(MINUTES.search(one.text(Column.AFTER) or prose)), "after"),
        (bool(one.text(Column.MODE)) or bool(MODE.search(prose)), "mode"),
        (bool(one.text(Column.DECIDER, Column.OWNER)) or bool(DECIDER.search(prose)), "decider"),
    )
    lacking = words("part", (name for there, name in parts if not there))
    return gap("probes_3.long_outage_lacks", one.place, parts=lacking) if lacking else None
