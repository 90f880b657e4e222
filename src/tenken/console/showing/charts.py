"""Charts as drawings that need no script: scales, ticks and marks, decided here.

The template only writes down what is decided. A chart has a table of its values beside it, for
whoever cannot see it.
"""

import math
from collections.abc import Iterator, Sequence

from msgspec import Struct

from tenken.console.showing.blocks import Chart, Kind, Series
from tenken.console.showing.words import Words, short

WIDTH, WIDE, HEIGHT = 640, 1320, 190
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 10, 22
TICKS = 4
TIMES = 7
DAY_US = 86_400_000_000
DAYS_US = 2 * DAY_US
"""From here on a moment is told by its day."""


class Mark(Struct, frozen=True, kw_only=True):
    """A bar's piece."""

    x: float
    y: float
    width: float
    height: float
    colour: int


class Line(Struct, frozen=True, kw_only=True):
    """A line, broken where nothing is known; `dots` are values without a neighbour."""

    path: str
    dots: tuple[tuple[float, float], ...]
    colour: int


class Tick(Struct, frozen=True, kw_only=True):
    """A place at an axis, and what it is called."""

    at: float
    label: str


class Zone(Struct, frozen=True, kw_only=True):
    """Where a pointer asks for one moment's values."""

    x: float
    width: float
    told: str


class Drawing(Struct, frozen=True, kw_only=True):
    """A chart in the coordinates of its picture."""

    bars: tuple[Mark, ...]
    lines: tuple[Line, ...]
    upward: tuple[Tick, ...]
    along: tuple[Tick, ...]
    zones: tuple[Zone, ...]
    told: tuple[tuple[str, tuple[str, ...]], ...]
    """Each moment, and its values, as they are read."""
    width: int
    right: int
    height: int = HEIGHT
    left: int = LEFT
    top: int = TOP
    floor: int = HEIGHT - BOTTOM


def drawing(chart: Chart, words: Words, *, wide: bool = False) -> Drawing:
    """Decide how a chart is drawn."""
    width = WIDE if wide else WIDTH
    steps = ticks(_largest(chart), chart.kind)
    top = steps[-1]
    place = _Place(band=(width - LEFT - RIGHT) / max(1, len(chart.at)), top=top)
    bars = tuple(_bars(chart, place)) if chart.drawn == "bars" else ()
    lines = tuple(_line(one, place) for one in chart.series) if chart.drawn == "lines" else ()
    told = tuple(_told(chart, words))
    return Drawing(
        width=width,
        right=width - RIGHT,
        bars=bars,
        lines=lines,
        upward=tuple(Tick(at=place.y(one), label=short(one, chart.kind)) for one in steps),
        along=tuple(_along(chart, place, words)),
        zones=tuple(_zones(chart, place, told)),
        told=told,
    )


def ticks(largest: float, kind: Kind) -> tuple[float, ...]:
    """Give round values from nothing to above the largest.

    >>> ticks(7, "whole"), ticks(0, "whole"), ticks(0.0031, "share")
    ((0, 2, 4, 6, 8), (0, 1), (0, 0.001, 0.002, 0.003, 0.004))
    """
    if largest <= 0:
        return (0, 0.01) if kind == "share" else (0, 1)
    if kind == "whole":
        largest = max(largest, 1)
    raw = largest / TICKS
    size = 10 ** math.floor(math.log10(raw))
    step = next(one * size for one in (1, 2, 2.5, 5, 10) if one * size >= raw * 0.999)
    if kind == "whole":
        step = max(1, math.ceil(step))
    count = math.ceil(largest / step - 1e-9)
    return tuple(_round(step * number) for number in range(count + 1))


def _round(value: float) -> float:
    rounded = float(f"{value:.6g}")
    return int(rounded) if rounded == int(rounded) else rounded


class _Place(Struct, frozen=True, kw_only=True):
    band: float
    """How wide a moment is."""
    top: float

    def x(self, number: int) -> float:
        """Give where a moment begins."""
        return round(LEFT + self.band * number, 2)

    def y(self, value: float) -> float:
        """Give how high a value stands."""
        room = HEIGHT - TOP - BOTTOM
        return round(HEIGHT - BOTTOM - room * min(1.0, value / self.top), 2)


def _largest(chart: Chart) -> float:
    if chart.drawn == "bars":
        return max((sum(one or 0 for one in at) for at in _across(chart.series)), default=0)
    return max((one for series in chart.series for one in series.values if one), default=0)


def _across(series: Sequence[Series]) -> Iterator[tuple[float | None, ...]]:
    return zip(*(one.values for one in series), strict=True) if series else iter(())


def _bars(chart: Chart, place: _Place) -> Iterator[Mark]:
    gap = min(2.0, place.band * 0.2)
    width, ground = round(place.band - gap, 2), place.y(0.0)
    for number, values in enumerate(_across(chart.series)):
        below, floor, x = 0.0, ground, round(place.x(number) + gap / 2, 2)
        for one, value in zip(chart.series, values, strict=True):
            if not value:
                continue
            below += value
            top = place.y(below)
            height = round(max(floor - top, 0.5), 2)
            yield Mark(x=x, y=top, width=width, height=height, colour=one.colour)
            floor = top


def _line(series: Series, place: _Place) -> Line:
    points = [
        None if value is None else (round(place.x(number) + place.band / 2, 2), place.y(value))
        for number, value in enumerate(series.values)
    ]
    path: list[str] = []
    dots: list[tuple[float, float]] = []
    for number, point in enumerate(points):
        if point is None:
            continue
        before = points[number - 1] if number else None
        after = points[number + 1] if number + 1 < len(points) else None
        if before is None and after is None:
            dots.append(point)
        path.append(f"{'M' if before is None else 'L'}{point[0]:g} {point[1]:g}")
    return Line(path="".join(path), dots=tuple(dots), colour=series.colour)


def _along(chart: Chart, place: _Place, words: Words) -> Iterator[Tick]:
    days = chart.step_us * len(chart.at) >= DAYS_US
    numbers = [
        number
        for number, at in enumerate(chart.at)
        if not days or chart.step_us >= DAY_US or words.begins_day(at)
    ]
    for number in numbers[:: max(1, math.ceil(len(numbers) / TIMES))]:
        middle = round(place.x(number) + place.band / 2, 2)
        yield Tick(at=middle, label=words.tick(chart.at[number], days=days))


def _told(chart: Chart, words: Words) -> Iterator[tuple[str, tuple[str, ...]]]:
    for at, values in zip(chart.at, _across(chart.series), strict=True):
        yield words.moment(at), tuple(words(value, chart.kind) for value in values)


def _zones(
    chart: Chart, place: _Place, told: Sequence[tuple[str, tuple[str, ...]]]
) -> Iterator[Zone]:
    labels = [one.label for one in chart.series]
    width = round(place.band, 2)
    for number, (moment, values) in enumerate(told):
        said = [f"{label}: {value}" for label, value in zip(labels, values, strict=True)]
        yield Zone(x=place.x(number), width=width, told="\n".join([moment, *said]))
