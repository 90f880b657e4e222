"""Where in time there may be what is sought: sums tell, from days down to minutes."""

from collections.abc import Iterator

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, case, func, select

from tenken.store.browsing.lines import Key, Sought
from tenken.store.rollups.grain import TIMED, Grain, Window
from tenken.store.rollups.summing import EXCHANGES, Kind, kept, narrowest
from tenken.store.rollups.totals import Asked

NAMES = ("use_case", "route", "caller", "release", "provider", "model")
STATUS = {2: "status_2xx", 3: "status_3xx", 4: "status_4xx", 5: "status_5xx"}
Condition = ColumnElement[bool]
ENOUGH = 1_000
"""Rows that are looked through at once sooner than asking where among them."""


class _Stretch(Struct, frozen=True):
    """A stretch of time, and how many requests it holds, whatever is sought."""

    window: Window
    rows: int


def stretches(connection: Connection, sought: Sought, behind: Key | None) -> Iterator[Window]:
    """Give stretches of a window, the newest first, that together hold all that is sought."""
    until = sought.window.until
    if behind is not None:
        until = min(until, behind.at + 1)
    window = Window(sought.window.since, until)
    narrowed = next(_narrowed(sought, EXCHANGES), None) is not None
    if not narrowed or sought.session is not None or sought.id is not None:
        return iter((window,))  # its newest are the first, or it has an index
    there = kept(connection)
    grains = [one for one in reversed(TIMED) if there[one] <= window.since]
    if not grains:
        return iter((window,))
    return _within(connection, window, sought, grains)


def _within(
    connection: Connection, window: Window, sought: Sought, grains: list[Grain]
) -> Iterator[Window]:
    """Go into a coarse stretch only where there is much in it."""
    coarse, *finer = grains
    for one in _joined(_with_some(connection, window, sought, coarse)):
        if one.rows > ENOUGH and finer:
            yield from _within(connection, one.window, sought, finer)
        else:
            yield one.window


def _with_some(
    connection: Connection, window: Window, sought: Sought, grain: Grain
) -> list[_Stretch]:
    """Give what of a window may hold some of it, by steps of time, the newest first."""
    named = Asked(within=sought.use_cases, **{one: getattr(sought, one) for one in NAMES})
    kind = narrowest(EXCHANGES, grain, asked=named, by=())
    table, narrowed = kind.sums.c, tuple(_narrowed(sought, kind))
    rows = func.sum(table.requests)
    asked = (
        select(table.start, rows)
        .select_from(kind.sums.join(kind.series, kind.series.c.id == table.series))
        .where(table.grain == grain.value)
        .where(table.start >= grain.start(window.since), table.start < window.until)
        .group_by(table.start)
        .having(func.sum(case((and_(*narrowed), table.requests), else_=0)) > 0)
        .order_by(table.start.desc())
    )
    return [
        _Stretch(Window(max(window.since, start), min(window.until, start + grain.us)), int(count))
        for start, count in connection.execute(asked)
    ]


def _joined(found: list[_Stretch]) -> Iterator[_Stretch]:
    """Take neighbours for one, as long as there is not much in them."""
    last: _Stretch | None = None
    for one in found:
        if last is None:
            last = one
        elif one.window.until == last.window.since and one.rows + last.rows <= ENOUGH:
            last = _Stretch(Window(one.window.since, last.window.until), one.rows + last.rows)
        else:
            yield last
            last = one
    if last is not None:
        yield last


def _narrowed(sought: Sought, kind: Kind) -> Iterator[Condition]:
    series, table = kind.series.c, kind.sums.c
    for name in NAMES:
        wanted = getattr(sought, name)
        if wanted is not None:
            yield series[name] == wanted
    if sought.use_cases is not None:
        yield series.use_case.in_(sought.use_cases)
    if sought.outcome is not None:
        yield table[sought.outcome.value] > 0
    if sought.status is not None:
        yield table[_status(sought.status)] > 0
    if sought.found is not None:
        yield table.matched > 0 if sought.found else table.requests > table.matched
    if sought.drill is not None:
        yield series.drill.is_(sought.drill)


def _status(status: int) -> str:
    return STATUS.get(status if 0 < status < 10 else status // 100, "status_none")
