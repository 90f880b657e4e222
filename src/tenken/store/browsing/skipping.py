"""Where in time there may be what is sought: sums tell, from days down to minutes."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, select

from tenken.store.browsing.lines import Key, Sought
from tenken.store.rollups.grain import TIMED, Grain, Window
from tenken.store.rollups.reading import kept
from tenken.store.rollups.tables import ROLLUPS, SERIES

NAMES = ("use_case", "route", "caller", "release", "provider", "model")
STATUS = {2: "status_2xx", 3: "status_3xx", 4: "status_4xx", 5: "status_5xx"}
Condition = ColumnElement[bool]


def stretches(connection: Connection, sought: Sought, behind: Key | None) -> Iterator[Window]:
    """Give stretches of a window, the newest first, that together hold all that is sought."""
    until = sought.window.until
    if behind is not None:
        until = min(until, behind.at + 1)
    window = Window(sought.window.since, until)
    narrowed = tuple(_narrowed(sought))
    if not narrowed or sought.session is not None or sought.id is not None:
        return iter((window,))  # its newest are the first, or it has an index
    there = kept(connection)
    grains = [one for one in reversed(TIMED) if there[one] <= window.since]
    if not grains:
        return iter((window,))
    return _within(connection, window, narrowed, grains)


def _within(
    connection: Connection, window: Window, narrowed: tuple[Condition, ...], grains: list[Grain]
) -> Iterator[Window]:
    coarse, *finer = grains
    found = _with_some(connection, window, narrowed, coarse)
    if not finer:
        yield from _joined(found)
        return
    for one in found:
        yield from _within(connection, one, narrowed, finer)


def _with_some(
    connection: Connection, window: Window, narrowed: tuple[Condition, ...], grain: Grain
) -> list[Window]:
    """Give what of a window may hold some of it, by steps of time, the newest first."""
    table = ROLLUPS.c
    asked = (
        select(table.start)
        .distinct()
        .select_from(ROLLUPS.join(SERIES, SERIES.c.id == table.series))
        .where(table.grain == grain.value, table.requests > 0, *narrowed)
        .where(table.start >= grain.start(window.since), table.start < window.until)
        .order_by(table.start.desc())
    )
    return [
        Window(max(window.since, start), min(window.until, start + grain.us))
        for start in connection.scalars(asked)
    ]


def _joined(found: list[Window]) -> Iterator[Window]:
    """Take neighbours for one."""
    last: Window | None = None
    for one in found:
        if last is not None and one.until == last.since:
            last = Window(one.since, last.until)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def _narrowed(sought: Sought) -> Iterator[Condition]:
    for name in NAMES:
        wanted = getattr(sought, name)
        if wanted is not None:
            yield SERIES.c[name] == wanted
    table = ROLLUPS.c
    if sought.outcome is not None:
        yield table[sought.outcome.value] > 0
    if sought.status is not None:
        yield table[_status(sought.status)] > 0
    if sought.found is not None:
        yield table.matched > 0 if sought.found else table.requests > table.matched
    if sought.drill is not None:
        yield SERIES.c.drill.is_(sought.drill)


def _status(status: int) -> str:
    return STATUS.get(status if 0 < status < 10 else status // 100, "status_none")
