"""Remembers what was made of small texts.

Several collectors read the same file, and repositories hold copies of the same text. What is made
of it has to follow from the text alone, and nobody may change it.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

SMALL = 20_000
MOST = 512
"""The two bound what hostile texts can make us keep."""

Made = TypeVar("Made")


def remembered(make: Callable[[str], Made]) -> Callable[[str], Made]:
    """Make the same of a small text only once, as long as there is room."""
    known = lru_cache(maxsize=MOST)(make)

    @wraps(make)
    def again(text: str) -> Made:
        return known(text) if len(text) <= SMALL else make(text)

    return again
