"""Pages of exchanges. Time that holds none of what is sought is skipped by what sums tell of it.

So that nothing rare needs an index of its own: only times, callers and named sessions have one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    and_,
    literal_column,
    or_,
    select,
    tuple_,
)

from tenken.journal.exchange import Exchange, Outcome
from tenken.store.browsing.lines import Key, Line, Page, Sought
from tenken.store.browsing.named import on_some_day
from tenken.store.browsing.skipping import stretches
from tenken.store.browsing.whole import of_key, read, read_whole
from tenken.store.faults import told
from tenken.store.rollups.grain import Window
from tenken.store.tables import EXCHANGES, NAMED_SESSION

MOST = 50
TOGETHER_MOST = 8
"""Stretches that are looked through by one question."""
STRETCHES_MOST = 200
"""Stretches of time that are looked through for one page."""
SAME = ("use_case", "route", "caller", "release", "provider", "model", "session", "id")
TABLE = EXCHANGES.c
READ = TABLE.input + TABLE.cache_read + TABLE.cache_write + TABLE.cache_write_hour
COLUMNS = (
    *(TABLE[name] for name in Line.__struct_fields__ if name not in {"read", "written"}),
    READ.label("read"),
    (TABLE.output + TABLE.reasoning).label("written"),
)


class Browsing:
    """Looks for exchanges, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def page(self, sought: Sought, *, behind: Key | None = None, most: int = MOST) -> Page:
        """Give the newest, or those that follow on a page."""
        lines: list[Line] = []
        with self._reading() as connection:
            looked_through = 0
            for several in _together(stretches(connection, sought, behind)):
                if looked_through >= STRETCHES_MOST:
                    following = Key(several[0].until, "", "")
                    return Page(lines=tuple(lines), following=following, cut=True)
                looked_through += len(several)
                wanted = most + 1 - len(lines)
                lines += _lines(connection, sought, _older(sought, several, behind).limit(wanted))
                if len(lines) > most:
                    return Page(lines=tuple(lines[:most]), following=lines[most - 1].key)
        return Page(lines=tuple(lines))

    def newer(self, sought: Sought, *, after: Key, most: int = MOST) -> Page:
        """Give what arrived after a record, in order: a live tail.

        A request is here when it is over: one that took long stands before others that were
        given already. Who wants it, too, asks from some time before.
        """
        asked = _sought(sought, Window(after.at, sought.window.until))
        asked = asked.where(or_(TABLE.at > after.at, _place() > (after.id, after.span)))
        asked = asked.order_by(TABLE.at, TABLE.id, TABLE.span).limit(most + 1)
        with self._reading() as connection:
            lines = _lines(connection, sought, asked)
        following = lines[most - 1].key if len(lines) > most else None
        return Page(lines=tuple(lines[:most]), following=following)

    def whole(self, key: Key) -> Exchange | None:
        """Give one with its attempts and matches; None where there is none."""
        with self._reading() as connection:
            return next(iter(read_whole(connection, of_key(key.id, key.span, key.at))), None)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with told(), self._engine.connect() as connection, connection.begin():
            yield connection


def _together(found: Iterator[Window]) -> Iterator[tuple[Window, ...]]:
    """Give stretches one, two, four at a time: many short ones are not worth a question each."""
    size = 1
    while several := tuple(islice(found, size)):
        yield several
        size = min(size * 2, TOGETHER_MOST)


def _older(
    sought: Sought, several: Sequence[Window], behind: Key | None
) -> Select[tuple[object, ...]]:
    asked = _sought(sought, Window(several[-1].since, several[0].until))
    if len(several) > 1:
        within = (and_(TABLE.at >= one.since, TABLE.at < one.until) for one in several)
        asked = asked.where(or_(*within))
    if behind is not None:
        asked = asked.where(
            TABLE.at <= behind.at,
            or_(TABLE.at < behind.at, _place() < (behind.id, behind.span)),
        )
    return asked.order_by(TABLE.at.desc(), TABLE.id.desc(), TABLE.span.desc())


def _place() -> ColumnElement[tuple[str, str]]:
    return tuple_(TABLE.id, TABLE.span)


def _sought(sought: Sought, window: Window) -> Select[tuple[object, ...]]:
    asked = select(*COLUMNS).where(TABLE.at >= window.since, TABLE.at < window.until)
    return asked.where(*_filters(sought))


def _filters(sought: Sought) -> Iterator[ColumnElement[bool]]:
    for name in SAME:
        wanted = getattr(sought, name)
        if wanted is not None:
            yield TABLE[name] == wanted
    if sought.use_cases is not None:
        yield TABLE.use_case.in_(sought.use_cases)
    if sought.session is not None:
        yield literal_column(NAMED_SESSION)  # as the index says it, or it is not used
    if sought.outcome is not None:
        yield TABLE.outcome == sought.outcome.value
    if sought.status is not None:
        yield _status(sought.status)
    if sought.found is not None:
        yield TABLE.found > 0 if sought.found else TABLE.found == 0
    if sought.drill is not None:
        yield TABLE.drill != "" if sought.drill else TABLE.drill == ""


def _status(status: int) -> ColumnElement[bool]:
    if 0 < status < 10:
        return TABLE.status.between(status * 100, status * 100 + 99)
    return TABLE.status == status


def _lines(
    connection: Connection, sought: Sought, asked: Select[tuple[object, ...]]
) -> list[Line]:
    if sought.id is not None:
        asked = asked.where(on_some_day(connection))
    return [_line(row) for row in read(connection, asked)]


def _line(row: Mapping[str, Any]) -> Line:
    return Line(**{**row, "outcome": Outcome(row["outcome"])})
