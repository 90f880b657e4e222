"""What follows from a survey is worked out once for it, however many probes ask."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from tenken.readiness.facts.survey import Survey

Made = TypeVar("Made")
RECENT = 4


class _Same:
    """A survey by what it is: to compare two of them would read all that is in them."""

    __slots__ = ("survey",)

    def __init__(self, survey: Survey) -> None:
        self.survey = survey

    def __hash__(self) -> int:
        return id(self.survey)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.survey is self.survey


def once(make: Callable[[Survey], Made]) -> Callable[[Survey], Made]:
    """Make it for each survey only once, of the last few."""

    @lru_cache(maxsize=RECENT)
    def known(same: _Same) -> Made:
        return make(same.survey)

    @wraps(make)
    def again(survey: Survey) -> Made:
        return known(_Same(survey))

    return again
