"""The limits of one caller on one route, taken hold of once: a request then brings only numbers.

Requests and places are always taken one at a time, money in one amount for all who limit it. Who
counts by name is asked by name; who has cells for a limit remembers where they are.
"""

from collections.abc import Awaitable, Sequence
from typing import Protocol, runtime_checkable

from msgspec import Struct
from msgspec.structs import replace

from tenken.store.counters.counters import MONEY, TOKENS, Counters, Held, Over, Want


class Taken(Protocol):
    """What a request was given."""

    @property
    def left(self) -> tuple[int, ...]:
        """What was left then of each limit that is told."""
        ...

    @property
    def wants(self) -> tuple[Want, ...]:
        """The limits that it was taken from."""
        ...

    def settle(
        self, tokens: int, nano: int, *, served: bool, now: float
    ) -> Awaitable[None] | None:
        """Put what was used in place of what was taken; nothing of it where nobody was served.

        Gives what has to be waited for, where that is not done at once.
        """
        ...


Amounts = tuple[tuple[int, ...], int]
"""What a request takes: a number of tokens for each limit on them, and money."""
Used = tuple[Taken, int, int]
"""What it was given, and what it has used: tokens, and money."""


class Grip(Protocol):
    """A hold on some limits."""

    def at_once(self, tokens: tuple[int, ...], nano: int, period: int, now: float) -> Taken | None:
        """Take all of it where there is room and nobody has to be waited for; else `reserve`."""
        ...

    async def reserve(
        self, tokens: tuple[int, ...], nano: int, period: int, *, now: float
    ) -> Taken | Over:
        """Take all of it or nothing; raises Unavailable.

        `tokens` has a number for each limit on tokens, `nano` and `period` are of money.
        """
        ...


@runtime_checkable
class Together(Protocol):
    """A grip that serves several requests in one step, and never has to be waited for."""

    def all_at_once(
        self, asked: Sequence[Amounts], period: int, now: float
    ) -> Sequence[Taken] | None:
        """Take what all of them ask for, or nothing of it."""
        ...

    def settle_all(self, done: Sequence[Used], now: float) -> None:
        """Put what they have used in place of what they were given by it."""
        ...


@runtime_checkable
class Gripping(Protocol):
    """Counters that have a quicker way than by name."""

    def grip(self, wants: tuple[Want, ...], told: tuple[int, ...]) -> Grip:
        """Take hold of these limits; `told` are the places of those whose rest is told."""
        ...


class TakenByName(Struct, frozen=True):
    """Given by counters that are asked by name."""

    counters: Counters
    held: Held
    told: tuple[int, ...]

    @property
    def left(self) -> tuple[int, ...]:
        """What was left."""
        wants, used = self.held.wants, self.held.used
        return tuple([wants[place].limit - used[place] for place in self.told])

    @property
    def wants(self) -> tuple[Want, ...]:
        """What it was taken from."""
        return self.held.wants

    async def settle(self, tokens: int, nano: int, *, served: bool, now: float) -> None:
        """Put what was used in its place."""
        used = {TOKENS: tokens, MONEY: nano}
        actual = tuple(
            [used.get(want.kind, want.amount) if served else 0 for want in self.held.wants]
        )
        await self.counters.settle(self.held, actual, now=now)


class ByName(Struct, frozen=True):
    """A hold on limits of any counters."""

    counters: Counters
    wants: tuple[Want, ...]
    told: tuple[int, ...]

    def at_once(self, *_: object) -> None:
        """Ask by `reserve`."""

    async def reserve(
        self, tokens: tuple[int, ...], nano: int, period: int, *, now: float
    ) -> Taken | Over:
        """Ask."""
        answer = await self.counters.reserve(wanted(self.wants, tokens, nano, period), now=now)
        if isinstance(answer, Over):
            return answer
        return TakenByName(self.counters, answer, self.told)


def grip_of(counters: Counters, wants: tuple[Want, ...], told: tuple[int, ...]) -> Grip:
    """Take hold of limits in the quickest way there is."""
    if isinstance(counters, Gripping):
        return counters.grip(wants, told)
    return ByName(counters, wants, told)


def wanted(
    wants: tuple[Want, ...], tokens: tuple[int, ...], nano: int, period: int
) -> tuple[Want, ...]:
    """Put in the amounts that a request brings: of tokens, and of money; all others are fixed."""
    amounts = iter(tokens)
    return tuple(
        [
            replace(want, amount=next(amounts))
            if want.kind is TOKENS
            else replace(want, amount=nano, period=period)
            if want.kind is MONEY
            else want
            for want in wants
        ]
    )
