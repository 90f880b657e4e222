"""Reads sums: what pages, alerts, SLOs and metrics ask for, at a cost that no traffic raises."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Engine, Table, false, func, select

from tenken.store.faults import told
from tenken.store.rollups.grain import TIMED, Grain, Piece, Window, cover
from tenken.store.rollups.sums import (
    ATTEMPT_KEY,
    CALLER_KEY,
    DURATION,
    EXCHANGE_KEY,
    FEEDBACK_KEY,
    LATENCY,
    MATCH_KEY,
    MODEL_KEY,
    OF_ATTEMPTS,
    OF_EXCHANGES,
    OF_FEEDBACK,
    OF_MATCHES,
    ROUTE_KEY,
    TTFT,
)
from tenken.store.rollups.tables import (
    ATTEMPT_ROLLUPS,
    ATTEMPT_SERIES,
    CALLER_ROLLUPS,
    CALLER_SERIES,
    FEEDBACK_ROLLUPS,
    FEEDBACK_SERIES,
    KEPT,
    MATCH_ROLLUPS,
    MATCH_SERIES,
    MODEL_ROLLUPS,
    MODEL_SERIES,
    ROLLUPS,
    ROUTE_ROLLUPS,
    ROUTE_SERIES,
    SERIES,
)
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
    Share,
    Totals,
)

__all__ = [
    "Asked", "AttemptTotals", "Combination", "Ever", "FeedbackTotals", "Grain", "MatchTotals",
    "Point", "Rollups", "Share", "Totals", "Window",
]  # fmt: skip

Value = int | Decimal
Names = tuple[Any, ...]
"""Of the columns that are grouped by."""
Grouped = dict[Names, list[Value]]
BEGINNING = Piece(Grain.EVER, 0, 1)
START = "start"
CONSUMED = Consumed.__struct_fields__


class _Kind(Struct, frozen=True, kw_only=True):
    """A table of sums."""

    sums: Table
    series: Table
    summed: tuple[str, ...]
    key: tuple[str, ...]
    grains: tuple[Grain, ...] = (Grain.EVER, *TIMED)


EXCHANGES = _Kind(sums=ROLLUPS, series=SERIES, summed=OF_EXCHANGES, key=EXCHANGE_KEY)
ATTEMPTS = _Kind(sums=ATTEMPT_ROLLUPS, series=ATTEMPT_SERIES, summed=OF_ATTEMPTS, key=ATTEMPT_KEY)
MATCHES = _Kind(sums=MATCH_ROLLUPS, series=MATCH_SERIES, summed=OF_MATCHES, key=MATCH_KEY)
FEEDBACK = _Kind(
    sums=FEEDBACK_ROLLUPS, series=FEEDBACK_SERIES, summed=OF_FEEDBACK, key=FEEDBACK_KEY
)

NARROW = (
    _Kind(
        sums=ROUTE_ROLLUPS,
        series=ROUTE_SERIES,
        summed=OF_EXCHANGES,
        key=ROUTE_KEY,
        grains=TIMED,
    ),
    _Kind(
        sums=MODEL_ROLLUPS,
        series=MODEL_SERIES,
        summed=OF_EXCHANGES,
        key=MODEL_KEY,
        grains=TIMED[1:],
    ),
    _Kind(
        sums=CALLER_ROLLUPS,
        series=CALLER_SERIES,
        summed=OF_EXCHANGES,
        key=CALLER_KEY,
        grains=TIMED[1:],
    ),
)
"""Sums of exchanges by some names alone, the fewest first."""


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
        with self._reading() as connection:
            found = _grouped(connection, EXCHANGES, piece, asked=self._bound(asked), by=(START,))
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
        piece = Piece(grain, grain.start(window.since), window.until)
        by, asked = ("caller", START), self._bound(ALL)
        with self._reading() as connection:
            found = _grouped(connection, EXCHANGES, piece, asked=asked, by=by, summed=CONSUMED)
        most: dict[str, Peak] = {}
        for (caller, _), sums in found.items():
            one, peak = Consumed(**_fields(CONSUMED, sums)), most.get(caller, Peak())
            most[caller] = Peak(
                requests=max(peak.requests, one.requests), tokens=max(peak.tokens, one.tokens)
            )
        return most

    def first(self) -> int | None:
        """Give when the first day begins of which there are sums; None where there are none."""
        days = ROLLUPS.c.grain == Grain.DAY.value
        with self._reading() as connection:
            found = connection.scalar(select(func.min(ROLLUPS.c.start)).where(days))
        return None if found is None else int(found)

    def peak(self, window: Window, grain: Grain) -> Peak:
        """Give the most that was taken in one step of time."""
        piece = Piece(grain, grain.start(window.since), window.until)
        with self._reading() as connection:
            found = _grouped(connection, EXCHANGES, piece, asked=ALL, by=(START,), summed=CONSUMED)
        steps = [Consumed(**_fields(CONSUMED, sums)) for sums in found.values()]
        return Peak(
            requests=max((one.requests for one in steps), default=0),
            tokens=max((one.tokens for one in steps), default=0),
        )

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
        asked = self._bound(Asked(drills=True))
        with self._reading() as connection:
            exchanges, attempts, matches, feedback = (
                _grouped(connection, kind, BEGINNING, asked=asked, by=kind.key)
                for kind in (EXCHANGES, ATTEMPTS, MATCHES, FEEDBACK)
            )
        return Ever(
            exchanges=_combinations(exchanges),
            attempts=_attempts(attempts),
            matches=_matches(matches),
            feedback=_feedback(feedback),
        )

    def _windowed(
        self,
        kind: _Kind,
        window: Window,
        asked: Asked,
        by: Sequence[str],
        *,
        summed: Sequence[str] = (),
    ) -> Grouped:
        found: Grouped = {}
        asked = self._bound(asked)
        with self._reading() as connection:
            for piece in cover(window, kept(connection)):
                grouped = _grouped(connection, kind, piece, asked=asked, by=by, summed=summed)
                for names, sums in grouped.items():
                    before = found.get(names)
                    found[names] = sums if before is None else _added(before, sums)
        return found

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Give one view of the store: its sums agree with each other."""
        with told(), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection


def kept(connection: Connection) -> Mapping[Grain, int]:
    """Give since when sums of each grain are there."""
    since = {Grain(grain): at for grain, at in connection.execute(select(KEPT))}
    return {one: since.get(one, 0) for one in TIMED}


def _grouped(
    connection: Connection,
    kind: _Kind,
    piece: Piece,
    *,
    asked: Asked,
    by: Sequence[str],
    summed: Sequence[str] = (),
) -> Grouped:
    """Sum one stretch of one grain; what nothing was found of is not there."""
    kind = _narrowest(kind, piece.grain, asked=asked, by=by)
    sums = _sums(kind.sums, tuple(summed or kind.summed))
    columns = [kind.sums.c.start if name == START else kind.series.c[name] for name in by]
    query = (
        select(*columns, *sums)
        .select_from(kind.sums.join(kind.series, kind.series.c.id == kind.sums.c.series))
        .where(kind.sums.c.grain == piece.grain.value)
        .where(kind.sums.c.start >= piece.since, kind.sums.c.start < piece.until)
        .where(*_filters(kind, asked))
        .group_by(*columns)
    )
    rows = connection.execute(query)
    return {
        tuple(row[: len(by)]): list(row[len(by) :]) for row in rows if row[len(by)] is not None
    }


@cache
def _sums(table: Table, names: tuple[str, ...]) -> tuple[ColumnElement[Any], ...]:
    return tuple(func.sum(table.c[name]).label(name) for name in names)


def _narrowest(kind: _Kind, grain: Grain, *, asked: Asked, by: Sequence[str]) -> _Kind:
    """Give the kind with the fewest sums that knows all the names."""
    if kind is not EXCHANGES:
        return kind
    wanted = {
        name for name in EXCHANGE_KEY if name in by or getattr(asked, name, None) is not None
    }
    wanted |= {"use_case"} if asked.within is not None else set()
    fit = (one for one in NARROW if grain in one.grains and wanted <= {*one.key})
    return next(fit, kind)


def _filters(kind: _Kind, asked: Asked) -> Iterable[ColumnElement[bool]]:
    for name in kind.key:
        wanted = getattr(asked, name, None)
        if wanted is not None:
            yield kind.series.c[name] == wanted
    if asked.within is not None:
        knows = "use_case" in kind.key
        yield kind.series.c.use_case.in_(asked.within) if knows else false()
    if not asked.drills:
        yield kind.series.c.drill.is_(False)


def _added(some: Sequence[Value], others: Sequence[Value]) -> list[Value]:
    return [a + b for a, b in zip(some, others, strict=True)]


def _totals(sums: Sequence[Value]) -> Totals:
    if not sums:
        return Totals()
    return Totals(**_fields(OF_EXCHANGES, sums, latency=LATENCY, ttft=TTFT))


def _fields(
    names: tuple[str, ...], sums: Sequence[Value], **histograms: tuple[str, ...]
) -> dict[str, Any]:
    # Postgres adds up whole numbers to decimals.
    found = {
        name: value if name == "cost" else int(value)
        for name, value in zip(names, sums, strict=True)
    }
    packed = {
        name: tuple(int(found.pop(one)) for one in buckets) for name, buckets in histograms.items()
    }
    return {**found, **packed}


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
            **_fields(OF_ATTEMPTS, sums, duration=DURATION),
        )
        for names, sums in sorted(found.items())
    )
    return tuple(one for one in made if one.calls)


def _matches(found: Grouped) -> tuple[MatchTotals, ...]:
    made = (
        MatchTotals(**dict(zip(MATCH_KEY, names, strict=True)), matches=int(sums[0]))
        for names, sums in sorted(found.items())
    )
    return tuple(one for one in made if one.matches)


def _feedback(found: Grouped) -> tuple[FeedbackTotals, ...]:
    made = (
        FeedbackTotals(**dict(zip(FEEDBACK_KEY, names, strict=True)), **_fields(OF_FEEDBACK, sums))
        for names, sums in sorted(found.items())
    )
    return tuple(one for one in made if one.said)
