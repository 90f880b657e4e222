"""Reads sums: what pages, alerts, SLOs and metrics ask for, at a cost that no traffic raises."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Dialect, Engine, func, select

from tenken.store.asking import answered, asking
from tenken.store.faults import told
from tenken.store.money import Money
from tenken.store.rollups.grain import Grain, Piece, Window, cover
from tenken.store.rollups.summing import (
    ATTEMPTS,
    EXCHANGES,
    FEEDBACK,
    MATCHES,
    SCREENINGS,
    START,
    Kind,
    kept,
    narrowest,
    peaking,
    shaped,
    summing,
    values,
)
from tenken.store.rollups.sums import (
    ATTEMPT_KEY,
    BUCKETS,
    EXCHANGE_KEY,
    FEEDBACK_KEY,
    MATCH_KEY,
    OF_ATTEMPTS,
    OF_EXCHANGES,
    OF_FEEDBACK,
    SCREENING_KEY,
)
from tenken.store.rollups.tables import ROLLUPS
from tenken.store.rollups.totals import (
    ALL,
    Asked,
    AttemptTotals,
    Combination,
    Consumed,
    Dimension,
    Ever,
    FeedbackTotals,
    MatchTotals,
    Peak,
    Point,
    ScreeningTotals,
    Share,
    Totals,
)

__all__ = [
    "Asked", "AttemptTotals", "Combination", "Ever", "FeedbackTotals", "Grain", "MatchTotals",
    "Point", "Rollups", "Share", "Totals", "Window",
]  # fmt: skip

Value = Any
"""Of sums: whole numbers, and money as decimals."""
Names = tuple[Any, ...]
"""Of the columns that are grouped by."""
Grouped = dict[Names, list[Value]]
BEGINNING, TAKEN_BACK = Piece(Grain.EVER, 0, 1), Piece(Grain.TAKEN_BACK, 0, 1)
CONSUMED = Consumed.__struct_fields__
PLAIN = OF_EXCHANGES[: -2 * BUCKETS]
"""Buckets of durations come last."""
MONEY = Money()


class Rollups:
    """Reads sums, over an engine that somebody else opens and ends. All raise Away."""

    def __init__(self, engine: Engine, within: tuple[str, ...] | None = None) -> None:
        """`within` holds for all that is asked: sums that know no use case are of none of them."""
        self._engine = engine
        self._within = within

    def _bound(self, asked: Asked) -> Asked:
        return asked if self._within is None else replace(asked, within=self._within)

    def totals(self, window: Window, asked: Asked = ALL) -> Totals:
        """Sum a window."""
        found = self._windowed(EXCHANGES, window, asked, ())
        return _totals(found.get((), ()))

    def series(self, window: Window, grain: Grain, asked: Asked = ALL) -> tuple[Point, ...]:
        """Sum a window by steps of time; those without any request are not there."""
        piece = Piece(grain, grain.start(window.since), window.until)
        with self._reading(once=True) as connection:
            found = _grouped(
                connection, EXCHANGES, (piece,), asked=self._bound(asked), by=(START,)
            )
        points = (Point(int(at), _totals(sums)) for (at,), sums in sorted(found.items()))
        return tuple(one for one in points if one.totals.requests)

    def by(self, dimension: Dimension, window: Window, asked: Asked = ALL) -> tuple[Share, ...]:
        """Sum a window by one name, the most requests first."""
        found = self._windowed(EXCHANGES, window, asked, (dimension,))
        shares = (Share(str(name), _totals(sums)) for (name,), sums in found.items())
        several = [one for one in shares if one.totals.requests]
        return tuple(sorted(several, key=lambda one: (-one.totals.requests, one.name)))

    def consumed(
        self, dimension: Dimension, window: Window, asked: Asked = ALL
    ) -> Mapping[str, Consumed]:
        """Sum what requests took by one name, and nothing else."""
        found = self._windowed(EXCHANGES, window, asked, (dimension,), summed=CONSUMED)
        made = {str(name): Consumed(**_fields(CONSUMED, sums)) for (name,), sums in found.items()}
        return {name: one for name, one in made.items() if one.requests}

    def busiest(self, window: Window, grain: Grain) -> Mapping[str, Peak]:
        """Give the most that each caller took in one step of time."""
        return {str(names[0]): peak for names, peak in self._peaks(window, grain, ("caller",))}

    def first(self) -> int | None:
        """Give when the first day begins of which there are sums; None where there are none."""
        days = ROLLUPS.c.grain == Grain.DAY.value
        with self._reading(once=True) as connection:
            found = connection.scalar(select(func.min(ROLLUPS.c.start)).where(days))
        return None if found is None else int(found)

    def peak(self, window: Window, grain: Grain) -> Peak:
        """Give the most that was taken in one step of time."""
        return next((peak for _, peak in self._peaks(window, grain, ())), Peak())

    def _peaks(
        self, window: Window, grain: Grain, by: tuple[str, ...]
    ) -> Iterator[tuple[Names, Peak]]:
        piece, asked = Piece(grain, grain.start(window.since), window.until), self._bound(ALL)
        kind = narrowest(EXCHANGES, grain, asked=asked, by=by)
        shape = shaped(kind, asked, by=by, summed=())
        with self._reading(once=True) as connection:
            statement = peaking(shape, connection.dialect)
            rows = answered(connection, statement, values(kind, asked, (piece,)))
        at = len(by)
        for row in rows:
            if row[at]:
                yield tuple(row[:at]), Peak(requests=row[at], tokens=row[at + 1])

    def combinations(self, window: Window, asked: Asked = ALL) -> tuple[Combination, ...]:
        """Sum a window by all names at once."""
        return _combinations(self._windowed(EXCHANGES, window, asked, EXCHANGE_KEY))

    def attempts(self, window: Window, asked: Asked = ALL) -> tuple[AttemptTotals, ...]:
        """Sum calls to targets; of what is asked, `provider` and `model` count, and drills."""
        return _attempts(self._windowed(ATTEMPTS, window, asked, ATTEMPT_KEY))

    def matches(self, window: Window, asked: Asked = ALL) -> tuple[MatchTotals, ...]:
        """Sum what guards found; of what is asked, `use_case` counts, and drills."""
        return _matches(self._windowed(MATCHES, window, asked, MATCH_KEY))

    def feedback(self, window: Window, asked: Asked = ALL) -> tuple[FeedbackTotals, ...]:
        """Sum what was said of answers in a window of time, whenever those were given."""
        return _feedback(self._windowed(FEEDBACK, window, asked, FEEDBACK_KEY))

    def ever(self) -> Ever:
        """Give all sums since the beginning, drills too."""
        return self._since_the_beginning(BEGINNING)

    def counters(self) -> Ever:
        """Give them with what was taken out of them again: none of these ever falls."""
        return self._since_the_beginning(BEGINNING, TAKEN_BACK)

    def _since_the_beginning(self, *pieces: Piece) -> Ever:
        asked = self._bound(Asked(drills=True))
        with self._reading() as connection:
            exchanges, attempts, matches, feedback, screenings = (
                _grouped(connection, kind, pieces, asked=asked, by=kind.key)
                for kind in (EXCHANGES, ATTEMPTS, MATCHES, FEEDBACK, SCREENINGS)
            )
        return Ever(
            exchanges=_combinations(exchanges),
            attempts=_attempts(attempts),
            matches=_matches(matches),
            feedback=_feedback(feedback),
            screenings=_screenings(screenings),
        )

    def _windowed(
        self,
        kind: Kind,
        window: Window,
        asked: Asked,
        by: Sequence[str],
        *,
        summed: Sequence[str] = (),
    ) -> Grouped:
        asked, known = self._bound(asked), self._known()
        with self._reading(once=known is not None) as connection:
            pieces = cover(window, kept(connection) if known is None else known)
            return _grouped(connection, kind, pieces, asked=asked, by=by, summed=summed)

    def kept(self) -> Mapping[Grain, int]:
        """Give since when sums of each grain are there."""
        with self._reading(once=True) as connection:
            return kept(connection)

    def _known(self) -> Mapping[Grain, int] | None:
        """Give since when sums of each grain are there, if that is known without being asked."""
        return None

    @contextmanager
    def _reading(self, *, once: bool = False) -> Iterator[Connection]:
        """Give one view of the store: its sums agree with each other; `once` for one question."""
        if once:
            with asking(self._engine) as connection:
                yield connection
            return
        with told(), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection


def _grouped(
    connection: Connection,
    kind: Kind,
    pieces: Sequence[Piece],
    *,
    asked: Asked,
    by: Sequence[str],
    summed: Sequence[str] = (),
) -> Grouped:
    """Sum stretches of one grain each; what nothing was found of is not there."""
    if not pieces:
        return {}
    names, at, dialect = tuple(summed or kind.summed), len(by), connection.dialect
    kinds = [narrowest(kind, piece.grain, asked=asked, by=by) for piece in pieces]
    shapes = tuple(shaped(one, asked, by=tuple(by), summed=names) for one in kinds)
    rows = answered(connection, summing(shapes, dialect), values(kind, asked, pieces))
    cost = names.index("cost") if "cost" in names else None
    return _joined(
        (tuple(row[:at]), _told(row[at:], cost, dialect)) for row in rows if row[at] is not None
    )


def _told(sums: Sequence[Any], cost: int | None, dialect: Dialect) -> list[Value]:
    found = list(sums)
    if cost is not None:
        found[cost] = MONEY.process_result_value(found[cost], dialect)
    return found


def _joined(rows: Iterable[tuple[Names, list[Value]]]) -> Grouped:
    """Add up what has the same names."""
    found: Grouped = {}
    for names, sums in rows:
        before = found.get(names)
        found[names] = sums if before is None else _added(before, sums)
    return found


def _added(some: Sequence[Value], others: Sequence[Value]) -> list[Value]:
    return [a + b for a, b in zip(some, others, strict=True)]


def _totals(sums: Sequence[Value]) -> Totals:
    if not sums:
        return Totals()
    latency, ttft = sums[-2 * BUCKETS : -BUCKETS], sums[-BUCKETS:]
    plain: dict[str, Any] = dict(zip(PLAIN, sums, strict=False))
    return Totals(**plain, latency=tuple(latency), ttft=tuple(ttft))


def _fields(names: tuple[str, ...], sums: Sequence[Value]) -> dict[str, Any]:
    return dict(zip(names, sums, strict=True))


def _combinations(found: Grouped) -> tuple[Combination, ...]:
    made = (
        Combination(**dict(zip(EXCHANGE_KEY, names, strict=True)), totals=_totals(sums))
        for names, sums in sorted(found.items())
    )
    return tuple(one for one in made if one.totals.requests)


def _attempts(found: Grouped) -> tuple[AttemptTotals, ...]:
    made = (
        AttemptTotals(
            **dict(zip(ATTEMPT_KEY, names, strict=True)),
            **_fields(OF_ATTEMPTS[:-BUCKETS], sums[:-BUCKETS]),
            duration=tuple(sums[-BUCKETS:]),
        )
        for names, sums in sorted(found.items())
    )
    return tuple(one for one in made if one.calls)


def _matches(found: Grouped) -> tuple[MatchTotals, ...]:
    made = (
        MatchTotals(**dict(zip(MATCH_KEY, names, strict=True)), matches=sums[0])
        for names, sums in sorted(found.items())
    )
    return tuple(one for one in made if one.matches)


def _screenings(found: Grouped) -> tuple[ScreeningTotals, ...]:
    made = (
        ScreeningTotals(**dict(zip(SCREENING_KEY, names, strict=True)), screened=sums[0])
        for names, sums in sorted(found.items())
    )
    return tuple(one for one in made if one.screened)


def _feedback(found: Grouped) -> tuple[FeedbackTotals, ...]:
    made = (
        FeedbackTotals(**dict(zip(FEEDBACK_KEY, names, strict=True)), **_fields(OF_FEEDBACK, sums))
        for names, sums in sorted(found.items())
    )
    return tuple(one for one in made if one.said)
