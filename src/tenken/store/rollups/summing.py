"""Statements that sum: which sums answer a question, and how they are asked for.

Each is written once for all questions of its shape: building it takes longer than most answers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, reduce
from operator import add
from typing import Any

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    bindparam,
    cast,
    false,
    func,
    select,
)

from tenken.store.asking import Written, answered, written
from tenken.store.rollups.grain import TIMED, Grain, Piece
from tenken.store.rollups.sums import (
    ATTEMPT_KEY,
    CALLER_KEY,
    EXCHANGE_KEY,
    FEEDBACK_KEY,
    MATCH_KEY,
    MODEL_KEY,
    OF_ATTEMPTS,
    OF_EXCHANGES,
    OF_FEEDBACK,
    OF_MATCHES,
    OF_SCREENINGS,
    ROUTE_KEY,
    SCREENING_KEY,
    TOKENS,
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
    SCREENING_ROLLUPS,
    SCREENING_SERIES,
    SERIES,
)
from tenken.store.rollups.totals import Asked

START = "start"
STRETCH = ("grain", "since", "until")
"""What a statement over one stretch is asked with."""


class Kind(Struct, frozen=True, kw_only=True):
    """A table of sums."""

    sums: Table
    series: Table
    summed: tuple[str, ...]
    key: tuple[str, ...]
    grains: tuple[Grain, ...] = (Grain.EVER, *TIMED)


EXCHANGES = Kind(sums=ROLLUPS, series=SERIES, summed=OF_EXCHANGES, key=EXCHANGE_KEY)
ATTEMPTS = Kind(sums=ATTEMPT_ROLLUPS, series=ATTEMPT_SERIES, summed=OF_ATTEMPTS, key=ATTEMPT_KEY)
MATCHES = Kind(sums=MATCH_ROLLUPS, series=MATCH_SERIES, summed=OF_MATCHES, key=MATCH_KEY)
FEEDBACK = Kind(
    sums=FEEDBACK_ROLLUPS, series=FEEDBACK_SERIES, summed=OF_FEEDBACK, key=FEEDBACK_KEY
)
SCREENINGS = Kind(
    sums=SCREENING_ROLLUPS,
    series=SCREENING_SERIES,
    summed=OF_SCREENINGS,
    key=SCREENING_KEY,
    grains=(Grain.EVER, Grain.DAY),
)

NARROW = (
    Kind(
        sums=ROUTE_ROLLUPS,
        series=ROUTE_SERIES,
        summed=OF_EXCHANGES,
        key=ROUTE_KEY,
        grains=TIMED,
    ),
    Kind(
        sums=MODEL_ROLLUPS,
        series=MODEL_SERIES,
        summed=OF_EXCHANGES,
        key=MODEL_KEY,
        grains=TIMED[1:],
    ),
    Kind(
        sums=CALLER_ROLLUPS,
        series=CALLER_SERIES,
        summed=OF_EXCHANGES,
        key=CALLER_KEY,
        grains=TIMED[1:],
    ),
)
"""Sums of exchanges by some names alone, the fewest first."""


class Shape(Struct, frozen=True, kw_only=True):
    """What a statement is made of, apart from the values that it is asked with."""

    kind: Kind
    by: tuple[str, ...]
    summed: tuple[str, ...]
    same: tuple[str, ...]
    within: int | None
    drills: bool


def shaped(kind: Kind, asked: Asked, *, by: tuple[str, ...], summed: tuple[str, ...]) -> Shape:
    """Give the shape of a question."""
    return Shape(
        kind=kind,
        by=by,
        summed=summed,
        same=tuple(one for one in kind.key if getattr(asked, one, None) is not None),
        within=None if asked.within is None else len(asked.within),
        drills=asked.drills,
    )


def values(kind: Kind, asked: Asked, pieces: Sequence[Piece]) -> dict[str, object]:
    """Give what a statement over several stretches is asked with."""
    given: dict[str, object] = {one: getattr(asked, one, None) for one in kind.key}
    given |= {f"within_{number}": one for number, one in enumerate(asked.within or ())}
    for number, piece in enumerate(pieces):
        given[f"grain_{number}"] = piece.grain.value
        given[f"since_{number}"] = piece.since
        given[f"until_{number}"] = piece.until
    return given


@lru_cache(maxsize=500)
def summing(shapes: tuple[Shape, ...], dialect: Dialect) -> Written:
    """Write down what sums stretches, each of one grain and shape: one question for all of them.

    What has the same names in two stretches comes twice.
    """
    several = [_numbered(_summing(one, dialect), number) for number, one in enumerate(shapes)]
    orders = [one.order for one in several if one.order is not None]
    return Written(
        text=" UNION ALL ".join(one.text for one in several),
        order=tuple(name for order in orders for name in order) if orders else None,
    )


@lru_cache(maxsize=500)
def _summing(shape: Shape, dialect: Dialect) -> Written:
    sums, series = shape.kind.sums, shape.kind.series
    columns = [sums.c.start if name == START else series.c[name] for name in shape.by]
    query = (
        select(*columns, *(_sum(sums, name) for name in shape.summed))
        .select_from(sums.join(series, series.c.id == sums.c.series))
        .where(*_stretch(sums), *_filters(shape))
        .group_by(*columns)
    )
    return written(query, dialect)


def _numbered(asked: Written, number: int) -> Written:
    """Give a statement over one of several stretches: to build each anew takes much longer."""
    text = asked.text
    for name in STRETCH:
        text = text.replace(f"%({name})s", f"%({name}_{number})s")
    if asked.order is None:
        return Written(text, None)
    order = (f"{name}_{number}" if name in STRETCH else name for name in asked.order)
    return Written(text, tuple(order))


@lru_cache(maxsize=50)
def peaking(shape: Shape, dialect: Dialect) -> Written:
    """Write down what gives the most requests and tokens of one step of time, by some names."""
    sums, series = shape.kind.sums, shape.kind.series
    columns = [series.c[name] for name in shape.by]
    steps = (
        select(
            *columns,
            cast(func.sum(sums.c.requests), BigInteger).label("requests"),
            cast(func.sum(_tokens(sums)), BigInteger).label("tokens"),
        )
        .select_from(sums.join(series, series.c.id == sums.c.series))
        .where(*_stretch(sums), *_filters(shape))
        .group_by(*columns, sums.c.start)
        .subquery()
    )
    names = [steps.c[name] for name in shape.by]
    most = func.max(steps.c.requests), func.max(steps.c.tokens)
    return _numbered(written(select(*names, *most).group_by(*names), dialect), 0)


@lru_cache(maxsize=50)
def _kept(dialect: Dialect) -> Written:
    return written(select(KEPT.c.grain, KEPT.c.since), dialect)


def _stretch(sums: Table) -> Iterator[ColumnElement[bool]]:
    yield sums.c.grain == bindparam("grain")
    yield sums.c.start >= bindparam("since")
    yield sums.c.start < bindparam("until")


def _tokens(sums: Table) -> ColumnElement[int]:
    first, *others = (sums.c[name] for name in TOKENS)
    return reduce(add, others, first)


def _sum(table: Table, name: str) -> ColumnElement[Any]:
    """Postgres adds up whole numbers to decimals."""
    summed = func.sum(table.c[name])
    return summed if name == "cost" else cast(summed, BigInteger)


def narrowest(kind: Kind, grain: Grain, *, asked: Asked, by: Sequence[str]) -> Kind:
    """Give the kind with the fewest sums that knows all the names."""
    if kind is not EXCHANGES:
        return kind
    wanted = {
        name for name in EXCHANGE_KEY if name in by or getattr(asked, name, None) is not None
    }
    wanted |= {"use_case"} if asked.within is not None else set()
    fit = (one for one in NARROW if grain in one.grains and wanted <= {*one.key})
    return next(fit, kind)


def _filters(shape: Shape) -> Iterable[ColumnElement[bool]]:
    series = shape.kind.series.c
    for name in shape.same:
        yield series[name] == bindparam(name)
    if shape.within is not None:
        names: list[ColumnElement[str]] = [
            bindparam(f"within_{number}") for number in range(shape.within)
        ]
        knows = "use_case" in shape.kind.key and names
        yield series.use_case.in_(names) if knows else false()
    if not shape.drills:
        yield series.drill.is_(False)


def kept(connection: Connection) -> Mapping[Grain, int]:
    """Give since when sums of each grain are there."""
    rows = answered(connection, _kept(connection.dialect), {})
    since = {Grain(grain): int(at) for grain, at in rows}
    return {one: since.get(one, 0) for one in TIMED}
