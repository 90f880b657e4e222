"""What a request takes from its limits before it is served, and gives back after.

All that one request wants is taken together or not at all. Whoever keeps the numbers, in one
process, on one machine or across replicas, the answers are the same.
"""

from enum import StrEnum
from typing import Literal, Protocol

from msgspec import Struct

NANO = 1_000_000_000
"""Money is counted in billionths of a dollar; the ledger keeps it exact."""


class Kind(StrEnum):
    """What is counted, and how it becomes free again."""

    REQUESTS = "requests"
    """Per minute."""
    TOKENS = "tokens"
    """Per minute; settled with what was really used."""
    PARALLEL = "parallel"
    """At one time; free when the request is over or its worker is gone."""
    MONEY = "money"
    """Per period, such as a day."""


# Looked up once: a member of an enumeration costs as much as a number that is counted.
REQUESTS, TOKENS, PARALLEL, MONEY = Kind
MINUTELY = frozenset({REQUESTS, TOKENS})


class Want(Struct, frozen=True):
    """So much, from the limit of this name and kind."""

    kind: Kind
    name: str
    amount: int
    limit: int
    period: int = 0
    """Of money: a number that rises, such as the day's."""


class Unavailable(Exception):
    """Nobody counts, and the deployment says that nothing is let in then."""


class Held(Struct, frozen=True):
    """What a request was given."""

    wants: tuple[Want, ...]
    second: int
    """Of the counters' own clock."""
    used: tuple[int, ...]
    """What now counts against each limit, this request with it."""
    ticket: str = ""
    by: Literal["", "local"] = ""
    """Who gave it, where there are two."""


class Over(Struct, frozen=True):
    """There is no room."""

    want: Want
    """The first that did not fit."""
    used: int
    """What counts against its limit without this request."""
    after_s: float
    """When it would fit, as far as one can see; 0 where nobody can."""

    @property
    def never(self) -> bool:
        """It is more than the limit itself."""
        return self.want.amount > self.want.limit


class Counters(Protocol):
    """Keeps the numbers."""

    async def reserve(self, wants: tuple[Want, ...], *, now: float) -> Held | Over:
        """Take all of it or nothing; raises Unavailable.

        `now` is in seconds of a clock that never jumps.
        """
        ...

    async def settle(self, held: Held, actual: tuple[int, ...], *, now: float) -> None:
        """Put what was used in place of what was taken, in the order of the wants.

        Nothing used gives all of it back; what was taken for the time of the request is always
        given back.
        """
        ...
