"""The review queue of a guard's matches: what it did, and what people say of it.

A match is told by its exchange and its number in it. The text is nowhere here: a keyed mark tells
that two matches are of one value. A judgement is added, never changed, and the newest counts.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Engine, RowMapping, Select, and_, func, insert, select
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.tables import EXCHANGES, MATCHES, REVIEWS

KEY = ("id", "span", "at", "number")
MATCH = ("rule", "risk", "action", "stage", "score", "severity", "origin", "mark")
SAID = ("is_true", "judged_by", "judged_at", "why")
OF_REQUEST = ("caller", "use_case", "route", "release")
Columns = ReadOnlyColumnCollection[str, Any]
LOOKED_AT = (100, 4_000)
"""So many of the newest are looked through before all of them are."""


class Judgement(Struct, frozen=True, kw_only=True):
    """What a person says of a match."""

    is_true: bool
    """Whether it was what the rule says; a false alarm otherwise."""
    judged_by: str
    judged_at: int
    """Microseconds since 1970, UTC."""
    why: str


class Item(Struct, frozen=True, kw_only=True):
    """A match in the queue."""

    id: str
    """Of its exchange."""
    span: str
    at: int
    number: int
    """Of the match in its exchange, from 1."""
    rule: str
    risk: str
    action: str
    stage: str
    score: float
    severity: str
    origin: str
    mark: str
    caller: str
    use_case: str
    route: str
    release: str
    judgement: Judgement | None = None
    """The newest; None while nobody has judged it."""


class Sought(Struct, frozen=True, kw_only=True):
    """Which matches are listed; empty for any."""

    risk: str = ""
    """This one and those below it."""
    rule: str = ""
    actions: tuple[str, ...] = ("flag", "mask", "block")
    below: float = 2.0
    """Only those that the rule was less sure of: near a threshold people are worth most."""
    since: int = 0
    judged: bool | None = False
    """Whether they are judged; None for both."""
    mark: str = ""
    use_cases: tuple[str, ...] | None = None
    """Only those of requests of these; of none at all where it is empty."""


class Reviews:
    """The tables of matches and judgements, over an engine that somebody else opens and ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def items(self, sought: Sought, *, most: int) -> tuple[Item, ...]:
        """Give matches, the newest first; raises Away."""
        with told(), self._engine.connect() as connection:
            for size in () if sought.judged else LOOKED_AT:
                rows = connection.execute(_newest(sought, max(size, most))).mappings().all()
                found = [row for row in rows if _fits(row, sought)]
                if len(found) >= most or len(rows) < max(size, most):
                    return tuple(_item(row) for row in found[:most])
            several = connection.execute(_listed(sought).limit(most)).mappings()
            return tuple(_item(row) for row in several)

    def find(
        self,
        id: str,  # noqa: A002 - the word of records
        number: int,
        sought: Sought | None = None,
    ) -> tuple[Item, ...]:
        """Give the match of that number in the exchanges of that id; raises Away."""
        table = MATCHES.c
        asked = _listed(sought or Sought(actions=(), judged=None))
        with told(), self._engine.connect() as connection:
            rows = connection.execute(
                asked.where(table.id == id, table.number == number)
            ).mappings()
            return tuple(_item(row) for row in rows)

    def judge(self, items: Sequence[Item], judgement: Judgement) -> None:
        """Put on record what somebody says of them; raises Away."""
        said = {name: getattr(judgement, name) for name in SAID}
        rows = [{**{name: getattr(one, name) for name in KEY}, **said} for one in items]
        if rows:
            with told(), self._engine.execution_options(**WRITING).begin() as connection:
                connection.execute(insert(REVIEWS), rows)


def _newest(sought: Sought, most: int) -> Select[tuple[object, ...]]:
    """Ask for the newest matches first, and then for what belongs to these few alone.

    A planner that counts on hardly any fitting together would bring all of them together.
    """
    match = MATCHES.c
    few = select(*[match[name] for name in (*KEY, *MATCH)]).where(*_of_match(sought, match))
    return _joined(few.order_by(*_order(match)).limit(most).subquery().c, outer=True)


def _fits(row: RowMapping, sought: Sought) -> bool:
    """Tell whether a match is of a request that may be seen, and judged or not as is asked for."""
    if row["use_case"] is None:
        return False
    if sought.use_cases is not None and row["use_case"] not in sought.use_cases:
        return False
    return sought.judged is None or (row["judged_at"] is not None) == sought.judged


def _listed(sought: Sought) -> Select[tuple[object, ...]]:
    return _joined(MATCHES.c, outer=False).where(*_wanted(sought))


def _order(match: Columns) -> list[ColumnElement[object]]:
    return [match.at.desc(), match.id, match.span, match.number]


def _joined(match: Columns, *, outer: bool) -> Select[tuple[object, ...]]:
    review = REVIEWS.c
    newest = (
        select(*[review[name] for name in KEY], func.max(review.judged_at).label("judged_at"))
        .group_by(*[review[name] for name in KEY])
        .subquery()
    )
    same = and_(*[EXCHANGES.c[name] == match[name] for name in KEY[:3]])
    asked = (
        select(
            *[match[name] for name in (*KEY, *MATCH)],
            *[EXCHANGES.c[name] for name in OF_REQUEST],
            *[review[name] for name in SAID],
        )
        .select_from(match.at.table)
        .join(EXCHANGES, same, isouter=outer)
        .outerjoin(newest, and_(*[newest.c[name] == match[name] for name in KEY]))
        .outerjoin(
            REVIEWS,
            and_(
                *[review[name] == match[name] for name in KEY],
                review.judged_at == newest.c.judged_at,
            ),
        )
    )
    return asked.order_by(*_order(match))


def _of_match(sought: Sought, match: Columns) -> list[ColumnElement[bool]]:
    wanted = [match.at >= sought.since, match.score < sought.below]
    if sought.risk:
        below = match.risk.startswith(f"{sought.risk}.", autoescape=True)
        wanted.append((match.risk == sought.risk) | below)
    if sought.rule:
        wanted.append(match.rule == sought.rule)
    if sought.mark:
        wanted.append(match.mark == sought.mark)
    if sought.actions:
        wanted.append(match.action.in_(sought.actions))
    return wanted


def _wanted(sought: Sought) -> list[ColumnElement[bool]]:
    judged = REVIEWS.c.judged_at
    wanted = _of_match(sought, MATCHES.c)
    if sought.use_cases is not None:
        wanted.append(EXCHANGES.c.use_case.in_(sought.use_cases))
    if sought.judged is not None:
        wanted.append(judged.is_not(None) if sought.judged else judged.is_(None))
    return wanted


def _item(row: RowMapping) -> Item:
    fields = {name: row[name] for name in (*KEY, *MATCH, *OF_REQUEST)}
    if row["judged_at"] is None:
        return Item(**fields)
    return Item(**fields, judgement=Judgement(**{name: row[name] for name in SAID}))
