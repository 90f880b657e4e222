"""The review queue of a guard's matches: what it did, and what people say of it.

A match is told by its exchange and its number in it. The text is nowhere here: a keyed mark tells
that two matches are of one value. A judgement is added, never changed, and the newest counts.
"""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, Engine, RowMapping, Select, and_, func, insert, select

from tenken.store.engine import WRITING
from tenken.store.faults import told
from tenken.store.tables import EXCHANGES, MATCHES, REVIEWS

KEY = ("id", "span", "at", "number")
MATCH = ("rule", "risk", "action", "stage", "score", "severity", "origin", "mark")
SAID = ("is_true", "judged_by", "judged_at", "why")
OF_REQUEST = ("caller", "use_case", "route", "release")


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
            rows = connection.execute(_listed(sought).limit(most)).mappings()
            return tuple(_item(row) for row in rows)

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


def _listed(sought: Sought) -> Select[tuple[object, ...]]:
    match, review = MATCHES.c, REVIEWS.c
    newest = (
        select(*[review[name] for name in KEY], func.max(review.judged_at).label("judged_at"))
        .group_by(*[review[name] for name in KEY])
        .subquery()
    )
    asked = (
        select(
            *[match[name] for name in (*KEY, *MATCH)],
            *[EXCHANGES.c[name] for name in OF_REQUEST],
            *[review[name] for name in SAID],
        )
        .join(EXCHANGES, and_(*[EXCHANGES.c[name] == match[name] for name in KEY[:3]]))
        .outerjoin(newest, and_(*[newest.c[name] == match[name] for name in KEY]))
        .outerjoin(
            REVIEWS,
            and_(
                *[review[name] == match[name] for name in KEY],
                review.judged_at == newest.c.judged_at,
            ),
        )
        .where(*_wanted(sought))
    )
    return asked.order_by(match.at.desc(), match.id, match.span, match.number)


def _wanted(sought: Sought) -> list[ColumnElement[bool]]:
    match, judged = MATCHES.c, REVIEWS.c.judged_at
    wanted = [match.at >= sought.since, match.score < sought.below]
    if sought.risk:
        below = match.risk.startswith(f"{sought.risk}.", autoescape=True)
        wanted.append((match.risk == sought.risk) | below)
    if sought.rule:
        wanted.append(match.rule == sought.rule)
    if sought.mark:
        wanted.append(match.mark == sought.mark)
    if sought.use_cases is not None:
        wanted.append(EXCHANGES.c.use_case.in_(sought.use_cases))
    if sought.actions:
        wanted.append(match.action.in_(sought.actions))
    if sought.judged is not None:
        wanted.append(judged.is_not(None) if sought.judged else judged.is_(None))
    return wanted


def _item(row: RowMapping) -> Item:
    fields = {name: row[name] for name in (*KEY, *MATCH, *OF_REQUEST)}
    if row["judged_at"] is None:
        return Item(**fields)
    return Item(**fields, judgement=Judgement(**{name: row[name] for name in SAID}))
