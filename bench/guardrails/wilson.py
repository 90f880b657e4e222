"""Intervals of shares: Wilson's, at 95 %."""

from math import sqrt

Z = 1.959964


def interval(right: int, count: int) -> tuple[float, float]:
    """Give the lowest and the highest share that agree with so many right ones of so many."""
    share = right / count
    middle = share + Z * Z / (2 * count)
    half = Z * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count))
    scale = 1 + Z * Z / count
    return (middle - half) / scale, (middle + half) / scale
