"""Figures of sums: shares, percentiles, and series in which every step of time has its place."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from itertools import accumulate

from tenken.console.view import View
from tenken.store.rollups.grain import Grain, Window
from tenken.store.rollups.sums import BOUNDS_US
from tenken.store.rollups.totals import Histogram, Point, Totals

SECOND_US = 1_000_000
BOUNDS_S: tuple[float, ...] = tuple(one / SECOND_US for one in BOUNDS_US)


def ratio(part: float | Decimal, whole: float | Decimal) -> float | None:
    """Give a share; None of nothing, which is no share at all."""
    return float(part) / float(whole) if whole else None


def percentile(counts: Histogram, share: float) -> float | None:
    """Give the seconds that so many of all stay below, between the bounds of a bucket.

    What exceeds every bound is told as the largest bound: it is at least that.

    >>> percentile((0, 100, 0), 0.5)
    0.015
    """
    upto = tuple(accumulate(counts))
    if not upto or not upto[-1]:
        return None
    wanted = share * upto[-1]
    number = bisect_left(upto, max(1, wanted))  # less than one is in the first that holds any
    return _inside(number, (wanted - upto[number] + counts[number]) / counts[number])


def _inside(number: int, part: float) -> float:
    if number >= len(BOUNDS_S):
        return BOUNDS_S[-1]
    low = BOUNDS_S[number - 1] if number else 0.0
    return low + (BOUNDS_S[number] - low) * max(0.0, min(1.0, part))


def steps(window: Window, grain: Grain) -> tuple[int, ...]:
    """Give where each step of a window begins."""
    return tuple(range(grain.start(window.since), window.until, grain.us))


def over(
    at: Sequence[int], points: Iterable[Point], told: Callable[[Totals], float | None]
) -> tuple[float | None, ...]:
    """Give a figure for each step; steps without any request are told as sums of nothing."""
    known = {point.at: point.totals for point in points}
    nothing = Totals()
    return tuple(told(known.get(one, nothing)) for one in at)


def change(view: View, now: float | Decimal | None, before: float | Decimal | None) -> str:
    """Tell how a figure moved against the same length of time before."""
    if now is None or before is None:
        return view.say("no_comparison")
    if not before:
        return view.say("none_before" if now else "as_before")
    moved = (float(now) - float(before)) / float(before)
    if abs(moved) < 0.005:
        return view.say("as_before")
    return view.say("against_before", moved=f"{moved:+.0%}")


def p95(totals: Totals) -> float | None:
    """Give the latency that 95 of 100 answers stay below."""
    return percentile(totals.latency, 0.95)


def p50(totals: Totals) -> float | None:
    """Give the latency that half of the answers stay below."""
    return percentile(totals.latency, 0.5)


def ttft95(totals: Totals) -> float | None:
    """Give the time to the first token that 95 of 100 answers stay below."""
    return percentile(totals.ttft, 0.95)


def error_share(totals: Totals) -> float | None:
    """Give the share of requests that failed, of those owed an answer: as objectives count it."""
    return ratio(totals.errors, totals.due)
